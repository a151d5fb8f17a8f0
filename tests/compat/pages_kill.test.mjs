// kill -9 while sites are deployed, deleted and collected: what was acknowledged is served, what was not is absent or
// whole, and in the end nothing is left over.
import assert from "node:assert/strict";
import { createHash, randomInt } from "node:crypto";
import { after, before, test } from "node:test";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { startEngine, temporaryFolder, until } from "../support/engine.mjs";
import { hostOf, visit } from "./pages.mjs";

const rounds = Number(process.env.STEPWELL_KILLS ?? 100);
const filesPerSite = 40;
/** What an upload that took longer than its token is answered: that it is to begin anew. */
const tooLate = [8000013, 8000096];

let folder;
let engine;
before(async () => (folder = await temporaryFolder()));
after(async () => {
  await engine?.stop();
  await folder?.dispose();
});

const keyOf = (text) => createHash("md5").update(text).digest("hex");

/** Files of site number `n`; most are those of the site before. */
function filesOf(n) {
  return Object.fromEntries(
    Array.from({ length: filesPerSite }, (_, i) => [`/f${i}.txt`, `file ${i} of ${i < 5 ? n : "all"}`]),
  );
}

async function post(path, token, body) {
  const response = await fetch(engine.api + path, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: body instanceof FormData ? body : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!answer.success) throw Object.assign(new Error(JSON.stringify(answer)), { code: answer.errors[0].code });
  return answer.result;
}

async function deploy(project, n) {
  const files = filesOf(n);
  const { jwt } = await engine.call("GET", `/pages/projects/${project}/upload-token`);
  const texts = Object.values(files);
  const missing = await post("/pages/assets/check-missing", jwt, { hashes: texts.map(keyOf) });
  const wanted = texts.filter((text) => missing.includes(keyOf(text)));
  const asset = (text) => ({
    key: keyOf(text),
    value: Buffer.from(text).toString("base64"),
    metadata: { contentType: "text/plain" },
    base64: true,
  });
  if (wanted.length > 0) await post("/pages/assets/upload", jwt, wanted.map(asset));
  const form = new FormData();
  form.append("manifest", JSON.stringify(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, keyOf(text)]))));
  form.append("commit_message", String(n));
  form.append("_headers", `/*\n  X-Number: ${n}\n`);
  return post(`/accounts/${engine.account}/pages/projects/${project}/deployments`, engine.token, form);
}

async function listed() {
  const known = new Map();
  for (let page = 1; ; ++page) {
    const rows = await engine.call("GET", `/pages/projects/site/deployments?page=${page}`);
    if (rows.length === 0) return known;
    for (const row of rows) known.set(row.id, row);
  }
}

/** Everything the API lists is whole, what was acknowledged is listed, what was removed is not. */
async function check({ acknowledged, removed }) {
  const known = await listed();
  for (const id of acknowledged) assert.ok(known.has(id), `${id} was acknowledged and is gone`);
  for (const id of removed) assert.ok(!known.has(id), `${id} was removed and is back`);
  const rows = [...known.values()];
  for (const row of [...rows.slice(0, 5), ...rows.slice(-2)]) {
    const n = row.deployment_trigger.metadata.commit_message;
    const files = Object.entries(filesOf(Number(n)));
    const answers = await Promise.all(files.map(([path]) => visit(engine, hostOf(row.url), path)));
    answers.forEach((answer, i) => assert.equal(answer.body, files[i][1], `${row.url}${files[i][0]}`));
    assert.equal(answers[0].headers["x-number"], n, row.url);
  }
  if (rows.length > 0) {
    const n = rows[0].deployment_trigger.metadata.commit_message;
    assert.equal((await visit(engine, "site.localhost", "/f0.txt")).body, `file 0 of ${n}`);
  }
}

/** Deploys until the engine is gone. */
async function deployOn(state) {
  for (;;) {
    try {
      state.acknowledged.add((await deploy("site", ++state.number)).id);
    } catch (error) {
      if (!tooLate.includes(error.code)) throw error;
    }
  }
}

/** Removes one of the older deployments at a time, and now and then a project, until the engine is gone. */
async function removeOn(state) {
  for (;;) {
    const known = [...(await listed()).keys()].slice(6);
    const id = known[randomInt(Math.max(known.length, 1))];
    if (id) {
      state.acknowledged.delete(id);
      await engine.call("DELETE", `/pages/projects/site/deployments/${id}?force=true`);
      state.removed.add(id);
    }
    const name = `p${++state.projects}`;
    await engine.call("POST", "/pages/projects", { name, production_branch: "main" });
    await deploy(name, 1_000_000 + state.projects).catch((error) => {
      if (!tooLate.includes(error.code)) throw error;
    });
    await engine.call("DELETE", `/pages/projects/${name}`);
  }
}

async function collectOn() {
  for (;;) await engine.call("POST", "/stepwell/pages/collect");
}

/** A connection that ended, or half an answer; never a refusal. */
function assertCut(outcome) {
  const error = outcome.reason;
  assert.ok(error instanceof TypeError || error instanceof SyntaxError, error?.stack ?? String(error));
}

test(`${rounds} kills`, async () => {
  const state = { acknowledged: new Set(), removed: new Set(), number: 0, projects: 0 };
  for (let round = 0; round < rounds; ++round) {
    engine = await startEngine(folder.path);
    if (round === 0) {
      await engine.call("POST", "/pages/projects", { name: "site", production_branch: "main" });
      await engine.call("PATCH", "/stepwell/pages/settings", { upload_token_seconds: 1, keep_unused_seconds: 1 });
    }
    await check(state);
    const exited = new Promise((resolve) => engine.child.once("exit", resolve));
    const killed = setTimeout(() => engine.child.kill("SIGKILL"), randomInt(10, 400));
    const outcomes = await Promise.allSettled([deployOn(state), removeOn(state), collectOn()]);
    clearTimeout(killed);
    engine.child.kill("SIGKILL");
    await exited;
    outcomes.forEach(assertCut);
  }
  assert.ok(state.acknowledged.size > 0, "something was deployed");
  engine = await startEngine(folder.path);
  await check(state);
  for (const { name } of await engine.call("GET", "/pages/projects?per_page=100"))
    await engine.call("DELETE", `/pages/projects/${name}`);
  const packs = join(folder.path, "data", "packs");
  await until("no blob is left", async () => (await readdir(packs)).length === 0);
  assert.equal(await engine.stop(), 0);
});
