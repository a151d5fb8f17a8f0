// After the suites: nothing that they used as a secret is in the repository, in what the program wrote (settings, caches,
// data of engines, logs), or in what it says when it dies. STEPWELL_CONTRACT_HOME: where the suites left all that.
import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { lstat, readFile, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEngine, temporaryFolder } from "../support/engine.mjs";

const home = process.env.STEPWELL_CONTRACT_HOME;
const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const noted = join(home, "secrets");

async function* filesBelow(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if ((await lstat(path)).isFile()) yield path;
  }
}

/** Each secret as it is, and in the forms that a header or a query makes of it. */
function formsOf(secret) {
  return [secret, Buffer.from(secret).toString("base64").replace(/=+$/, ""), Buffer.from(secret).toString("hex")];
}

async function finds(paths, secrets, allowed = () => false) {
  const forms = secrets.flatMap(formsOf).map((form) => Buffer.from(form));
  const found = [];
  for await (const path of paths) {
    if (allowed(path)) continue;
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    if (forms.some((form) => bytes.includes(form))) found.push(path);
  }
  return found;
}

/** The files of the repository; none in a tree that git does not know. */
function tracked() {
  try {
    const options = { cwd: root, maxBuffer: 64 * 1024 * 1024, stdio: ["ignore", "pipe", "ignore"] };
    const listed = execFileSync("git", ["ls-files", "-z"], options).toString().split("\0");
    return listed.filter(Boolean).map((path) => join(root, path));
  } catch {
    return [];
  }
}

/** What the suites noted; none when none of them ran. */
async function secretsOf() {
  const lines = (await readFile(noted, "utf8").catch(() => "")).split("\n");
  return [...new Set(lines.filter((line) => line.length >= 20))];
}

test("what the suites left behind holds no token", async (t) => {
  const secrets = await secretsOf();
  if (secrets.length === 0) return t.skip("none of the suites ran before this");
  // The owner's token is in one file by design, and nobody else may read that.
  const isOwnersFile = (path) => path === noted || path.endsWith("/engine/data/token");
  for await (const path of filesBelow(home))
    if (isOwnersFile(path)) assert.equal((await stat(path)).mode & 0o077, 0, `${path} is for its owner only`);
  assert.deepEqual(await finds(filesBelow(home), secrets, isOwnersFile), []);
});

test("the repository holds no token", async (t) => {
  const secrets = await secretsOf();
  if (secrets.length === 0) return t.skip("none of the suites ran before this");
  assert.deepEqual(await finds(tracked(), secrets), []);
});

// What looks like a token of Cloudflare or a private key, whoever it may belong to.
test("the repository holds nothing that looks like a secret", async () => {
  const pattern = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*\n[A-Za-z0-9+/]{40}|\bcf(?:ut|at|k)_[A-Za-z0-9]{40,}/;
  const found = [];
  for (const path of tracked()) {
    const text = await readFile(path, "latin1").catch(() => "");
    if (pattern.test(text)) found.push(path);
  }
  assert.deepEqual(found, []);
});

test("an engine that dies says no token, and none is in its arguments", async () => {
  const folder = await temporaryFolder();
  try {
    const engine = await startEngine(folder.path);
    const uploads = `Bearer ${"never-".repeat(8)}${Date.now()}`;
    // Tokens that are wrong are no less somebody's.
    await fetch(`${engine.api}/accounts/${engine.account}/workflows`, { headers: { authorization: uploads } });
    await fetch(`${engine.api}/accounts/${engine.account}/workflows?token=${engine.token}`, { headers: { authorization: `Bearer ${engine.token}` } });
    await engine.call("GET", "/workflows");
    const args = await readFile(`/proc/${engine.child.pid}/cmdline`, "utf8");
    const environment = await readFile(`/proc/${engine.child.pid}/environ`, "utf8");
    assert.ok(!args.includes(engine.token) && !environment.includes(engine.token));
    // Its memory holds tokens, so it may leave no core: the system makes the files of such a process root's.
    if (process.getuid() !== 0) assert.equal((await stat(`/proc/${engine.child.pid}/mem`)).uid, 0);
    const gone = new Promise((resolve) => engine.child.once("exit", resolve));
    engine.child.kill("SIGABRT");
    await gone;
    const isToken = (path) => path.endsWith("/data/token");
    assert.deepEqual(await finds(filesBelow(folder.path), [engine.token, uploads.slice(7)], isToken), []);
  } finally {
    await folder.dispose();
  }
});
