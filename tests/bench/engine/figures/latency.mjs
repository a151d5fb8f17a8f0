// From the request that creates an instance to the execution of its first step, at light load: warm, and with no process up.
import { clock, print, quantile } from "../measure.mjs";
import { untilComplete, withEngine } from "../ours.mjs";
import { withWrangler } from "../peers/wrangler.mjs";

const workflow = "first-step";
const samples = 200;
const pauseMs = 20;

/** `createOne()` answers when the first step ran, in ms since 1970 (user code's clock has whole milliseconds). */
async function sampled(count, createOne) {
  const times = [];
  for (let i = 0; i < count; ++i) {
    const sent = clock();
    const ran = await createOne(i);
    times.push(Math.max(0, ran - Math.floor(sent)));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return times;
}

export async function latency() {
  await withEngine(async (engine) => {
    const createOne = async () => {
      const { id } = await engine.call("POST", `/workflows/${workflow}/instances`, { params: {} });
      return Number((await untilComplete(engine, workflow, id)).output);
    };
    // The process that checked the upload has ended: this one is started for the instance.
    const [cold] = await sampled(1, createOne);
    print("engine.cold_create_to_first_step", cold, "ms");
    const warm = await sampled(samples, createOne);
    print("engine.create_to_first_step_p50", quantile(warm, 0.5), "ms", { samples });
    print("engine.create_to_first_step_p99", quantile(warm, 0.99), "ms", { samples });
  });
  await withWrangler(async (dev) => {
    const warm = await sampled(50, async (i) => {
      await dev.call("POST", `/${workflow}/instances`, { id: `first-${i}`, params: {} });
      return Number((await dev.finished(workflow, `first-${i}`)).output);
    });
    print("wrangler_dev.create_to_first_step_p50", quantile(warm, 0.5), "ms", { samples: 50 });
    print("wrangler_dev.create_to_first_step_p99", quantile(warm, 0.99), "ms", { samples: 50 });
  });
  return true;
}
