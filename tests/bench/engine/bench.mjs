// Prints one JSON object per figure: {"name","value","unit",...}. Run it through tests/bench/run.
import { parseArgs } from "node:util";
import { history } from "./figures/history.mjs";
import { idle } from "./figures/idle.mjs";
import { latency } from "./figures/latency.mjs";
import { long } from "./figures/long.mjs";
import { sleepers } from "./figures/sleepers.mjs";
import { throughput } from "./figures/throughput.mjs";

const figures = { idle, throughput, long, latency, sleepers, history };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    instances: { type: "string", default: "20000" },
    "wrangler-instances": { type: "string", default: "400" },
    "restate-instances": { type: "string", default: "2000" },
    rounds: { type: "string", default: "1" },
    sleepers: { type: "string", default: "100000" },
    history: { type: "string", default: "1000000" },
    // Exit code 1 when the engine is not this many times as fast as wrangler dev; 0 asks for nothing.
    floor: { type: "string", default: "0" },
  },
});
const options = {
  instances: Number(values.instances),
  wranglerInstances: Number(values["wrangler-instances"]),
  restateInstances: Number(values["restate-instances"]),
  rounds: Number(values.rounds),
  sleepers: Number(values.sleepers),
  history: Number(values.history),
  floor: Number(values.floor),
};

for (const name of positionals) {
  if (name in figures) continue;
  console.error(`There is no figure "${name}". Figures: ${Object.keys(figures).join(", ")}`);
  process.exit(2);
}
for (const name of positionals.length > 0 ? positionals : Object.keys(figures)) {
  if (!(await figures[name](options))) process.exitCode = 1;
}
