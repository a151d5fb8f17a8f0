// A full disk, made of a limit on the size of files: it is told once, with what to do, and all goes on when there is room.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deploy, startEngine, temporaryFolder, until } from "../support/engine.mjs";

const source = `
  import { WorkflowEntrypoint } from 'cloudflare:workers';
  export class Flow extends WorkflowEntrypoint {
    async run(event, step) { return step.do('only', async () => 'done'); }
  }
  export default {};
`;
const limitKiB = 4096;

let folder;
let engine;

before(async () => {
  folder = await temporaryFolder();
  const limited = join(folder.path, "limited");
  const script = `#!/bin/bash\ntrap '' XFSZ\nulimit -S -f ${limitKiB}\nexec "${process.env.STEPWELLD}" "$@"\n`;
  await writeFile(limited, script);
  await chmod(limited, 0o755);
  process.env.STEPWELLD = limited;
  engine = await startEngine(folder.path);
  await deploy(engine, "flows", source, { flow: "Flow" });
});

after(async () => {
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

const create = (id, size = 500_000) =>
  engine.call("POST", "/workflows/flow/instances", { instance_id: id, params: { filler: "x".repeat(size) } });
const told = async (text) => (await readFile(engine.logFile, "utf8")).split("\n").filter((line) => line.includes(text));
const state = async () => (await engine.call("GET", "/stepwell/health")).storage_error;

test("a full disk is logged once, and what waits goes on when there is room", async () => {
  let made = 0;
  const refusal = await until("an instance is refused", () => create(`i${made}`).then(() => void ++made, (error) => error));
  assert.match(refusal.message, /507/);
  await create("again").catch(() => {});
  const [line] = await until("it is logged", async () => {
    const lines = await told("cannot be written");
    return lines.length > 0 && lines;
  });
  assert.ok(line.includes(join(folder.path, "data", "stepwell.db")) && line.includes("make room"), line);
  execFileSync("prlimit", ["--pid", String(engine.child.pid), "--fsize=unlimited"]);
  let more = 0;
  await until("it is logged that all is well", async () => {
    await create(`more${more++}`, 1).catch(() => {});
    return (await told("can be written again")).length > 0;
  });
  assert.equal((await told("cannot be written")).length, 1);
  for (let i = 0; i < made; ++i)
    await until(`i${i} is complete`, async () =>
      (await engine.call("GET", `/workflows/flow/instances/i${i}`)).status === "complete");
  assert.equal(await state(), "");
});
