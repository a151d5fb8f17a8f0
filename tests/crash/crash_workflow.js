// What runs while the test kills. Every execution of a step reports itself to the test's sink before it does anything
// else, so that the test can tell executions from stored results. test_kill.cpp knows this plan by heart.
import { WorkflowEntrypoint } from "cloudflare:workers";

const quick = { retries: { limit: 10, delay: 40, backoff: "constant" }, timeout: "30 seconds" };

export class Crash extends WorkflowEntrypoint {
  async run(event, step) {
    const { n, sink, rounds } = event.payload;

    // Each round has a mark that it keeps for good: rounds that a restart has undone come again with other marks.
    let mark = "";
    let before = "";
    const begin = async () => {
      before = mark;
      mark = await step.do("begin", quick, async () => crypto.randomUUID());
    };
    const report = (stage, name) =>
      fetch(`${sink}/x?n=${n}&mark=${mark}&before=${before}&stage=${stage}&step=${name}`);

    await step.sleep("start", 10 * n);
    await begin();
    let sum = await step.do("open", quick, async () => {
      await report(0, "open-1");
      return n;
    });

    for (let round = 1; round <= rounds; ++round) {
      await begin();
      const parts = await Promise.all(
        ["left", "right"].map((side) =>
          step.do(side, quick, async (ctx) => {
            await report(0, `${side}-${round}`);
            if (side === "right" && ctx.attempt <= (n + round) % 3) throw new Error(`attempt ${ctx.attempt} fails`);
            return { side, round };
          }),
        ),
      );
      sum += parts.reduce((total, part) => total + part.round, 0);

      await step.sleep("nap", 300 + ((n * 37 + round * 211) % 900));

      sum += await step.do("tail", quick, async () => {
        await report(1, `tail-${round}`);
        return 1;
      });
    }

    await begin();
    if (n % 7 === 0) sum += (await step.waitForEvent("go", { type: "go", timeout: "10 minutes" })).payload.add;
    if (n % 10 === 0) {
      await step.do("doomed", { retries: { limit: 2, delay: 50, backoff: "linear" } }, async () => {
        await report(0, "doomed-1");
        throw new TypeError(`doomed ${n}`);
      });
    }
    return { n, sum };
  }
}

export default { fetch: () => new Response("nothing here") };
