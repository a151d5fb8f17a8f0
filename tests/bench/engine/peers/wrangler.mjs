// `wrangler dev` with the same workloads, driven over its local explorer API.
import { spawn } from "node:child_process";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { openSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { endChild, processTree, temporaryFolder, until } from "../../../support/engine.mjs";
import { freePort } from "../measure.mjs";
import { workflows } from "../ours.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const compat = join(here, "../../../compat");
export const wranglerVersion = JSON.parse(await readFile(join(compat, "package.json"), "utf8")).dependencies.wrangler;

async function start(folder) {
  await copyFile(join(here, "../workload.js"), join(folder, "index.js"));
  const config = {
    name: "bench",
    main: "index.js",
    compatibility_date: "2026-06-01",
    workflows: Object.entries(workflows).map(([name, className], i) => ({ name, binding: `WORKFLOW_${i}`, class_name: className })),
  };
  await writeFile(join(folder, "wrangler.json"), JSON.stringify(config));
  const port = await freePort();
  const script = join(compat, "node_modules/wrangler/bin/wrangler.js");
  const log = openSync(join(folder, "dev.log"), "a");
  const child = spawn(process.execPath, [script, "dev", "--local", "--ip", "127.0.0.1", "--port", String(port)], {
    cwd: folder,
    stdio: ["ignore", log, log],
    env: { ...process.env, HOME: folder, CI: "1", WRANGLER_SEND_METRICS: "false", NO_UPDATE_NOTIFIER: "1" },
  });
  const root = `http://127.0.0.1:${port}/cdn-cgi/local/explorer/api/workflows`;
  const call = async (method, path, body) => {
    const response = await fetch(root + path, {
      method,
      headers: body ? { "content-type": "application/json" } : {},
      body: body && JSON.stringify(body),
    });
    const answer = await response.json();
    if (!answer.success) throw new Error(`${method} ${path}: ${JSON.stringify(answer.errors)}`);
    return answer.result;
  };
  try {
    await until("wrangler dev answers", () => call("GET", "").catch(() => undefined), 60_000, 200);
  } catch (error) {
    await endTree(child);
    throw new Error(`${error.message}:\n${await readFile(join(folder, "dev.log"), "utf8")}`);
  }
  return { child, call };
}

// wrangler leaves runtimes behind when it ends in a hurry: whatever it started is ended by id.
async function endTree(child) {
  const tree = await processTree(child.pid);
  await endChild(child, 5_000);
  for (const pid of tree) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Gone already, as it should be.
    }
  }
}

/** `use(dev)` with a running wrangler dev: `dev.call`, `dev.child`, `dev.finished(workflow, id)`. */
export async function withWrangler(use) {
  const folder = await temporaryFolder();
  const dev = await start(folder.path);
  dev.finished = (workflow, id) =>
    until(`${id} is complete`, async () => {
      const detail = await dev.call("GET", `/${workflow}/instances/${id}`);
      return detail.status === "complete" && detail;
    }, 300_000, 20);
  try {
    return await use(dev);
  } finally {
    await endTree(dev.child);
    await folder.dispose();
  }
}
