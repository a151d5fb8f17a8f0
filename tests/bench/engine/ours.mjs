// The engine under test, with the workloads deployed.
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deploy, startEngine, temporaryFolder, until } from "../../support/engine.mjs";
import { inParallel } from "./measure.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const batchSize = 100;
export const workflows = { "ten-steps": "TenSteps", "many-steps": "ManySteps", "first-step": "FirstStep", sleeper: "Sleeper" };

/** `use(engine, folder)` with a fresh engine, which ends afterwards. */
export async function withEngine(use, extraArguments = []) {
  const folder = await temporaryFolder();
  try {
    const engine = await startEngine(folder.path, extraArguments);
    try {
      await deploy(engine, "bench", await readFile(join(here, "workload.js"), "utf8"), workflows);
      return await use(engine, folder.path);
    } finally {
      await engine.stop();
    }
  } finally {
    await folder.dispose();
  }
}

/** Creates `count` instances in batches. */
export async function create(engine, workflow, count, params = {}) {
  await inParallel(Math.ceil(count / batchSize), 4, (batch) =>
    engine.call(
      "POST",
      `/workflows/${workflow}/instances/batch`,
      Array.from({ length: Math.min(batchSize, count - batch * batchSize) }, () => ({ params })),
    ),
  );
}

export async function countOf(engine, workflow, status) {
  return (await engine.call("GET", `/workflows/${workflow}`)).instances[status] ?? 0;
}

/** Waits until `count` instances of the workflow have come to `status`. */
export function untilCount(engine, workflow, status, count, withinMs = 600_000, everyMs = 20) {
  return until(`${count} instances are ${status}`, async () => (await countOf(engine, workflow, status)) >= count, withinMs, everyMs);
}

/** The instance's detail once it is complete. */
export function untilComplete(engine, workflow, id) {
  return until(`${id} is complete`, async () => {
    const detail = await engine.call("GET", `/workflows/${workflow}/instances/${id}`);
    if (detail.status === "errored") throw new Error(`${id}: ${JSON.stringify(detail.error)}`);
    return detail.status === "complete" && detail;
  }, 300_000, 5);
}
