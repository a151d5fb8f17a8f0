// What a person does with wrangler, done against the engine; exit codes and printed facts are those of wrangler against
// Cloudflare.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startEngine, temporaryFolder, until } from "../support/engine.mjs";
import { copySample, releaseName, wranglerFor } from "./wrangler.mjs";

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const workflow = "review-approval";

let folder;
let engine;
let wrangler;
let project;

before(async () => {
  folder = await temporaryFolder();
  engine = await startEngine(folder.path);
  const home = join(folder.path, "home");
  await mkdir(home);
  wrangler = wranglerFor(engine, home);
  project = await copySample(workflow, folder.path);
});

after(async () => {
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

/** Runs wrangler and expects success and these texts or patterns in what it printed. */
async function ok(args, ...expected) {
  const { code, out, err } = await wrangler(project, ...args);
  const printed = `wrangler ${args.join(" ")} -> ${code}\n${out}\n${err}`;
  assert.equal(code, 0, printed);
  for (const text of expected) {
    const found = text instanceof RegExp ? text.test(out) : out.includes(text);
    assert.ok(found, `expected ${text} in: ${printed}`);
  }
  return out;
}

const instances = (...args) => ["workflows", "instances", ...args];
const detail = (id, name = workflow) => engine.call("GET", `/workflows/${name}/instances/${id}`);
const reached = (id, status, name = workflow) =>
  until(`${id} is ${status}`, async () => (await detail(id, name)).status === status);
const waitingFor = (id, step) =>
  until(`${id} waits in ${step}`, async () =>
    (await detail(id)).steps.some((entry) => entry.name === step && entry.type === "waitForEvent" && !entry.finished),
  );

async function trigger(id) {
  await ok(["workflows", "trigger", workflow, '{"timeout":"5 minutes"}', "--id", id], id);
  await waitingFor(id, "review started-1");
}

const sagaSource = `
  import { WorkflowEntrypoint } from 'cloudflare:workers';
  export class Saga extends WorkflowEntrypoint {
    async run(event, step) {
      const undo = { rollback: async ({ output }) => console.log('gave back', output) };
      await step.do('book', async () => 'seat 7', undo);
      await step.waitForEvent('paid', { type: 'paid' });
    }
  }
  export default {};
`;

/** Deploys a Worker whose only workflow is configured like this. */
async function deploySaga(settings) {
  const to = join(folder.path, "saga");
  await mkdir(to, { recursive: true });
  await writeFile(join(to, "index.js"), sagaSource);
  const workflows = [{ name: "saga", binding: "SAGA", class_name: "Saga", ...settings }];
  const config = { name: "saga", main: "index.js", compatibility_date: "2026-06-01", workflows };
  await writeFile(join(to, "wrangler.json"), JSON.stringify(config));
  const { code, out, err } = await wrangler(to, "deploy");
  assert.equal(code, 0, out + err);
  return engine.call("GET", "/workflows/saga");
}

const typescript = `import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers';
type Params = { item: string };

export class Mapped extends WorkflowEntrypoint<unknown, Params> {
  async run(event: WorkflowEvent<Params>, step: WorkflowStep): Promise<void> {
    await step.do('reserve', { retries: { limit: 0, delay: 0 } }, async () => {
      throw new RangeError('out of stock');
    });
  }
}
export default {};
`;

describe(releaseName, () => {
  test("deploy: a new Worker, and the same one again", async () => {
    await ok(["deploy"], "Uploaded review-approval", /workflow: review-approval/, new RegExp(`Version ID: ${uuid}`));
    await ok(["deploy"], "Uploaded review-approval", /workflow: review-approval/, new RegExp(`Version ID: ${uuid}`));
    assert.equal((await engine.call("GET", `/workflows/${workflow}/versions`)).length, 2);
  });

  test("workflows list", async () => {
    await ok(["workflows", "list"], "Showing 1 workflow", workflow, "ReviewApproval");
  });

  test("workflows describe", async () => {
    const [latest] = await engine.call("GET", `/workflows/${workflow}/versions`);
    await ok(["workflows", "describe", workflow], workflow, "ReviewApproval", latest.id);
  });

  test("trigger, instances list and describe, also latest", async () => {
    await trigger("first");
    await ok(instances("list", workflow), "first", /Waiting/);
    await ok(instances("describe", workflow, "first"), "first", "ask for a review-1", "🎯 Step", "✅ Success", "⏰ Waiting");
    await ok(instances("describe", workflow, "latest"), "first", "review started-1", "👀 Waiting for event", "🌎 API");
    await ok(instances("describe", workflow), "first");
  });

  test("send-event carries an instance to its end", async () => {
    await ok(instances("send-event", workflow, "first", "--type", "review-started"), "review-started");
    await waitingFor("first", "approval-1");
    await ok(instances("send-event", workflow, "latest", "--type", "approved", "--payload", '{"by":"mia"}'), "approved");
    await reached("first", "complete");
    assert.deepEqual(JSON.parse((await detail("first")).output), { document: "Untitled", approved: true, by: "mia" });
    await ok(instances("describe", workflow, "first"), "✅ Completed", "publish the verdict-1", "mia");
    await ok(instances("list", workflow, "--status", "complete"), "first");
  });

  test("pause, resume, terminate, restart", async () => {
    await trigger("second");
    await ok(instances("pause", workflow, "second"), "second");
    await reached("second", "paused");
    await ok(instances("describe", workflow, "second"), /Paused/);
    await ok(instances("resume", workflow, "second"), "second");
    await reached("second", "waiting");
    await ok(instances("terminate", workflow, "latest"), "second");
    await reached("second", "terminated");
    await ok(instances("describe", workflow, "second"), "🚫 Terminated");
    await ok(instances("restart", workflow, "second"), "second");
    await waitingFor("second", "review started-1");
  });

  test("a refused verb fails and says why", async () => {
    await ok(instances("terminate", workflow, "second"));
    const again = await wrangler(project, ...instances("terminate", workflow, "second"));
    assert.notEqual(again.code, 0);
    assert.match(again.out + again.err, /\[code: 10401\]/);
    const missing = await wrangler(project, ...instances("describe", workflow, "nobody"));
    assert.notEqual(missing.code, 0);
    assert.match(missing.out + missing.err, /instance\.not_found.*\[code: 10400\]/s);
  });

  test("order processing: retries and their attempts are printed", async () => {
    const orders = await copySample("order-processing", folder.path);
    const deployed = await wrangler(orders, "deploy");
    assert.equal(deployed.code, 0, deployed.out + deployed.err);
    // Nothing listens there: the sample lives with a notice that does not arrive.
    const params = JSON.stringify({ orderId: "A-7", notifyUrl: "http://127.0.0.1:9/" });
    await ok(["workflows", "trigger", "order-processing", params, "--id", "order"]);
    await reached("order", "complete", "order-processing");
    const out = await ok(instances("describe", "order-processing", "order"), "charge card-1", "💤 Sleeping");
    assert.equal(out.match(/❌ Error/g)?.length, 2, out);
    const { output } = await detail("order", "order-processing");
    assert.deepEqual(JSON.parse(output).notice, { told: false, status: 0 });
    await ok(["workflows", "list"], "Showing 2 workflows", "OrderProcessing");
  });

  test("secret put, list, bulk, delete; a deployment keeps them", async () => {
    const put = await wrangler(project, "secret", "put", "API_KEY", { input: "s3cret\n" });
    assert.equal(put.code, 0, put.out + put.err);
    const bulk = await wrangler(project, "secret", "bulk", { input: '{"OTHER":"hush"}' });
    assert.equal(bulk.code, 0, bulk.out + bulk.err);
    const out = await ok(["secret", "list"], "API_KEY", "OTHER");
    assert.ok(!out.includes("s3cret"));
    await ok(["deploy"], "Uploaded review-approval");
    await ok(["secret", "delete", "API_KEY"], "API_KEY");
    assert.deepEqual(await engine.call("GET", `/workers/scripts/${workflow}/secrets`), [
      { name: "OTHER", type: "secret_text" },
    ]);
  });

  test("restart from a step, instances delete", async () => {
    await trigger("again");
    const from = ["--from-step-name", "review started", "--from-step-type", "waitForEvent"];
    await ok(instances("restart", workflow, "again", ...from));
    await waitingFor("again", "review started-1");
    const unknown = await wrangler(project, ...instances("restart", workflow, "again", "--from-step-name", "nothing"));
    assert.notEqual(unknown.code, 0);
    await trigger("gone");
    await ok(instances("delete", workflow, "gone"));
    const missing = await wrangler(project, ...instances("describe", workflow, "gone"));
    assert.notEqual(missing.code, 0);
  });

  test("instances terminate-all", async () => {
    await trigger("one-of-many");
    await ok(instances("terminate-all", workflow, "--status", "waiting"));
    await reached("one-of-many", "terminated");
  });

  test("deployments list and status, versions upload, list and deploy, triggers deploy", async () => {
    const uploaded = await ok(["versions", "upload"], "Worker Version ID:");
    const id = uploaded.match(new RegExp(`Worker Version ID: (${uuid})`))[1];
    await ok(["versions", "list"], id);
    await ok(["versions", "deploy", `${id}@100%`, "-y"]);
    await ok(["deployments", "status"], id);
    await ok(["deployments", "list"], id);
    await ok(["triggers", "deploy"], workflow);
  });

  test("deploy sets the schedules and limits of a workflow, and takes them back", async () => {
    const crons = ({ schedules = [] }) => schedules.map(({ cron }) => cron).sort();
    assert.deepEqual(crons(await deploySaga({})), []);
    const one = await deploySaga({ schedules: "0 0 1 1 *", limits: { steps: 7 } });
    assert.deepEqual(crons(one), ["0 0 1 1 *"]);
    assert.match(one.schedules[0].next_instance, /-01-01T00:00:00\.000Z$/);
    assert.deepEqual((await engine.call("GET", "/workflows/saga/versions"))[0].limits, { steps: 7 });
    assert.deepEqual(crons(await deploySaga({ schedules: ["0 0 2 1 *", "0 0 3 1 *"] })), ["0 0 2 1 *", "0 0 3 1 *"]);
    assert.deepEqual(crons(await deploySaga({})), []);
    assert.equal((await engine.call("GET", "/workflows/saga/versions"))[0].limits, undefined);
  });

  test("terminate --rollback undoes what was done", async () => {
    await deploySaga({});
    for (const id of ["undone", "kept"]) {
      await ok(["workflows", "trigger", "saga", "--id", id]);
      await reached(id, "waiting", "saga");
    }
    await ok(instances("terminate", "saga", "undone", "--rollback"), "undone");
    await reached("undone", "terminated", "saga");
    const { rollback, steps } = await detail("undone", "saga");
    assert.deepEqual(rollback, { outcome: "complete", error: null });
    assert.ok(steps.some(({ type, name, success }) => type === "rollback" && name === "book-1" && success));
    await ok(instances("terminate", "saga", "kept"), "kept");
    assert.equal((await detail("kept", "saga")).rollback, null);
    assert.ok(!(await detail("kept", "saga")).steps.some(({ type }) => type === "rollback"));
  });

  test("stacks name the lines of the sources when their maps are uploaded", async () => {
    const to = join(folder.path, "mapped");
    await mkdir(join(to, "src"), { recursive: true });
    await writeFile(join(to, "src/index.ts"), typescript);
    const workflows = [{ name: "mapped", binding: "MAPPED", class_name: "Mapped" }];
    const config = { name: "mapped", main: "src/index.ts", compatibility_date: "2026-06-01", workflows };
    await writeFile(join(to, "wrangler.json"), JSON.stringify({ ...config, upload_source_maps: true }));
    const { code, out, err } = await wrangler(to, "deploy");
    assert.equal(code, 0, out + err);
    await ok(["workflows", "trigger", "mapped", "--id", "thrown"]);
    await reached("thrown", "errored", "mapped");
    const { steps } = await detail("thrown", "mapped");
    assert.match(steps[0].attempts[0].stepwell.stack, /RangeError: out of stock\n.*\bsrc\/index\.ts:7:13\b/);
  });

  test("workflows delete, delete of the Worker", async () => {
    await ok(["workflows", "delete", workflow]);
    const out = await ok(["workflows", "list"]);
    assert.ok(!out.includes("ReviewApproval"), out);
    await ok(["deploy"], `workflow: ${workflow}`);
    await ok(["delete", "--force"]);
    const described = await wrangler(project, "workflows", "describe", workflow);
    assert.notEqual(described.code, 0);
  });

  test("a wrong token is refused", async () => {
    const stranger = wranglerFor(engine, join(folder.path, "home"), { CLOUDFLARE_API_TOKEN: "0".repeat(64) });
    const { code, out, err } = await stranger(project, "workflows", "list");
    assert.notEqual(code, 0);
    assert.match(out + err, /\[code: 10000\]/);
  });
});
