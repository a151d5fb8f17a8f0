// How long a deploy of many small files takes, by the window's uploader and by wrangler, on one engine in the same run;
// and what hashing takes. Prints one JSON object per figure. Options: --files N (20,000), --rounds N (3).
// The first deploy of a folder keeps the keys of its files on the disk and the second one knows them, as in the window.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { wranglerFor } from "../../compat/wrangler.mjs";
import { startEngine, temporaryFolder } from "../../support/engine.mjs";

const run = promisify(execFile);
const option = (name, usual) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? usual : Number(process.argv[at + 1]);
};
const files = option("files", 20_000);
const rounds = option("rounds", 3);
const program = process.env.BENCH_DEPLOY;
const settleMs = 2_100; // keys of files that changed within two seconds are not kept

const print = (name, value, unit) => console.log(JSON.stringify({ name, value: Number(value.toFixed(3)), unit }));
const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** Small files with bytes of their own for each `salt`, 200 in a folder. */
async function makeSite(folder, salt) {
  for (let at = 0; at < files; at += 200) {
    const sub = join(folder, `d${at / 200}`);
    await mkdir(sub, { recursive: true });
    const names = Array.from({ length: Math.min(200, files - at) }, (_, i) => `f${at + i}.html`);
    await Promise.all(names.map((name) => writeFile(join(sub, name), `<p>${salt} ${name}</p>`.padEnd(600, "."))));
  }
  return folder;
}

async function ours(...args) {
  const { stdout } = await run(program, args);
  return JSON.parse(stdout);
}

const temporary = await temporaryFolder();
const engine = await startEngine(temporary.path);
try {
  const home = join(temporary.path, "home");
  await mkdir(home);
  const wrangler = wranglerFor(engine, home);
  const byWrangler = async (folder, project) => {
    const start = performance.now();
    const args = ["pages", "deploy", folder, "--project-name", project, "--branch", "main", "--commit-dirty=true"];
    const { code, out, err } = await wrangler(temporary.path, ...args);
    if (code !== 0) throw new Error(`wrangler ${args.join(" ")}\n${out}\n${err}`);
    return (performance.now() - start) / 1000;
  };
  const keys = join(temporary.path, "keys");
  const known = [];
  const byUs = async (folder, project, ...more) => {
    const told = await ours("deploy", folder, engine.api, engine.account, engine.token, project, keys, ...more);
    known.push(told.keys_known);
    return told.seconds;
  };

  const figures = { cold: { ours: [], theirs: [] }, one: { ours: [], theirs: [] } };
  for (let round = 0; round < rounds; ++round) {
    const mine = await makeSite(join(temporary.path, `mine${round}`), `mine${round}`);
    const other = await makeSite(join(temporary.path, `other${round}`), `other${round}`);
    await sleep(settleMs);
    figures.cold.ours.push(await byUs(mine, `mine${round}`, "new"));
    await engine.call("POST", "/pages/projects", { name: `other${round}`, production_branch: "main" });
    figures.cold.theirs.push(await byWrangler(other, `other${round}`));
    await writeFile(join(mine, "d0", "f0.html"), `changed ${round}`);
    await writeFile(join(other, "d0", "f0.html"), `changed too ${round}`);
    figures.one.ours.push(await byUs(mine, `mine${round}`));
    figures.one.theirs.push(await byWrangler(other, `other${round}`));
  }
  for (const [name, words] of [["cold", `deploy ${files} files, cold`], ["one", `redeploy one of ${files} files`]]) {
    const mine = median(figures[name].ours);
    const theirs = median(figures[name].theirs);
    print(`${words}, stepwell`, mine, "s");
    print(`${words}, wrangler`, theirs, "s");
    print(`${words}, wrangler / stepwell`, theirs / mine, "x");
  }

  print("keys known from the disk, cold", Math.max(...known.filter((_, i) => i % 2 === 0)), "files");
  print("keys known from the disk, redeploy", Math.min(...known.filter((_, i) => i % 2 === 1)), "files");

  const large = join(temporary.path, "large");
  await mkdir(large);
  for (let i = 0; i < 40; ++i) await writeFile(join(large, `${i}.bin`), Buffer.alloc(20 * 1024 * 1024, i + 1));
  const hashed = await ours("hash", large);
  print("hashing of large files, per core", hashed.bytes / hashed.seconds / hashed.cores / 1e6, "MB/s");
  const sent = await ours("deploy", large, engine.api, engine.account, engine.token, "large", keys, "new");
  print("peak memory of a deploy of 40 files of 20 MiB", sent.peak_mb, "MB");
} finally {
  await engine.stop();
  await temporary.dispose();
}
