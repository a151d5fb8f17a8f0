// Serving files: nginx (sendfile, one worker) and the engine (one serving thread) by turns, the same files, the same
// client (wrk, one thread, 50 keep-alive connections). Prints one JSON object per figure: requests a second, the
// 99th percentile, and what the engine reaches of nginx. Then what a million deployments cost.
//   STEPWELLD=... [NGINX=...] [WRK=...] node serve.mjs [SECONDS] [ROUNDS] [DEPLOYMENTS]
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { endChild, startEngine, temporaryFolder, until } from "../../support/engine.mjs";

const [seconds, rounds, deployments] = [3, 5, 1_000_000].map((usual, i) => Number(process.argv[2 + i] ?? usual));
const connections = 50;
const nginx = process.env.NGINX ?? "nginx";
const wrk = process.env.WRK ?? "wrk";
const files = { "small.txt": 1024, "large.bin": 100 * 1024 };

const print = (figure) => console.log(JSON.stringify(figure));
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const there = (program, ...args) => !spawnSync(program, args).error;
const bytesOf = (size) => Buffer.from(Array.from({ length: size }, (_, i) => 97 + (i % 26)));

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startNginx(folder) {
  const root = join(folder, "www");
  await mkdir(root, { recursive: true });
  for (const [name, size] of Object.entries(files)) await writeFile(join(root, name), bytesOf(size));
  const port = await freePort();
  const config = join(folder, "nginx.conf");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/tmp-${name};`)
    .join(" ");
  await writeFile(
    config,
    `${process.getuid() === 0 ? "user root; " : ""}daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr crit;
     events { worker_connections 1024; }
     http { ${temporary} access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; default_type text/plain;
       server { listen 127.0.0.1:${port}; root ${root}; } }`,
  );
  const child = spawn(nginx, ["-e", "stderr", "-c", config, "-p", folder], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  const stop = () => endChild(child);
  const answers = () => fetch(`${url}/small.txt`).then((answer) => answer.ok, () => false);
  await until("nginx answers", answers).catch(async (error) => {
    await stop();
    throw error;
  });
  return { url, stop };
}

/** The files as a deployment of the engine. */
async function deploy(engine) {
  await engine.call("POST", "/pages/projects", { name: "bench", production_branch: "main" });
  const { jwt } = await engine.call("GET", "/pages/projects/bench/upload-token");
  const assets = Object.entries(files).map(([name, size]) => ({
    path: `/${name}`,
    key: createHash("md5").update(name).digest("hex"),
    value: bytesOf(size).toString("base64"),
    metadata: { contentType: "text/plain" },
    base64: true,
  }));
  const answer = await fetch(`${engine.api}/pages/assets/upload`, {
    method: "POST",
    headers: { authorization: `Bearer ${jwt}` },
    body: JSON.stringify(assets),
  });
  if (!answer.ok) throw new Error(await answer.text());
  const form = new FormData();
  form.append("manifest", JSON.stringify(Object.fromEntries(assets.map(({ path, key }) => [path, key]))));
  return engine.call("POST", "/pages/projects/bench/deployments", form);
}

const inMs = (text) => {
  const [, value, unit] = text.match(/^([\d.]+)(us|ms|s)$/) ?? [];
  if (unit === undefined) throw new Error(`wrk measured nothing: ${text}`);
  return Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit];
};

async function load(url, host, forSeconds = seconds) {
  const args = ["-t1", `-c${connections}`, `-d${forSeconds}s`, "--latency", ...(host ? ["-H", `Host: ${host}`] : []), url];
  const child = spawn(wrk, args, { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  for await (const part of child.stdout) out += part;
  if (/Non-2xx|Socket errors/.test(out)) throw new Error(out);
  return { rps: Number(out.match(/Requests\/sec:\s+([\d.]+)/)[1]), p99: inMs(out.match(/^\s+99%\s+(\S+)/m)[1]) };
}

async function compare(folder, engine, name) {
  const peer = await startNginx(folder);
  try {
    const ours = [], theirs = [];
    await load(`${engine.url}/${name}`, "bench.localhost", 1);
    for (let round = 0; round < rounds; ++round) {
      ours.push(await load(`${engine.url}/${name}`, "bench.localhost"));
      theirs.push(await load(`${peer.url}/${name}`));
    }
    const ratio = (of) => Number(median(ours.map((value, i) => of(value) / of(theirs[i]))).toFixed(3));
    print({
      figure: "pages.serve",
      bytes: files[name],
      rps: Math.round(median(ours.map(({ rps }) => rps))),
      p99_ms: median(ours.map(({ p99 }) => p99)),
      nginx_rps: Math.round(median(theirs.map(({ rps }) => rps))),
      nginx_p99_ms: median(theirs.map(({ p99 }) => p99)),
      rps_of_nginx: ratio(({ rps }) => rps),
      p99_of_nginx: ratio(({ p99 }) => p99),
    });
  } finally {
    await peer.stop();
  }
}

async function residentOf(engine) {
  const status = await readFile(`/proc/${engine.child.pid}/status`, "utf8");
  return Number(status.match(/VmRSS:\s+(\d+)/)[1]) * 1024;
}

/** Time to the first byte of one request after the other, on one connection; milliseconds. */
async function firstByte(engine, host) {
  const { code, out } = await new Promise((resolve) => {
    const child = spawn(wrk, ["-t1", "-c1", "-d2s", "--latency", "-H", `Host: ${host}`, `${engine.url}/small.txt`]);
    let text = "";
    child.stdout.on("data", (part) => (text += part));
    child.on("exit", (exit) => resolve({ code: exit, out: text }));
  });
  if (code !== 0 || /Non-2xx|Socket errors/.test(out)) throw new Error(out);
  return inMs(out.match(/50%\s+(\S+)/)[1]);
}

/** Copies of one deployment, as rows: their hosts are what routing costs. */
async function insertCopies(database) {
  const { DatabaseSync } = await import("node:sqlite");
  const db = new DatabaseSync(database);
  const columns = db.prepare("SELECT name FROM pragma_table_info('deployments')").all().map(({ name }) => name);
  const changed = { id: "NULL", uuid: "printf('%08x-0000-4000-8000-000000000000', n)", short_id: "printf('%08x', n)", environment: "1" };
  db.exec(`WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c WHERE n<${deployments})
    INSERT OR IGNORE INTO deployments(${columns}) SELECT ${columns.map((name) => changed[name] ?? name)}
    FROM c, (SELECT * FROM deployments LIMIT 1)`);
  db.exec(`UPDATE nodes SET shares=shares+${deployments}`);
  db.close();
}

/** An engine with one deployment and one with a million of them, by turns. */
async function manyDeployments(folder, engine) {
  const host = new URL((await engine.call("GET", "/pages/projects/bench/deployments"))[0].url).hostname;
  await engine.stop();
  const otherFolder = join(folder, "many");
  await cp(join(folder, "data"), join(otherFolder, "data"), { recursive: true });
  await insertCopies(join(otherFolder, "data", "pages.db"));
  const engines = [];
  try {
    for (const each of [folder, otherFolder]) engines.push(await startEngine(each));
    const [before, after] = await Promise.all(engines.map(residentOf));
    const times = [[], []];
    for (const each of engines) await load(`${each.url}/small.txt`, host, 1);
    for (let round = 0; round < rounds; ++round)
      for (const [i, each] of engines.entries()) times[i].push(await firstByte(each, host));
    print({
      figure: "pages.many",
      deployments,
      bytes_per_deployment: Math.round((after - before) / deployments),
      first_byte_us_of_one: Math.round(median(times[0]) * 1000),
      first_byte_us_of_many: Math.round(median(times[1]) * 1000),
      many_of_one: Number(median(times[1].map((time, i) => time / times[0][i])).toFixed(3)),
    });
  } finally {
    for (const each of engines) await each.stop();
  }
}

if (!there(wrk, "--version")) {
  console.error(`wrk (Debian's) is not there: set WRK, or install it. Serving was not measured.`);
  process.exit(0);
}
const folder = await temporaryFolder();
try {
  const engine = await startEngine(folder.path);
  try {
    await deploy(engine);
    if (!there(nginx, "-v")) console.error("nginx is not there: set NGINX, or install it. The comparison is left out.");
    else for (const name of Object.keys(files)) await compare(folder.path, engine, name);
    if (deployments > 0) await manyDeployments(folder.path, engine);
  } finally {
    await engine.stop();
  }
} finally {
  await folder.dispose();
}
