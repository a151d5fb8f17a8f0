// The Debian package: unpacked anywhere it has all that the engine needs, and its unit lets the sandbox be.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { deploy, startEngine, temporaryFolder, until } from "../support/engine.mjs";

const source = fileURLToPath(new URL("../..", import.meta.url));
const whole = existsSync(join(dirname(process.env.STEPWELLD), "stepwell"));
const absent = (program) => spawnSync(program, ["--version"]).error && `${program} is not here`;
let folder;
let file;  // the package, once it is built

before(async () => {
  folder = await temporaryFolder();
});
after(() => folder?.dispose());

test("the package holds both programs and works where it was unpacked", { skip: !whole && "stepwell is not built" }, async () => {
  const built = execFileSync(join(source, "packaging/deb"), [folder.path], {
    env: { ...process.env, STEPWELL_BUILT: "1", STEPWELL_DEB_LEVEL: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  file = built.toString().trim().split("\n").pop();
  const root = join(folder.path, "root");
  execFileSync("dpkg-deb", ["-x", file, root]);
  const fields = execFileSync("dpkg-deb", ["-f", file]).toString();
  for (const needed of ["bubblewrap", "libarchive13", "libssl3", "libqt6widgets6"]) assert.ok(fields.includes(needed), fields);
  for (const name of ["bin/stepwell", "lib/stepwell/workerd", "lib/stepwell/esbuild", "lib/systemd/system/stepwelld.service",
    "lib/sysusers.d/stepwell.conf", "share/applications/stepwell.desktop", "share/doc/stepwell/changelog.gz"])
    assert.ok(existsSync(join(root, "usr", name)), name);
  // Every option of a program is in its manual, as --help says it.
  for (const program of ["stepwell", "stepwelld"]) {
    const page = gunzipSync(await readFile(join(root, `usr/share/man/man1/${program}.1.gz`))).toString().replaceAll("\\-", "-");
    const help = execFileSync(join(root, "usr/bin", program), ["--help"]).toString();
    const options = help.match(/^  (-\S.*?)(?=  |$)/gm);
    assert.ok(options.length > 5, help);
    for (const option of options) assert.ok(page.includes(`\n.B ${option.trim()}\n`), `${option} in ${page}`);
    if (program !== "stepwelld") continue;
    for (const [title, command] of [["API TOKENS", "token"], ["BACKUP", "backup"], ["RESTORE", "restore"], ["HEALTH CHECK", "healthcheck"]]) {
      const [, section] = page.split(`\n.SH ${title}\n`);
      const own = execFileSync(join(root, "usr/bin", program), [command, "--help"]).toString();
      for (const option of own.match(/^  (-\S.*?)(?=  |$)/gm)) assert.ok(section?.includes(`\n.B ${option.trim()}\n`), `${option} of ${command}`);
    }
  }

  const own = process.env.STEPWELLD;
  process.env.STEPWELLD = join(root, "usr/bin/stepwelld");
  const engine = await startEngine(folder.path);
  try {
    await deploy(engine, "flows", `
      import { WorkflowEntrypoint } from 'cloudflare:workers';
      export class Flow extends WorkflowEntrypoint {
        async run(event, step) { return step.do('only', async () => 'done'); }
      }
      export default {};`, { flow: "Flow" });
    await engine.call("POST", "/workflows/flow/instances", { instance_id: "one" });
    const ended = await until("it is complete", async () => {
      const { status, output } = await engine.call("GET", "/workflows/flow/instances/one");
      return status === "complete" && output;
    });
    assert.equal(JSON.parse(ended), "done");
    const maps = await readFile(`/proc/${engine.child.pid}/cmdline`, "utf8");
    assert.ok(maps.startsWith(root));
  } finally {
    process.env.STEPWELLD = own;
    assert.equal(await engine.stop(), 0);
  }
});

test("lintian has nothing against the package", { skip: !whole ? "stepwell is not built" : absent("lintian"), timeout: 300_000 }, () => {
  // Spelling is looked for in all texts of programs, which takes longer than everything else together.
  const { status, stdout, stderr } = spawnSync("lintian", ["--allow-root", "--fail-on", "error,warning", "-X", "binaries/spelling", file]);
  assert.equal(status, 0, `${stdout}${stderr}`);
});

test("the unit is one that systemd takes, and as closed as the sandbox allows", { skip: absent("systemd-analyze") }, async () => {
  const unit = join(source, "packaging/stepwelld.service");
  const { stdout } = spawnSync("systemd-analyze", ["security", "--offline=true", "--threshold=35", unit]);
  const { stderr } = spawnSync("systemd-analyze", ["verify", unit]);
  assert.doesNotMatch(stderr.toString(), /Unknown|ignoring/);
  const [, level] = /Overall exposure level for stepwelld.service: (\S+)/.exec(stdout.toString()) ?? [];
  assert.ok(Number(level) <= 3, stdout.toString());
  // What covers a part of /proc keeps bubblewrap from mounting one.
  const text = await readFile(unit, "utf8");
  for (const never of ["ProtectKernelTunables", "ProtectKernelLogs", "ProtectProc", "ProcSubset", "MemoryDenyWriteExecute", "RestrictNamespaces"])
    assert.doesNotMatch(text, new RegExp(`^${never}=(yes|true|invisible|pid)`, "m"));
});
