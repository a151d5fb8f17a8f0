// Archives of projects that are larger than the memory that they may take: they wait on the disk, and nothing of them stays.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { chmod, readFile, readdir, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startEngine, temporaryFolder, until } from "../support/engine.mjs";
import { tarHead, tarEntry, visit } from "./pages.mjs";

const mebibyte = 1024 * 1024;
const fileBytes = 24 * mebibyte;
const count = 25;  // 600 MiB
const keyOf = (i) => i.toString(16).padStart(32, "0");

let folder;
let engine;

before(async () => {
  folder = await temporaryFolder();
  // A limit on the size of files stands for a full disk; as there, writing is to fail and not to end the engine.
  const limitable = join(folder.path, "limitable");
  await writeFile(limitable, `#!/bin/bash\ntrap '' XFSZ\nexec "${process.env.STEPWELLD}" "$@"\n`);
  await chmod(limitable, 0o755);
  process.env.STEPWELLD = limitable;
  engine = await startEngine(folder.path);
});

after(async () => {
  const code = await engine?.stop();
  await folder?.dispose();
  assert.equal(code, 0, "the engine ends cleanly");
});

/** Parts of an archive of a project with `count` files, one of them with bytes of its own. */
function* archive() {
  yield tarEntry("project.json", JSON.stringify({ format: 1, name: "large", production_branch: "main" }));
  const manifest = Object.fromEntries(Array.from({ length: count }, (_, i) => [`/file-${i}.bin`, keyOf(i)]));
  yield tarEntry("deployment.json", JSON.stringify({ branch: "main", manifest, types: {} }));
  const same = Buffer.alloc(mebibyte, "the same bytes in every file of it. ");
  for (let i = 0; i < count; ++i) {
    yield tarHead(`foreign/${keyOf(i)}`, fileBytes);
    if (i === count - 1) yield Buffer.concat([Buffer.from("the last one"), same.subarray(12)]);
    for (let j = i === count - 1 ? 1 : 0; j < fileBytes / mebibyte; ++j) yield same;
  }
  yield Buffer.alloc(1024);
}

const bytesOf = (parts) => [...parts].reduce((sum, part) => sum + part.length, 0);

/** Sends parts as an import that announces `length` bytes; the answer. Ends midway when `cutAfter` parts are out. */
function send(parts, length, cutAfter = Infinity) {
  const url = `${engine.api}/accounts/${engine.account}/stepwell/pages/import`;
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${engine.token}`, "content-length": length };
    const sent = request(url, { method: "POST", headers }, async (answer) => {
      let text = "";
      for await (const part of answer) text += part;
      resolve({ status: answer.statusCode, ...JSON.parse(text) });
    });
    sent.on("error", reject);
    const next = (left) => {
      const { value, done } = parts.next();
      if (left === 0) return sent.destroy(new Error("cut"));
      if (done) return sent.end();
      if (sent.write(value)) return setImmediate(next, left - 1);
      sent.once("drain", () => next(left - 1));
    };
    next(cutAfter);
  });
}

const statusOf = async (field) =>
  Number((await readFile(`/proc/${engine.child.pid}/status`, "utf8")).match(new RegExp(`${field}:\\s+(\\d+)`))[1]) * 1024;

/** Files that the engine holds open below its data folder and that have no name. */
async function unnamed() {
  const descriptors = `/proc/${engine.child.pid}/fd`;
  const targets = await Promise.all((await readdir(descriptors)).map((fd) => readlink(join(descriptors, fd)).catch(() => "")));
  return targets.filter((target) => target.startsWith(folder.path) && target.endsWith("(deleted)"));
}

test("an archive of 600 MiB is taken in without being held in memory", async () => {
  const before = await statusOf("VmHWM");
  const answer = await send(archive(), bytesOf(archive()));
  assert.equal(answer.status, 200, JSON.stringify(answer.errors));
  assert.equal(answer.result.name, "large");
  const taken = (await statusOf("VmHWM")) - before;
  assert.ok(taken < 256 * mebibyte, `it took ${taken / mebibyte} MiB of memory`);
  const part = (path) => visit(engine, "large.localhost", path, { headers: { range: "bytes=0-11" } });
  assert.equal((await part("/file-0.bin")).body, "the same byt");
  assert.equal((await part(`/file-${count - 1}.bin`)).body, "the last one");
  await until("nothing of it is left", async () => (await unnamed()).length === 0);
});

test("one that is cut off on the way leaves nothing", async () => {
  const length = bytesOf(archive());
  await assert.rejects(send(archive(), length, 100), /cut/);
  await until("the file is let go of", async () => (await unnamed()).length === 0);
  assert.deepEqual(await readdir(join(folder.path, "data", "run")).then((names) => names.filter((name) => name.startsWith("body"))), []);
  const { errors } = await send([Buffer.from("no archive".repeat(200_000))].values(), 2_000_000);
  assert.match(errors[0].message, /it is no tar, or damaged/);
});

test("the limit is named, and so is a disk that has no room", async () => {
  const beyond = await send([][Symbol.iterator](), 17 * 1024 * mebibyte).catch((error) => error);
  // The answer comes before the body does, which then goes nowhere.
  if (!(beyond instanceof Error)) assert.match(beyond.errors[0].message, /limit of 16 GiB/);
  execFileSync("prlimit", ["--pid", String(engine.child.pid), `--fsize=${8 * mebibyte}:`]);
  try {
    // All of what this announces is sent, so that the answer is seen in any case.
    const parts = [...archive()].slice(0, 12);
    const full = await send(parts.values(), bytesOf(parts));
    assert.equal(full.status, 507);
    assert.ok(full.errors[0].message.includes(join(folder.path, "data")), full.errors[0].message);
  } finally {
    execFileSync("prlimit", ["--pid", String(engine.child.pid), "--fsize=unlimited:"]);
  }
  await until("nothing of it is left", async () => (await unnamed()).length === 0);
});
