// What analytics cost and answer, with a month of made-up history. Prints one JSON object per figure. Run it through
// tests/bench/run analytics.
import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startEngine, temporaryFolder } from "../../support/engine.mjs";
import { ours } from "../engine/figures/throughput.mjs";
import { print, processorMs, quantile } from "../engine/measure.mjs";
import { compareDuckdb } from "./duckdb.mjs";
import { example, page, percentiles } from "./queries.mjs";

const hour = 3_600_000;

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "20000000" },
    workflows: { type: "string", default: "200" },
    plain: { type: "string", default: "1" },
    rounds: { type: "string", default: "7" },
    instances: { type: "string", default: "20000" },
    only: { type: "string", default: "" }, // ingest, cube (the engine's library alone), api
    history: { type: "string", default: "" }, // a folder of an earlier run, which stays; it is made when it is empty
  },
});

/** The history ends with this hour, so that none of it is too old when it is asked for. */
let end = Math.floor(Date.now() / hour) * hour;

async function makeHistory(folder) {
  const child = spawn(
    process.env.BENCH_ANALYTICS,
    [folder, "--events", values.events, "--workflows", values.workflows, "--plain", values.plain, "--end", String(end)],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  const code = await new Promise((resolve) => child.once("exit", resolve));
  if (code !== 0) throw new Error(`bench_analytics ended with ${code}`);
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** The whole answer as text. Not `fetch`: its streams take longer than the engine does, and less evenly. */
function post(engine, body) {
  const headers = { authorization: `Bearer ${engine.token}`, "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(`${engine.api}/graphql`, { method: "POST", agent, headers }, (response) => {
      const pieces = [];
      response.on("data", (piece) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () => resolve(Buffer.concat(pieces).toString()));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function ask(engine, query, variables) {
  const answer = JSON.parse(await post(engine, JSON.stringify({ query, variables })));
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

async function atTheApi(folder, isOld) {
  const engine = await startEngine(folder);
  try {
    if (isOld) end = await endOf(engine);
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
    await measure(engine, "api.page", 100, () => ask(engine, page, range));
  } finally {
    await engine.stop();
  }
}

const middle = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Off and on take turns, so that what else the machine does falls on both; told is the middle of the rounds. */
async function ingest() {
  const ratios = { throughput: [], processor: [] };
  const all = { on: [], off: [] };
  for (let round = 1; round <= Number(values.rounds); ++round) {
    const runs = {};
    for (const mode of round % 2 === 1 ? ["off", "on"] : ["on", "off"]) {
      runs[mode] = await ours(Number(values.instances), mode === "off" ? ["--no-analytics"] : []);
      all[mode].push(runs[mode]);
      print("ingest.instances_per_second", runs[mode].perSecond, "1/s", { round, analytics: mode });
      print("ingest.cpu_per_instance", runs[mode].cpuMicroseconds, "us", { round, analytics: mode, of: "engine and runtime" });
    }
    ratios.throughput.push(100 * (1 - runs.on.perSecond / runs.off.perSecond));
    ratios.processor.push(100 * (runs.on.cpuMicroseconds / runs.off.cpuMicroseconds - 1));
  }
  const best = (mode) => Math.max(...all[mode].map((run) => run.perSecond));
  const least = (mode) => Math.min(...all[mode].map((run) => run.cpuMicroseconds));
  print("ingest.cost", middle(ratios.throughput), "%", { of: "throughput, middle of rounds", best: Number((100 * (1 - best("on") / best("off"))).toFixed(1)) });
  print("ingest.cpu_cost", middle(ratios.processor), "%", { of: "processor time, middle of rounds", best: Number((100 * (least("on") / least("off") - 1)).toFixed(1)) });
}

/** When the history of an earlier run ends: what was asked for then, the hour of its newest event. */
async function endOf(engine) {
  const day = 24 * hour;
  const newest = `query ($accountTag: string!, $datetimeStart: Time, $datetimeEnd: Time) { viewer { accounts(filter: { accountTag: $accountTag }) {
    workflowsAdaptiveGroups(limit: 1, orderBy: [datetimeHour_DESC], filter: { datetimeHour_geq: $datetimeStart, datetimeHour_leq: $datetimeEnd }) { dimensions { datetimeHour } } } } }`;
  const range = { accountTag: engine.account, datetimeStart: new Date(end - 20 * day).toISOString(), datetimeEnd: new Date(end + hour).toISOString() };
  const found = (await ask(engine, newest, range)).workflowsAdaptiveGroups;
  if (found.length === 0) throw new Error("the history of the folder is older than 20 days; make a new one");
  return Date.parse(found[0].dimensions.datetimeHour) + hour;
}

/** Beside the rows of plain SQL there are the same ones as text. */
async function withDuckdb(folder) {
  if (Number(values.plain) === 0) return;
  const files = { text: join(folder, "plain.csv"), database: join(folder, "plain.duckdb") };
  await compareDuckdb(files, { from: end - 31 * 24 * hour + hour, to: end, workflow: "workflow-5" });
}

const isThere = async (folder) => (await readdir(join(folder, "data")).catch(() => [])).includes("analytics.db");

const folder = values.history ? { path: values.history, dispose: () => {} } : await temporaryFolder();
try {
  if (values.only !== "ingest") {
    const isOld = await isThere(folder.path);
    if (!isOld) await makeHistory(folder.path);
    if (!isOld) await withDuckdb(folder.path);
    if (values.only !== "cube") await atTheApi(folder.path, isOld);
  }
  if (values.only === "" || values.only === "ingest") await ingest();
} finally {
  await folder.dispose();
}
