// API tokens as people use them: made by the command, used by real wrangler, revoked beside a running engine; and that no
// token is left anywhere in the end.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { execFile } from "node:child_process";
import { mkdir, readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { startEngine, temporaryFolder, until } from "../support/engine.mjs";
import { visit, writeSite } from "./pages.mjs";
import { copySample, wranglerFor } from "./wrangler.mjs";

const run = promisify(execFile);
const secrets = [];
let folder;
let engine;
let home;
let dist;

before(async () => {
  folder = await temporaryFolder();
  engine = await startEngine(folder.path);
  home = join(folder.path, "home");
  await mkdir(home);
  dist = await writeSite(join(folder.path, "dist"), { "index.html": "<h1>by token</h1>" });
});

after(async () => {
  await engine?.stop();
  await folder?.dispose();
});

/** `stepwelld token ...` on the engine's folder: {code, line, err}. */
async function command(...args) {
  const given = ["token", ...args, "--data-dir", join(folder.path, "data")];
  const { code, stdout, stderr } = await run(process.env.STEPWELLD, given).then(
    (done) => ({ code: 0, ...done }),
    (failed) => failed,
  );
  return { code, line: stdout, err: stderr };
}

async function create(...args) {
  const { code, line, err } = await command("create", ...args);
  assert.equal(code, 0, err);
  assert.equal(line.trim().split("\n").length, 1, "one line");
  const token = JSON.parse(line);
  secrets.push(token.token);
  return token;
}

/** A call of the API with a token: {status, retryAfter, ...answer}. */
async function call(token, method, path, body) {
  const response = await fetch(`${engine.api}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { "content-type": "application/json" } : {}) },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, ...(await response.json()) };
}
const inAccount = (token, method, path, body) => call(token, method, `/accounts/${engine.account}${path}`, body);
const wranglerWith = (token, changes) => wranglerFor({ ...engine, token: token.token }, home, changes);
const printedBy = ({ code, out, err }) => `${code}\n${out}\n${err}`;

const deploySite = (wrangler, project) =>
  wrangler(folder.path, "pages", "deploy", dist, "--project-name", project, "--branch", "main", "--commit-dirty=true");

test("a token for editing Pages deploys a site, and is told what it lacks for a workflow", async () => {
  const token = await create("--permission", "edit", "--product", "pages");
  const wrangler = wranglerWith(token);
  const made = await wrangler(folder.path, "pages", "project", "create", "shop", "--production-branch", "main");
  assert.equal(made.code, 0, printedBy(made));
  const deployed = await deploySite(wrangler, "shop");
  assert.equal(deployed.code, 0, printedBy(deployed));
  assert.match((await visit(engine, "shop.localhost")).body, /by token/);
  const project = await copySample("order-processing", folder.path);
  const refused = await wrangler(project, "deploy");
  assert.notEqual(refused.code, 0);
  assert.match(printedBy(refused), /needs the permission "Workers: (read|edit)"/);
  assert.deepEqual(await engine.call("GET", "/workers/scripts"), []);
});

test("a token for reading workflows lists, and may not trigger", async () => {
  const project = await copySample("review-approval", folder.path);
  const deployed = await wranglerFor(engine, home)(project, "deploy");
  assert.equal(deployed.code, 0, printedBy(deployed));
  const wrangler = wranglerWith(await create("--permission", "read", "--product", "workflows"));
  const listed = await wrangler(project, "workflows", "list");
  assert.equal(listed.code, 0, printedBy(listed));
  assert.match(listed.out, /review-approval/);
  const refused = await wrangler(project, "workflows", "trigger", "review-approval");
  assert.notEqual(refused.code, 0);
  assert.match(printedBy(refused), /needs the permission "Workflows: edit"/);
});

test("whoami, with and without the account", async () => {
  const token = await create("--permission", "read", "--account", engine.account);
  for (const changes of [{}, { CLOUDFLARE_ACCOUNT_ID: "" }]) {
    const who = await wranglerWith(token, changes)(folder.path, "whoami");
    assert.equal(who.code, 0, printedBy(who));
    assert.match(who.out, /API Token/i);
    assert.ok(who.out.includes(engine.account), printedBy(who));
  }
});

test("a token for an account that the engine does not serve is not made", async () => {
  const { code, line, err } = await command("create", "--permission", "edit", "--account", "other");
  assert.notEqual(code, 0);
  assert.equal(line, "");
  assert.match(err, /There is no account "other" here: the engine of this folder serves "/);
});

test("what is revoked is refused with the next request, by uploads too", async () => {
  const token = await create("--permission", "edit", "--product", "pages");
  const { result } = await inAccount(token.token, "GET", "/pages/projects/shop/upload-token");
  secrets.push(result.jwt);
  const check = () => call(result.jwt, "POST", "/pages/assets/check-missing", { hashes: ["0".repeat(32)] });
  assert.equal((await check()).status, 200);
  assert.equal((await command("revoke", token.id)).code, 0);
  const refused = await inAccount(token.token, "GET", "/pages/projects");
  assert.equal(refused.status, 401);
  assert.match(refused.errors[0].message, /was revoked/);
  const upload = await check();
  assert.deepEqual([upload.status, upload.errors[0].code], [401, 8000013]);
  assert.equal((await call(token.token, "GET", "/user/tokens/verify")).result.status, "disabled");
  const again = await command("revoke", token.id);
  assert.equal(again.code, 1);
  assert.match(again.err, /already/);
});

test("the audit log names who, what, and from where, the command line included", async () => {
  const clerk = await create("--permission", "read", "--product", "account", "--name", "clerk");
  const list = (query = "") => inAccount(clerk.token, "GET", `/audit_logs${query}`);
  await until("the deployment is noted", async () =>
    (await list("?resource.type=pages.projects.deployments")).result.some(
      (row) => row.actor.type === "token" && row.action.result && row.actor.ip === "127.0.0.1",
    ),
  );
  const made = (await list("?resource.type=tokens&action.type=create&per_page=1")).result[0];
  assert.deepEqual([made.interface, made.resource.id, made.actor.type], ["command", clerk.id, "owner"]);
  const { result_info: info } = await list("?per_page=2&page=2&direction=asc");
  assert.deepEqual([info.page, info.per_page], [2, 2]);
  assert.equal((await inAccount(clerk.token, "POST", "/tokens", { permissions: { pages: "read" } })).status, 403);
});

test("a row of the audit log that was told survives a kill", async () => {
  const key = `note-${Date.now()}`;
  assert.equal((await inAccount(engine.token, "POST", "/tokens", { name: key, permissions: { pages: "read" } })).status, 200);
  const { id } = (await inAccount(engine.token, "GET", "/tokens")).result.find((token) => token.name === key);
  const rows = async () => (await inAccount(engine.token, "GET", "/audit_logs?resource.type=tokens")).result;
  const isNoted = async () => (await rows()).some((row) => row.resource.id === id && row.interface === "API");
  await until("the new token is noted", isNoted);
  engine.child.kill("SIGKILL");
  await new Promise((resolve) => engine.child.once("exit", resolve));
  engine = await startEngine(folder.path);
  assert.ok(await isNoted());
});

/** All files below a folder but the owner's token: [path, bytes]. */
async function* filesBelow(path) {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) yield* filesBelow(inside);
    else if (entry.isFile() && entry.name !== "token") yield [inside, await readFile(inside)];
  }
}

test("no token is left in the data folder or in a log", async () => {
  await engine.stop();
  const owner = engine.token;
  let files = 0;
  const log = [engine.logFile, await readFile(engine.logFile)];
  for (const [path, bytes] of [log, ...(await Array.fromAsync(filesBelow(join(folder.path, "data"))))]) {
    ++files;
    for (const secret of [...secrets, owner]) {
      assert.ok(!bytes.includes(secret), `${path} has a token`);
      assert.ok(!bytes.includes(secret.slice(-40)), `${path} has a part of a token`);
    }
  }
  assert.ok(files > 10 && secrets.length > 5);
  assert.equal((await stat(join(folder.path, "data", "access.db"))).mode & 0o777, 0o600);
});
