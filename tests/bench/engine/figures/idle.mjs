// An engine with nothing to do and no runtime process: memory, and how often its threads wake.
import { mebibyte, ownResidentBytes, print, switches } from "../measure.mjs";
import { startEngine, temporaryFolder } from "../../../support/engine.mjs";

const secondsWatched = 30;

export async function idle() {
  const folder = await temporaryFolder();
  try {
    const engine = await startEngine(folder.path);
    try {
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      const before = await switches(engine.child.pid);
      await new Promise((resolve) => setTimeout(resolve, secondsWatched * 1000));
      const count = (await switches(engine.child.pid)) - before;
      print("engine.idle_wake_ups", count, "count", { seconds: secondsWatched });
      print("engine.idle_resident", (await ownResidentBytes(engine.child.pid)) / mebibyte, "MiB");
    } finally {
      await engine.stop();
    }
  } finally {
    await folder.dispose();
  }
  return true;
}
