// What tst_rollback deploys. Handlers report what they were given.
import { WorkflowEntrypoint } from "cloudflare:workers";

const quick = { retries: { limit: 3, delay: 50, backoff: "constant" } };

export class Saga extends WorkflowEntrypoint {
  async run(event, step) {
    const { sink, mode } = event.payload;
    const report = (text) => fetch(`${sink}/${event.instanceId}/${encodeURIComponent(text)}`);
    const undo = (rollbackConfig) => ({
      rollback: async ({ ctx, error, output, stepName }) => {
        await report(`undo ${stepName} ${ctx.attempt} ${error.name} ${error.message} ${JSON.stringify(output)}`);
        if (mode === "steps" && stepName === "b-1")
          await step.do("never", async () => 1).catch((refused) => report(refused.message));
        if (mode === "breaks" && stepName === "b-1") throw new TypeError("cannot undo b");
        if (mode === "again" && stepName === "b-1" && ctx.attempt < 3) throw new Error("not yet");
        if (mode === "slow" && ctx.attempt === 1) await new Promise((resolve) => setTimeout(resolve, 500));
      },
      ...(rollbackConfig ? { rollbackConfig } : {}),
    });
    const failing = { retries: { limit: 0, delay: 0 }, timeout: 1000 };

    if (mode === "dynamic") {
      const config = { retries: { limit: 1, delay: () => 10, backoff: "constant" } };
      const rollback = ({ ctx }) => report(`config ${JSON.stringify(ctx.config)}`);
      await step.do("flaky", config, async () => { throw new Error("never"); }, { rollback }).catch(() => {});
      await step.waitForEvent("approval", { type: "go" });
    }
    await step.do("plain", async () => "never undone");
    await Promise.all([
      step.do("a", quick, async () => { await report("a"); return { a: 1 }; }, undo()),
      step.do("b", async () => { await report("b"); return "b"; }, undo(mode === "breaks" ? failing : quick)),
    ]);
    await step.do("c", async () => [3], undo());
    if (mode === "wait") await step.waitForEvent("approval", { type: "go" });
    if (mode === "complete") return "fine";
    await step.do("d", failing, async () => { throw new RangeError("d failed"); }, undo());
  }
}
