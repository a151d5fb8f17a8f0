// Many sleeping instances: what they cost in memory, and how fast all of them wake at the same moment.
import { until } from "../../../support/engine.mjs";
import { mebibyte, ownResidentBytes, print } from "../measure.mjs";
import { countOf, create, untilCount, withEngine } from "../ours.mjs";

const workflow = "sleeper";

export async function sleepers(options) {
  const count = options.sleepers;
  await withEngine(async (engine) => {
    const pid = engine.child.pid;
    const idle = await ownResidentBytes(pid);
    // Long enough to create all of them and to see them hibernate.
    const wakeAt = Date.now() + 30_000 + count * 1.2;
    await create(engine, workflow, count, { until: wakeAt });
    await untilCount(engine, workflow, "waiting", count);
    await until("all hibernate", async () => (await engine.call("GET", "/stepwell/health")).live_instances === 0, wakeAt - Date.now());
    const asleep = await ownResidentBytes(pid);
    print("engine.sleeping_memory_above_idle", (asleep - idle) / mebibyte, "MiB", { sleepers: count, idle_mib: Math.round(idle / mebibyte) });
    await until("it is time", () => Date.now() >= wakeAt, wakeAt + 10_000, 1);
    const start = performance.now();
    await until("all are awake", async () => (await countOf(engine, workflow, "waiting")) === 0, 600_000, 20);
    const awake = (performance.now() - start) / 1000;
    await untilCount(engine, workflow, "complete", count);
    const complete = (performance.now() - start) / 1000;
    print("engine.wake_ups_per_second", count / awake, "1/s", { sleepers: count, seconds: Number(awake.toFixed(2)) });
    print("engine.woken_and_completed_per_second", count / complete, "1/s", { seconds: Number(complete.toFixed(2)) });
  });
  return true;
}
