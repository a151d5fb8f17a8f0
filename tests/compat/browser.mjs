// A headless Chromium, driven over its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/).
import { spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { endChild } from "../support/engine.mjs";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const readyWithinMs = 60_000;

/** The file of an installed Chromium, or undefined. */
export async function findBrowser() {
  for (const folder of (process.env.PATH ?? "").split(":")) {
    for (const name of names) {
      const file = join(folder, name);
      if (await access(file, constants.X_OK).then(() => true, () => false)) return file;
    }
  }
  return undefined;
}

/** Starts a browser with a profile of its own below `folder`. */
export async function startBrowser(file, folder) {
  const sandbox = process.getuid() === 0 ? ["--no-sandbox"] : []; // Chromium refuses to be root with one
  const child = spawn(
    file,
    [
      "--headless=new",
      "--remote-debugging-port=0",
      `--user-data-dir=${join(folder, "profile")}`,
      "--no-first-run",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--autoplay-policy=no-user-gesture-required",
      "--disable-background-networking",
      "--disable-component-update",
      ...sandbox,
      "about:blank",
    ],
    { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, HOME: folder } },
  );
  const address = await new Promise((resolve, reject) => {
    const said = [];
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      const found = /DevTools listening on (ws:\S+)/.exec(line);
      if (found) resolve(found[1]);
    });
    child.once("exit", () => reject(new Error(`the browser ended:\n${said.join("\n")}`)));
    setTimeout(() => reject(new Error(`the browser is not ready:\n${said.join("\n")}`)), readyWithinMs).unref();
  });
  const page = await openPage(new URL(address).host);
  return { ...page, stop: () => endChild(child) };
}

/** Its first tab: `send` a command, `on` an event. */
async function openPage(host) {
  const tabs = await (await fetch(`http://${host}/json/list`)).json();
  const socket = new WebSocket(tabs.find((tab) => tab.type === "page").webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error("DevTools refused")), { once: true });
  });
  const waiting = new Map();
  const listeners = new Map();
  let last = 0;
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data);
    if (message.id === undefined) return (listeners.get(message.method) ?? []).forEach((take) => take(message.params));
    const { resolve, reject } = waiting.get(message.id);
    waiting.delete(message.id);
    message.error ? reject(new Error(message.error.message)) : resolve(message.result);
  });
  const send = (method, params = {}) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  const on = (method, take) => listeners.set(method, [...(listeners.get(method) ?? []), take]);
  /** The value of an expression in the page; a promise is awaited. */
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return { send, on, evaluate };
}
