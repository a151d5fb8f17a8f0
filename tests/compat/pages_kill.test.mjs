// kill -9 while sites are deployed: what was acknowledged is served, what was not is absent or whole.
import assert from "node:assert/strict";
import { createHash, randomInt } from "node:crypto";
import { after, before, test } from "node:test";
import { startEngine, temporaryFolder } from "../support/engine.mjs";
import { hostOf, visit } from "./pages.mjs";

const rounds = Number(process.env.STEPWELL_KILLS ?? 12);
const filesPerSite = 40;

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
  assert.ok(answer.success, JSON.stringify(answer));
  return answer.result;
}

async function deploy(n) {
  const files = filesOf(n);
  const { jwt } = await engine.call("GET", "/pages/projects/site/upload-token");
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
  return engine.call("POST", "/pages/projects/site/deployments", form);
}

/** Everything the API lists is whole, and everything acknowledged is listed. */
async function check(acknowledged) {
  const known = new Map();
  for (let page = 1; ; ++page) {
    const rows = await engine.call("GET", `/pages/projects/site/deployments?page=${page}`);
    if (rows.length === 0) break;
    for (const row of rows) known.set(row.id, row);
  }
  for (const id of acknowledged) assert.ok(known.has(id), `${id} was acknowledged and is gone`);
  const newest = [...known.values()].slice(0, 5);
  for (const row of newest) {
    const files = Object.entries(filesOf(Number(row.deployment_trigger.metadata.commit_message)));
    const answers = await Promise.all(files.map(([path]) => visit(engine, hostOf(row.url), path)));
    answers.forEach((answer, i) => assert.equal(answer.body, files[i][1], `${row.url}${files[i][0]}`));
  }
  if (newest.length > 0) {
    const n = newest[0].deployment_trigger.metadata.commit_message;
    assert.equal((await visit(engine, "site.localhost", "/f0.txt")).body, `file 0 of ${n}`);
  }
}

test(`${rounds} kills`, async () => {
  const acknowledged = [];
  let number = 0;
  for (let round = 0; round <= rounds; ++round) {
    engine = await startEngine(folder.path);
    if (round === 0) await engine.call("POST", "/pages/projects", { name: "site", production_branch: "main" });
    await check(acknowledged);
    if (round === rounds) {
      assert.equal(await engine.stop(), 0);
      break;
    }
    const exited = new Promise((resolve) => engine.child.once("exit", resolve));
    const killed = setTimeout(() => engine.child.kill("SIGKILL"), randomInt(10, 400));
    try {
      for (;;) acknowledged.push((await deploy(++number)).id);
    } catch (error) {
      // A connection that ended, or half an answer; never a refusal.
      assert.ok(error instanceof TypeError || error instanceof SyntaxError, String(error));
    }
    clearTimeout(killed);
    engine.child.kill("SIGKILL");
    await exited;
  }
  assert.ok(acknowledged.length > 0, "something was deployed");
});
