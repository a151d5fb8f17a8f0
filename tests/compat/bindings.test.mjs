// The methods of a workflow binding and of the instances that it gives, called by the code of a Worker: what they return, and
// in which words they refuse.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { request } from "node:http";
import { startEngine, temporaryFolder, until } from "../support/engine.mjs";

const source = `
  import { WorkflowEntrypoint } from 'cloudflare:workers';
  import { NonRetryableError } from 'cloudflare:workflows';
  export class Flow extends WorkflowEntrypoint {
    async run({ payload, instanceId, workflowName }, step) {
      const undo = { rollback: () => {} };
      await step.do('begin', () => 1, payload?.undo ? undo : undefined);
      if (payload?.waits) await step.waitForEvent('go', { type: 'go' });
      if (payload?.fails) throw new TypeError('out of stock');
      if (payload?.leaves) await step.do('leave', async () => (await this.env.FLOW.get(instanceId)).delete());
      return { payload, instanceId, workflowName, when: new Date(5), bytes: new Uint8Array([1, 2]) };
    }
  }
  const message = (error) => error.name + ': ' + error.message;
  const refusals = async (calls) => Promise.all(calls.map((call) => call().then(() => 'no error', message)));
  const ended = async (instance) => {
    for (;;) {
      const status = await instance.status();
      if (!['queued', 'running'].includes(status.status)) return status;
      await scheduler.wait(20);
    }
  };
  const listed = (error) => error && { code: error.code, id: error.id, index: error.index, message: error.message };
  const pages = {
    async create({ FLOW }) {
      const named = await FLOW.create({ id: 'x'.repeat(100), params: { a: [1n] } });
      const unnamed = await FLOW.create();
      const none = await FLOW.create({ id: 'none', params: null });
      const outputs = [];
      for (const instance of [named, unnamed, none]) {
        const { output } = await ended(await FLOW.get(instance.id));
        outputs.push({ ...output, payload: String(output.payload?.a ?? JSON.stringify(output.payload)),
                       kinds: [output.when instanceof Date, output.bytes instanceof Uint8Array] });
      }
      return { ids: [named.id, unnamed.id], outputs };
    },
    badIds: ({ FLOW }) => refusals(['', 'a b', '-a', 'x'.repeat(101), 7].map((id) => () => FLOW.create({ id }))),
    async lists({ FLOW }) {
      await FLOW.create({ id: 'old' });
      const made = await FLOW.createBatch([{ id: 'l1' }, { id: 'old' }, { id: 'l2', params: { b: 2 } }, { id: 'l1' }]);
      const wrong = await refusals([
        () => FLOW.createBatch([]),
        () => FLOW.createBatch(Array.from({ length: 101 }, () => ({}))),
        () => FLOW.createBatch([{ id: 'l3' }, { id: 'a b' }]),
        () => FLOW.get('l3'),
      ]);
      return { ids: made.map(({ id }) => id), last: (await ended(made.at(-1))).output.payload, wrong };
    },
    async counted({ FLOW }) {
      const three = await FLOW.createBatch({ count: 3, params: { c: 3 } });
      const mixed = await FLOW.createBatch({ instances: [{ id: 'm' }, { id: 'm' }, { id: 'old' }] });
      const wrong = await refusals([
        { count: 0 }, { count: 101 }, { instances: [] }, { instances: [1] }, { instances: [{ id: 'batch' }] }, 5,
      ].map((batch) => () => FLOW.createBatch(batch)));
      return {
        ids: three.created.length, errors: three.errors, payload: (await ended(three.created[2])).output.payload,
        mixed: { created: mixed.created.map(({ id }) => id), errors: mixed.errors.map(listed) }, wrong,
      };
    },
    async statuses({ FLOW }) {
      const waits = await FLOW.create({ id: 'waits', params: { waits: true, undo: true } });
      const waiting = await ended(waits);
      await waits.pause();
      const paused = await waits.status();
      await waits.terminate({ rollback: true });
      const terminated = await ended(waits);
      const complete = await ended(await FLOW.create({ params: 1 }));
      const errored = await ended(await FLOW.create({ params: { fails: true } }));
      const undone = await ended(await FLOW.create({ params: { fails: true, undo: true } }));
      complete.output = complete.output.payload;
      return { waiting, paused, terminated, complete, errored, undone };
    },
    async restarts({ FLOW }) {
      const after = [];
      for (const [id, params] of [['complete', {}], ['errored', { fails: true }], ['waiting', { waits: true }]]) {
        const instance = await FLOW.create({ id: 'r-' + id, params });
        await ended(instance);
        await instance.restart();
        after.push((await ended(instance)).status);
      }
      const instance = await FLOW.get('r-complete');
      await instance.restart({ from: { name: 'begin' } });
      after.push((await ended(instance)).status);
      return { after, unknown: await refusals([() => instance.restart({ from: { name: 'no' } })]) };
    },
    async deletions({ FLOW }) {
      await FLOW.createBatch({ instances: [{ id: 'd1', params: { waits: true } }, { id: 'd2' }] });
      const { deleted, errors } = await FLOW.deleteBatch(['d1', 'no', 'd2', 'd1', 'no', '0 0 * * *-5']);
      const instance = await FLOW.create({ id: 'd3' });
      const wrong = await refusals([
        () => FLOW.deleteBatch('d3'),
        () => FLOW.deleteBatch([]),
        () => FLOW.deleteBatch(Array(101).fill('d3')),
        () => FLOW.deleteBatch(['d3', 'a.b']),
      ]);
      await FLOW.get('d3');
      await instance.delete();
      wrong.push(...await refusals([() => FLOW.get('d3'), () => instance.status(), () => instance.pause()]));
      return { deleted, errors: errors.map(listed), again: (await FLOW.create({ id: 'd1' })).id, wrong };
    },
    async events({ FLOW }) {
      const instance = await FLOW.create({ id: 'told', params: { waits: true, at: new Date(7) } });
      const all = await instance.subscribe();
      const seen = [];
      for (let event = await all.next(); !event.done; event = await all.next()) {
        const { type, stepName = '', attempt = '', eventType = '', params, output, config } = event.value;
        seen.push([type, stepName, attempt, eventType].join(' ').trim());
        if (type === 'wait_started') await instance.sendEvent({ type: 'go' });
        if (params) seen.push(params.at.getTime());
        if (output) seen.push(typeof output === 'number' ? output : output.when.getTime());
        if (config) seen.push(config.retries.limit);
      }
      const some = await instance.subscribe({ filter: ['step_completed', 'workflow_started'] });
      const [first, second, third] = await Promise.all([some.next(), some.next(), some.next()]);
      const rest = await instance.subscribe({ cursor: first.value.eventId, filter: ['step_completed', 'workflow_started'] });
      const left = [await rest.next(), await rest.next()];
      const waits = await (await FLOW.create({ id: 'disposed', params: { waits: true } })).subscribe({ filter: ['wait_timed_out'] });
      const pending = waits.next();
      waits[Symbol.dispose]();
      const other = await FLOW.create({ id: 'deleted', params: { waits: true } });
      const doomed = await other.subscribe({ filter: ['workflow_errored'] });
      const last = doomed.next();
      await other.delete();
      return {
        seen, last: await last, types: [first, second].map(({ value }) => value.type), third, disposed: await pending,
        left: left.map(({ done, value }) => [done, value?.type ?? '']),
        keys: Object.keys(first.value).sort(),
        wrong: await refusals([
          ...[null, 5, { cursor: -1 }, { cursor: 1.5 }, { filter: 'step_started' }, { filter: ['no'] }, { other: 1 }]
            .map((options) => () => instance.subscribe(options)),
          () => other.subscribe(),
        ]),
      };
    },
    methods: ({ FLOW }) => FLOW.get('old').then((instance) => ({
      binding: ['create', 'createBatch', 'get', 'deleteBatch'].map((name) => typeof FLOW[name]),
      thenable: [typeof FLOW.then, typeof instance.then],
    })),
  };
  export default {
    fetch: async (request, env) => Response.json(await pages[new URL(request.url).pathname.slice(1)](env)),
  };
`;

let folder;
let engine;

function visit(path) {
  const { port } = new URL(engine.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, headers: { host: `flows.workers.localhost:${port}` } });
    sent.once("error", reject);
    sent.once("response", async (response) => {
      let text = "";
      for await (const part of response.setEncoding("utf8")) text += part;
      if (response.statusCode === 200) resolve(JSON.parse(text));
      else reject(new Error(text));
    });
    sent.end();
  });
}

before(async () => {
  folder = await temporaryFolder();
  engine = await startEngine(folder.path);
  const form = new FormData();
  const bindings = [{ type: "workflow", name: "FLOW", workflow_name: "flow", class_name: "Flow" }];
  form.append("metadata", JSON.stringify({ main_module: "index.js", compatibility_date: "2026-06-01", bindings }));
  form.append("index.js", new Blob([source], { type: "application/javascript+module" }), "index.js");
  await engine.call("PUT", "/workers/scripts/flows", form);
  await engine.call("PUT", "/workflows/flow", { script_name: "flows", class_name: "Flow" });
});

after(async () => {
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

describe("a workflow binding", () => {
  test("create, with and without an id", async () => {
    const { ids, outputs } = await visit("/create");
    assert.match(ids[1], /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual(outputs.map(({ instanceId }) => instanceId), [ids[0], ids[1], "none"]);
    assert.deepEqual(outputs.map(({ payload }) => payload), ["1", "{}", "null"]);
    assert.ok(outputs.every(({ workflowName }) => workflowName === "flow"));
    assert.deepEqual(outputs[0].kinds, [true, true]);
    assert.ok((await visit("/badIds")).every((text) => text === "Error: WorkflowError: Workflow instance has invalid id"));
  });

  test("createBatch of a list passes over what exists", async () => {
    const { ids, last, wrong } = await visit("/lists");
    assert.deepEqual(ids, ["l1", "l2"]);
    assert.deepEqual(last, { b: 2 });
    assert.deepEqual(wrong, [
      "Error: WorkflowError: batchCreate should have at least 1 instance",
      "Error: WorkflowError: batchCreate only supports 100 instances at a time",
      "Error: WorkflowError: Workflow instance has invalid id",
      "Error: (instance.not_found) Instance not found",
    ]);
  });

  test("createBatch of an object says what became of each", async () => {
    const { ids, errors, payload, mixed, wrong } = await visit("/counted");
    assert.deepEqual([ids, errors, payload], [3, [], { c: 3 }]);
    assert.deepEqual(mixed.created, ["m"]);
    const prefix = "workflows.api.error.instance.";
    assert.deepEqual(mixed.errors, [
      { index: 1, id: "m", code: 10415, message: `${prefix}duplicate_in_batch` },
      { index: 2, id: "old", code: 10405, message: `${prefix}already_exists` },
    ]);
    assert.deepEqual(wrong, [
      "Error: (body) count must be a positive integer",
      "Error: (body) batchCreate only supports 100 instances at a time",
      "Error: (body) Batch size exceeds maximum allowed",
      "Error: (body) Provided argument is invalid",
      "Error: (instance.invalid_id) Instance ID is invalid",
      "Error: (body) Provided argument is invalid",
    ]);
  });

  test("status in every state", async () => {
    const { waiting, paused, terminated, complete, errored, undone } = await visit("/statuses");
    const nothing = { output: null, rollback: null };
    assert.deepEqual(waiting, { status: "waiting", ...nothing });
    assert.deepEqual(paused, { status: "paused", ...nothing });
    const rollback = { outcome: "complete", error: null };
    assert.deepEqual(terminated, { status: "terminated", output: null, rollback });
    assert.deepEqual(complete, { status: "complete", output: 1, rollback: null });
    const error = { name: "TypeError", message: "out of stock" };
    assert.deepEqual(errored, { status: "errored", ...nothing, error });
    assert.deepEqual(undone, { status: "errored", output: null, rollback, error });
  });

  test("restart in every state, and from a step", async () => {
    const { after: statuses, unknown } = await visit("/restarts");
    assert.deepEqual(statuses, ["complete", "errored", "waiting", "complete"]);
    assert.deepEqual(unknown, [
      'Error: WorkflowError: (instance.cannot_restart) Step "no" not found in execution history',
    ]);
  });

  test("deletions: each position of a batch is answered, and nothing is deleted when an id cannot be one", async () => {
    const { deleted, errors, again, wrong } = await visit("/deletions");
    assert.deepEqual(deleted, [{ id: "d1" }, { id: "d2" }, { id: "d1" }]);
    const missing = { code: 10400, message: "workflows.api.error.instance.not_found" };
    assert.deepEqual(errors, ["no", "no", "0 0 * * *-5"].map((id) => ({ id, ...missing })));
    assert.equal(again, "d1");
    assert.deepEqual(wrong, [
      "Error: (body) Provided argument is invalid",
      "Error: (body) batchDeleteInstances should have at least 1 instance",
      "Error: (body) batchDeleteInstances only supports 100 instances at a time",
      "Error: (instance.invalid_id) Instance ID is invalid",
      "Error: (instance.not_found) Instance not found",
      "Error: WorkflowError: (instance.not_found) Instance does not exist",
      "Error: WorkflowError: (instance.not_found) Instance does not exist",
    ]);
  });

  test("an instance deletes itself, and its id is free again", async () => {
    const path = "/workflows/flow/instances";
    await engine.call("POST", path, { instance_id: "leaver", params: { leaves: true } });
    await until("it is gone", () => engine.call("GET", `${path}/leaver`).then(() => false, () => true));
    await engine.call("POST", path, { instance_id: "leaver" });
    await until("it runs anew", async () => (await engine.call("GET", `${path}/leaver`)).status === "complete");
  });

  test("subscribe tells what happened and what happens, and ends", async () => {
    const { seen, types, third, left, keys, disposed, last, wrong } = await visit("/events");
    const of = (...wanted) => seen.filter((text) => wanted.some((type) => String(text).startsWith(type)));
    assert.deepEqual(seen.filter((text) => !/^workflow_(running|waiting)/.test(text)), [
      "workflow_queued", "workflow_started", 7, "step_started begin-1", 5, "attempt_started begin-1 1",
      "attempt_completed begin-1 1", "step_completed begin-1", 1, "wait_started go-1  go", "wait_completed go-1",
      "workflow_completed", 5,
    ]);
    assert.equal(of("workflow_queued").length, 1);
    assert.deepEqual(types, ["workflow_started", "step_completed"]);
    assert.deepEqual(keys, ["eventId", "instanceId", "params", "timestamp", "type"]);
    const end = { done: true };
    assert.deepEqual([third, disposed, last], [end, end, end]);
    assert.deepEqual(left, [[false, "step_completed"], [true, ""]]);
    assert.deepEqual(wrong, [
      ...Array(7).fill("Error: Invalid Workflow subscription options"),
      "Error: WorkflowError: (instance.not_found) Instance does not exist",
    ]);
  });

  test("a binding and its instances are no promises", async () => {
    const { binding, thenable } = await visit("/methods");
    assert.deepEqual(binding, Array(4).fill("function"));
    assert.deepEqual(thenable, ["undefined", "undefined"]);
  });
});
