// Analytics by GraphQL with a client that people have, urql, and introspection as tools do it.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Client, fetchExchange } from "@urql/core";
import { buildClientSchema, getIntrospectionQuery, parse, printSchema, validate } from "graphql";
import { deploy, startEngine, temporaryFolder, until } from "../support/engine.mjs";

const source = `
  import { WorkflowEntrypoint } from 'cloudflare:workers';
  export class Order extends WorkflowEntrypoint {
    async run(event, step) {
      await step.do('price', async () => 1);
      await step.sleep('pause', '1 second');
      await step.do('charge', { retries: { limit: 2, delay: 1, backoff: 'constant' } }, async (context) => {
        if (context.attempt <= event.payload.fails) throw new Error('card');
        return 2;
      });
      return 'done';
    }
  }
  export default {};
`;

let folder;
let engine;
let client;
let from;

/** Runs of every kind, until each is final. */
async function mixedRun() {
  await deploy(engine, "shop", source, { order: "Order", refund: "Order" });
  const create = (workflow, id, fails) =>
    engine.call("POST", `/workflows/${workflow}/instances`, { instance_id: id, params: { id, fails } });
  for (let i = 0; i < 6; ++i) await create("order", `good-${i}`, 0);
  for (let i = 0; i < 2; ++i) await create("order", `retried-${i}`, 1);
  for (let i = 0; i < 3; ++i) await create("refund", `bad-${i}`, 99);
  const final = ["complete", "errored"];
  await until("all are final", async () => {
    const rows = (await Promise.all(["order", "refund"].map((name) => engine.call("GET", `/workflows/${name}/instances`)))).flat();
    return rows.length === 11 && rows.every((row) => final.includes(row.status));
  });
}

before(async () => {
  from = new Date(Date.now() - 3_600_000).toISOString();
  folder = await temporaryFolder();
  engine = await startEngine(folder.path);
  client = new Client({
    url: `${engine.api}/graphql`,
    exchanges: [fetchExchange],
    fetchOptions: { headers: { authorization: `Bearer ${engine.token}` } },
    preferGetMethod: false,
  });
  await mixedRun();
});

after(async () => {
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

async function request(query, variables) {
  const { data, error } = await client.query(query, variables).toPromise();
  if (error) throw error;
  return data;
}

const range = () => ({ accountTag: engine.account, datetimeStart: from, datetimeEnd: new Date(Date.now() + 60_000).toISOString() });
/** The account of an answer to these datasets. */
const ask = async (datasets, variables = {}, defined = "") =>
  (await request(
    `query ($accountTag: string!, $datetimeStart: Time, $datetimeEnd: Time ${defined}) {
      viewer { accounts(filter: { accountTag: $accountTag }) { ${datasets} } } }`,
    { ...range(), ...variables },
  )).viewer.accounts[0];
const within = "datetimeMinute_geq: $datetimeStart, datetimeMinute_leq: $datetimeEnd";
const post = (body, token = engine.token, headers = {}) =>
  fetch(`${engine.api}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

describe("the documented queries", () => {
  test("invocations by hour", async () => {
    const answer = await request(
      `query WorkflowInvocationsExample($accountTag: string!, $datetimeStart: Time, $datetimeEnd: Time, $workflowName: string) {
        viewer { accounts(filter: { accountTag: $accountTag }) {
          wallTime: workflowsAdaptiveGroups(limit: 10000
            filter: { datetimeHour_geq: $datetimeStart, datetimeHour_leq: $datetimeEnd, workflowName: $workflowName }
            orderBy: [count_DESC]) { count sum { wallTime } dimensions { date: datetimeHour } } } } }`,
      { ...range(), datetimeStart: from.replace(/:.*/, ":00:00Z"), workflowName: "order" },
    );
    const rows = answer.viewer.accounts[0].wallTime;
    assert.ok(rows.length >= 1);
    assert.match(rows[0].dimensions.date, /^\d{4}-\d\d-\d\dT\d\d:00:00Z$/);
    assert.ok(rows.reduce((sum, row) => sum + row.sum.wallTime, 0) >= 8_000, "eight instances slept a second each");
  });

  test("three aliases in one request", async () => {
    const groups = (alias, type, metric) => `${alias}: workflowsAdaptiveGroups(limit: 10000, filter: { datetimeHour_geq: $datetimeStart,
      datetimeHour_leq: $datetimeEnd, workflowName: "order", eventType: "${type}" }, orderBy: [count_DESC]) { ${metric} dimensions { date: datetimeHour } }`;
    const account = await ask(
      groups("instanceRuns", "WORKFLOW_START", "count") + groups("stepCount", "STEP_SUCCESS", "sum { stepCount }") +
        groups("wallTime", "WORKFLOW_SUCCESS", "sum { wallTime }"),
      { datetimeStart: from.replace(/:.*/, ":00:00Z") },
    );
    assert.equal(account.instanceRuns.reduce((sum, row) => sum + row.count, 0), 8);
    assert.equal(account.stepCount.reduce((sum, row) => sum + row.sum.stepCount, 0), 16);
    assert.ok(account.wallTime.length >= 1);
  });

  test("raw rows of one instance", async () => {
    const { workflowsAdaptive: rows } = await ask(
      `workflowsAdaptive(limit: 100, filter: { datetime_geq: $datetimeStart, datetime_leq: $datetimeEnd, instanceId: $instanceId },
        orderBy: [datetime_ASC]) { datetime eventType workflowName instanceId stepName stepCount wallTime }`,
      { instanceId: "good-0" },
      ", $instanceId: string",
    );
    assert.equal(rows[0].eventType, "WORKFLOW_QUEUED");
    assert.ok(rows.every((row) => row.workflowName === "order" && row.instanceId === "good-0"));
    assert.deepEqual(rows.map((row) => row.datetime), rows.map((row) => row.datetime).sort());
    const types = rows.map((row) => row.eventType);
    for (const type of ["WORKFLOW_START", "STEP_START", "ATTEMPT_SUCCESS", "STEP_SUCCESS", "SLEEP_START", "SLEEP_COMPLETE", "WORKFLOW_SUCCESS"])
      assert.ok(types.includes(type), type);
    const sleep = rows.find((row) => row.eventType === "SLEEP_COMPLETE");
    assert.ok(sleep.wallTime >= 1_000 && sleep.wallTime < 60_000, `a second's sleep took ${sleep.wallTime} ms`);
  });
});

test("counts agree with what the REST API lists", async () => {
  const counts = await ask(`events: workflowsAdaptiveGroups(limit: 10000, filter: { ${within} }) {
    count sum { stepCount retryCount } dimensions { workflowName eventType } }`);
  const countOf = (workflowName, eventType) =>
    counts.events.find((row) => row.dimensions.workflowName === workflowName && row.dimensions.eventType === eventType)?.count ?? 0;
  for (const workflow of ["order", "refund"]) {
    const listed = await engine.call("GET", `/workflows/${workflow}/instances`);
    const ofStatus = (status) => listed.filter((row) => row.status === status).length;
    assert.equal(countOf(workflow, "WORKFLOW_QUEUED"), listed.length);
    assert.equal(countOf(workflow, "WORKFLOW_START"), listed.length);
    assert.equal(countOf(workflow, "WORKFLOW_SUCCESS"), ofStatus("complete"));
    assert.equal(countOf(workflow, "WORKFLOW_FAILURE"), ofStatus("errored"));
    const details = await Promise.all(listed.map((row) => engine.call("GET", `/workflows/${workflow}/instances/${row.id}`)));
    const steps = details.flatMap((detail) => detail.steps).filter((step) => step.type === "step");
    assert.equal(countOf(workflow, "STEP_SUCCESS"), steps.filter((step) => step.success === true).length);
    assert.equal(countOf(workflow, "STEP_FAILURE"), steps.filter((step) => step.success === false).length);
    const attempts = steps.flatMap((step) => step.attempts);
    assert.equal(countOf(workflow, "ATTEMPT_START"), attempts.length);
    assert.equal(countOf(workflow, "ATTEMPT_FAILURE"), attempts.filter((attempt) => attempt.success === false).length);
    assert.equal(countOf(workflow, "SLEEP_COMPLETE"), details.length);
  }
});

test("queries as public dashboards send them", async () => {
  const answer = await request(
    `query Dashboard($tag: String!, $from: DateTime!, $to: DateTime!, $names: [String!], $filter: AccountWorkflowsAdaptiveGroupsFilter_InputObject) {
      viewer { accounts(filter: { accountTag: $tag }) { ...Workflows ...Workers
        queue: workflowsQueueWaitAdaptiveGroups(limit: 10, filter: { datetime_geq: $from }) { count avg { queueWait } }
        settings { workflowsAdaptiveGroups { enabled maxPageSize notOlderThan } } } } }
    fragment Workflows on account {
      byStep: workflowsAdaptiveGroups(limit: 100, filter: { datetime_geq: $from, datetime_lt: $to, eventType: "STEP_FAILURE" }, orderBy: [count_DESC]) {
        count dimensions { stepName workflowName } }
      ends: workflowsAdaptiveGroups(limit: 100, filter: $filter, orderBy: [datetimeFifteenMinutes_ASC]) {
        count avg { wallTime sampleInterval } quantiles { wallTimeP50 wallTimeP99 } confidence(level: 0.95) { count { estimate lower upper } }
        dimensions { ts: datetimeFifteenMinutes eventType } } }
    fragment Workers on account {
      workersInvocationsAdaptive(limit: 100, filter: { datetime_geq: $from, scriptName_in: $names, status_notin: ["success"] }) {
        sum { requests errors subrequests } quantiles { cpuTimeP50 cpuTimeP99 } dimensions { status scriptName } }
      pagesFunctionsInvocationsAdaptiveGroups(limit: 100, filter: { datetime_geq: $from }) { sum { requests } } }`,
    {
      tag: engine.account, from, to: new Date(Date.now() + 60_000).toISOString(), names: ["shop"],
      filter: { datetime_geq: from, OR: [{ eventType: "WORKFLOW_SUCCESS" }, { eventType_like: "WORKFLOW_FAIL%" }] },
    },
  );
  const account = answer.viewer.accounts[0];
  assert.deepEqual(account.byStep, [{ count: 3, dimensions: { stepName: account.byStep[0].dimensions.stepName, workflowName: "refund" } }]);
  assert.equal(account.ends.reduce((sum, row) => sum + row.count, 0), 11);
  for (const row of account.ends) {
    assert.equal(row.avg.sampleInterval, 1);
    assert.equal(row.confidence.count.lower, row.count);
    assert.ok(row.quantiles.wallTimeP50 >= 900);
  }
  assert.equal(account.settings.workflowsAdaptiveGroups.enabled, true);
});

test("introspection is enough for a client schema, against which the queries are valid", async () => {
  const schema = buildClientSchema(await request(getIntrospectionQuery({ inputValueDeprecation: true })));
  const printed = printSchema(schema);
  for (const name of ["AccountWorkflowsAdaptiveGroupsFilter_InputObject", "AccountWorkflowsAdaptiveGroupsSum", "AccountHttpRequestsAdaptiveGroups"])
    assert.ok(printed.includes(name), name);
  const query = `query($a: string!, $t: Time) { viewer { accounts(filter: { accountTag: $a }) {
    workflowsAdaptiveGroups(limit: 5, filter: { datetimeHour_geq: $t }, orderBy: [sum_wallTime_DESC]) { sum { wallTime } } } } }`;
  assert.deepEqual(validate(schema, parse(query)), []);
  assert.equal(validate(schema, parse(query.replace("wallTime }", "wall }"))).length, 1);
});

describe("answers outside of the envelope", () => {
  test("errors is null on success, and absent in the form of the specification", async () => {
    const plain = await post({ query: "{ __typename }" });
    assert.equal(plain.headers.get("content-type"), "application/json");
    assert.equal(await plain.text(), '{"data":{"__typename":"Query"},"errors":null}');
    const standard = await post({ query: "{ __typename }" }, engine.token, { accept: "application/graphql-response+json" });
    assert.match(standard.headers.get("content-type"), /^application\/graphql-response\+json/);
    assert.equal(await standard.text(), '{"data":{"__typename":"Query"}}');
    const { GraphQLClient } = await import("graphql-request");
    const other = new GraphQLClient(`${engine.api}/graphql`, { headers: { authorization: `Bearer ${engine.token}` } });
    assert.deepEqual(await other.request("{ __typename }"), { __typename: "Query" });
  });

  const refused = async (response, status, message, path) => {
    assert.equal(response.status, status);
    const { data, errors } = await response.json();
    assert.equal(data, null);
    assert.match(errors[0].message, message);
    assert.deepEqual(errors[0].path, path);
    assert.match(errors[0].extensions.timestamp, /^\d{4}-.*\.\d{9}Z$/);
  };
  const inAccount = (selection, tag = engine.account) => ({ query: `{ viewer { accounts(filter: { accountTag: "${tag}" }) { ${selection} } } }` });

  test("wrong token, wrong account, wrong documents", async () => {
    await refused(await post({ query: "{ __typename }" }, "x".repeat(40)), 401, /Unauthorized/, null);
    await refused(await post(inAccount("workflowsAdaptive { eventType }", "f".repeat(32))), 403, /not authorized for that account/, ["viewer", "accounts"]);
    await refused(await post("no JSON"), 400, /JSON/, null);
    await refused(await post({ query: "{" }), 400, /error parsing query/, null);
    await refused(await post({ query: "mutation { a }" }), 400, /no mutations/, null);
    await refused(await post(inAccount("workflowsAdaptiveGroups { nothing }")), 400, /unknown field "nothing"/, null);
  });

  test("bounds", async () => {
    const path = ["viewer", "accounts", "0", "workflowsAdaptive"];
    await refused(await post(inAccount('workflowsAdaptive(filter: { datetime_geq: "2020-01-01T00:00:00Z" }) { eventType }')), 400,
      /cannot request data older than 2678400s/, path);
    await refused(await post(inAccount("workflowsAdaptive(limit: 10001) { eventType }")), 400,
      /limit must be positive number and not greater than 10000/, path);
    await refused(await post({ query: `{ a(b: ${"[".repeat(10_000)}` }), 400, /nested too deeply/, null);
    await refused(await post({ query: `{ ${"__typename ".repeat(30_000)} }` }), 400, /too/, null);
    const many = Array.from({ length: 101 }, (_, i) => `a${i}: workflowsAdaptive { eventType }`).join(" ");
    await refused(await post(inAccount(many)), 429, /queries too many nodes/, null);
  });
});
