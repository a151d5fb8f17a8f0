// What runs while the test kills. Every execution of a step reports itself to the test's sink before it does anything
// else, so that the test can tell executions from stored results. test_kill.cpp knows this plan by heart.
import { WorkflowEntrypoint } from "cloudflare:workers";

const quick = { retries: { limit: 10, delay: 40, backoff: "constant" }, timeout: "30 seconds" };

export class Crash extends WorkflowEntrypoint {
  async run(event, step) {
    const { n, sink, rounds } = event.payload;
    const report = (stage, name, ctx) => fetch(`${sink}/x?n=${n}&stage=${stage}&step=${name}&attempt=${ctx.attempt}`);

    await step.sleep("start", 20 * n);
    let sum = await step.do("open", quick, async (ctx) => {
      await report(0, "open", ctx);
      return n;
    });

    for (let round = 1; round <= rounds; ++round) {
      const stage = 3 * round;
      const parts = await Promise.all(
        ["left", "right"].map((side) =>
          step.do(side, quick, async (ctx) => {
            await report(stage, `${side}-${round}`, ctx);
            if (side === "right" && ctx.attempt <= (n + round) % 3) throw new Error(`attempt ${ctx.attempt} fails`);
            return { side, round };
          }),
        ),
      );
      sum += parts.reduce((total, part) => total + part.round, 0);

      await step.sleep("nap", 300 + ((n * 37 + round * 211) % 900));

      sum += await step.do("tail", quick, async (ctx) => {
        await report(stage + 1, `tail-${round}`, ctx);
        return 1;
      });
    }

    if (n % 7 === 0) sum += (await step.waitForEvent("go", { type: "go", timeout: "10 minutes" })).payload.add;
    if (n % 10 === 0) {
      await step.do("doomed", { retries: { limit: 2, delay: 50, backoff: "linear" } }, async (ctx) => {
        await report(1000, "doomed", ctx);
        throw new TypeError(`doomed ${n}`);
      });
    }
    return { n, sum };
  }
}

export default { fetch: () => new Response("nothing here") };
