// What the code of a Worker can do, on a whole engine with the real runtime: its handlers, its bindings, its crons.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { request } from "node:http";
import { startEngine, temporaryFolder, until } from "../support/engine.mjs";

const childSource = `
  import { WorkflowEntrypoint } from 'cloudflare:workers';
  export class Child extends WorkflowEntrypoint {
    async run(event, step) {
      const answer = await step.waitForEvent('answer', { type: 'answer' });
      return { from: event.payload.from, at: event.payload.at, answer: answer.payload };
    }
  }
  export default {};
`;

const parentSource = `
  import { WorkflowEntrypoint, env } from 'cloudflare:workers';
  export class Parent extends WorkflowEntrypoint {
    async run(event, step) {
      const id = await step.do('create', async () => (await this.env.CHILD.create({ id: 'born', params: { from: 'parent' } })).id);
      await step.do('answer', async () => (await env.CHILD.get(id)).sendEvent({ type: 'answer', payload: 42 }));
      return step.do('wait', { retries: { limit: 50, delay: 20, backoff: 'constant' } }, async () => {
        const { status, output } = await (await env.CHILD.get(id)).status();
        if (status !== 'complete') throw new Error(status);
        return output;
      });
    }
  }
  const pages = {
    vars: (request, env) => Response.json({ text: env.GREETING, json: env.SETTINGS, secret: env.KEY, names: Object.keys(env).sort() }),
    echo: (request) => new Response(request.body, { status: 201, headers: { 'x-method': request.method } }),
    async verbs(request, env) {
      const child = await env.CHILD.create({ params: { at: new Date(0) } });
      const statuses = [];
      const note = async () => statuses.push((await child.status()).status);
      await child.pause(); await note();
      await child.resume();
      await child.sendEvent({ type: 'answer', payload: [1n] });
      await child.terminate().catch(() => {});
      await child.restart();
      await child.terminate(); await note();
      const twice = await env.CHILD.create({ id: child.id }).catch((error) => error.message);
      const again = await child.terminate().catch((error) => error.message);
      await child.delete();
      const gone = await env.CHILD.get(child.id).catch((error) => error.message);
      await env.CHILD.createBatch({ instances: [{ id: 'd1' }, { id: 'd2' }] });
      const batch = await env.CHILD.deleteBatch(['d1', 'nobody', 'd2']);
      const invalid = await env.CHILD.deleteBatch(['a.b']).catch((error) => error.message);
      return Response.json({
        statuses, twice: twice.includes('(instance.already_exists)'), again, gone, invalid,
        deleted: batch.deleted, missing: batch.errors.map(({ id, code }) => [id, code]),
      });
    },
    throws() { throw new Error('broken on purpose'); },
    slow: () => new Response(new ReadableStream({ async start(out) {
      for (const part of ['one ', 'two ', 'three']) { out.enqueue(new TextEncoder().encode(part)); await scheduler.wait(10); }
      out.close();
    } })),
    socket() {
      const [client, server] = Object.values(new WebSocketPair());
      server.accept();
      server.addEventListener('message', ({ data }) => server.send('echo ' + data));
      return new Response(null, { status: 101, webSocket: client });
    },
  };
  export default {
    async fetch(request, env, ctx) {
      const path = new URL(request.url).pathname.slice(1);
      console.log('asked for', path);
      return pages[path](request, env, ctx);
    },
  };
`;

let folder;
let engine;

async function upload(script, source, bindings, workflows = {}) {
  const form = new FormData();
  const metadata = { main_module: "index.js", compatibility_date: "2026-06-01", bindings };
  form.append("metadata", JSON.stringify(metadata));
  form.append("index.js", new Blob([source], { type: "application/javascript+module" }), "index.js");
  await engine.call("PUT", `/workers/scripts/${script}`, form);
  for (const [name, body] of Object.entries(workflows))
    await engine.call("PUT", `/workflows/${name}`, { script_name: script, ...body });
}

/** A request to a Worker's host; {status, headers, body, socket}. */
function visit(path, { method = "GET", body, headers = {}, script = "parent" } = {}) {
  const { port } = new URL(engine.url);
  return new Promise((resolve, reject) => {
    const host = `${script}.workers.localhost:${port}`;
    const sent = request({ host: "127.0.0.1", port, path, method, headers: { host, ...headers } });
    sent.once("error", reject);
    sent.once("upgrade", (response, socket, head) => resolve({ status: response.statusCode, socket, head }));
    sent.once("response", async (response) => {
      let text = "";
      for await (const part of response.setEncoding("utf8")) text += part;
      resolve({ status: response.statusCode, headers: response.headers, body: text });
    });
    sent.end(body);
  });
}

before(async () => {
  folder = await temporaryFolder();
  engine = await startEngine(folder.path);
  await upload("child", childSource, [], { child: { class_name: "Child" } });
  await upload(
    "parent",
    parentSource,
    [
      { type: "workflow", name: "CHILD", workflow_name: "child", class_name: "Child", script_name: "child" },
      { type: "plain_text", name: "GREETING", text: "hello" },
      { type: "json", name: "SETTINGS", json: { deep: [1] } },
      { type: "secret_text", name: "KEY", text: "s3cret" },
    ],
    { parent: { class_name: "Parent" } },
  );
});

after(async () => {
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

describe("a Worker", () => {
  test("its workflow drives one of another Worker", async () => {
    await engine.call("POST", "/workflows/parent/instances", { instance_id: "p" });
    const detail = () => engine.call("GET", "/workflows/parent/instances/p");
    const done = await until("the parent is done", async () => {
      const found = await detail();
      return found.end && found;
    });
    assert.equal(done.status, "complete", JSON.stringify(done));
    assert.deepEqual(JSON.parse(done.output), { from: "parent", answer: 42 });
    const child = await engine.call("GET", "/workflows/child/instances/born");
    assert.equal(child.trigger.source, "binding");
  });

  test("vars and secrets are in env, and secrets in no answer", async () => {
    const { status, body } = await visit("/vars");
    assert.equal(status, 200, body);
    assert.deepEqual(JSON.parse(body), {
      text: "hello",
      json: { deep: [1] },
      secret: "s3cret",
      names: ["CHILD", "GREETING", "KEY", "SETTINGS"],
    });
    for (const path of ["/settings", "/versions", "/secrets"])
      assert.ok(!JSON.stringify(await engine.call("GET", `/workers/scripts/parent${path}`)).includes("s3cret"));
  });

  test("every verb of an instance", async () => {
    const { status, body } = await visit("/verbs");
    assert.equal(status, 200, body);
    assert.deepEqual(JSON.parse(body), {
      statuses: ["paused", "terminated"],
      twice: true,
      again: "WorkflowError: (instance.cannot_terminate) Cannot terminate instance since its on a finite state",
      gone: "(instance.not_found) Instance not found",
      invalid: "(instance.invalid_id) Instance ID is invalid",
      deleted: [{ id: "d1" }, { id: "d2" }],
      missing: [["nobody", 10400]],
    });
  });

  test("bodies go both ways", async () => {
    const big = "x".repeat(3_000_000);
    const { status, headers, body } = await visit("/echo", { method: "PUT", body: big });
    assert.equal(status, 201);
    assert.equal(headers["x-method"], "PUT");
    assert.equal(body.length, big.length);
    assert.equal((await visit("/slow")).body, "one two three");
  });

  test("WebSockets", async () => {
    const headers = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const { status, socket } = await visit("/socket", { headers });
    assert.equal(status, 101);
    const mask = Buffer.from([1, 2, 3, 4]);
    const payload = Buffer.from("hi").map((byte, i) => byte ^ mask[i]);
    socket.write(Buffer.concat([Buffer.from([0x81, 0x82]), mask, payload]));
    const [frame] = await new Promise((resolve) => socket.once("data", (data) => resolve([data])));
    assert.equal(frame.subarray(2).toString(), "echo hi");
    socket.destroy();
  });

  test("an exception is a page with its stack, and is logged", async () => {
    const { status, body } = await visit("/throws");
    assert.equal(status, 500);
    assert.match(body, /broken on purpose[\s\S]*index\.js:\d+/);
    const texts = (await engine.call("GET", "/stepwell/logs?script=parent")).map(({ text }) => text);
    assert.ok(texts.some((text) => text === "asked for throws"), texts.join("\n"));
    assert.ok(texts.some((text) => text.includes("broken on purpose")));
  });

  test("what cannot be served is said", async () => {
    assert.match((await visit("/", { script: "child" })).body, /no fetch handler/);
    const missing = await visit("/client/v4/user", { script: "nobody" });
    assert.equal(missing.status, 404);
    assert.match(missing.body, /no Worker "nobody"/);
  });

  test("a changed secret reaches the handler", async () => {
    await engine.call("PUT", "/workers/scripts/parent/secrets", { name: "KEY", text: "n3w", type: "secret_text" });
    assert.equal(JSON.parse((await visit("/vars")).body).secret, "n3w");
  });

  test("crons are shown with their next time", async () => {
    const schedules = [{ cron: "0 0 1 1 *" }];
    await engine.call("PUT", "/workflows/child", { script_name: "child", class_name: "Child", schedules });
    const shown = await engine.call("GET", "/workflows/child");
    assert.equal(shown.schedules[0].cron, "0 0 1 1 *");
    assert.match(shown.schedules[0].next_instance, /^\d{4}-01-01T00:00:00\.000Z$/);
    await engine.call("PUT", "/workers/scripts/child/schedules", schedules);
    assert.equal((await engine.call("GET", "/workers/scripts/child/schedules")).schedules.length, 1);
  });
});
