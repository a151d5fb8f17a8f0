// The workloads of the bench, for Workers.
import { WorkflowEntrypoint } from "cloudflare:workers";

/** Ten steps with nothing in them. */
export class TenSteps extends WorkflowEntrypoint {
  async run(event, step) {
    let sum = 0;
    for (let i = 0; i < 10; ++i) sum += await step.do(`step ${i}`, async () => i);
    return sum;
  }
}

/** As many steps as the params say, one after the other. */
export class ManySteps extends WorkflowEntrypoint {
  async run(event, step) {
    const first = Date.now();
    for (let i = 0; i < event.payload.steps; ++i) await step.do(`step ${i}`, async () => i);
    return { first };
  }
}

/** Tells when its first step ran. */
export class FirstStep extends WorkflowEntrypoint {
  async run(event, step) {
    return step.do("first", async () => Date.now());
  }
}

/** Sleeps until the time in its params. */
export class Sleeper extends WorkflowEntrypoint {
  async run(event, step) {
    await step.sleepUntil("until", event.payload.until);
    return "awake";
  }
}

export default { fetch: () => new Response("bench") };
