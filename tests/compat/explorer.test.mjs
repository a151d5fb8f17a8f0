// A real `wrangler dev` as a backend of the window, on both paths of its local explorer API. EXPLORER_TEST names the
// program that tries every verb.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { temporaryFolder } from "../support/engine.mjs";
import { copySample, startDev } from "./wrangler.mjs";

const program = process.env.EXPLORER_TEST;
assert.ok(program, "EXPLORER_TEST names no program");

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

let folder;
let dev;

before(async () => {
  folder = await temporaryFolder();
  const sample = await copySample("review-approval", folder.path);
  dev = await startDev(sample, join(folder.path, "home"), await freePort());
});

after(async () => {
  await dev?.stop();
  await folder?.dispose();
});

for (const path of ["/cdn-cgi/local/explorer/api", "/cdn-cgi/explorer/api"]) {
  test(`every verb at ${path}`, async () => {
    const child = spawn(program, {
      env: { ...process.env, WRANGLER_DEV: dev.origin, EXPLORER_PATH: path, XDG_CACHE_HOME: join(folder.path, "cache") },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (text) => (out += text));
    const [code] = await once(child, "close");
    assert.equal(code, 0, out);
  });
}
