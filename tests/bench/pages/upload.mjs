// What the engine needs for a site of many small files: the requests of a deployment, without a client's own work.
// Prints one JSON object per figure.
//   STEPWELLD=... node upload.mjs [FILES]
import { createHash } from "node:crypto";
import { startEngine, temporaryFolder } from "../../support/engine.mjs";

const count = Number(process.argv[2] ?? 20_000);
const filesPerBucket = 2_000;
const bucketsAtOnce = 3;
const project = "bench";

const hash = (text) => createHash("md5").update(text).digest("hex");
const site = Array.from({ length: count }, (_, i) => {
  const text = `<p>page ${i}</p>\n`.repeat(10 + (i % 60));
  return { path: `/folder-${i % 200}/page-${i}.html`, text, key: hash(text) };
});

/** Bodies are made before the clock starts. */
function bucketsOf(files) {
  const buckets = [];
  for (let at = 0; at < files.length; at += filesPerBucket) {
    const assets = files.slice(at, at + filesPerBucket).map(({ key, text }) => ({
      key,
      value: Buffer.from(text).toString("base64"),
      metadata: { contentType: "text/html" },
      base64: true,
    }));
    buckets.push(JSON.stringify(assets));
  }
  return buckets;
}

async function deploy(engine, files, buckets) {
  const times = {};
  const timed = async (name, act) => {
    const start = performance.now();
    const result = await act();
    times[`${name}_ms`] = Math.round(performance.now() - start);
    return result;
  };
  const { jwt } = await engine.call("GET", `/pages/projects/${project}/upload-token`);
  const post = async (name, body) => {
    const response = await fetch(`${engine.api}/pages/assets/${name}`, {
      method: "POST",
      headers: { authorization: `Bearer ${jwt}`, "content-type": "application/json" },
      body,
    });
    const answer = await response.json();
    if (!answer.success) throw new Error(`${name}: ${JSON.stringify(answer.errors)}`);
    return answer.result;
  };
  const hashes = JSON.stringify({ hashes: files.map((file) => file.key) });
  const form = new FormData();
  form.append("manifest", JSON.stringify(Object.fromEntries(files.map((file) => [file.path, file.key]))));
  form.append("branch", "main");
  await timed("check", () => post("check-missing", hashes));
  await timed("upload", async () => {
    const waiting = [...buckets];
    const worker = async () => {
      for (let body = waiting.pop(); body !== undefined; body = waiting.pop()) await post("upload", body);
    };
    await Promise.all(Array.from({ length: bucketsAtOnce }, worker));
  });
  await timed("upsert", () => post("upsert-hashes", hashes));
  await timed("publish", () => engine.call("POST", `/pages/projects/${project}/deployments`, form));
  times.total_ms = Object.values(times).reduce((sum, time) => sum + time, 0);
  return times;
}

const folder = await temporaryFolder();
try {
  const engine = await startEngine(folder.path);
  try {
    await engine.call("POST", "/pages/projects", { name: project, production_branch: "main" });
    const report = (figure, times) => console.log(JSON.stringify({ figure, files: count, ...times }));
    report("pages.upload.cold", await deploy(engine, site, bucketsOf(site)));
    const text = "<p>changed</p>\n";
    const changed = { path: site[count >> 1].path, text, key: hash(text) };
    const next = site.with(count >> 1, changed);
    report("pages.upload.one_changed", await deploy(engine, next, bucketsOf([changed])));
  } finally {
    await engine.stop();
  }
} finally {
  await folder.dispose();
}
