// Ten-step instances per second, durable, beside wrangler dev and Restate in the same run.
import { residentBytes } from "../../../support/engine.mjs";
import { inParallel, mebibyte, print, processorMs, watchMemory } from "../measure.mjs";
import { create, untilCount, withEngine } from "../ours.mjs";
import { isRestateHere, restateVersion, withRestate } from "../peers/restate.mjs";
import { withWrangler, wranglerVersion } from "../peers/wrangler.mjs";

const workflow = "ten-steps";
const warmUp = 500;

/** One run of the engine: ten-step instances per second, and what each costs. */
export async function ours(instances, extraArguments = []) {
  return withEngine(async (engine) => {
    await create(engine, workflow, warmUp);
    await untilCount(engine, workflow, "complete", warmUp);
    const peak = watchMemory(engine.child.pid);
    const before = await processorMs(engine.child.pid);
    const start = performance.now();
    await create(engine, workflow, instances);
    await untilCount(engine, workflow, "complete", warmUp + instances);
    const seconds = (performance.now() - start) / 1000;
    const busy = (await processorMs(engine.child.pid)) - before;
    return { perSecond: instances / seconds, seconds, peakBytes: await peak(), cpuMicroseconds: (busy * 1000) / instances };
  }, extraArguments);
}

async function wrangler(instances) {
  return withWrangler(async (dev) => {
    const run = async (count, prefix) => {
      await inParallel(count, 20, (i) => dev.call("POST", `/${workflow}/instances`, { id: `${prefix}-${i}`, params: {} }));
      for (let i = 0; i < count; ++i) await dev.finished(workflow, `${prefix}-${i}`);
    };
    await run(20, "warm");
    const peak = watchMemory(dev.child.pid);
    const start = performance.now();
    await run(instances, "bench");
    const seconds = (performance.now() - start) / 1000;
    return { perSecond: instances / seconds, seconds, peakBytes: await peak() };
  });
}

async function restate(instances, width) {
  return withRestate(async (server) => {
    await inParallel(200, width, server.call);
    const start = performance.now();
    await inParallel(instances, width, server.call);
    const seconds = (performance.now() - start) / 1000;
    const bytes = await Promise.all(server.pids.map(residentBytes));
    return { perSecond: instances / seconds, seconds, peakBytes: bytes[0] + bytes[1] };
  });
}

const rounded = (seconds) => Number(seconds.toFixed(2));

export async function throughput(options) {
  const best = { ours: 0, wrangler: 0, restate: 0 };
  for (let round = 1; round <= options.rounds; ++round) {
    const engine = await ours(options.instances);
    const facts = { round, instances: options.instances, seconds: rounded(engine.seconds) };
    print("engine.instances_per_second", engine.perSecond, "1/s", facts);
    print("engine.cpu_per_instance", engine.cpuMicroseconds, "us", { round, of: "engine and runtime" });
    print("engine.peak_resident", engine.peakBytes / mebibyte, "MiB", { round, of: "engine and runtime" });
    best.ours = Math.max(best.ours, engine.perSecond);

    const dev = await wrangler(options.wranglerInstances);
    const devFacts = { round, wrangler: wranglerVersion, instances: options.wranglerInstances, seconds: rounded(dev.seconds) };
    print("wrangler_dev.instances_per_second", dev.perSecond, "1/s", devFacts);
    print("wrangler_dev.peak_resident", dev.peakBytes / mebibyte, "MiB", { round, of: "wrangler and its runtimes" });
    best.wrangler = Math.max(best.wrangler, dev.perSecond);

    if (!isRestateHere) continue;
    for (const width of [50, 200]) {
      const server = await restate(options.restateInstances, width);
      const more = { round, restate: restateVersion, concurrent: width, instances: options.restateInstances };
      print("restate.instances_per_second", server.perSecond, "1/s", { ...more, seconds: rounded(server.seconds) });
      print("restate.resident", server.peakBytes / mebibyte, "MiB", { round, of: "server and service" });
      best.restate = Math.max(best.restate, server.perSecond);
    }
  }
  const factor = best.ours / best.wrangler;
  print("engine.times_wrangler_dev", factor, "x");
  if (best.restate > 0) print("engine.times_restate", best.ours / best.restate, "x");
  return factor >= options.floor;
}
