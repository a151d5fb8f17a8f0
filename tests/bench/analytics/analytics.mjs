// What analytics cost and answer, with a month of made-up history. Prints one JSON object per figure. Run it through
// tests/bench/run analytics.
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { startEngine, temporaryFolder } from "../../support/engine.mjs";
import { ours } from "../engine/figures/throughput.mjs";
import { print, processorMs, quantile } from "../engine/measure.mjs";
import { example, page, percentiles } from "./queries.mjs";

const hour = 3_600_000;

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "20000000" },
    workflows: { type: "string", default: "200" },
    plain: { type: "string", default: "1" },
    rounds: { type: "string", default: "3" },
    instances: { type: "string", default: "10000" },
    only: { type: "string", default: "" },
  },
});

/** The history ends with this hour, so that none of it is too old when it is asked for. */
const end = Math.floor(Date.now() / hour) * hour;

async function makeHistory(folder) {
  const child = spawn(
    process.env.BENCH_ANALYTICS,
    [folder, "--events", values.events, "--workflows", values.workflows, "--plain", values.plain, "--end", String(end)],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  const code = await new Promise((resolve) => child.once("exit", resolve));
  if (code !== 0) throw new Error(`bench_analytics ended with ${code}`);
}

async function ask(engine, query, variables) {
  const response = await fetch(`${engine.api}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json();
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data.viewer.accounts[0];
}

/** Asks `rounds` times and prints what the slowest hundredth takes. */
async function measure(engine, name, rounds, make) {
  const samples = [];
  await make(0);
  const before = await processorMs(engine.child.pid);
  for (let i = 0; i < rounds; ++i) {
    const start = performance.now();
    await make(i);
    samples.push(performance.now() - start);
  }
  const busy = ((await processorMs(engine.child.pid)) - before) / rounds;
  print(name, quantile(samples, 0.99), "ms", {
    of: "p99 at the API",
    p50: Number(quantile(samples, 0.5).toFixed(2)),
    processor: Number(busy.toFixed(2)),
    rounds,
  });
}

async function atTheApi(folder) {
  const engine = await startEngine(folder);
  try {
    const range = {
      accountTag: engine.account,
      datetimeStart: new Date(end - 31 * 24 * hour + hour).toISOString(),
      datetimeEnd: new Date(end - hour).toISOString(),
    };
    const of = (i) => ({ ...range, workflowName: `workflow-${i % Number(values.workflows)}` });
    const found = await ask(engine, example, of(0));
    if (found.wallTime.length < 700) throw new Error(`only ${found.wallTime.length} hours are told`);
    await measure(engine, "api.example_query", 300, (i) => ask(engine, example, of(i)));
    await measure(engine, "api.percentile_query", 300, (i) => ask(engine, percentiles, of(i)));
    await measure(engine, "api.page", 50, () => ask(engine, page, range));
  } finally {
    await engine.stop();
  }
}

/** Off and on take turns, so that what else the machine does falls on both. */
async function ingest() {
  const best = { on: 0, off: 0 };
  const cost = { on: [], off: [] };
  for (let round = 1; round <= Number(values.rounds); ++round) {
    for (const mode of ["off", "on"]) {
      const run = await ours(Number(values.instances), mode === "off" ? ["--no-analytics"] : []);
      print("ingest.instances_per_second", run.perSecond, "1/s", { round, analytics: mode });
      print("ingest.cpu_per_instance", run.cpuMicroseconds, "us", { round, analytics: mode, of: "engine and runtime" });
      best[mode] = Math.max(best[mode], run.perSecond);
      cost[mode].push(run.cpuMicroseconds);
    }
  }
  print("ingest.cost", 100 * (1 - best.on / best.off), "%", { of: "throughput, best rounds" });
  print("ingest.cpu_cost", 100 * (Math.min(...cost.on) / Math.min(...cost.off) - 1), "%", { of: "processor time, best rounds" });
}

const folder = await temporaryFolder();
try {
  if (values.only !== "ingest") {
    await makeHistory(folder.path);
    if (values.only !== "cube") await atTheApi(folder.path);
  }
  if (values.only === "" || values.only === "ingest") await ingest();
} finally {
  await folder.dispose();
}
