// One wrangler, pointed at one engine, with a home of its own: nothing of this machine's user is read or written.
import { spawn } from "node:child_process";
import { cp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const samples = join(here, "../../resources/samples");

export const releaseName = process.env.WRANGLER_PACKAGE ?? "wrangler";
const program = join(here, "node_modules", releaseName, "bin/wrangler.js");

/** Copies a sample, so that wrangler can keep its notes beside it. */
export async function copySample(name, folder) {
  const to = join(folder, name);
  await cp(join(samples, name), to, { recursive: true });
  return to;
}

function environmentOf(engine, home, changes = {}) {
  return {
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: join(home, "config"),
    CI: "1",
    NO_COLOR: "1",
    WRANGLER_SEND_METRICS: "false",
    CLOUDFLARE_API_BASE_URL: engine.api,
    CLOUDFLARE_API_TOKEN: engine.token,
    CLOUDFLARE_ACCOUNT_ID: engine.account,
    ...changes,
  };
}

/** Answers `wrangler(cwd, ...arguments)` -> {code, out, err}; an object as the last argument may hold its `input`. */
export function wranglerFor(engine, home, changes = {}) {
  const env = environmentOf(engine, home, changes);
  return (cwd, ...given) =>
    new Promise((resolve, reject) => {
      const { input } = typeof given.at(-1) === "object" ? given.at(-1) : {};
      const args = given.filter((arg) => typeof arg === "string");
      const stdin = input === undefined ? "ignore" : "pipe";
      const child = spawn(process.execPath, [program, ...args], { cwd, env, stdio: [stdin, "pipe", "pipe"] });
      child.stdin?.end(input);
      let out = "";
      let err = "";
      child.stdout.on("data", (text) => (out += text));
      child.stderr.on("data", (text) => (err += text));
      child.once("error", reject);
      child.once("exit", (code) => resolve({ code, out, err }));
    });
}

/** Starts `wrangler pages deployment tail`. `said(pattern)` waits until it has printed that; `stop()` ends it as Ctrl+C does. */
export function tailFor(engine, home, cwd, args) {
  const child = spawn(process.execPath, [program, "pages", "deployment", "tail", ...args, "--format", "pretty"], {
    cwd,
    env: environmentOf(engine, home),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let looks = [];
  const look = () => (looks = looks.filter((check) => !check()));
  const read = (text) => {
    out += text;
    look();
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return {
    said: (pattern) =>
      new Promise((resolve, reject) => {
        looks.push(() => pattern.test(out) && (resolve(out), true));
        look();
        ended.then(() => reject(new Error(`the tail ended without ${pattern}: ${out}`)));
      }),
    printed: () => out,
    stop() {
      child.kill("SIGINT");
      return ended;
    },
  };
}

/** Starts `wrangler dev` in a folder and waits until it answers. `stop()` ends it and what it started. */
export async function startDev(cwd, home, port) {
  const child = spawn(process.execPath, [program, "dev", "--port", String(port), "--ip", "127.0.0.1"], {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOME: home,
      XDG_CONFIG_HOME: join(home, "config"),
      CI: "1",
      NO_COLOR: "1",
      WRANGLER_SEND_METRICS: "false",
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let out = "";
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await new Promise((resolve, reject) => {
    const read = (text) => {
      out += text;
      if (out.includes(`Ready on http://127.0.0.1:${port}`)) resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    ended.then(() => reject(new Error(`wrangler dev ended: ${out}`)));
  });
  return {
    origin: `http://127.0.0.1:${port}`,
    async stop() {
      process.kill(-child.pid, "SIGTERM");
      await ended;
    },
  };
}
