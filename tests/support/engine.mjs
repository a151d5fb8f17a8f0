// What tests and benches written for Node share: `stepwelld` as a child process, and calls of its API.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const readyWithinMs = 30_000;

/** A temporary folder, removed by `dispose`. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "stepwell-"));
  return { path, dispose: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Ends a child by its id and waits for it: SIGTERM, and SIGKILL when that takes longer than `graceMs`. */
export async function endChild(child, graceMs = 20_000) {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  const code = await exited;
  clearTimeout(timer);
  return code;
}

/** Starts the engine (the file named by STEPWELLD) on a folder; answers where it is and how to end it. */
export async function startEngine(folder, extraArguments = []) {
  const program = process.env.STEPWELLD;
  if (!program) throw new Error("STEPWELLD must name the stepwelld to test");
  const logFile = join(folder, "stepwelld.log");
  const child = spawn(program, ["--data-dir", join(folder, "data"), "--listen", "127.0.0.1:0", ...extraArguments], {
    stdio: ["ignore", "pipe", openSync(logFile, "a")],
  });
  const line = await firstLine(child, logFile);
  const ready = JSON.parse(line);
  const token = (await readFile(ready.token_file, "utf8")).trim();
  return { ...ready, token, child, logFile, stop: () => endChild(child), call: callerOf(ready, token) };
}

async function firstLine(child, logFile) {
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([
    new Promise((resolve) => lines.once("line", resolve)),
    new Promise((resolve) => child.once("exit", () => resolve(undefined))),
    new Promise((resolve) => setTimeout(resolve, readyWithinMs).unref()),
  ]);
  if (line) return line;
  await endChild(child, 0);
  throw new Error(`stepwelld did not get ready:\n${await readFile(logFile, "utf8")}`);
}

// call("GET", "/workflows"): the result, or an error with the API's message.
function callerOf(ready, token) {
  return async (method, path, body) => {
    const isForm = body instanceof FormData;
    const response = await fetch(`${ready.api}/accounts/${ready.account}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && !isForm ? { "content-type": "application/json" } : {}) },
      body: body === undefined || isForm ? body : JSON.stringify(body),
    });
    const answer = await response.json();
    if (!answer.success) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer.errors)}`);
    return answer.result;
  };
}

/** PUT of a script that is one ES module, and of its workflows (`{name: className}`). */
export async function deploy(engine, script, source, workflows) {
  const bindings = Object.entries(workflows).map(([name, className], i) => ({
    type: "workflow",
    name: `WORKFLOW_${i}`,
    workflow_name: name,
    class_name: className,
  }));
  const metadata = {
    main_module: "index.js",
    compatibility_date: "2026-06-01",
    compatibility_flags: ["nodejs_compat"],
    bindings,
  };
  const form = new FormData();
  form.append("metadata", JSON.stringify(metadata));
  form.append("index.js", new Blob([source], { type: "application/javascript+module" }), "index.js");
  await engine.call("PUT", `/workers/scripts/${script}`, form);
  for (const [name, className] of Object.entries(workflows)) {
    await engine.call("PUT", `/workflows/${name}`, { class_name: className, script_name: script });
  }
}

/** Asks `question` again and again until it answers something true; that, or an error after `withinMs`. */
export async function until(what, question, withinMs = 30_000, everyMs = 50) {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`gave up waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Process ids of `root` and all below it. */
export async function processTree(root) {
  const parents = new Map();
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields.length > 1) parents.set(Number(entry), Number(fields[1]));
  }
  const tree = [root];
  for (let i = 0; i < tree.length; ++i) {
    for (const [pid, parent] of parents) if (parent === tree[i]) tree.push(pid);
  }
  return tree;
}

/** Resident bytes of `root` and all below it. */
export async function residentBytes(root) {
  let bytes = 0;
  for (const pid of await processTree(root)) {
    const fields = (await readFile(`/proc/${pid}/statm`, "utf8").catch(() => "")).split(" ");
    if (fields.length > 1) bytes += Number(fields[1]) * 4096;
  }
  return bytes;
}
