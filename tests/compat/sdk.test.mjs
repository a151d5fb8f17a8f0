// Every Workflows method of Cloudflare's TypeScript SDK against the engine.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import Cloudflare from "cloudflare";
import { deploy, startEngine, temporaryFolder, until } from "../support/engine.mjs";
import { all, rejects } from "./sdk.mjs";

const source = `
  import { WorkflowEntrypoint } from 'cloudflare:workers';
  export class Order extends WorkflowEntrypoint {
    async run(event, step) {
      const price = await step.do('price', async () => ({ amount: event.payload.amount * 2 }));
      const paid = await step.waitForEvent('paid', { type: 'paid', timeout: '1 hour' });
      return step.do('ship', async () => [price.amount, paid.payload.by]);
    }
  }
  export class Quick extends WorkflowEntrypoint {
    async run(event, step) { return step.do('only', async () => 'done'); }
  }
  export default {};
`;

let folder;
let engine;
let workflows;
const account = () => ({ account_id: engine.account });
const of = (workflow_name) => ({ ...account(), workflow_name });

before(async () => {
  folder = await temporaryFolder();
  engine = await startEngine(folder.path);
  await deploy(engine, "shop", source, { order: "Order", quick: "Quick" });
  workflows = new Cloudflare({ apiToken: engine.token, baseURL: engine.api, maxRetries: 0 }).workflows;
});

after(async () => {
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

const get = (id, workflow = "order") => workflows.instances.get(id, of(workflow));
const reached = (id, status, workflow) =>
  until(`${id} is ${status}`, async () => (await get(id, workflow)).status === status);
const waits = (id) =>
  until(`${id} waits`, async () => (await get(id)).steps.some((step) => step.type === "waitForEvent" && !step.finished));
describe("the TypeScript SDK", () => {
  test("workflows: update, list with search, get", async () => {
    const updated = await workflows.update("quick", {
      ...account(),
      class_name: "Quick",
      script_name: "shop",
      limits: { steps: 50 },
      default_retention: { success_retention: "2 days", error_retention: 60_000 },
    });
    assert.equal(updated.name, "quick");
    assert.equal(updated.class_name, "Quick");
    assert.deepEqual((await all(workflows.list(account()))).map((row) => row.name).sort(), ["order", "quick"]);
    assert.deepEqual((await all(workflows.list({ ...account(), search: "qui" }))).map((row) => row.name), ["quick"]);
    assert.equal((await all(workflows.list({ ...account(), per_page: 1 }))).length, 2, "pages follow one another");
    const found = await workflows.get("quick", account());
    assert.equal(found.script_name, "shop");
    assert.ok(Number.isInteger(found.instances.complete));
    await rejects(workflows.get("nothing", account()), 404, 10200);
  });

  test("an instance: create, get, event, step, output", async () => {
    const created = await workflows.instances.create("order", { ...account(), instance_id: "a", params: '{"amount":21}' });
    assert.equal(created.id, "a");
    await waits("a");
    await workflows.instances.events.create("paid", { ...of("order"), instance_id: "a", body: { by: "card" } });
    await reached("a", "complete");
    const done = await get("a");
    assert.deepEqual(JSON.parse(done.output), [42, "card"]);
    assert.deepEqual(done.steps.map((step) => step.name), ["price-1", "paid-1", "ship-1"]);
    const step = await workflows.instances.step("a", { ...of("order"), name: "price-1", type: "step" });
    assert.equal(step.status, "complete");
    assert.deepEqual(JSON.parse(step.output), { amount: 42 });
    const event = await workflows.instances.step("a", { ...of("order"), name: "paid-1", type: "waitForEvent" });
    assert.equal(event.event_type, "paid");
    await rejects(get("nobody"), 404, 10400);
  });

  test("status.edit: pause, resume, restart, restart from a step, terminate", async () => {
    const edit = (change) => workflows.instances.status.edit("b", { ...of("order"), ...change });
    await workflows.instances.create("order", { ...account(), instance_id: "b", params: '{"amount":1}' });
    await waits("b");
    await edit({ status: "pause" });
    await reached("b", "paused");
    await edit({ status: "resume" });
    await waits("b");
    await edit({ status: "restart" });
    await waits("b");
    const first = (await get("b")).steps[0].end;
    await edit({ status: "restart", from: { name: "paid", count: 1, type: "waitForEvent" } });
    await waits("b");
    assert.equal((await get("b")).steps[0].end, first, "what was before the step stays");
    await edit({ status: "terminate" });
    await reached("b", "terminated");
    await assert.rejects(edit({ status: "terminate" }), /already/);
  });

  test("bulk and list, with filters and pages", async () => {
    const body = Array.from({ length: 30 }, (_, i) => ({ instance_id: `q${i}`, params: "{}" }));
    const made = await all(workflows.instances.bulk("quick", { ...account(), body }));
    assert.equal(made.length, 30);
    await until("all are complete", async () => (await workflows.get("quick", account())).instances.complete >= 30);
    const listed = await all(workflows.instances.list("quick", { ...account(), per_page: 7 }));
    assert.equal(new Set(listed.map((row) => row.id)).size, 30);
    const complete = await all(workflows.instances.list("quick", { ...account(), status: "complete" }));
    assert.equal(complete.length, 30);
    assert.deepEqual(await all(workflows.instances.list("quick", { ...account(), status: "paused" })), []);
  });

  test("versions: list, get, graph", async () => {
    const [version] = await all(workflows.versions.list("order", account()));
    assert.equal((await workflows.versions.get(version.id, of("order"))).class_name, "Order");
    const { graph } = await workflows.versions.graph(version.id, of("order"));
    assert.match(JSON.stringify(graph), /price.*paid.*ship/);
  });

  test("delete takes a workflow away, and a second one is refused", async () => {
    await workflows.delete("quick", account());
    assert.deepEqual((await all(workflows.list(account()))).map((row) => row.name), ["order"]);
    await rejects(workflows.delete("quick", account()), 404, 10200);
  });
});
