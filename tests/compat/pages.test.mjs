// What a person does with `wrangler pages`, done against the engine, and what visitors of the site then get.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { startEngine, temporaryFolder } from "../support/engine.mjs";
import { hostOf, raw, visit, writeSite } from "./pages.mjs";
import { releaseName, wranglerFor } from "./wrangler.mjs";

const site = {
  "index.html": "<h1>first</h1>",
  "about.html": "about us",
  "docs/index.html": "docs",
  "404.html": "nothing here",
  "app.js": "console.log(1)",
  "big.bin": "0123456789".repeat(60_000),
  "100%.txt": "percent",
  _headers: "/about\n  X-Team: blue\n/app.js\n  Cache-Control: max-age=60\nnonsense\n",
  _redirects: "/old /about 301\n/go/* /docs/:splat 302\n",
};

let folder;
let engine;
let wrangler;
let home;
let dist;

before(async () => {
  folder = await temporaryFolder();
  engine = await startEngine(folder.path);
  home = join(folder.path, "home");
  await mkdir(home);
  dist = await writeSite(join(folder.path, "dist"), site);
  wrangler = wranglerFor(engine, home);
});

after(async () => {
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

/** Runs `wrangler pages ...` and expects success and these texts or patterns in what it printed. */
async function ok(args, ...expected) {
  const given = args.at(-1)?.input === undefined ? args : args.slice(0, -1);
  const { code, out, err } = await wrangler(folder.path, "pages", ...args);
  const printed = `wrangler pages ${given.join(" ")} -> ${code}\n${out}\n${err}`;
  assert.equal(code, 0, printed);
  for (const text of expected) {
    const found = text instanceof RegExp ? text.test(out) : out.includes(text);
    assert.ok(found, `expected ${text} in: ${printed}`);
  }
  return out;
}

const at = (host, path, options) => visit(engine, host, path, options);
const live = (path, options) => at("shop.localhost", path, options);
const deployments = (query = "") => engine.call("GET", `/pages/projects/shop/deployments${query}`);
const deploy = (...args) => ok(["deploy", dist, "--project-name", "shop", "--commit-dirty=true", ...args]);

describe(`${releaseName} pages`, () => {
  test("project create and list", async () => {
    await ok(["project", "create", "shop", "--production-branch", "main"], "shop.localhost");
    await ok(["project", "list"], "shop");
    const project = await engine.call("GET", "/pages/projects/shop");
    assert.equal(project.production_branch, "main");
    assert.equal(project.canonical_deployment, null);
    assert.equal((await live("/")).status, 404, "there is nothing to see yet");
  });

  test("deploy: the site is live, at its own host and at that of the deployment", async () => {
    const out = await deploy("--branch", "main");
    assert.match(out, /Uploaded 7 files|7\/7/);
    const [deployment] = await deployments();
    assert.equal(deployment.environment, "production");
    assert.ok(out.includes(deployment.url), out);
    for (const host of ["shop.localhost", hostOf(deployment.url)]) {
      const home = await at(host, "/");
      assert.equal(home.status, 200);
      assert.equal(home.body, "<h1>first</h1>");
      assert.match(home.headers["content-type"], /^text\/html/);
      assert.equal(home.headers["x-robots-tag"], host === "shop.localhost" ? undefined : "noindex");
    }
  });

  test("paths: pretty ones, folders, the page for what is not there", async () => {
    assert.equal((await live("/about")).body, "about us");
    assert.equal((await live("/about.html?q=1")).headers.location, "/about?q=1");
    assert.equal((await live("/docs")).status, 308);
    assert.equal((await live("/docs/")).body, "docs");
    const missing = await live("/nope");
    assert.equal(missing.status, 404);
    assert.equal(missing.body, "nothing here");
    assert.equal(missing.headers["cache-control"], "no-store");
    assert.equal((await live("/100%25.txt")).body, "percent");
  });

  test("_headers and _redirects", async () => {
    assert.equal((await live("/about")).headers["x-team"], "blue");
    assert.equal((await live("/app.js")).headers["cache-control"], "max-age=60");
    const old = await live("/old");
    assert.equal(old.status, 301);
    assert.equal(old.headers.location, "/about");
    assert.equal((await live("/go/a/b")).headers.location, "/docs/a/b");
    const [{ id }] = await deployments();
    const log = await engine.call("GET", `/pages/projects/shop/deployments/${id}/history/logs`);
    assert.equal(log.total, log.data.length);
    assert.ok(log.data.some(({ line }) => /Warning: _headers line 5/.test(line)), JSON.stringify(log));
    for (const file of ["/_headers", "/_redirects"]) assert.equal((await live(file)).status, 404);
  });

  test("conditional requests, HEAD, ranges and other methods", async () => {
    const whole = await live("/big.bin");
    assert.equal(whole.body, site["big.bin"]);
    const { etag } = whole.headers;
    assert.match(etag, /^"[0-9a-f]{32}"$/);
    const same = await live("/big.bin", { headers: { "if-none-match": etag } });
    assert.equal(same.status, 304);
    assert.equal(same.body, "");
    const head = await live("/big.bin", { method: "HEAD" });
    assert.equal(head.headers["content-length"], "600000");
    assert.equal(head.body, "");
    const part = await live("/big.bin", { headers: { range: "bytes=599995-" } });
    assert.equal(part.status, 206);
    assert.equal(part.body, "56789");
    assert.equal(part.headers["content-range"], "bytes 599995-599999/600000");
    assert.equal((await live("/big.bin", { headers: { range: "bytes=300000-599999" } })).body.length, 300_000);
    assert.equal((await live("/", { method: "POST" })).status, 405);
  });

  test("a second deployment uploads what changed, and the first stays at its host", async () => {
    const [first] = await deployments();
    await writeSite(dist, { "index.html": "<h1>second</h1>" });
    assert.match(await deploy("--branch", "main"), /Uploaded 1 files? \(6 already uploaded\)/);
    assert.equal((await live("/")).body, "<h1>second</h1>");
    assert.equal((await at(hostOf(first.url), "/")).body, "<h1>first</h1>");
  });

  test("a branch has its own host, which follows it", async () => {
    await writeSite(dist, { "index.html": "<h1>preview</h1>" });
    await deploy("--branch", "Fix/API");
    const [preview] = await deployments("?env=preview");
    assert.deepEqual(preview.aliases.map(hostOf), ["fix-api.shop.localhost"]);
    assert.equal((await at("fix-api.shop.localhost", "/")).body, "<h1>preview</h1>");
    assert.equal((await live("/")).body, "<h1>second</h1>", "production is as it was");
    await writeSite(dist, { "index.html": "<h1>preview 2</h1>" });
    await deploy("--branch", "Fix/API");
    assert.equal((await at("FIX-API.shop.localhost", "/")).body, "<h1>preview 2</h1>");
    assert.equal((await engine.call("GET", `/pages/projects/shop/deployments/${preview.id}`)).aliases, null);
  });

  test("deployment list and delete", async () => {
    const all = await deployments();
    assert.equal(all.length, 4);
    await ok(["deployment", "list", "--project-name", "shop"], ...all.map(({ id }) => id));
    const out = await ok(["deployment", "list", "--project-name", "shop", "--environment", "preview"], all[0].id);
    assert.ok(!out.includes(all[3].id));
    const remove = (id, ...args) => wrangler(folder.path, "pages", "deployment", "delete", id, "--project-name", "shop", ...args);
    const refused = await remove(all[2].id, "--force");
    assert.notEqual(refused.code, 0, "the live one stays");
    assert.equal((await live("/")).status, 200);
    const removed = await remove(all[0].id, "--force");
    assert.equal(removed.code, 0, removed.out + removed.err);
    assert.equal((await at("fix-api.shop.localhost", "/")).body, "<h1>preview</h1>", "the alias falls back");
    assert.equal((await at(hostOf(all[0].url), "/")).status, 404);
  });

  test("secrets, and download of the configuration", async () => {
    await ok(["secret", "put", "TOKEN", "--project-name", "shop", { input: "s3cret\n" }]);
    await ok(["secret", "list", "--project-name", "shop"], "TOKEN");
    const project = await engine.call("GET", "/pages/projects/shop");
    assert.deepEqual(project.deployment_configs.production.env_vars.TOKEN, { type: "secret_text", value: "" });
    await ok(["download", "config", "shop", "--force"]);
    await rm(join(folder.path, "wrangler.jsonc"), { force: true });
    await rm(join(folder.path, "wrangler.toml"), { force: true });
    await rm(join(folder.path, "wrangler.json"), { force: true });
    await ok(["secret", "delete", "TOKEN", "--project-name", "shop"]);
    assert.deepEqual((await engine.call("GET", "/pages/projects/shop")).deployment_configs.production.env_vars, {});
  });

  test("early hints: the second visit is told of what the page will want", async () => {
    const hinted = await writeSite(join(folder.path, "hinted"), {
      "index.html": '<link rel="preload" href="/app.js" as="script"><link rel="preconnect" href="//cdn.example"><h1>hi</h1>',
    });
    await ok(["deploy", hinted, "--project-name", "shop", "--branch", "hinted", "--commit-dirty=true"]);
    const page = () => at("hinted.shop.localhost", "/");
    assert.equal((await page()).headers.link, undefined);
    let link;
    for (const end = Date.now() + 20_000; link === undefined && Date.now() < end; ) ({ link } = (await page()).headers);
    assert.equal(link, '</app.js>; rel="preload"; as=script, <//cdn.example>; rel="preconnect"');
  });

  test("no path leads out of the deployment", async () => {
    const { port } = new URL(engine.url);
    const paths = [
      "/../../../../etc/passwd",
      "/..%2f..%2f..%2fetc%2fpasswd",
      "/%2e%2e/%2e%2e/pages.db",
      "/%252e%252e%252fetc%252fpasswd",
      "/docs/..%5c..%5c..%5cpages.db",
      "/..\\..\\pages.db",
      "/index.html%00.png",
      "/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
      "/%u002e%u002e/etc/passwd",
      "//etc/passwd",
      "/./../blobs/",
      "/" + "a/".repeat(5_000),
      "/client/v4/accounts/local/pages/projects",
      "/healthz",
      "/metrics",
    ];
    for (const path of paths) {
      const answer = await raw(engine, `GET ${path} HTTP/1.1\r\nHost: shop.localhost:${port}\r\nConnection: close\r\n\r\n`);
      assert.match(answer, /^HTTP\/1\.1 (404|308|400) /, `${path}: ${answer.slice(0, 200)}`);
      assert.doesNotMatch(answer, /root:|SQLite format|"success":true/, path);
      if (/^HTTP\/1\.1 308/.test(answer)) assert.match(answer, /^Location: \/(?![/\\])/im, path);
    }
  });

  test("foreign hosts get nothing, and a site cannot speak for the API", async () => {
    for (const host of ["evil.example", "shop.localhost.evil.example", "shop.localhost@evil.example"])
      assert.equal((await at(host, "/")).status, 403, host);
    for (const host of ["nobody.localhost", "x.shop.localhost", "a.b.shop.localhost"])
      assert.equal((await at(host, "/")).status, 404, host);
    const two = await raw(engine, "GET / HTTP/1.1\r\nHost: shop.localhost\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    assert.match(two, /^HTTP\/1\.1 4/);
    const { hostname } = new URL(engine.url);
    const origin = { origin: "http://shop.localhost", authorization: `Bearer ${engine.token}` };
    assert.equal((await at(hostname, "/client/v4/accounts/local/pages/projects", { headers: origin })).status, 403);
  });

  test("all of it is there after a restart", async () => {
    const before = await deployments();
    await engine.stop();
    engine = await startEngine(folder.path);
    wrangler = wranglerFor(engine, home);
    assert.deepEqual((await deployments()).map(({ id }) => id), before.map(({ id }) => id));
    assert.equal((await live("/")).body, "<h1>second</h1>");
    assert.equal((await at("fix-api.shop.localhost", "/about")).headers["x-team"], "blue");
  });

  test("project delete", async () => {
    await ok(["project", "delete", "shop", "--yes"]);
    assert.deepEqual(await engine.call("GET", "/pages/projects"), []);
    for (const host of ["shop.localhost", "fix-api.shop.localhost"]) assert.equal((await at(host, "/")).status, 404);
    const failed = await wrangler(folder.path, "pages", "deploy", dist, "--project-name", "shop", "--branch", "main");
    assert.notEqual(failed.code, 0);
  });
});
