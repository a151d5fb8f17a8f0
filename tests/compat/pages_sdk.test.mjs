// Every Pages method of Cloudflare's TypeScript SDK that the engine has, in the order in which a person meets them.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import Cloudflare from "cloudflare";
import { startEngine, temporaryFolder } from "../support/engine.mjs";
import { all, rejects } from "./sdk.mjs";
import { hostOf, visit } from "./pages.mjs";

let folder;
let engine;
let projects;
let assets;
const account = () => ({ account_id: engine.account });
const inSite = () => ({ ...account(), project_name: "site" });

before(async () => {
  folder = await temporaryFolder();
  engine = await startEngine(folder.path);
  projects = new Cloudflare({ apiToken: engine.token, baseURL: engine.api, maxRetries: 0 }).pages.projects;
});

after(async () => {
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

/** What Stepwell adds: see EXTENSIONS.md. */
const ownCall = (path) =>
  fetch(`${engine.api}/accounts/${engine.account}/stepwell${path}`, {
    headers: { authorization: `Bearer ${engine.token}` },
  });

const keyOf = (text) => createHash("md5").update(text).digest("hex");

/** Uploads texts and deploys them: `{path: text}`. */
async function deploy(files, fields = {}) {
  const values = Object.values(files);
  const hashes = values.map(keyOf);
  const missing = await all(assets.checkMissing({ hashes }));
  const body = values
    .filter((text) => missing.includes(keyOf(text)))
    .map((text) => ({
      key: keyOf(text),
      value: Buffer.from(text).toString("base64"),
      metadata: { contentType: "text/html" },
      base64: true,
    }));
  if (body.length > 0) assert.equal((await assets.upload({ body })).success, true);
  await assets.upsertHashes({ hashes });
  const manifest = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, keyOf(text)]));
  return projects.deployments.create("site", { ...account(), manifest: JSON.stringify(manifest), ...fields });
}

describe("the Pages methods of the TypeScript SDK", () => {
  test("projects: create, list, get, edit", async () => {
    const created = await projects.create({ ...account(), name: "site", production_branch: "main" });
    assert.equal(created.name, "site");
    await rejects(projects.create({ ...account(), name: "site", production_branch: "main" }), 409, 8000002);
    await rejects(projects.create({ ...account(), name: "No", production_branch: "main" }), 400, 8000003);
    await rejects(projects.get("nothing", account()), 404, 8000007);
    assert.deepEqual((await all(projects.list(account()))).map(({ name }) => name), ["site"]);
    const edit = (env_vars) => projects.edit("site", { ...account(), deployment_configs: { production: { env_vars } } });
    await edit({ A: { type: "plain_text", value: "1" }, B: { type: "secret_text", value: "2" } });
    const edited = await edit({ A: null });
    assert.deepEqual(edited.deployment_configs.production.env_vars, { B: { type: "secret_text", value: "" } });
    for (const type of ["plain_text", "secret_text"]) {
      await rejects(edit({ ASSETS: { type, value: "1" } }), 400, 10002);
      const deployment_configs = { preview: { env_vars: { ASSETS: { type, value: "1" } } } };
      await rejects(projects.create({ ...account(), name: "taken", production_branch: "main", deployment_configs }), 400, 10002);
    }
    await edit({ ASSETS: null });
    assert.equal(await projects.purgeBuildCache("site", account()), null);
  });

  test("assets: only a token for uploads opens them", async () => {
    await rejects(projects.getUploadToken("nothing", account()), 404, 8000007);
    const { jwt } = await projects.getUploadToken("site", account());
    const claims = JSON.parse(Buffer.from(jwt.split(".")[1], "base64url"));
    assert.equal(claims.max_file_count_allowed, 20_000);
    assert.ok(claims.exp > Date.now() / 1000);
    const withToken = (apiToken) => new Cloudflare({ apiToken, baseURL: engine.api, maxRetries: 0 }).pages.assets;
    const [head, , signature] = jwt.split(".");
    const forged = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 1 })).toString("base64url");
    for (const wrong of [engine.token, "x", `${head}.${forged}.${signature}`])
      await rejects(all(withToken(wrong).checkMissing({ hashes: [] })), 401, 8000013);
    assets = withToken(jwt);
    await rejects(all(assets.checkMissing({ hashes: ["../x"] })), 400, 10002);
    const bad = { key: keyOf("x"), value: "!", metadata: { contentType: "text/html" }, base64: true };
    await rejects(assets.upload({ body: [bad] }), 400, 10002);
  });

  test("deployments: create, list, get, logs", async () => {
    const first = await deploy({ "/index.html": "one", "about.html": "about" });
    assert.equal(first.environment, "production");
    assert.equal(first.latest_stage.status, "success");
    assert.equal((await visit(engine, hostOf(first.url))).body, "one");
    assert.equal((await visit(engine, hostOf(first.url), "/about")).body, "about", "a slash in front is optional");
    for (let i = 0; i < 30; ++i) await deploy({ "/index.html": `preview ${i}` }, { branch: "dev" });
    const listed = await all(projects.deployments.list("site", account()));
    assert.equal(listed.length, 31, "pages follow one another");
    const previews = await all(projects.deployments.list("site", { ...account(), env: "preview" }));
    assert.equal(previews.length, 30);
    assert.deepEqual(previews[0].aliases.map(hostOf), ["dev.site.localhost"]);
    await rejects(projects.deployments.list("site", { ...account(), per_page: 26 }), 400, 8000024);
    const got = await projects.deployments.get(first.id, inSite());
    assert.deepEqual(Object.keys(got.files).sort(), ["/about.html", "/index.html"]);
    const files = (query = "") => ownCall(`/pages/projects/site/deployments/${first.id}/files${query}`);
    const whole = await (await files()).json();
    assert.deepEqual(whole.result, [
      { path: "/about.html", size: 5, content_type: "text/html", key: keyOf("about") },
      { path: "/index.html", size: 3, content_type: "text/html", key: keyOf("one") },
    ]);
    const page = await (await files("?limit=1")).json();
    assert.equal(page.result_info.cursor, "/about.html");
    assert.equal(page.result_info.total_count, 2);
    const rest = await (await files("?limit=1&cursor=%2Fabout.html")).json();
    assert.deepEqual(rest.result.map(({ path }) => path), ["/index.html"]);
    const asset = await ownCall(`/pages/assets/${keyOf("about")}`);
    assert.equal(asset.headers.get("content-type"), "application/octet-stream");
    assert.equal(await asset.text(), "about");
    assert.equal((await ownCall(`/pages/assets/${keyOf("nothing")}`)).status, 404);
    const log = await projects.deployments.history.logs.get(first.id, inSite());
    assert.equal(log.total, log.data.length);
    const unknown = JSON.stringify({ "/x": keyOf("never uploaded") });
    await rejects(projects.deployments.create("site", { ...account(), manifest: unknown }), 400, 8000096);
    await rejects(projects.deployments.create("site", { ...account(), branch: "main" }), 400, 8000096);
    assert.equal((await all(projects.deployments.list("site", account()))).length, 31, "nothing was left of them");
  });

  test("deployments: found by branch and text, counted from both ends", async () => {
    const found = async (query) => {
      const path = `/accounts/${engine.account}/pages/projects/site/deployments?${query}`;
      const answer = await (await fetch(engine.api + path, { headers: { authorization: `Bearer ${engine.token}` } })).json();
      return { total: answer.result_info.total_count, rows: answer.result };
    };
    await deploy({ "/index.html": "a fix" }, { branch: "fix/api", commit_message: "Mend 100% of it", commit_hash: "abc123" });
    assert.equal((await found("stepwell_branch=dev")).total, 30);
    assert.equal((await found("stepwell_branch=de")).total, 0);
    for (const text of ["mend", "100%25", "ABC12", "fix%2F"]) assert.equal((await found(`stepwell_text=${text}`)).total, 1, text);
    assert.equal((await found("stepwell_text=100_")).total, 0, "no wildcards");
    assert.equal((await found("stepwell_text=fix&env=production")).total, 0);
    const whole = (await Promise.all([1, 2].map((page) => found(`page=${page}`)))).flatMap(({ rows }) => rows);
    for (let page = 1; page <= 8; ++page)
      assert.deepEqual((await found(`page=${page}&per_page=4`)).rows, whole.slice(page * 4 - 4, page * 4), `page ${page}`);
    assert.deepEqual((await found("page=9&per_page=4")).rows, []);
    assert.deepEqual(whole.filter(({ stepwell }) => stepwell.live).length, 1);
    assert.deepEqual(whole.at(-1).stepwell, { files: 2, bytes: 8, live: true, newest_of_branch: true });
    const { production_count, preview_count, requests } = (await projects.get("site", account())).stepwell;
    assert.deepEqual([production_count, preview_count], [1, 31]);
    assert.ok(requests.total > 0 && requests.errors === 0, "visits count");
    await rejects(projects.deployments.list("site", { ...account(), stepwell_text: "x".repeat(256) }), 400, 8000024);
  });

  test("rules as parsed, and what they do to a request", async () => {
    const made = await deploy(
      { "/index.html": "home", "/about.html": "about us", "/404.html": "none" },
      {
        branch: "rules",
        _headers: "/about\n  X-A: 1\n  ! Link\nnonsense\n",
        _redirects: "/old /about 301\n/blog/:slug /about?p=:slug 302\n/bad\n",
      },
    );
    const own = async (path) => (await (await ownCall(`/pages/projects/site/deployments/${made.id}${path}`)).json()).result;
    const rules = await own("/rules");
    assert.deepEqual(rules.redirects.rules.map(({ line, from, to, status, dynamic }) => [line, from, to, status, dynamic]), [
      [1, "/old", "/about", 301, false],
      [2, "/blog/:slug", "/about?p=:slug", 302, true],
    ]);
    assert.equal(rules.redirects.warnings[0].line, 3);
    assert.deepEqual(rules.headers.rules, [{ path: "/about", set: [["x-a", "1"]], removed: ["Link"] }]);
    assert.equal(rules.headers.warnings[0].text, "nonsense");
    assert.deepEqual([rules.routes, rules.worker, rules.functions], [null, "none", null]);
    for (const path of ["/", "/about", "/about.html", "/old", "/blog/a?b=c", "/nothing/here", "/a//b", "/%zz"]) {
      const said = await own(`/explain?url=${encodeURIComponent(path)}`);
      const got = await visit(engine, hostOf(made.url), path);
      assert.equal(said.status, got.status, path);
      const told = Object.fromEntries(said.headers.map(([name, value]) => [name.toLowerCase(), value]));
      for (const [name, value] of Object.entries(told)) assert.equal(got.headers[name], value, `${name} of ${path}`);
      assert.ok(said.steps.length > 0);
    }
    const page = await own("/explain?url=%2Fabout");
    assert.equal(page.file.path, "/about.html");
    assert.equal(page.file.size, 8);
    const live = await own("/explain?url=http%3A%2F%2Fsite.localhost%2Fabout");
    assert.match(live.steps[0], /another deployment/);
    assert.equal((await ownCall(`/pages/projects/site/deployments/${made.id}/explain?url=about`)).status, 400);
    assert.equal((await ownCall(`/pages/projects/site/deployments/none/rules`)).status, 404);
    await projects.deployments.delete(made.id, { ...inSite(), force: true });
  });

  test("rollback, retry and delete", async () => {
    const second = await deploy({ "/index.html": "two" });
    const production = await all(projects.deployments.list("site", { ...account(), env: "production" }));
    const first = production.at(-1);
    assert.equal((await visit(engine, "site.localhost")).body, "two");
    await projects.deployments.rollback(first.id, inSite());
    assert.equal((await visit(engine, "site.localhost")).body, "one");
    const protectedOnes = (await all(projects.deployments.list("site", { ...account(), env: "production" })))
      .filter(({ stepwell }) => stepwell.live || stepwell.newest_of_branch)
      .map(({ id, stepwell }) => [id, stepwell.live]);
    assert.deepEqual(protectedOnes, [[second.id, false], [first.id, true]]);
    await rejects(projects.deployments.delete(first.id, { ...inSite(), force: true }), 400, 8000034);
    await rejects(projects.deployments.delete(second.id, inSite()), 400, 8000035);
    const [preview] = await all(projects.deployments.list("site", { ...account(), env: "preview" }));
    await rejects(projects.deployments.rollback(preview.id, inSite()), 400, 8000036);
    const again = await projects.deployments.retry(second.id, inSite());
    assert.notEqual(again.id, second.id);
    assert.equal((await visit(engine, "site.localhost")).body, "two");
    await projects.deployments.delete(second.id, inSite());
    await rejects(projects.deployments.get(second.id, inSite()), 404, 8000009);
    assert.equal((await visit(engine, hostOf(again.url))).body, "two", "its files stay with who shares them");
  });

  test("domains: create, list, get, edit, delete", async () => {
    const domains = projects.domains;
    const added = await domains.create("site", { ...account(), name: "www.example.com" });
    assert.equal(added.status, "active");
    assert.equal((await visit(engine, "WWW.example.com")).body, "two");
    await rejects(domains.create("site", { ...account(), name: "www.example.com" }), 409, 8000018);
    for (const name of ["127.0.0.1", "localhost", "shop.localhost", "a/b.example", "-x.example"])
      await rejects(domains.create("site", { ...account(), name }), 400, 8000018);
    assert.deepEqual((await all(domains.list("site", account()))).map(({ name }) => name), ["www.example.com"]);
    assert.equal((await domains.get("www.example.com", inSite())).name, "www.example.com");
    assert.equal((await domains.edit("www.example.com", inSite())).status, "active");
    assert.ok((await projects.get("site", account())).domains.includes("www.example.com"));
    await domains.delete("www.example.com", inSite());
    assert.equal((await visit(engine, "www.example.com")).status, 403);
  });

  test("projects: delete", async () => {
    assert.equal(await projects.delete("site", account()), null);
    await rejects(projects.get("site", account()), 404, 8000007);
    assert.equal((await visit(engine, "site.localhost")).status, 404);
  });
});
