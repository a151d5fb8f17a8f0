// Prints one JSON object per figure: {"name","value","unit",...}. Run it through tests/bench/run.
import { spawn } from "node:child_process";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { openSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { deploy, endChild, processTree, residentBytes, startEngine, temporaryFolder, until } from "../../support/engine.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const compat = join(here, "../../compat");
const wranglerVersion = JSON.parse(await readFile(join(compat, "package.json"), "utf8")).dependencies.wrangler;
const workflow = "ten-steps";
const batchSize = 100;

const { values: options } = parseArgs({
  options: {
    instances: { type: "string", default: "10000" },
    "wrangler-instances": { type: "string", default: "400" },
    rounds: { type: "string", default: "1" },
    // Exit code 1 when the engine is not this many times as fast as wrangler dev; 0 asks for nothing.
    floor: { type: "string", default: "0" },
  },
});

const print = (name, value, unit, more = {}) =>
  console.log(JSON.stringify({ name, value: Number(value.toFixed(value < 100 ? 2 : 0)), unit, ...more }));

/** Looks at the memory of a process tree until stopped; answers the peak in bytes. */
function watchMemory(pid) {
  let peak = 0;
  let going = true;
  const loop = (async () => {
    while (going) {
      peak = Math.max(peak, await residentBytes(pid));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return async () => {
    going = false;
    await loop;
    return Math.max(peak, await residentBytes(pid));
  };
}

/** Runs `job(i)` for i in 0..count-1, `width` of them at a time. */
async function inParallel(count, width, job) {
  let next = 0;
  const lane = async () => {
    while (next < count) await job(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

async function benchEngine(instances) {
  const folder = await temporaryFolder();
  const engine = await startEngine(folder.path);
  try {
    await deploy(engine, workflow, await readFile(join(here, "workload.js"), "utf8"), { [workflow]: "TenSteps" });
    const finished = async () => (await engine.call("GET", `/workflows/${workflow}`)).instances.complete ?? 0;
    const run = async (count, before) => {
      await inParallel(Math.ceil(count / batchSize), 4, (batch) =>
        engine.call(
          "POST",
          `/workflows/${workflow}/instances/batch`,
          Array.from({ length: Math.min(batchSize, count - batch * batchSize) }, () => ({ params: {} })),
        ),
      );
      await until("all instances are complete", async () => (await finished()) === before + count, 600_000, 20);
    };
    await run(batchSize, 0);
    const peak = watchMemory(engine.child.pid);
    const start = performance.now();
    await run(instances, batchSize);
    const seconds = (performance.now() - start) / 1000;
    return { perSecond: instances / seconds, seconds, peakBytes: await peak() };
  } finally {
    await engine.stop();
    await folder.dispose();
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startWranglerDev(folder) {
  await copyFile(join(here, "workload.js"), join(folder, "index.js"));
  const config = {
    name: workflow,
    main: "index.js",
    compatibility_date: "2026-06-01",
    workflows: [{ name: workflow, binding: "WORKFLOW", class_name: "TenSteps" }],
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
  const root = `http://127.0.0.1:${port}/cdn-cgi/local/explorer/api/workflows/${workflow}`;
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

async function benchWrangler(instances) {
  const folder = await temporaryFolder();
  const dev = await startWranglerDev(folder.path);
  try {
    const finish = (id) =>
      until(
        `${id} is complete`,
        async () => (await dev.call("GET", `/instances/${id}`)).status === "complete",
        300_000,
        20,
      );
    const run = async (count, prefix) => {
      await inParallel(count, 20, (i) => dev.call("POST", "/instances", { id: `${prefix}-${i}`, params: {} }));
      for (let i = 0; i < count; ++i) await finish(`${prefix}-${i}`);
    };
    await run(20, "warm");
    const peak = watchMemory(dev.child.pid);
    const start = performance.now();
    await run(instances, "bench");
    const seconds = (performance.now() - start) / 1000;
    return { perSecond: instances / seconds, seconds, peakBytes: await peak() };
  } finally {
    await endTree(dev.child);
    await folder.dispose();
  }
}

const mebibyte = 1 << 20;
const best = { engine: 0, wrangler: 0 };
for (let round = 1; round <= Number(options.rounds); ++round) {
  const engine = await benchEngine(Number(options.instances));
  const more = { round, instances: Number(options.instances), seconds: Number(engine.seconds.toFixed(2)) };
  print("engine.instances_per_second", engine.perSecond, "1/s", more);
  print("engine.peak_resident", engine.peakBytes / mebibyte, "MiB", { round, of: "engine and runtime" });
  const wrangler = await benchWrangler(Number(options["wrangler-instances"]));
  const dev = { round, wrangler: wranglerVersion, instances: Number(options["wrangler-instances"]) };
  print("wrangler_dev.instances_per_second", wrangler.perSecond, "1/s", {
    ...dev,
    seconds: Number(wrangler.seconds.toFixed(2)),
  });
  print("wrangler_dev.peak_resident", wrangler.peakBytes / mebibyte, "MiB", { round, of: "wrangler and its runtimes" });
  best.engine = Math.max(best.engine, engine.perSecond);
  best.wrangler = Math.max(best.wrangler, wrangler.perSecond);
}
const factor = best.engine / best.wrangler;
print("engine.times_wrangler_dev", factor, "x");
if (factor < Number(options.floor)) process.exitCode = 1;
