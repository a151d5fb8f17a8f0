// One project deployed twice: by real wrangler, and as the window does it. Every URL must get the same answer.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { startEngine, temporaryFolder } from "../support/engine.mjs";
import { hostOf, visit, writeSite } from "./pages.mjs";
import { wranglerFor } from "./wrangler.mjs";

const tell = (name) => `
  export const onRequest = async ({ request, functionPath, params, data, env }) => Response.json({
    name: ${JSON.stringify(name)}, functionPath, params, data, colour: env.COLOUR, method: request.method,
    body: await request.text(),
  });`;

const files = {
  "wrangler.json": JSON.stringify({
    name: "same",
    pages_build_output_dir: "dist",
    compatibility_date: "2026-01-01",
    compatibility_flags: ["nodejs_compat"],
    vars: { COLOUR: "red", DEPTH: { of: 3 } },
    env: { preview: { vars: { COLOUR: "blue" } } },
  }),
  "dist/index.html": "<h1>home</h1>",
  "dist/about.html": "about us",
  "dist/404.html": "no such page",
  "dist/docs/index.html": "docs",
  "dist/_headers": "/about\n  X-Team: blue\n",
  "functions/_middleware.js": `
    import { basename } from 'node:path';
    export const onRequest = [
      ({ data, next }) => { data.seen = [basename('/x/root')]; return next(); },
      async ({ next, functionPath }) => {
        const response = await next();
        response.headers.set('x-root', functionPath);
        return response;
      },
    ];`,
  "functions/index.js": `export const onRequestPost = async ({ request }) => new Response('posted ' + await request.text());`,
  "functions/api/_middleware.ts": `
    import { mark } from '../../lib/mark';
    export const onRequestGet: PagesFunction = ({ data, params, next }) => { mark(data, 'api get', params); return next(); };
    export const onRequest: PagesFunction = ({ data, params, next }) => { mark(data, 'api', params); return next(); };`,
  "lib/mark.ts": `export const mark = (data: any, name: string, params: any) => { data.seen = [...data.seen ?? [], name, params]; };`,
  "functions/api/index.js": tell("api"),
  "functions/api/[version]/_middleware.js": `export const onRequest = ({ data, params, next }) => { data.version = params.version; return next(); };`,
  "functions/api/[version]/users/[id].js": tell("user"),
  "functions/api/[version]/users/me.js": tell("me"),
  "functions/api/[version]/[[rest]].js": tell("rest"),
  "functions/both.js": tell("both.js"),
  "functions/both/index.js": tell("both/index.js"),
  "functions/by-[name].js": tell("by"),
  "functions/dots.and(more).js": tell("dots"),
  "functions/catch/[[all]].js": tell("catch"),
  "functions/methods.js": `
    export const onRequestGet = () => new Response('get');
    export const onRequestPut = () => new Response('put');
    export const onRequest = ({ request }) => new Response('any ' + request.method);`,
  "functions/only-get.js": `export const onRequestGet = () => new Response('get');`,
  "functions/about.js": `export const onRequest = async ({ next }) => next();`,
  "functions/elsewhere.js": `export const onRequest = ({ next }) => next('/about');`,
  "functions/assets.js": `export const onRequest = ({ env, request }) => env.ASSETS.fetch(new URL('/docs/', request.url));`,
  "functions/open.js": `export const onRequest = (context) => { context.passThroughOnException(); throw new Error('never mind'); };`,
  "functions/empty.js": `export const onRequest = () => new Response(null, { status: 204, headers: { 'x-is': 'empty' } });`,
  "functions/replaced.js": `export const onRequest = [(context) => { context.data = { new: 1 }; return context.next(); }, ({ data }) => Response.json(data)];`,
  "functions/nodata.js": `export const onRequest = (context) => { try { context.data = 1; } catch (error) { return new Response(error.message); } };`,
  "lib/add.wasm": Buffer.from("0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b", "hex"),
  "functions/wasm.js": `
    import add from '../lib/add.wasm';
    export const onRequest = async () => new Response('40 + 2 = ' + (await WebAssembly.instantiate(add)).exports.add(40, 2));`,
  "functions/helper.js": `export const onRequests = 1;`,
  "functions/broken.ts": `
    import { mark } from '../lib/mark';
    type Handler = PagesFunction<{ none: string }>;
    export const onRequest: Handler = () => {
      throw new RangeError(typeof mark);
    };`,
};

const visits = [
  "/", "/about", "/about/", "/nothing", "/docs/", "/api", "/api/", "/API", "/apis", "/api/v1", "/api/v1/",
  "/api/v1/users/7", "/api/v1/users/7/", "/api/v1/users/me", "/api/v1/users/ME", "/api/v1/users/a%20b%2Fc",
  "/api/v1/users/7/more", "/api//v1//users/7", "//api/v1/users/7", "/both", "/both/", "/by-anna", "/by-", "/by-a/b",
  "/dots.and(more)", "/dotsXand(more)", "/catch", "/catch/", "/catch/a", "/catch/a/b?q=1", "/catch//a", "/methods",
  "/only-get", "/elsewhere", "/assets", "/open", "/empty", "/replaced", "/nodata", "/helper", "/index", "/_middleware", "/wasm",
].map((path) => ["GET", path]);
visits.push(
  ["POST", "/"], ["POST", "/api"], ["PUT", "/methods"], ["DELETE", "/methods"], ["HEAD", "/methods"], ["HEAD", "/about"],
  ["POST", "/only-get"], ["DELETE", "/api/v2/users/1"], ["POST", "/api/v2/users/me"],
);

let folder, engine, hosts;

async function deployAsTheWindow(project, branch, path) {
  const child = spawn(process.env.DEPLOY_FOLDER, [engine.api, engine.account, engine.token, project, branch, path], {
    env: { ...process.env, QT_QPA_PLATFORM: "offscreen" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (part) => (out += part));
  child.stderr.on("data", (part) => (err += part));
  const [code] = await once(child, "close");
  assert.equal(code, 0, err);
  return hostOf(out.trim());
}

before(async () => {
  folder = await temporaryFolder();
  engine = await startEngine(folder.path);
  const home = join(folder.path, "home");
  await mkdir(home);
  const site = await writeSite(join(folder.path, "site"), files);
  await engine.call("POST", "/pages/projects", { name: "same", production_branch: "main" });
  const args = ["pages", "deploy", "--project-name", "same", "--branch", "one", "--commit-dirty=true"];
  const { code, out, err } = await wranglerFor(engine, home)(site, ...args);
  assert.equal(code, 0, out + err);
  const wranglers = (await engine.call("GET", "/pages/projects/same/deployments"))[0];
  hosts = { wrangler: hostOf(wranglers.url), window: await deployAsTheWindow("same", "two", site) };
});

after(async () => {
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

async function answer(host, method, path) {
  const { status, headers, body } = await visit(engine, host, path, { method });
  const { "content-type": type, location, "x-root": root, "x-team": team, "x-is": is } = headers;
  return { status, type, location, root, team, is, body: body.replaceAll(host, "HOST") };
}

for (const [method, path] of visits)
  test(`${method} ${path} gets what wrangler's compiler gives it`, async () => {
    assert.deepEqual(await answer(hosts.window, method, path), await answer(hosts.wrangler, method, path));
  });

test("a stack names the file and the line as they were written", async () => {
  const { status, body } = await visit(engine, hosts.window, "/broken");
  assert.equal(status, 500);
  assert.match(body, /RangeError: function\n\s+at [^\n]*\(?functions\/broken\.ts:5:13/);
  assert.match(body, /functions\.mjs:\d+:\d+/, "what calls it is named too, and not by where it was compiled");
  assert.doesNotMatch(body, new RegExp(`(${folder.path}|/tmp/)`));
});

test("a source map is not served, and is no part of what is compared", async () => {
  for (const path of ["/functions.js.map", "/_worker.js.map", "/functions.js", "/_worker.bundle"])
    assert.equal((await visit(engine, hosts.window, path)).status, 404, path);
  for (const { id } of await engine.call("GET", "/pages/projects/same/deployments")) {
    const parts = await engine.call("GET", `/stepwell/pages/projects/same/deployments/${id}/parts`);
    assert.deepEqual(parts.filter(({ path }) => path.includes(".map")), []);
  }
});

test("both tell the same routes", async () => {
  const deployments = await engine.call("GET", "/pages/projects/same/deployments");
  const rules = await Promise.all(
    deployments.map(({ id }) => engine.call("GET", `/stepwell/pages/projects/same/deployments/${id}/rules`)),
  );
  assert.equal(rules.length, 2);
  assert.ok(rules[0].functions.routes.length > 20);
  assert.deepEqual(rules[0].functions, rules[1].functions);
  assert.deepEqual(rules[0].routes, rules[1].routes);
});
