// What the engine adds to the Pages API: settings of sites, domains of branches, archives, and warnings on its log.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { startEngine, temporaryFolder, until } from "../support/engine.mjs";
import { hostOf, tarEntry as entry, visit } from "./pages.mjs";

const indexKey = "00000000000000000000000000000001";
let folder;
let engine;
before(async () => {
  folder = await temporaryFolder();
  engine = await startEngine(folder.path);
  await engine.call("POST", "/pages/projects", { name: "site", production_branch: "main" });
});
after(async () => {
  await engine?.stop();
  await folder?.dispose();
});

const tokenOf = async () => (await engine.call("GET", "/pages/projects/site/upload-token")).jwt;
const claimsOf = (jwt) => JSON.parse(Buffer.from(jwt.split(".")[1], "base64url"));

async function upload(text) {
  const body = [{ key: indexKey, value: Buffer.from(text).toString("base64"), metadata: { contentType: "text/html" }, base64: true }];
  const headers = { authorization: `Bearer ${await tokenOf()}` };
  const answer = await fetch(`${engine.api}/pages/assets/upload`, { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 200);
}

function deploy(branch, files = {}) {
  const form = new FormData();
  form.append("manifest", JSON.stringify({ "/index.html": indexKey, "/a.bin": indexKey }));
  form.append("branch", branch);
  for (const [name, text] of Object.entries(files)) form.append(name, new Blob([text]), name);
  return engine.call("POST", "/pages/projects/site/deployments", form);
}

test("what is wrong with rules stands on the log, with project, deployment and file", async () => {
  await upload("0123456789");
  const { short_id } = await deploy("main", { _headers: "nonsense\n/*\n  X-A: b\n", _redirects: "/a /b 999\n" });
  const log = await until("the log has both", async () => {
    const text = await readFile(engine.logFile, "utf8");
    return text.includes("_headers line 1") && text.includes("_redirects line 1") && text;
  });
  assert.match(log, new RegExp(`Project site, deployment ${short_id}: _headers line 1`));
});

test("the last page of the files of a deployment says that it is the last", async () => {
  const { id } = await deploy("listing");
  const page = async (query) => {
    const url = `${engine.api}/accounts/${engine.account}/stepwell/pages/projects/site/deployments/${id}/files?${query}`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${engine.token}` } });
    const { result, result_info: info } = await answer.json();
    return [result.map(({ path }) => path), info.cursor];
  };
  const [first, cursor] = await page("limit=1");
  assert.deepEqual(first, ["/a.bin"]);
  const [second, end] = await page(`limit=1&cursor=${encodeURIComponent(cursor)}`);
  assert.deepEqual([second, end ?? ""], [["/index.html"], ""]);
  assert.equal((await page("limit=2"))[1] ?? "", "");
});

test("settings of sites", async () => {
  const settings = await engine.call("GET", "/stepwell/pages/settings");
  assert.deepEqual(settings, {
    max_files: 20_000,
    strict: false,
    upload_token_seconds: 1_800,
    keep_unused_seconds: 86_400,
    max_compressed_bytes: 1_073_741_824,
  });
  const changed = await engine.call("PATCH", "/stepwell/pages/settings", { max_files: 1, upload_token_seconds: 60 });
  assert.deepEqual(changed, { ...settings, max_files: 1, upload_token_seconds: 60 });
  const claims = claimsOf(await tokenOf());
  assert.equal(claims.max_file_count_allowed, 1);
  assert.equal(claims.exp - claims.iat, 60);
  await assert.rejects(deploy("main"), /at most 1 /);
  await engine.call("PATCH", "/stepwell/pages/settings", { max_files: 100_000 });
  assert.equal(claimsOf(await tokenOf()).max_file_count_allowed, 100_000);
  for (const wrong of [{ max_files: 0 }, { max_files: 100_001 }, { strict: 1 }, { keep_unused_seconds: "1" }, { max_compressed_bytes: -1 }])
    await assert.rejects(engine.call("PATCH", "/stepwell/pages/settings", wrong), /: 400 /);
});

test("strict sites ignore ranges, others answer them", async () => {
  const ask = () => visit(engine, "site.localhost", "/a.bin", { headers: { range: "bytes=2-4" } });
  const part = await ask();
  assert.equal(part.status, 206);
  assert.equal(part.body, "234");
  await engine.call("PATCH", "/stepwell/pages/settings", { strict: true });
  const whole = await ask();
  assert.equal(whole.status, 200);
  assert.equal(whole.body, "0123456789");
  assert.equal(whole.headers["accept-ranges"], undefined);
  await engine.call("PATCH", "/stepwell/pages/settings", { strict: false });
  assert.equal((await ask()).status, 206);
});

test("a domain of a branch shows its newest deployment", async () => {
  const domain = await engine.call("POST", "/pages/projects/site/domains", { name: "Next.Example.com", stepwell: { branch: "next" } });
  assert.deepEqual([domain.name, domain.stepwell.branch], ["next.example.com", "next"]);
  assert.equal((await visit(engine, "next.example.com")).status, 403);
  await deploy("next");
  const answer = await visit(engine, "next.example.com");
  assert.equal(answer.status, 200);
  assert.equal(answer.headers["x-robots-tag"], undefined);
});

test("a project goes through its archive", async () => {
  const url = `${engine.api}/accounts/${engine.account}/stepwell/pages`;
  const headers = { authorization: `Bearer ${engine.token}` };
  const exported = await fetch(`${url}/projects/site/export`, { headers });
  assert.equal(exported.status, 200);
  assert.equal(exported.headers.get("content-type"), "application/x-tar");
  const archive = Buffer.from(await exported.arrayBuffer());
  assert.equal(archive.subarray(257, 262).toString(), "ustar");
  const before = await engine.call("GET", "/pages/projects/site/deployments");
  await engine.call("DELETE", "/pages/projects/site");
  assert.equal((await visit(engine, "site.localhost")).status, 404);

  const sent = await fetch(`${url}/import`, { method: "POST", headers, body: archive });
  const { result } = await sent.json();
  assert.equal(result.name, "site");
  const back = await engine.call("GET", "/pages/projects/site/deployments");
  assert.deepEqual(back.map(({ id, url: at }) => [id, at]), before.map(({ id, url: at }) => [id, at]));
  for (const host of ["site.localhost", "next.example.com", hostOf(back[0].url)])
    assert.equal((await visit(engine, host)).body, "0123456789", host);
  assert.equal((await visit(engine, "site.localhost")).headers["x-a"], "b");

  const again = await fetch(`${url}/import`, { method: "POST", headers, body: archive });
  assert.equal(again.status, 409);
  const broken = await fetch(`${url}/import?name=other`, { method: "POST", headers, body: archive.subarray(0, 700) });
  assert.equal(broken.status, 400);
  assert.match((await broken.json()).errors[0].message, /cut off/);
  await assert.rejects(engine.call("GET", "/pages/projects/other"), /8000007/);
});

test("a project moves to another engine under another name, and both serve the same", async () => {
  await upload("0123456789");
  await deploy("main", { _headers: "/*\n  X-From: archive\n", _redirects: "/old /a.bin 302\n" });
  await deploy("next", { _redirects: "/old /index 301\n" });
  const ask = (at, path) => fetch(`${at.api}/accounts/${at.account}/stepwell/pages${path}`, { headers: { authorization: `Bearer ${at.token}` } });
  const archive = Buffer.from(await (await ask(engine, "/projects/site/export")).arrayBuffer());
  const elsewhere = await temporaryFolder();
  const other = await startEngine(elsewhere.path);
  const send = async (body, name = "moved") => {
    const url = `${other.api}/accounts/${other.account}/stepwell/pages/import?name=${name}`;
    const answer = await fetch(url, { method: "POST", headers: { authorization: `Bearer ${other.token}` }, body });
    return { status: answer.status, answer: await answer.json() };
  };
  try {
    const project = entry("project.json", '{"format":1,"name":"evil","production_branch":"main"}');
    const end = Buffer.alloc(1024);
    for (const [hostile, name] of [
      [Buffer.concat([project, entry("../../etc/cron.d/evil", "x"), end]), "../../etc/cron.d/evil"],
      [Buffer.concat([project, entry("/etc/passwd", "x"), end]), "/etc/passwd"],
      [Buffer.concat([project, entry("assets/link", "", "2"), end]), "assets/link"],
      [archive.subarray(0, archive.length - 2048), /cut off .*(deployment\.json|assets|_redirects|_headers)/],
    ]) {
      const { status, answer } = await send(hostile);
      assert.equal(status, 400);
      const { message } = answer.errors[0];
      assert.ok(name instanceof RegExp ? name.test(message) : message.includes(name), message);
      assert.deepEqual(await other.call("GET", "/pages/projects"), []);
      assert.notEqual((await visit(other, "moved.localhost")).status, 200);
    }

    const taken = await send(archive);
    assert.equal(taken.status, 200, JSON.stringify(taken.answer));
    const served = async (at, name, path) => {
      const { status, headers, body } = await visit(at, `${name}.localhost`, path);
      // The key that this client chose is computed anew where the archive arrives, and the ETag is made of it.
      const { date, connection, etag, ...kept } = headers;
      return { status, headers: kept, etag: etag !== undefined, body };
    };
    for (const path of ["/", "/a.bin", "/old", "/nothing"]) {
      assert.deepEqual(await served(other, "moved", path), await served(engine, "site", path), path);
      assert.deepEqual(await served(other, "next.moved", path), await served(engine, "next.site", path), `next ${path}`);
    }
    assert.equal((await served(other, "moved", "/a.bin")).headers["x-from"], "archive");
    // What was there under two keys of the client is one asset now.
    const again = Buffer.from(await (await ask(other, "/projects/moved/export")).arrayBuffer());
    assert.ok(again.length > archive.length / 2 && again.length <= archive.length);
    assert.ok(archive.includes("foreign/") && !again.includes("foreign/") && again.includes("assets/"));
  } finally {
    await other.stop();
    await elsewhere.dispose();
  }
});
