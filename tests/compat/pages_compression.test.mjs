// Files of a deployed site as real clients get them that take compressed answers: curl and Node.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { startEngine, temporaryFolder, until } from "../support/engine.mjs";
import { visit, writeSite } from "./pages.mjs";
import { wranglerFor } from "./wrangler.mjs";

const run = promisify(execFile);
const host = "packed.localhost";
const css = Array.from({ length: 20_000 }, (_, i) => `.c${i} { margin: ${(i * 7919) % 1000}px }\n`).join("");
const page = `<h1>${"not found ".repeat(200)}</h1>`;

let folder;
let engine;

const get = (path, encoding, options = {}) =>
  visit(engine, host, path, { ...options, headers: { "accept-encoding": encoding, ...options.headers } });
const compressed = (path, encoding) =>
  until(`${path} comes as ${encoding}`, async () => {
    const answer = await get(path, encoding);
    return answer.headers["content-encoding"] === encoding && answer;
  });

/** What curl gets and keeps, with its headers in front. */
async function curl(path, ...options) {
  const { port } = new URL(engine.url);
  const args = ["-s", "--resolve", `${host}:${port}:127.0.0.1`, ...options, `http://${host}:${port}${path}`];
  return (await run("curl", args, { maxBuffer: 64 * 1024 * 1024 })).stdout;
}

before(async () => {
  folder = await temporaryFolder();
  engine = await startEngine(folder.path);
  const home = join(folder.path, "home");
  await mkdir(home);
  const dist = await writeSite(join(folder.path, "dist"), {
    "index.html": "<h1>small</h1>",
    "404.html": page,
    "style.css": css,
    "photo.png": css,
    "plain.css": css,
    _headers: "/plain.css\n  Cache-Control: no-transform\n/style.css\n  Cache-Control: max-age=60\n  Vary: Cookie\n",
  });
  const wrangler = wranglerFor(engine, home);
  await engine.call("POST", "/pages/projects", { name: "packed", production_branch: "main" });
  const { code, out, err } = await wrangler(
    folder.path, "pages", "deploy", dist, "--project-name", "packed", "--branch", "main", "--commit-dirty=true");
  assert.equal(code, 0, out + err);
});

after(async () => {
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

describe("compressed files of sites", () => {
  test("brotli before gzip, and the file itself for those who take neither", async () => {
    const br = await compressed("/style.css", "br");
    assert.equal(brotliDecompressSync(br.bytes).toString(), css);
    assert.equal(Number(br.headers["content-length"]), br.bytes.length);
    assert.ok(br.bytes.length < css.length / 3, `${br.bytes.length} bytes`);
    assert.match(br.headers.etag, /^W\/"[0-9a-f]{32}"$/);
    assert.equal(br.headers.vary, "Cookie, Accept-Encoding");
    assert.equal(br.headers["cache-control"], "max-age=60");
    const gzip = await compressed("/style.css", "gzip");
    assert.equal(gunzipSync(gzip.bytes).toString(), css);
    assert.equal((await get("/style.css", "gzip, deflate, br")).headers["content-encoding"], "br");
    assert.equal((await get("/style.css", "br;q=0.1, gzip")).headers["content-encoding"], "gzip");
    assert.equal((await get("/style.css", "identity;q=0, gzip")).headers["content-encoding"], "gzip");
    const plain = await visit(engine, host, "/style.css");
    assert.equal(plain.body, css);
    assert.equal(`W/${plain.headers.etag}`, br.headers.etag);
    assert.equal(plain.headers.vary, br.headers.vary);
  });

  test("curl asks for what it can read, and reads it", async () => {
    await compressed("/style.css", "br");
    assert.equal(await curl("/style.css", "--compressed"), css);
    assert.match(await curl("/style.css", "--compressed", "-D", "-", "-o", "/dev/null"), /content-encoding: (br|gzip)/i);
    assert.equal(await curl("/style.css"), css);
  });

  test("HEAD says what GET says", async () => {
    for (const encoding of ["br", "gzip", "identity"]) {
      const got = await (encoding === "identity" ? get("/style.css", encoding) : compressed("/style.css", encoding));
      const head = await get("/style.css", encoding, { method: "HEAD" });
      assert.equal(head.bytes.length, 0);
      for (const headers of [got.headers, head.headers]) delete headers.date;
      assert.deepEqual(head.headers, got.headers);
    }
  });

  test("a compressed answer is revalidated, and has no parts", async () => {
    const { headers } = await compressed("/style.css", "br");
    assert.equal((await get("/style.css", "br", { headers: { "if-none-match": headers.etag } })).status, 304);
    assert.equal((await get("/style.css", "br", { headers: { "if-none-match": headers.etag.slice(2) } })).status, 304);
    const part = await get("/style.css", "br", { headers: { range: "bytes=0-3" } });
    assert.equal(part.status, 206);
    assert.equal(part.headers["content-encoding"], undefined);
    assert.equal(part.body, css.slice(0, 4));
    const stale = await get("/style.css", "br", { headers: { range: "bytes=0-3", "if-range": headers.etag } });
    assert.equal(stale.status, 200);
    assert.equal(brotliDecompressSync(stale.bytes).toString(), css);
  });

  test("what does not become smaller, or is not to be changed, goes as it is", async () => {
    await compressed("/style.css", "br");
    for (const path of ["/photo.png", "/plain.css", "/"]) {
      const answer = await get(path, "br, gzip");
      assert.equal(answer.headers["content-encoding"], undefined, path);
      assert.equal(answer.headers.vary, undefined, path);
    }
    assert.equal((await get("/photo.png", "br")).body, css);
    assert.equal((await get("/plain.css", "identity;q=0, br")).status, 406);
  });

  test("the page of what is not there is compressed too", async () => {
    const answer = await compressed("/nowhere", "br");
    assert.equal(answer.status, 404);
    assert.equal(brotliDecompressSync(answer.bytes).toString(), page);
    assert.equal(answer.headers["cache-control"], "no-store");
  });

  test("forms that are damaged are not sent, and are made again", async () => {
    const before = await compressed("/style.css", "br");
    await engine.stop();
    const dir = join(folder.path, "data", "site-forms");
    const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
    for (const file of files) {
      const path = join(file.parentPath ?? file.path, file.name);
      const bytes = await readFile(path);
      bytes[bytes.length - 1] ^= 1;
      await writeFile(path, bytes);
    }
    engine = await startEngine(folder.path);
    const first = await get("/style.css", "br");
    assert.equal(first.status, 200);
    assert.equal(first.headers["content-encoding"] === "br" ? brotliDecompressSync(first.bytes).toString() : first.body, css);
    assert.deepEqual((await compressed("/style.css", "br")).bytes, before.bytes);
  });

  test("the setting turns it off and on", async () => {
    await compressed("/style.css", "br");
    await engine.call("PATCH", "/stepwell/pages/settings", { max_compressed_bytes: 0 });
    const plain = await get("/style.css", "br");
    assert.equal(plain.headers["content-encoding"], undefined);
    assert.equal(plain.body, css);
    await engine.call("PATCH", "/stepwell/pages/settings", { max_compressed_bytes: 1_000_000 });
    await compressed("/style.css", "br");
  });
});
