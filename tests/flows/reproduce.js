// What tst_reproduce deploys.
import { WorkflowEntrypoint } from "cloudflare:workers";

const once = { retries: { limit: 0, delay: 0 } };

/** Every kind of step; reports whatever really runs. */
export class Journey extends WorkflowEntrypoint {
  async run(event, step) {
    const ran = (what) => fetch(`${event.payload.sink}/${event.instanceId}/${what}`);
    const seen = [];
    seen.push(await step.do("load", async () => (await ran("load"), { rows: 1 })));
    await step.sleep("rest", event.payload.rest ?? "30 days");
    await step.sleepUntil("rest", Date.now() + 30 * 24 * 3600 * 1000);
    const approval = await step.waitForEvent("approval", { type: "approve", timeout: "30 days" });
    seen.push([approval.type, approval.payload, approval.timestamp.toISOString()]);
    try {
      await step.do("charge", once, async () => { await ran("charge"); });
    } catch (error) {
      seen.push(`${error.name}: ${error.message}`);
    }
    seen.push(await step.do("load", async () => (await ran("load again"), { rows: 2 })));
    seen.push(await step.do("report", async () => (await ran("report"), event.payload.word)));
    return seen;
  }
}
