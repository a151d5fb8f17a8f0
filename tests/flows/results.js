// What tst_results deploys.
import { WorkflowEntrypoint } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";

const once = { retries: { limit: 0, delay: 0 } };

function pattern(bytes) {
  const all = new Uint8Array(bytes);
  for (let i = 0; i < bytes; ++i) all[i] = (i * 31 + (i >> 12)) & 0xff;
  return all;
}

function streamOf(bytes, piece) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at + piece));
      at += piece;
      if (at >= bytes.length) controller.close();
    },
  });
}

async function digest(stream) {
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let sum = 0;
  for (const byte of bytes) sum = (sum * 33 + byte) >>> 0;
  return `${bytes.length}:${sum}`;
}

export class Streams extends WorkflowEntrypoint {
  async run(event, step) {
    const { mode, size, sink } = event.payload;
    const report = (text) => fetch(`${sink}/${event.instanceId}/${encodeURIComponent(text)}`);
    if (mode === "text") {
      const stream = await step.do("text", async () => new Response("héllo ".repeat(event.payload.times)).body);
      return (await new Response(stream).text()).length;
    }
    if (mode === "empty") return (await new Response(await step.do("empty", async () => new Response("").body)).text()).length;
    if (mode === "strings") {
      await step.do("strings", async () => new ReadableStream({ start(c) { c.enqueue("text"); c.close(); } }));
    }
    if (mode === "stuck") {
      await step.do("stuck", { ...once, timeout: 300 }, async () =>
        new ReadableStream({ start(c) { c.enqueue(new Uint8Array(300_000)); }, cancel() { return report("cancelled"); } }));
    }
    const expected = await digest(new Response(pattern(size)).body);
    const stream = await step.do("store", async () => {
      await report("stored");
      return streamOf(pattern(size), 100_000);
    });
    const first = await digest(stream);
    await step.waitForEvent("go on", { type: "go" });
    return [expected, first];
  }
}

export class Secrets extends WorkflowEntrypoint {
  async run(event, step) {
    const secret = await step.do("secret", { sensitive: "output" }, async () => ({ key: "hunter2" }));
    const dated = await step.do("dated", { sensitive: "output" }, async () => new Map([["key", "hunter2"]]));
    const failed = await step.do("fails", { ...once, sensitive: "output" }, async () => { throw new Error("plain words"); })
      .catch((error) => error.message);
    const sent = await step.waitForEvent("code", { type: "code", sensitive: "output" });
    return { length: secret.key.length + dated.get("key").length + sent.payload.code.length, sensitive: sent.sensitive, failed };
  }
}

export class Busy extends WorkflowEntrypoint {
  async run(event, step) {
    const spin = (turns) => { let n = 0; for (let i = 0; i < turns; ++i) n = (n * 31 + i) >>> 0; return n; };
    await step.do("idle", async () => new Promise((resolve) => setTimeout(resolve, 300)));
    await step.do("busy", async () => spin(event.payload.turns));
  }
}

export class Final extends WorkflowEntrypoint {
  async run(event, step) {
    const { mode } = event.payload;
    const failing = step.do("final", async () => { throw new NonRetryableError("nope", mode === "named" ? "MyName" : undefined); });
    if (mode !== "caught") return failing;
    return failing.catch((error) => `${error.name}|${error.message}`);
  }
}
