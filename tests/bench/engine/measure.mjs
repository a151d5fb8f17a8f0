// What all figures share: printing, memory, parallel calls, quantiles.
import { readFile, readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { processTree, residentBytes } from "../../support/engine.mjs";

export const mebibyte = 1 << 20;

/** One figure as a line of JSON on stdout. */
export function print(name, value, unit, more = {}) {
  const digits = Math.abs(value) < 10 ? 3 : Math.abs(value) < 100 ? 2 : 0;
  console.log(JSON.stringify({ name, value: Number(value.toFixed(digits)), unit, ...more }));
}

/** Looks at the memory of a process tree until stopped; answers the peak in bytes. */
export function watchMemory(pid) {
  let peak = 0;
  let going = true;
  const loop = (async () => {
    while (going) {
      peak = Math.max(peak, await residentBytes(pid));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return async () => {
    going = false;
    await loop;
    return Math.max(peak, await residentBytes(pid));
  };
}

/** Runs `job(i)` for i in 0..count-1, `width` of them at a time. */
export async function inParallel(count, width, job) {
  let next = 0;
  const lane = async () => {
    while (next < count) await job(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/** The value that `share` (0..1) of the samples do not exceed. */
export function quantile(samples, share) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resident bytes of one process alone. */
export async function ownResidentBytes(pid) {
  return Number((await readFile(`/proc/${pid}/statm`, "utf8")).split(" ")[1]) * 4096;
}

/** Resident bytes of one process alone: its own, and pages of files that it maps, which the system takes back. */
export async function memoryOf(pid) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const of = (field) => Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)[1]) * 1024;
  return { own: of("RssAnon"), mapped: of("RssFile") + of("RssShmem") };
}

/** How much `y` grows with each `x`, by least squares. */
export function slopeOf(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map((point) => point.x));
  const y = mean(points.map((point) => point.y));
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  return points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
}

/** How often the threads of a process were put to sleep and woken so far. */
export async function switches(pid) {
  let count = 0;
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const status = await readFile(`/proc/${pid}/task/${thread}/status`, "utf8");
    count += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)[1]);
  }
  return count;
}

/** Processor time of a process tree so far, in milliseconds. */
export async function processorMs(pid) {
  let ticks = 0;
  for (const each of await processTree(pid)) {
    const stat = await readFile(`/proc/${each}/stat`, "utf8").catch(() => "");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields.length > 13) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * 10;
}

/** Milliseconds since 1970 with a fraction, of the same clock that the runtime shows to user code. */
export const clock = () => performance.timeOrigin + performance.now();
