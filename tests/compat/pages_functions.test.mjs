// Code in sites, as `wrangler pages deploy` uploads it, run by the engine: what visitors get, what the log and tails tell.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startEngine, temporaryFolder } from "../support/engine.mjs";
import { hostOf, raw, visit, writeSite } from "./pages.mjs";
import { releaseName, tailFor, wranglerFor } from "./wrangler.mjs";

const worker = `
import { greeting } from './lib/greeting.js';
export default {
  async fetch(request, env, context) {
    const url = new URL(request.url);
    if (url.pathname === '/api/env') return Response.json(env);
    if (url.pathname === '/api/cf') return Response.json({ cf: request.cf });
    if (url.pathname === '/api/hello') {
      console.log('hello from', url.pathname, { n: 1 });
      context.waitUntil(scheduler.wait(1).then(() => console.warn('afterwards')));
      return new Response(greeting(), { headers: { 'x-code': 'yes' } });
    }
    if (url.pathname === '/api/throws') throw new RangeError('out of reach');
    if (url.pathname === '/api/loops') { console.log('about to loop'); for (;;); }
    if (url.pathname === '/api/fills') { const all = []; for (;;) all.push(new Array(1e5).fill(url)); }
    if (url.pathname === '/api/asset') return env.ASSETS.fetch(new URL('/about', url));
    if (url.pathname === '/api/moved')
      return env.ASSETS.fetch(new Request(new URL('/about.html', url), { redirect: 'manual' }));
    if (url.pathname === '/api/slow') {
      const { readable, writable } = new IdentityTransformStream();
      const writer = writable.getWriter();
      const say = (text) => writer.write(new TextEncoder().encode(text));
      context.waitUntil((async () => { await say('first '); await scheduler.wait(50); await say('last'); await writer.close(); })());
      return new Response(readable);
    }
    if (url.pathname === '/api/nests') {
      let nested = [];
      for (let level = 0; level < 65_000; ++level) nested = [nested];
      request.cf.nested = nested;
      return Response.json(Object.keys(request.cf));
    }
    if (url.pathname === '/api/echo') return new Response(request.body, { status: 201 });
    return env.ASSETS.fetch(request);
  },
};
`;

const files = {
  "index.html": "<h1>home</h1>",
  "about.html": "about us",
  "big.bin": "0123456789".repeat(100_000),
  "style.css": "body { color: teal }",
  _headers: "/about\n  X-Team: blue\n",
  _redirects: "/old /about 301\n",
};

const functions = {
  // Only this makes wrangler send the map: of a deployment of Pages, `--upload-source-maps` alone does not.
  "wrangler.json": JSON.stringify({
    name: "code",
    pages_build_output_dir: "dist",
    compatibility_date: "2026-01-01",
    upload_source_maps: true,
  }),
  "functions/_middleware.js": `
    export const onRequest = async (context) => {
      context.data.seen = ['root'];
      const response = await context.next();
      response.headers.set('x-middleware', context.data.seen.join(','));
      return response;
    };`,
  "functions/api/_middleware.ts": `
    const first: PagesFunction = async ({ next, data }) => { data.seen.push('api'); return next(); };
    export const onRequest = [first];`,
  "functions/api/users/[id].ts": `
    export const onRequestGet: PagesFunction = ({ params }) => Response.json({ get: params.id });
    export const onRequestPost: PagesFunction = async ({ params, request }) => Response.json({ post: params.id, body: await request.text() });`,
  "functions/api/users/me.js": `export const onRequest = () => new Response('me');`,
  "functions/files/[[path]].js": `export const onRequest = ({ params }) => Response.json(params.path ?? null);`,
  "functions/secret.js": `export const onRequest = ({ env }) => new Response(env.TOKEN + ' ' + env.CF_PAGES_BRANCH);`,
  "functions/broken.ts": `
    interface Nothing { at: string }
    export const onRequest: PagesFunction = () => {
      throw new TypeError('broken on purpose');
    };`,
  "functions/open.js": `export const onRequest = (context) => { context.passThroughOnException(); throw new Error('never mind'); };`,
};

let folder;
let engine;
let wrangler;
let home;

before(async () => {
  folder = await temporaryFolder();
  engine = await startEngine(folder.path, ["--cpu-limit", "3", "--memory-limit", "64"]);
  home = join(folder.path, "home");
  await mkdir(home);
  wrangler = wranglerFor(engine, home);
  await engine.call("POST", "/pages/projects", {
    name: "code",
    production_branch: "main",
    deployment_configs: {
      production: { env_vars: { COLOUR: { type: "plain_text", value: "red" } } },
      preview: { env_vars: { COLOUR: { type: "plain_text", value: "blue" } } },
    },
  });
});

after(async () => {
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

async function deploy(name, branch, content) {
  const cwd = join(folder.path, name);
  await writeSite(cwd, content);
  const args = ["pages", "deploy", "dist", "--project-name", "code", "--branch", branch, "--commit-dirty=true"];
  return wrangler(cwd, ...args);
}

async function deployed(name, branch, content) {
  const { code, out, err } = await deploy(name, branch, content);
  assert.equal(code, 0, out + err);
  return (await engine.call("GET", "/pages/projects/code/deployments"))[0];
}

const inDist = (content) => Object.fromEntries(Object.entries(content).map(([path, text]) => [`dist/${path}`, text]));
const at = (host, path, options) => visit(engine, host, path, options);
const requests = async ({ id }, query = "") =>
  (await engine.call("GET", `/stepwell/pages/projects/code/deployments/${id}/requests${query}`)).requests;

/** The entry of the log for a path, as soon as it is there. */
async function logged(deployment, path, has = () => true) {
  for (const end = Date.now() + 20_000; ; ) {
    assert.ok(Date.now() < end, `no entry of the log for ${path}: ${JSON.stringify(await requests(deployment))}`);
    const found = (await requests(deployment)).find(({ url }) => new URL(url).pathname === path);
    if (found && has(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe(`${releaseName} pages: _worker.js`, () => {
  let live;

  test("is run for every path, with the files of the site in reach", async () => {
    live = await deployed("one", "main", {
      ...inDist(files),
      "dist/_worker.js/index.js": worker,
      "dist/_worker.js/lib/greeting.js": "export const greeting = () => 'hi there';",
    });
    assert.equal(live.uses_functions, true);
    const hello = await at("code.localhost", "/api/hello");
    assert.equal(hello.status, 200, hello.body);
    assert.equal(hello.body, "hi there");
    assert.equal(hello.headers["x-code"], "yes");
    assert.equal((await at("code.localhost", "/")).body, "<h1>home</h1>");
    assert.equal((await at("code.localhost", "/big.bin")).body, files["big.bin"]);
    const about = await at("code.localhost", "/api/asset");
    assert.equal(about.body, "about us");
    assert.equal(about.headers["x-team"], "blue", "the rules of the site hold");
    const moved = await at("code.localhost", "/api/moved");
    assert.deepEqual([moved.status, moved.headers.location], [308, "/about"]);
    assert.equal((await at("code.localhost", "/old")).status, 301);
    const part = await at("code.localhost", "/big.bin", { headers: { range: "bytes=0-3" } });
    assert.deepEqual([part.status, part.body], [206, "0123"]);
    const { etag } = (await at("code.localhost", "/style.css")).headers;
    assert.equal((await at("code.localhost", "/style.css", { headers: { "if-none-match": etag } })).status, 304);
  });

  test("finds variables of its environment and what deployment it is", async () => {
    const env = JSON.parse((await at("code.localhost", "/api/env")).body);
    assert.equal(env.COLOUR, "red");
    assert.equal(env.CF_PAGES, "1");
    assert.equal(env.CF_PAGES_BRANCH, "main");
    assert.equal(hostOf(env.CF_PAGES_URL), hostOf(live.url));
    assert.equal(new URL(env.CF_PAGES_URL).port, new URL(engine.url).port);
    const { cf } = JSON.parse((await at("code.localhost", "/api/cf")).body);
    assert.equal(cf.colo, "LOCAL");
    assert.ok(!("stepwellRequest" in cf), "what is ours is not seen");
  });

  test("an exception is shown with its stack, and logged", async () => {
    const answer = await at("code.localhost", "/api/throws");
    assert.equal(answer.status, 500);
    assert.match(answer.body, /RangeError: out of reach\n\s+at /);
    const entry = await logged(live, "/api/throws");
    assert.equal(entry.outcome, "exception");
    assert.equal(entry.status, 500);
    assert.equal(entry.exceptions[0].name, "RangeError");
    assert.match(entry.exceptions[0].stack, /at .*fetch/);
  });

  test("what code adds to its request does no harm", async () => {
    assert.equal((await at("code.localhost", "/api/nests")).status, 200);
    const entry = await logged(live, "/api/nests");
    assert.deepEqual([entry.status, entry.outcome], [200, "ok"]);
  });

  test("no request hides behind one for a WebSocket that the code does not take", async () => {
    const head = (path, more) => `GET ${path} HTTP/1.1\r\nHost: code.localhost\r\n${more}\r\n`;
    const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    const hidden = head("/api/cf?hidden", 'CF-Connecting-IP: 8.8.8.8\r\nx-stepwell-cf: {"colo":"FORGED"}\r\n');
    for (const [path, end] of [["/api/slow", /first [^]*last/], ["/big.bin", /(0123456789){1000}/], ["/api/throws", /out of reach/]]) {
      const got = await raw(engine, head(path, upgrade) + hidden);
      assert.match(got, end, `all of ${path}`);
      assert.equal(got.match(/HTTP\/1\.1 /g).length, 1, "there is one answer");
      assert.doesNotMatch(got, /FORGED/);
    }
    const { requests: all } = await engine.call("GET", `/stepwell/pages/projects/code/deployments/${live.id}/requests`);
    assert.deepEqual(all.filter(({ url }) => url.endsWith("hidden")), []);
  });

  test("the log tells of code and files", async () => {
    const hello = await logged(live, "/api/hello", ({ logs }) => logs.length === 2);
    assert.deepEqual(hello.logs.map(({ level, text }) => [level, text]), [
      ["log", "hello from /api/hello { n: 1 }"],
      ["warn", "afterwards"],
    ]);
    assert.deepEqual([hello.source, hello.method, hello.status, hello.outcome], ["worker", "GET", 200, "ok"]);
    assert.ok(hello.duration_ms >= 0);
    const all = await requests(live);
    assert.deepEqual(await requests(live, `?after=${all[2].id}&limit=1`), [all[3]]);
  });

  test("files are served while the code loops, and after it was ended", async () => {
    const looping = at("code.localhost", "/api/loops");
    // One may have gone to the code before anybody knew that it loops: it does not wait for the end of the process.
    const asked = at("code.localhost", "/style.css");
    assert.equal(await Promise.race([looping, asked]), await asked, "the file comes before the loop is ended");
    const css = await asked;
    assert.deepEqual([css.status, css.body], [200, files["style.css"]]);
    const answer = await looping;
    assert.equal(answer.status, 502);
    assert.match(answer.body, /did not yield for 3 s/);
    const entry = await logged(live, "/api/loops");
    assert.equal(entry.outcome, "exceededCpu");
    assert.deepEqual(entry.logs.map(({ text }) => text), ["about to loop"]);
    assert.equal((await at("code.localhost", "/api/hello")).status, 200, "the next request gets a new process");
  });

  test("running out of memory ends the process, not the site", async () => {
    const answer = await at("code.localhost", "/api/fills");
    assert.equal(answer.status, 502);
    assert.match(answer.body, /ran out of memory/);
    assert.equal((await logged(live, "/api/fills")).outcome, "exceededMemory");
    assert.equal((await at("code.localhost", "/api/hello")).body, "hi there");
  });

  test("code that does not load, or asks for what is not here, is not published", async () => {
    const broken = await deploy("bad", "bad", { ...inDist(files), "dist/_worker.js": "throw new Error('at the top'); export default {};" });
    assert.notEqual(broken.code, 0);
    assert.match(broken.out + broken.err, /at the top/);
    await engine.call("PATCH", "/pages/projects/code", {
      deployment_configs: { preview: { kv_namespaces: { CACHE: { namespace_id: "1" } } } },
    });
    const content = { ...inDist(files), "dist/_worker.js": "export default { fetch: () => new Response('ok') };" };
    const refused = await deploy("kv", "kv", content);
    assert.notEqual(refused.code, 0);
    assert.match(refused.out + refused.err, /"?CACHE"?.*kv_namespaces/);
    await engine.call("PATCH", "/pages/projects/code", { deployment_configs: { preview: { kv_namespaces: null } } });
    await deployed("kv", "kv", content);
    assert.equal((await at("kv.code.localhost", "/x")).body, "ok");
  });

  test("_routes.json leaves out what needs no code", async () => {
    await deployed("routes", "routes", {
      ...inDist(files),
      "dist/_worker.js": "export default { fetch: () => new Response('code') };",
      "dist/_routes.json": '{"version":1,"include":["/api/*","/about"],"exclude":["/api/static/*"]}',
    });
    assert.equal((await at("routes.code.localhost", "/api/x")).body, "code");
    assert.equal((await at("routes.code.localhost", "/about")).body, "code");
    assert.equal((await at("routes.code.localhost", "/")).body, "<h1>home</h1>");
    assert.equal((await at("routes.code.localhost", "/api/static/x")).body, "<h1>home</h1>");
  });
});

describe(`${releaseName} pages: functions/`, () => {
  let preview;
  const fn = (path, options) => at("functions.code.localhost", path, options);

  test("secrets are put before a deployment and found by it", async () => {
    const { code, out, err } = await wrangler(folder.path, "pages", "secret", "put", "TOKEN", "--project-name", "code", "--env", "preview", { input: "s3cret" });
    assert.equal(code, 0, out + err);
    preview = await deployed("functions", "functions", { ...inDist(files), ...functions });
    assert.equal((await fn("/secret")).body, "s3cret functions");
  });

  test("routes: parameters, methods, what is more exact, catch-alls, middleware", async () => {
    const user = await fn("/api/users/7");
    assert.deepEqual(JSON.parse(user.body), { get: "7" });
    assert.equal(user.headers["x-middleware"], "root,api");
    assert.equal((await fn("/api/users/me")).body, "me");
    assert.equal((await fn("/api/users/7", { method: "DELETE" })).status, 405, "no handler is left, so it is for the files");
    assert.deepEqual(JSON.parse((await fn("/files/a/b.txt")).body), ["a", "b.txt"]);
    assert.equal((await fn("/files")).status, 200);
    const page = await fn("/about");
    assert.deepEqual([page.body, page.headers["x-middleware"], page.headers["x-team"]], ["about us", "root", "blue"]);
  });

  test("exceptions: with the stack, or passed through", async () => {
    const broken = await fn("/broken");
    assert.equal(broken.status, 500);
    assert.match(broken.body, /TypeError: broken on purpose\n\s+at [^\n]*\bbroken\.ts:4:13/, "in the file as it was written");
    assert.match((await logged(preview, "/broken")).exceptions[0].stack, /\bbroken\.ts:4:13/);
    const parts = await engine.call("GET", `/stepwell/pages/projects/code/deployments/${preview.id}/parts`);
    assert.deepEqual(parts.filter(({ path }) => path.endsWith(".map")), [], "a source map is no part of what is compared");
    assert.equal((await fn("/open")).body, "<h1>home</h1>");
  });

  test("deployment tail shows requests as they come", async () => {
    const of = [preview.id, "--project-name", "code", "--environment", "preview"];
    const all = tailFor(engine, home, folder.path, of);
    const errors = tailFor(engine, home, folder.path, [...of, "--status", "error"]);
    try {
      await Promise.all([all, errors].map((tail) => tail.said(/Connected to deployment/)));
      await fn("/api/users/7?q=1");
      await fn("/broken");
      await all.said(/GET http:\/\/functions\.code\.localhost:\d+\/api\/users\/7\?q=1 - Ok/);
      for (const tail of [all, errors]) await tail.said(/\/broken - Exception Thrown[^]*broken on purpose/);
      assert.doesNotMatch(errors.printed(), /users\/7/);
    } finally {
      await Promise.all([all.stop(), errors.stop()]);
    }
  });

  test("a tail is a WebSocket that ends when it is deleted", async () => {
    const path = `/pages/projects/code/deployments/${preview.id}/tails`;
    const tail = await engine.call("POST", path, { filters: [{ method: ["POST"] }, { query: "of" }] });
    assert.ok(Date.parse(tail.expires_at) > Date.now());
    const socket = new WebSocket(tail.url, "trace-v1");
    const heard = (name) => new Promise((resolve) => socket.addEventListener(name, resolve, { once: true }));
    await heard("open");
    assert.equal(socket.protocol, "trace-v1");
    const closed = heard("close");
    await engine.call("DELETE", `${path}/${tail.id}`);
    assert.equal((await closed).code, 1000);
    const other = await engine.call("POST", path, {});
    const plain = new WebSocket(other.url);
    await new Promise((resolve, reject) => Object.assign(plain, { onopen: resolve, onerror: reject }));
    assert.equal(plain.protocol, "", "none was offered");
    await engine.call("DELETE", `${path}/${other.id}`);
    const wrong = tail.url.replace(/token=.*/, "token=guess");
    const answer = await fetch(wrong.replace("ws:", "http:"));
    assert.equal(answer.status, 401);
  });
});
