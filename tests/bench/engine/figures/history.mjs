// A long history: API latencies with 1,000 and with 1,000,000 finished instances, and the start of such an engine.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deploy, startEngine, temporaryFolder } from "../../../support/engine.mjs";
import { fill } from "../history.mjs";
import { print, quantile } from "../measure.mjs";
import { untilComplete } from "../ours.mjs";

const workflow = "first-step";
const here = dirname(fileURLToPath(import.meta.url));

async function timed(samples, call) {
  const times = [];
  for (let i = 0; i < samples; ++i) {
    const start = performance.now();
    await call(i);
    times.push(performance.now() - start);
  }
  return times;
}

async function askAll(engine, instances) {
  const base = `/workflows/${workflow}`;
  const questions = {
    list_page: () => engine.call("GET", `${base}/instances?per_page=50`),
    list_page_by_status: () => engine.call("GET", `${base}/instances?per_page=50&status=complete`),
    list_page_in_the_middle: () => engine.call("GET", `${base}/instances?per_page=50&page=${Math.max(1, Math.floor(instances / 100))}`),
    list_page_that_finds_nothing: () => engine.call("GET", `${base}/instances?per_page=50&status=errored`),
    status_totals: () => engine.call("GET", base),
    one_instance: (i) => engine.call("GET", `${base}/instances/copy-${2 + ((i * 7919) % (instances - 2))}`),
  };
  for (const [name, ask] of Object.entries(questions)) {
    await timed(20, ask);
    const times = await timed(200, ask);
    print(`engine.${name}_p50`, quantile(times, 0.5), "ms", { finished_instances: instances, p99: Number(quantile(times, 0.99).toFixed(2)) });
  }
}

async function withHistory(finished, queued, use) {
  const folder = await temporaryFolder();
  try {
    let engine = await startEngine(folder.path);
    try {
      await deploy(engine, "bench", await readFile(join(here, "../workload.js"), "utf8"), { [workflow]: "FirstStep" });
      const { id } = await engine.call("POST", `/workflows/${workflow}/instances`, { params: {} });
      await untilComplete(engine, workflow, id);
    } finally {
      await engine.stop();
    }
    fill(join(folder.path, "data/stepwell.db"), finished, queued);
    const start = performance.now();
    engine = await startEngine(folder.path);
    try {
      await engine.call("GET", `/workflows/${workflow}/instances?per_page=50`);
      await use(engine, performance.now() - start);
    } finally {
      await engine.stop();
    }
  } finally {
    await folder.dispose();
  }
}

export async function history(options) {
  for (const count of [1_000, options.history]) {
    await withHistory(count, 0, (engine) => askAll(engine, count));
  }
  await withHistory(options.history, 10_000, (engine, startedMs) => {
    print("engine.start_to_first_answer", startedMs, "ms", { finished_instances: options.history, unfinished_instances: 10_000 });
  });
  return true;
}
