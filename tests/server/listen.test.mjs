// stepwelld where others can reach it: TLS as real clients meet it, plain HTTP refused, proxies, limits.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chmod, copyFile, mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { startEngine, temporaryFolder, until } from "../support/engine.mjs";
import { makeCertificates, run } from "./program.mjs";

let folder;
let certificates;
let ca;
let engine;

/** One request; `agent`-less, so each has a connection of its own. */
function ask(url, { method = "GET", headers = {}, body } = {}) {
  const make = url.startsWith("https:") ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const asked = make(url, { method, headers, ca, agent: false, servername: "localhost" }, (answer) => {
      const parts = [];
      answer.on("data", (part) => parts.push(part));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
      answer.on("error", reject);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const authorized = () => ({ authorization: `Bearer ${engine.token}` });
const api = (path) => `${engine.api}/accounts/${engine.account}${path}`;

/** PUT of a Worker with this code. */
async function deployWorker(name, source) {
  const form = new FormData();
  form.append("metadata", JSON.stringify({ main_module: "index.js", compatibility_date: "2026-06-01" }));
  form.append("index.js", new Blob([source], { type: "application/javascript+module" }), "index.js");
  const packed = new Response(form);
  const answer = await ask(api(`/workers/scripts/${name}`), {
    method: "PUT",
    headers: { ...authorized(), "content-type": packed.headers.get("content-type") },
    body: Buffer.from(await packed.arrayBuffer()),
  });
  assert.equal(answer.status, 200, answer.body.toString());
}

before(async () => {
  folder = await temporaryFolder();
  certificates = makeCertificates(folder.path);
  ca = await readFile(certificates.ca);
  const { certificate, key } = certificates.issue("server");
  engine = await startEngine(folder.path, ["--tls-cert", certificate, "--tls-key", key]);
});

after(async () => {
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

test("the ready line says https, and the API is there behind the private CA", async () => {
  assert.ok(engine.url.startsWith("https://127.0.0.1:"), engine.url);
  assert.ok(engine.api.startsWith(engine.url));
  const answer = await ask(api("/workflows"), { headers: authorized() });
  assert.equal(answer.status, 200);
  assert.equal((await ask(api("/workflows"))).status, 401);
});

test("a Worker gets its requests over TLS: large bodies, streams, https in its URL", async () => {
  await deployWorker("echo", `export default { async fetch(request) {
    if (request.headers.get('upgrade') === 'websocket') {
      const [client, server] = Object.values(new WebSocketPair());
      server.accept();
      server.addEventListener('message', (event) => server.send('you said ' + event.data));
      return new Response(null, { status: 101, webSocket: client });
    }
    return new Response(request.url + ' ' + (await request.arrayBuffer()).byteLength);
  } };`);
  const headers = { host: `echo.workers.localhost:${new URL(engine.url).port}` };
  const body = Buffer.alloc(3_000_000, "x");
  const answer = await ask(`${engine.url}/path`, { method: "POST", headers, body });
  assert.equal(answer.status, 200, answer.body.toString());
  assert.equal(answer.body.toString(), `https://${headers.host}/path 3000000`);

  const socket = tlsConnect({ port: Number(new URL(engine.url).port), host: "127.0.0.1", ca, servername: "localhost" });
  socket.write(`GET /ws HTTP/1.1\r\nHost: ${headers.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  let seen = Buffer.alloc(0);
  socket.on("data", (part) => (seen = Buffer.concat([seen, part])));
  await until("the WebSocket is open", () => seen.includes("\r\n\r\n"));
  assert.match(seen.toString(), /^HTTP\/1\.1 101/);
  socket.write(Buffer.from([0x81, 0x85, 0, 0, 0, 0, ...Buffer.from("hello")]));
  await until("it answers", () => seen.includes("you said hello"));
  socket.destroy();
});

test("URLs that are handed out say https, and sites below localhost are there", async () => {
  const port = new URL(engine.url).port;
  const worker = JSON.parse((await ask(api("/workers/workers/echo"), { headers: authorized() })).body).result;
  assert.equal(worker.subdomain.url, `https://echo.workers.localhost:${port}`);
  const made = await ask(api("/pages/projects"), { method: "POST", headers: authorized(),
    body: JSON.stringify({ name: "shop", production_branch: "main" }) });
  assert.equal(JSON.parse(made.body).result.stepwell.url, `https://shop.localhost:${port}`);
});

test("below a domain of sites there are sites and Workers, and URLs are what the operator says", async () => {
  const home = join(folder.path, "domain");
  await mkdir(home);
  const other = await startEngine(home, ["--sites-domain", "example.org", "--public-url", "https://engine.example.org"]);
  try {
    assert.equal(other.url, "https://engine.example.org");
    const lock = JSON.parse(await readFile(join(home, "data", "lock"), "utf8"));
    const here = lock.local_url;
    assert.match(here, /^http:\/\/127\.0\.0\.1:\d+$/);
    const call = async (method, path, body) => {
      const headers = { authorization: `Bearer ${other.token}`, ...(body instanceof FormData ? {} : { "content-type": "application/json" }) };
      const packed = body instanceof FormData ? new Response(body) : undefined;
      if (packed) headers["content-type"] = packed.headers.get("content-type");
      const bytes = packed ? Buffer.from(await packed.arrayBuffer()) : body === undefined ? undefined : JSON.stringify(body);
      const answer = await ask(`${here}/client/v4/accounts/local${path}`, { method, headers, body: bytes });
      assert.equal(answer.status, 200, answer.body.toString());
      return JSON.parse(answer.body).result;
    };
    await call("POST", "/pages/projects", { name: "shop", production_branch: "main" });
    const { jwt } = await call("GET", "/pages/projects/shop/upload-token");
    const key = "0123456789abcdef0123456789abcdef";
    const uploaded = await ask(`${here}/client/v4/pages/assets/upload`, { method: "POST",
      headers: { authorization: `Bearer ${jwt}`, "content-type": "application/json" },
      body: JSON.stringify([{ key, value: "aGVsbG8=", metadata: { contentType: "text/html" }, base64: true }]) });
    assert.equal(uploaded.status, 200, uploaded.body.toString());
    const form = new FormData();
    form.append("manifest", JSON.stringify({ "/index.html": key }));
    const deployment = await call("POST", "/pages/projects/shop/deployments", form);
    assert.equal(deployment.url, `https://${deployment.short_id}.shop.example.org`);
    const project = await call("GET", "/pages/projects/shop");
    assert.equal(project.subdomain, "shop.example.org");
    assert.equal(project.stepwell.url, "https://shop.example.org");
    for (const host of ["shop.example.org", `${deployment.short_id}.shop.example.org`, "shop.localhost"]) {
      const answer = await ask(`${here}/`, { headers: { host } });
      assert.equal(answer.body.toString(), "hello", host);
    }
    assert.equal((await ask(`${here}/healthz`, { headers: { host: "engine.example.org" } })).status, 200);
    assert.equal((await ask(`${here}/healthz`, { headers: { host: "other.example.org" } })).status, 404);
    const foreign = await ask(`${here}/healthz`, { headers: { host: "example.net" } });
    assert.equal(foreign.status, 403);
    assert.match(foreign.body.toString(), /--public-name/);
    assert.equal((await run("healthcheck", "--data-dir", join(home, "data"))).code, 0);
  } finally {
    assert.equal(await other.stop(), 0);
  }
});

test("a renewed certificate is taken, and /metrics tells its end", async () => {
  const port = Number(new URL(engine.url).port);
  const serial = () =>
    new Promise((resolve, reject) => {
      const socket = tlsConnect({ port, host: "127.0.0.1", ca, servername: "localhost" }, () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      });
      socket.on("error", reject);
    });
  const first = await serial();
  const next = certificates.issue("next");
  for (const kind of ["certificate", "key"]) {
    const file = join(folder.path, kind === "key" ? "server.key" : "server.pem");
    await copyFile(next[kind], `${file}.new`);
    await rename(`${file}.new`, file);
  }
  await until("the new certificate is served", async () => (await serial()) !== first);
  const metrics = (await ask(`${engine.url}/metrics`, { headers: authorized() })).body.toString();
  assert.match(metrics, /stepwell_tls_certificate_end_seconds \d{10}/);
});

test("the health check of a folder needs no CA; that of a URL does", async () => {
  assert.equal((await run("healthcheck", "--data-dir", join(folder.path, "data"))).code, 0);
  const url = engine.url.replace("127.0.0.1", "localhost");
  const untrusted = await run("healthcheck", "--url", url);
  assert.equal(untrusted.code, 1);
  assert.match(untrusted.out, /not trusted.*--ca FILE/);
  assert.match((await run("healthcheck", "--url", url, "--ca", join(folder.path, "none"))).out, /none cannot be read/);
  assert.equal((await run("healthcheck", "--url", url, "--ca", certificates.ca)).code, 0);
});

test("who speaks plain HTTP to a port with TLS, or TLS to one without, is told so", async () => {
  const plain = engine.url.replace("https:", "http:");
  const answer = await ask(`${plain}/client/v4/accounts/local/workflows`, { method: "POST", body: Buffer.alloc(300_000) });
  assert.equal(answer.status, 400);
  assert.match(JSON.parse(answer.body).errors[0].message, /https:\/\//);
  assert.match((await run("healthcheck", "--url", plain)).out, /speaks TLS.*https:/);
  const home = join(folder.path, "plain");
  await mkdir(home);
  const other = await startEngine(home);
  try {
    assert.match((await run("healthcheck", "--url", other.url.replace("http:", "https:"))).out, /no[^.]*TLS.*http:\/\//);
  } finally {
    assert.equal(await other.stop(), 0);
  }
});

test("a key, a token and databases that others can read are told of, or closed", async () => {
  const home = join(folder.path, "open");
  await mkdir(join(home, "data"), { recursive: true });
  const { certificate, key } = certificates.issue("open");
  const secret = join(home, "secret");
  await writeFile(secret, `${"x".repeat(40)}\n`);
  await chmod(secret, 0o640);
  await chmod(key, 0o644);
  const first = await startEngine(home, ["--tls-cert", certificate, "--tls-key", key, "--token-file", secret]);
  assert.equal(await first.stop(), 0);
  const said = await readFile(first.logFile, "utf8");
  assert.match(said, new RegExp(`warning .*${key} .*0644.*chmod 600`));
  assert.match(said, new RegExp(`warning .*${secret} .*0640.*chmod 600`));
  assert.equal((await stat(secret)).mode & 0o777, 0o640, "what somebody named is left as it is");
  for (const name of await readdir(join(home, "data"))) {
    const { mode } = await stat(join(home, "data", name));
    assert.equal(mode & 0o077, 0, `${name} is its owner's alone`);
  }
  // As a copy made by hand leaves them.
  await chmod(join(home, "data"), 0o755);
  await chmod(join(home, "data", "access.db"), 0o644);
  const second = await startEngine(home);
  assert.equal(await second.stop(), 0);
  await chmod(join(home, "data"), 0o755);
  await chmod(join(home, "data", "token"), 0o644);
  const third = await startEngine(home);
  assert.equal(await third.stop(), 0);
  const later = await readFile(third.logFile, "utf8");
  assert.match(later, /warning .*access\.db.*0644.*alone now/);
  assert.match(later, /warning .*data\/token.*0644.*delete the file/);
  for (const name of ["token", "access.db"]) assert.equal((await stat(join(home, "data", name))).mode & 0o777, 0o600);
});

test("plain HTTP where others can reach it is refused, with the remedy", async () => {
  const refused = await run("--data-dir", join(folder.path, "x"), "--listen", "0.0.0.0:0", "--token-file", join(folder.path, "x-token"));
  assert.equal(refused.code, 2);
  for (const remedy of ["--tls-cert", "--plain-http", "127.0.0.1"]) assert.ok(refused.err.includes(remedy), refused.err);
  const { certificate } = certificates.issue("other");
  const broken = await run("--data-dir", join(folder.path, "x"), "--listen", "127.0.0.1:0", "--tls-cert", certificate,
    "--tls-key", join(folder.path, "server.key"));
  assert.equal(broken.code, 1);
  assert.match(broken.err, /--tls-key/);
});

/** Whether the process that listens at the port has taken from the system whatever was sent to it. */
async function hasReadAll(port) {
  const here = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = (await readFile("/proc/net/tcp", "utf8")).split("\n").slice(1).map((row) => row.trim().split(/\s+/));
  return rows.every(([, local, remote, , queues = "0:0"]) => {
    const [sending, received] = queues.split(":").map((hex) => parseInt(hex, 16));
    return !(local?.endsWith(here) && received > 0) && !(remote?.endsWith(here) && sending > 0);
  });
}

test("strangers fill no memory with bodies that are refused", async () => {
  const home = join(folder.path, "strangers");
  await mkdir(home);
  const other = await startEngine(home);
  const clients = [];
  try {
    const port = Number(new URL(other.url).port);
    const own = async () => Number(/RssAnon:\s+(\d+)/.exec(await readFile(`/proc/${other.child.pid}/status`, "utf8"))[1]);
    const before = await own();
    const head = "POST /client/v4/accounts/local/workflows/x/instances HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2000000\r\n\r\n";
    const part = Buffer.alloc(1_900_000, "x");
    await Promise.all(Array.from({ length: 100 }, () => new Promise((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      clients.push(socket);
      socket.on("error", reject);
      socket.write(head);
      socket.write(part, resolve);  // once the system has taken all of it
    })));
    await until("the bodies are read", () => hasReadAll(port));
    const after = await own();
    assert.ok(after - before < 60 * 1024, `${before} KiB became ${after} KiB`);
    // Each is told why when the rest is there.
    const told = new Promise((resolve) => clients[0].once("data", (bytes) => resolve(bytes.toString())));
    clients[0].write(Buffer.alloc(100_000, "x"));
    assert.match(await told, /^HTTP\/1\.1 401/);
  } finally {
    clients.forEach((socket) => socket.destroy());
    assert.equal(await other.stop(), 0);
  }
});

test("names, proxies and limits are what the command line says", async () => {
  const home = join(folder.path, "proxied");
  await mkdir(home);
  const other = await startEngine(home, ["--trusted-proxy", "127.0.0.1", "--public-name", "engine.example.com",
    "--max-connections", "3", "--head-timeout", "1"]);
  try {
    const url = other.url.replace("engine.example.com", "127.0.0.1");
    const named = (host) => ask(`${url}/healthz`, { headers: { host } }).then(({ status }) => status);
    assert.equal(await named("engine.example.com"), 200);
    assert.equal(await named("other.example.com"), 403);
    const port = Number(new URL(url).port);
    const slow = connect(port, "127.0.0.1");
    let said = "";
    slow.on("data", (part) => (said += part));
    slow.write("GET / HTTP/1.1\r\n");
    await until("the slow one is refused", () => said.startsWith("HTTP/1.1 408"));
    slow.destroy();
    const held = [];
    const full = await until("there are too many", async () => {
      const socket = connect(port, "127.0.0.1");
      held.push(socket);
      return new Promise((resolve) => {
        socket.once("data", (part) => resolve(part.toString()));
        socket.once("error", () => resolve(""));
        socket.once("connect", () => setTimeout(() => resolve(""), 100));
      });
    });
    assert.match(full, /^HTTP\/1\.1 503/);
    assert.match(full, /Retry-After: 1/i);
    held.forEach((socket) => socket.destroy());
  } finally {
    assert.equal(await other.stop(), 0);
  }
});
