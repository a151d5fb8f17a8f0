// Backups of an engine that works meanwhile: what comes back is whole, goes on, and is all there was.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { chmod, mkdir, mkdtemp, open, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deploy, startEngine, temporaryFolder, until } from "../support/engine.mjs";
import { run } from "./program.mjs";

const source = `
  import { WorkflowEntrypoint } from 'cloudflare:workers';
  export class Flow extends WorkflowEntrypoint {
    async run(event, step) {
      const one = await step.do('one', async () => event.payload.n);
      if (event.payload.wait) await step.waitForEvent('go', { type: 'go', timeout: '1 hour' });
      return one + (await step.do('two', async () => 1000));
    }
  }
  export default {};
`;

let folder;
let engine;
let stopLoad;
const archive = () => join(folder.path, "backup.tar.zst");

const md5 = (text) => createHash("md5").update(text).digest("hex");
const fileOf = (n) => `<p>page ${n}</p>`.repeat(200);

async function publish(n) {
  const { jwt } = await engine.call("GET", "/pages/projects/site/upload-token");
  const key = md5(`page ${n}`);
  const asset = { key, value: Buffer.from(fileOf(n)).toString("base64"), metadata: { contentType: "text/html" }, base64: true };
  const answer = await fetch(`${engine.api}/pages/assets/upload`, {
    method: "POST",
    headers: { authorization: `Bearer ${jwt}` },
    body: JSON.stringify([asset]),
  });
  assert.ok(answer.ok, await answer.text());
  const form = new FormData();
  form.append("manifest", JSON.stringify({ "/page.html": key }));
  return engine.call("POST", "/pages/projects/site/deployments", form);
}

const create = (id, params) => engine.call("POST", "/workflows/flow/instances", { instance_id: id, params });
/** But for the number of the newest event, which is one of the whole engine. */
const known = ({ stepwell: { sequence, ...more }, ...instance }) => ({ ...instance, ...more });
const status = (id, at = engine) => at.call("GET", `/workflows/flow/instances/${id}`);
const finished = (id, at = engine) =>
  until(`${id} is complete`, async () => {
    const instance = await status(id, at);
    return instance.status === "complete" && instance;
  });

/** Instances and uploads without a pause, until told to stop; answers how many. */
function load() {
  let running = true;
  const worker = async (act) => {
    let n = 0;
    while (running) await act(n++);
    return n;
  };
  const all = Promise.all([
    worker((n) => create(`load-${n}`, { n })),
    worker((n) => publish(100 + n)),
  ]);
  return () => ((running = false), all);
}

/** Another engine on the restored folder; its API as `engine` has it. */
async function engineOn(name) {
  const home = join(folder.path, name);
  return startEngine(home);
}

before(async () => {
  folder = await temporaryFolder();
  engine = await startEngine(folder.path);
  await deploy(engine, "flows", source, { flow: "Flow" });
  await engine.call("POST", "/pages/projects", { name: "site", production_branch: "main" });
});

after(async () => {
  await stopLoad?.();
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

test("a backup of a running engine under load is restored, goes on, and has everything", async () => {
  await create("before", { n: 1 });
  await create("waiting", { n: 2, wait: true });
  const before = await finished("before");
  await until("it waits", async () => (await status("waiting")).status === "waiting");
  await publish(1);
  stopLoad = load();
  await until("the load is under way", () => status("load-5").catch(() => false));
  const done = await run("backup", "--data-dir", join(folder.path, "data"), "--to", archive());
  const [instances] = await stopLoad();
  stopLoad = undefined;
  assert.equal(done.code, 0, done.err);
  // To whom is no terminal, what was done is all there is to say.
  assert.equal(done.err, "");
  assert.match(done.out, /^Backed up \d+ files to \/.*backup\.tar\.zst: [\d.]+ [KM]iB in [\d.]+ s\. .*secrets.*\n$/);
  assert.equal((await stat(archive())).mode & 0o777, 0o600);
  assert.ok(instances > 5);
  assert.deepEqual((await readdir(folder.path)).filter((name) => name.includes("partial")), []);
  assert.deepEqual((await readdir(join(folder.path, "data"))).filter((name) => name.startsWith("backup-")), []);

  await mkdir(join(folder.path, "second"));
  const restored = await run("restore", "--from", archive(), "--data-dir", join(folder.path, "second", "data"));
  assert.equal(restored.code, 0, restored.err);
  assert.match(restored.out, /^Restored \d+ files of .* to .*\n$/);
  const second = await engineOn("second");
  try {
    assert.equal(second.token, engine.token);
    assert.deepEqual(known(await status("before", second)), known(before));
    await second.call("POST", "/workflows/flow/instances/waiting/events/go", {});
    assert.equal(Number((await finished("waiting", second)).output), 1002);
    // Whatever instances the copy knows go on to their end, and none is known by halves.
    for (let n = 0; ; ++n) {
      if (!(await status(`load-${n}`, second).catch(() => false))) break;
      assert.equal(Number((await finished(`load-${n}`, second)).output), n + 1000);
    }
    assert.ok(await status("load-5", second));
    const deployments = await second.call("GET", "/pages/projects/site/deployments?per_page=25");
    assert.ok(deployments.length > 0);
    for (const { url } of deployments) {
      const host = new URL(url).host.replace(/:\d+$/, "");
      const page = await visit(second, host);
      assert.equal(page.status, 200);
      assert.match(page.body, /page \d+/);
    }
  } finally {
    assert.equal(await second.stop(), 0);
  }
});

async function visit(at, host) {
  const { request } = await import("node:http");
  return new Promise((resolve, reject) => {
    const asked = request(`${at.url}/page`, { headers: { host } }, (answer) => {
      let body = "";
      answer.on("data", (part) => (body += part));
      answer.on("end", () => resolve({ status: answer.statusCode, body }));
    });
    asked.on("error", reject);
    asked.end();
  });
}

test("an archive that is damaged or cut restores nothing", async () => {
  const bytes = await readFile(archive());
  for (const [name, broken] of [
    ["cut", bytes.subarray(0, bytes.length / 2)],
    ["empty", Buffer.alloc(0)],
    ["foreign", Buffer.from("no archive at all")],
  ]) {
    const file = join(folder.path, name);
    await writeFile(file, broken);
    const target = join(folder.path, `${name}-data`);
    const done = await run("restore", "--from", file, "--data-dir", target);
    assert.equal(done.code, 1, name);
    assert.ok(done.err.includes(file), done.err);
    await assert.rejects(stat(target));
  }
});

test("a manifest that somebody made up is refused, not believed", async () => {
  const made = await mkdtemp(join(folder.path, "made-"));
  for (const manifest of [
    '{"format":"1","files":[]}',
    '{"format":1,"created":7,"version":"1","files":[]}',
    '{"format":1,"created":"","version":"","files":[{"name":3,"bytes":"x","sha256":1}]}',
    '{"format":1,"created":"","version":"","files":{"a":1}}',
    "[".repeat(100_000),
  ]) {
    await writeFile(join(made, "manifest.json"), manifest);
    execFileSync("tar", ["cf", join(made, "made.tar"), "-C", made, "manifest.json"]);
    const done = await run("restore", "--from", join(made, "made.tar"), "--data-dir", join(made, "data"));
    assert.equal(done.code, 1, `${manifest.slice(0, 100)}: ${done.err}`);
    assert.match(done.err, /no manifest/);
    assert.deepEqual((await readdir(made)).sort(), ["made.tar", "manifest.json"]);
  }
});

test("a path out of the folder, or a link, is no part of a backup", async () => {
  const made = await mkdtemp(join(folder.path, "made-"));
  await writeFile(join(made, "token"), "x");
  await symlink("/etc/passwd", join(made, "stepwell.db"));
  for (const [file, name] of [["token", "../token"], ["token", "/tmp/token"], ["token", "blobs/../../token"], ["stepwell.db", "stepwell.db"]]) {
    execFileSync("tar", ["cPf", join(made, "made.tar"), "-C", made, `--transform=flags=r;s|.*|${name}|`, file]);
    const done = await run("restore", "--from", join(made, "made.tar"), "--data-dir", join(made, "data"));
    assert.equal(done.code, 1, done.err);
    assert.match(done.err, /no part of a backup/);
    await assert.rejects(stat(join(made, "data")));
  }
});

test("one changed byte is found", async () => {
  const plain = join(folder.path, "plain.tar");
  assert.equal((await run("backup", "--data-dir", join(folder.path, "data"), "--to", plain)).code, 0);
  const file = await open(plain, "r+");
  const bytes = await file.readFile();
  const at = bytes.indexOf("SQLite format 3") + 5000;
  bytes[at] ^= 1;
  await file.write(bytes, at, 1, at);
  await file.close();
  const done = await run("restore", "--from", plain, "--data-dir", join(folder.path, "changed"));
  assert.equal(done.code, 1);
  assert.match(done.err, /damaged|checksum/);
});

/** A tar as anybody can make one: `entries` are [name, text, announced bytes]. */
function tarOf(entries) {
  const blocks = entries.flatMap(([name, text, size = Buffer.byteLength(text)]) => {
    const head = Buffer.alloc(512);
    head.write(name, 0);
    head.write("0000600\0", 100);
    if (size < 8 ** 11) head.write(size.toString(8).padStart(11, "0"), 124);
    else head.writeUInt8(0x80, 124), head.writeBigUInt64BE(BigInt(size), 128);
    head.write("        0", 148);
    head.write("ustar\x0000", 257);
    const sum = head.reduce((all, byte) => all + byte, 0);
    head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
    body.write(text);
    return [head, body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** What is left beside a data folder that was to be restored. */
async function leftBy(bytes, name) {
  const home = join(folder.path, name);
  await mkdir(home);
  await writeFile(join(home, "archive"), bytes);
  const done = await run("restore", "--from", join(home, "archive"), "--data-dir", join(home, "data"));
  assert.deepEqual(await readdir(home), ["archive"], "no folder with secrets stays");
  return done;
}

test("an archive gets no more of the disk than is free, and starts no programs", async () => {
  const huge = await leftBy(tarOf([["stepwell.db", "x", 2 ** 52]]), "huge");
  assert.equal(huge.code, 1);
  assert.match(huge.err, /room/);
  // What unpacks this kind of compression is another program, if any is there.
  const programs = join(folder.path, "programs");
  await mkdir(programs);
  const ran = join(folder.path, "ran");
  await writeFile(join(programs, "lrzip"), `#!/bin/sh\ntouch ${ran}\n`);
  await chmod(join(programs, "lrzip"), 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${programs}:${before}`;
  try {
    const foreign = Buffer.concat([Buffer.from("LRZI\x00\x06", "latin1"), Buffer.alloc(1024)]);
    assert.equal((await leftBy(foreign, "foreign-filter")).code, 1);
  } finally {
    process.env.PATH = before;
  }
  await assert.rejects(stat(ran));
});

test("nothing that is there is overwritten, and mistakes are named", async () => {
  const data = join(folder.path, "data");
  const again = await run("backup", "--data-dir", data, "--to", archive());
  assert.equal(again.code, 1);
  assert.match(again.err, /there already/);
  const running = await run("restore", "--from", archive(), "--data-dir", data);
  assert.equal(running.code, 1);
  assert.match(running.err, /engine runs/);
  const full = await run("restore", "--from", archive(), "--data-dir", folder.path);
  assert.equal(full.code, 1);
  assert.match(full.err, /not an empty folder/);
  const gone = await run("restore", "--from", join(folder.path, "gone.tar"), "--data-dir", join(folder.path, "x"));
  assert.equal(gone.code, 1);
  assert.match(gone.err, /There is no file .*gone\.tar/);
  const nothing = await run("backup", "--data-dir", join(folder.path, "none"), "--to", join(folder.path, "x.tar"));
  assert.equal(nothing.code, 1);
  assert.match(nothing.err, /no data folder/);
  const odd = await run("backup", "--data-dir", join(folder.path, "no\n2026-01-01T00:00:00.000Z info    All is well\u001b[2J"), "--to", join(folder.path, "x.tar"));
  assert.match(odd.err, /^stepwelld: [^\n\u001b]*no\\x0a2026[^\n\u001b]*\n$/, "one error is one line");
  for (const args of [["backup"], ["restore", "--from", "x"], ["backup", "--to"], ["restore", "--what", "x"],
    ["healthcheck"], ["healthcheck", "--data-dir", "x", "--ca", "y"], ["token", "create"],
    ["healthcheck", "--url", "localhost:1"], ["backup", "--data-dir", "x", "--to", "x.zip"], ["what"],
    ["token", "create", "--data-dir", data, "--permission", "read", "--permission", "edit"]]) {
    const wrong = await run(...args);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /^stepwelld: .*(Usage|needs|--help|must)/);
    assert.equal(wrong.out, "");
  }
});

test("each command tells how it is used", async () => {
  for (const [command, words] of [["backup", "--to FILE|DIR"], ["restore", "--from FILE"], ["healthcheck", "--ca FILE"], ["token", "--permission"]])
    for (const args of [["--help"], ["--data-dir", "x", "-h"]]) {
      if (command === "token" && args.length > 1) continue;
      const { code, out } = await run(command, ...args);
      assert.equal(code, 0);
      assert.ok(out.startsWith(`usage: stepwelld ${command}`), out);
      assert.ok(out.includes(words), out);
    }
});

test("a terminal is shown how far it is, in one line that goes away", { skip: spawnSync("script", ["--version"]).error && "script is not here" }, async () => {
  const target = join(folder.path, "terminal.tar");
  const { stdout } = spawnSync("script", ["-qec", `${process.env.STEPWELLD} backup --data-dir ${join(folder.path, "data")} --to ${target}`, "/dev/null"]);
  const lines = stdout.toString().split("\n").filter((line) => line);
  assert.equal(lines.length, 1, stdout.toString());
  assert.match(lines[0], /Copying pages\.db/);
  assert.match(lines[0], /\r\u001b\[KBacked up [^\r\u001b]*\r?$/);
});

test("a folder without an engine is backed up to a folder, under a name with the time", async () => {
  const target = join(folder.path, "backups");
  await mkdir(target);
  const done = await run("backup", "--data-dir", join(folder.path, "second", "data"), "--to", target);
  assert.equal(done.code, 0, done.err);
  const [name, ...others] = await readdir(target);
  assert.deepEqual(others, []);
  assert.match(name, /^stepwell-\d{8}T\d{6}Z\.tar\.zst$/);
  const restored = await run("restore", "--from", join(target, name), "--data-dir", join(folder.path, "third", "data"));
  assert.equal(restored.code, 1, "the folder above must be there");
  await mkdir(join(folder.path, "third"));
  assert.equal((await run("restore", "--from", join(target, name), "--data-dir", join(folder.path, "third", "data"))).code, 0);
});

test("a restore that is interrupted leaves nothing behind", async () => {
  const home = join(folder.path, "interrupted");
  await mkdir(home);
  const pipe = join(home, "pipe");
  execFileSync("mkfifo", [pipe]);
  const child = spawn(process.env.STEPWELLD, ["restore", "--from", pipe, "--data-dir", join(home, "data")], { stdio: ["ignore", "ignore", "pipe"] });
  let err = "";
  child.stderr.on("data", (part) => (err += part));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const plain = await readFile(join(folder.path, "plain.tar"));
  const writer = await open(pipe, "w");
  await writer.write(plain.subarray(0, plain.length / 2));
  await until("something is restored", async () => {
    const drafts = (await readdir(home)).filter((name) => name.includes("restoring"));
    return drafts.length && (await readdir(join(home, drafts[0]))).length;
  });
  child.kill("SIGTERM");
  await writer.write(plain.subarray(plain.length / 2)).catch(() => {});
  await writer.close();
  assert.equal(await ended, 1);
  assert.match(err, /^stepwelld: Interrupted: nothing was left behind\.\n$/);
  assert.deepEqual(await readdir(home), ["pipe"]);
});

test("the health check tells one line, and its code says how it is", async () => {
  const well = await run("healthcheck", "--data-dir", join(folder.path, "data"));
  assert.deepEqual([well.code, well.out], [0, "ok\n"]);
  assert.equal((await run("healthcheck", "--url", engine.url)).code, 0);
  const ill = await run("healthcheck", "--data-dir", join(folder.path, "third", "data"));
  assert.equal(ill.code, 1);
  assert.equal(ill.out.split("\n").length, 2);
  assert.equal((await run("healthcheck", "--url", "http://127.0.0.1:1")).code, 1);
  assert.equal((await run("healthcheck")).code, 2);
});
