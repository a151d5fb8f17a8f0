// Many clients of one engine at once, for minutes: reads of lists, instances, steps and sites between writes of instances,
// verbs, events and deployments. Prints one JSON object per figure; the exit code is 1 when a target is missed.
//   STEPWELLD=... node clients.mjs [--seconds 300] [--clients 200] [--think-ms 100] [--tls 0|1] [--seed N]
// Targets: no answer that is neither wanted nor a documented limit (429, 503), 99 % of reads within 50 ms, flat memory.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { deploy, startEngine, temporaryFolder, until } from "../../support/engine.mjs";
import { makeCertificates } from "../../server/program.mjs";
import { mebibyte, memoryOf, print, quantile, slopeOf } from "../engine/measure.mjs";

const options = { seconds: 300, clients: 200, "think-ms": 100, tls: 0, seed: 1 };
for (let i = 2; i < process.argv.length; i += 2) {
  const name = process.argv[i].replace(/^--/, "");
  if (!(name in options)) throw new Error(`unknown option --${name}; there are: ${Object.keys(options).join(", ")}`);
  options[name] = Number(process.argv[i + 1]);
}
const readWithinMs = 50;
const mostGrowth = 1;  // of memory, in MiB a minute, in the second half of the time

const source = `
  import { WorkflowEntrypoint } from 'cloudflare:workers';
  export class Flow extends WorkflowEntrypoint {
    async run(event, step) {
      const one = await step.do('one', async () => event.payload.n);
      if (event.payload.wait) await step.waitForEvent('go', { type: 'go', timeout: '1 hour' });
      return one + (await step.do('two', async () => 1));
    }
  }
  export default {};
`;

let state = options.seed >>> 0;
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};
const pick = (list) => list[Math.floor(random() * list.length)];

const folder = await temporaryFolder();
let extra = [];
let ca;
if (options.tls) {
  const certificates = makeCertificates(folder.path);
  const { certificate, key } = certificates.issue("server");
  extra = ["--tls-cert", certificate, "--tls-key", key];
  ca = await readFile(certificates.ca);
}
// The helpers of the tests use fetch, which knows no private CA: what is there before the clients goes over plain HTTP.
let engine = await startEngine(folder.path);
await deploy(engine, "flows", source, { flow: "Flow" });
await engine.call("POST", "/pages/projects", { name: "site", production_branch: "main" });
if (options.tls) {
  await engine.stop();
  engine = await startEngine(folder.path, extra);
}
const prefix = new URL(`${engine.api}/accounts/${engine.account}`).pathname;
const { hostname, port } = new URL(engine.url);
const makeRequest = options.tls ? httpsRequest : httpRequest;
const makeAgent = () => new (options.tls ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 1 });

function ask(agent, method, path, { body, headers = {} } = {}) {
  const began = performance.now();
  return new Promise((resolve) => {
    const asked = makeRequest(
      { agent, hostname, port, ca, servername: "localhost", method, path,
        headers: { authorization: `Bearer ${engine.token}`, ...headers,
          ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }) } },
      (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () =>
          resolve({ status: answer.statusCode, ms: performance.now() - began, text: Buffer.concat(parts).toString() }));
        answer.on("error", (error) => resolve({ status: 0, ms: performance.now() - began, text: String(error) }));
      },
    );
    asked.on("error", (error) => resolve({ status: 0, ms: performance.now() - began, text: String(error) }));
    asked.end(body);
  });
}

const json = (value) => ({ body: JSON.stringify(value), headers: { "content-type": "application/json" } });
const made = [];  // names of instances that may be asked for
const waiting = [];
let numbers = 0;

async function createInstance(agent) {
  const id = `i-${numbers++}`;
  const wait = random() < 0.2;
  const answer = await ask(agent, "POST", `${prefix}/workflows/flow/instances`,
    json({ instance_id: id, params: { n: numbers, wait, filler: "x".repeat(Math.floor(random() * 2000)) } }));
  if (answer.status < 300) {
    made.push(id);
    if (wait) waiting.push(id);
    if (made.length > 5000) made.splice(0, 1000);
  }
  return answer;
}

async function publish(agent) {
  const token = await ask(agent, "GET", `${prefix}/pages/projects/site/upload-token`);
  if (token.status !== 200) return token;
  const { jwt } = JSON.parse(token.text).result;
  const value = `<p>page ${numbers++}</p>`.repeat(100);
  const key = createHash("md5").update(value).digest("hex");
  const uploaded = await ask(agent, "POST", `${new URL(engine.api).pathname}/pages/assets/upload`, {
    ...json([{ key, value: Buffer.from(value).toString("base64"), metadata: { contentType: "text/html" }, base64: true }]),
    headers: { authorization: `Bearer ${jwt}`, "content-type": "application/json" },
  });
  if (uploaded.status !== 200) return uploaded;
  const form = new FormData();
  form.append("manifest", JSON.stringify({ "/index.html": key }));
  const packed = new Response(form);
  return ask(agent, "POST", `${prefix}/pages/projects/site/deployments`, {
    body: Buffer.from(await packed.arrayBuffer()),
    headers: { "content-type": packed.headers.get("content-type") },
  });
}

const instance = () => pick(made) ?? "i-0";
// Kind, weight, act, statuses that are right. A verb may come when the instance has ended already.
const acts = [
  ["read", 22, (a) => ask(a, "GET", `${prefix}/workflows/flow/instances?per_page=25`), [200]],
  ["read", 22, (a) => ask(a, "GET", `${prefix}/workflows/flow/instances/${instance()}`), [200]],
  ["read", 8, (a) => ask(a, "GET", `${prefix}/workflows`), [200]],
  ["read", 4, (a) => ask(a, "GET", `${prefix}/stepwell/health`), [200]],
  ["read", 4, (a) => ask(a, "GET", `${prefix}/pages/projects/site/deployments`), [200]],
  ["read", 12, (a) => ask(a, "GET", "/", { headers: { host: `site.localhost:${port}` } }), [200]],
  ["write", 18, createInstance, [200]],
  ["write", 4, (a) => ask(a, "PATCH", `${prefix}/workflows/flow/instances/${instance()}/status`, json({ status: pick(["pause", "resume"]) })), [200, 400, 409]],
  ["write", 5, (a) => ask(a, "POST", `${prefix}/workflows/flow/instances/${waiting.shift() ?? instance()}/events/go`, json({ n: 1 })), [200, 400, 404, 409]],
  ["write", 1, publish, [200]],
];
const weights = acts.reduce((sum, act) => sum + act[1], 0);

function draw() {
  let at = random() * weights;
  return acts.find((act) => (at -= act[1]) < 0) ?? acts[0];
}

const times = { read: [], write: [] };
const errors = new Map();
let limited = 0;
let total = 0;

async function client(end) {
  const agent = makeAgent();
  await new Promise((resolve) => setTimeout(resolve, random() * options["think-ms"]));
  while (performance.now() < end) {
    const [kind, , act, right] = draw();
    const answer = await act(agent);
    ++total;
    times[kind].push(answer.ms);
    if (answer.status === 429 || answer.status === 503) ++limited;
    else if (!right.includes(answer.status)) {
      const text = `${kind} ${answer.status} ${answer.text.slice(0, 200)}`;
      errors.set(text, (errors.get(text) ?? 0) + 1);
    }
    await new Promise((resolve) => setTimeout(resolve, options["think-ms"] * (0.5 + random())));
  }
  agent.destroy();
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
let failed = false;
try {
  const first = makeAgent();
  await createInstance(first);
  await publish(first);
  await until("the site answers", async () => (await ask(first, "GET", "/", { headers: { host: `site.localhost:${port}` } })).status === 200);
  first.destroy();
  const memory = [];
  const began = performance.now();
  let told = 0;
  const watch = setInterval(async () => {
    const now = { at: (performance.now() - began) / 1000, ...(await memoryOf(engine.child.pid)) };
    memory.push(now);
    if (now.at < told + 10) return;
    told += 10;
    print("server.clients.memory.at", now.own / mebibyte, "MiB", { second: told, mapped: Math.round(now.mapped / mebibyte), requests: total });
  }, 1000);
  const end = began + options.seconds * 1000;
  await Promise.all(Array.from({ length: options.clients }, () => client(end)));
  clearInterval(watch);
  const seconds = (performance.now() - began) / 1000;

  // What fills up in the first half has a bound, and reached it; what grows in the second has none.
  const later = memory.filter(({ at }) => at > seconds / 2);
  const late = mean(later.map(({ own }) => own));
  const growth = slopeOf(later.map(({ at, own }) => ({ x: at / 60, y: own / mebibyte })));
  const about = { clients: options.clients, seconds: options.seconds, tls: Boolean(options.tls) };
  const wrong = [...errors.values()].reduce((sum, count) => sum + count, 0);
  print("server.clients.requests", total / seconds, "1/s", about);
  for (const kind of ["read", "write"])
    for (const share of [0.5, 0.99]) {
      const target = kind === "read" && share === 0.99 ? { target: readWithinMs } : {};
      print(`server.clients.${kind}.p${share * 100}`, quantile(times[kind], share), "ms", { samples: times[kind].length, ...target });
    }
  print("server.clients.errors", wrong, "answers", { target: 0, which: Object.fromEntries([...errors].slice(0, 10)) });
  print("server.clients.limited", limited, "answers");
  print("server.clients.memory", late / mebibyte, "MiB");
  print("server.clients.memory.slope", growth, "MiB/min", { target: mostGrowth });
  failed = wrong > 0 || quantile(times.read, 0.99) > readWithinMs || growth > mostGrowth;
} finally {
  await engine.stop();
  await folder.dispose();
}
process.exit(failed ? 1 : 0);
