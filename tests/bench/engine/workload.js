// The workload of the bench: ten steps with nothing in them.
import { WorkflowEntrypoint } from "cloudflare:workers";

export class TenSteps extends WorkflowEntrypoint {
  async run(event, step) {
    let sum = 0;
    for (let i = 0; i < 10; ++i) sum += await step.do(`step ${i}`, async () => i);
    return sum;
  }
}

export default { fetch: () => new Response("bench") };
