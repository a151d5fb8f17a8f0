// One instance with 1,000 steps, one after the other: time per step, beside wrangler dev.
import { print } from "../measure.mjs";
import { untilComplete, withEngine } from "../ours.mjs";
import { withWrangler } from "../peers/wrangler.mjs";

const workflow = "many-steps";
const steps = 1000;

const perStep = (detail) => (Date.parse(detail.end) - Date.parse(detail.start)) / steps;

export async function long(options) {
  const ours = await withEngine(async (engine) => {
    const times = [];
    for (let i = 0; i <= options.rounds; ++i) {
      const { id } = await engine.call("POST", `/workflows/${workflow}/instances`, { params: { steps } });
      times.push(perStep(await untilComplete(engine, workflow, id)));
    }
    return Math.min(...times.slice(1));  // the first one warms up
  });
  print("engine.long_instance_step", ours * 1000, "us", { steps });
  const theirs = await withWrangler(async (dev) => {
    await dev.call("POST", `/${workflow}/instances`, { id: "warm", params: { steps: 10 } });
    await dev.finished(workflow, "warm");
    await dev.call("POST", `/${workflow}/instances`, { id: "long", params: { steps } });
    return perStep(await dev.finished(workflow, "long"));
  });
  print("wrangler_dev.long_instance_step", theirs * 1000, "us", { steps });
  print("engine.long_instance_times_wrangler_dev", theirs / ours, "x");
  return true;
}
