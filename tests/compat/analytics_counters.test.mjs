// What sites, Workers and their outbound requests are counted as: once each, as the visitor and the site's own log have it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { startEngine, temporaryFolder, until } from "../support/engine.mjs";
import { visit } from "./pages.mjs";

const siteCode = `export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (url.searchParams.has('loops')) for (;;);
    if (url.pathname === '/api') return new Response('ok');
    if (url.pathname === '/throws') throw new Error('broken on purpose');
    return env.ASSETS.fetch(request);
  },
};`;
const workerCode = `export default {
  async fetch(request) {
    const to = new URL(request.url).searchParams.get('to');
    return new Response(to ? String((await fetch(to)).status) : 'hello');
  },
};`;
const page = "<h1>home</h1>";

let folder;
let engine;
let outside;
let deployment;
let from;

const keyOf = (text) => createHash("md5").update(text).digest("hex");

async function post(path, token, body) {
  const response = await fetch(engine.api + path, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: body instanceof FormData ? body : JSON.stringify(body),
  });
  const answer = await response.json();
  assert.ok(answer.success, JSON.stringify(answer));
  return answer.result;
}

/** A site with one page and code; the project is called as `name`. */
async function deploySite(name, code) {
  await engine.call("POST", "/pages/projects", { name, production_branch: "main" });
  const { jwt } = await engine.call("GET", `/pages/projects/${name}/upload-token`);
  await post("/pages/assets/upload", jwt, [
    { key: keyOf(page), value: Buffer.from(page).toString("base64"), metadata: { contentType: "text/html" }, base64: true },
  ]);
  const form = new FormData();
  form.append("manifest", JSON.stringify({ "/index.html": keyOf(page) }));
  form.append("branch", "main");
  if (code) form.append("_worker.js", new Blob([code], { type: "application/javascript+module" }), "_worker.js");
  return post(`/accounts/${engine.account}/pages/projects/${name}/deployments`, engine.token, form);
}

async function deployWorker(name, source) {
  const form = new FormData();
  form.append("metadata", JSON.stringify({ main_module: "index.js", compatibility_date: "2026-06-01", bindings: [] }));
  form.append("index.js", new Blob([source], { type: "application/javascript+module" }), "index.js");
  await engine.call("PUT", `/workers/scripts/${name}`, form);
}

/** The rows of a data set of the last hour. */
async function ask(dataset, fields, filter = "") {
  const query = `query ($tag: string!, $from: Time, $to: Time) { viewer { accounts(filter: { accountTag: $tag }) {
    rows: ${dataset}(limit: 100, filter: { datetime_geq: $from, datetime_leq: $to ${filter} }) { ${fields} } } } }`;
  const variables = { tag: engine.account, from, to: new Date(Date.now() + 60_000).toISOString() };
  const response = await fetch(`${engine.api}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${engine.token}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json();
  assert.equal(answer.errors, null, JSON.stringify(answer));
  return answer.data.viewer.accounts[0].rows;
}
/** Rows are written a moment after the answers: waits until all are there. */
async function counted(dataset, fields, filter, total, of = (row) => row.count) {
  let rows = [];
  await until(`${total} rows of ${dataset}`, async () => {
    rows = await ask(dataset, fields, filter);
    return rows.reduce((sum, row) => sum + of(row), 0) >= total;
  });
  assert.equal(rows.reduce((sum, row) => sum + of(row), 0), total, JSON.stringify(rows));
  return rows;
}
const asMap = (rows, key, value) => Object.fromEntries(rows.map((row) => [key(row), value(row)]));

before(async () => {
  from = new Date(Date.now() - 3_600_000).toISOString();
  folder = await temporaryFolder();
  engine = await startEngine(folder.path, ["--cpu-limit", "2"]);
  outside = createServer((request, response) => response.writeHead(request.url === "/no" ? 404 : 200).end("outside"));
  await new Promise((resolve) => outside.listen(0, "127.0.0.1", resolve));
  deployment = await deploySite("coded", siteCode);
  await deploySite("plain");
  await deployWorker("caller", workerCode);
});

after(async () => {
  outside?.close();
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

const count = "count sum { edgeResponseBytes visits } dimensions { edgeResponseStatus clientRequestPath cacheStatus }";
const invocations = "sum { requests errors subrequests cpuTimeUs responseBodySize requestDuration wallTime } quantiles { cpuTimeP50 } dimensions { status }";

test("requests to files", async () => {
  for (let i = 0; i < 3; ++i) assert.equal((await visit(engine, "plain.localhost")).status, 200);
  assert.equal((await visit(engine, "plain.localhost", "/", { headers: { "if-none-match": (await visit(engine, "plain.localhost")).headers.etag } })).status, 304);
  const rows = await counted("httpRequestsAdaptiveGroups", count, ', projectName: "plain"', 5);
  const ofStatus = (status) => rows.reduce((sum, row) => sum + (row.dimensions.edgeResponseStatus === status ? row.count : 0), 0);
  assert.deepEqual([ofStatus(200), ofStatus(304)], [4, 1]);
  assert.equal(rows.reduce((sum, row) => sum + row.sum.edgeResponseBytes, 0), 4 * page.length);
  assert.equal(rows[0].sum.visits, null, "what is not measured is not told as 0");
});

test("requests to code, also those that a file answers in its place, are counted once", async () => {
  for (let i = 0; i < 3; ++i) assert.equal((await visit(engine, "coded.localhost", "/api")).body, "ok");
  for (let i = 0; i < 2; ++i) assert.equal((await visit(engine, "coded.localhost", "/throws")).status, 500);
  const instead = await visit(engine, "coded.localhost", "/?loops");
  assert.deepEqual([instead.status, instead.body], [200, page]);
  const rows = await counted("httpRequestsAdaptiveGroups", count, ', projectName: "coded"', 6);
  const told = asMap(rows, ({ dimensions: d }) => `${d.clientRequestPath} ${d.edgeResponseStatus}`, (row) => row.count);
  assert.deepEqual(told, { "/api 200": 3, "/throws 500": 2, "/ 200": 1 });

  const runs = await counted("pagesFunctionsInvocationsAdaptiveGroups", invocations, ', projectName: "coded"', 6, (row) => row.sum.requests);
  const { requests } = await engine.call("GET", `/stepwell/pages/projects/coded/deployments/${deployment.id}/requests`);
  const logged = (outcome) => requests.filter((one) => one.source === "worker" && one.outcome === outcome).length;
  const byStatus = asMap(runs, (row) => row.dimensions.status, (row) => row.sum.requests);
  assert.equal(byStatus.success, logged("ok"));
  assert.equal(byStatus.scriptThrewException, logged("exception"));
  assert.equal(requests.filter((one) => one.source === "worker").length, 6);
  assert.equal(runs.reduce((sum, row) => sum + row.sum.errors, 0), 3);
  for (const { sum, quantiles } of runs) {
    assert.deepEqual([sum.cpuTimeUs, sum.subrequests, sum.responseBodySize, quantiles.cpuTimeP50], [null, null, null, null]);
    assert.equal(sum.requestDuration, sum.wallTime);
  }
});

test("Workers and what they ask outside", async () => {
  const at = (path) => visit(engine, "caller.workers.localhost", path);
  const out = (path) => `/?to=${encodeURIComponent(`http://127.0.0.1:${outside.address().port}${path}`)}`;
  assert.equal((await at("/")).body, "hello");
  for (const path of ["/yes", "/yes", "/no"]) assert.equal((await at(out(path))).body, path === "/no" ? "404" : "200");
  const runs = await counted("workersInvocationsAdaptive", invocations, ', scriptName: "caller"', 4, (row) => row.sum.requests);
  assert.deepEqual(asMap(runs, (row) => row.dimensions.status, (row) => row.sum.requests), { success: 4 });
  const asked = await counted("workersSubrequestsAdaptiveGroups", "count sum { responseBodySize } dimensions { httpResponseStatus scriptName hostname }",
    ', scriptName: "caller"', 3);
  assert.deepEqual(asMap(asked, (row) => row.dimensions.httpResponseStatus, (row) => row.count), { 200: 2, 404: 1 });
  assert.equal(asked.reduce((sum, row) => sum + row.sum.responseBodySize, 0), 3 * "outside".length);
});

test("rows that there was no room for are told", async () => {
  const metrics = await (await fetch(`${engine.url}/metrics`, { headers: { authorization: `Bearer ${engine.token}` } })).text();
  assert.match(metrics, /^stepwell_analytics_dropped_rows_total 0$/m);
});
