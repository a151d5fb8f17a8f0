// A deployed site in a real browser: every kind of file loads, pages lead to one another, media can be sought in.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEngine, temporaryFolder, until } from "../support/engine.mjs";
import { findBrowser, startBrowser } from "./browser.mjs";
import { writeSite } from "./pages.mjs";
import { wranglerFor } from "./wrangler.mjs";

const font = "/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf";
const clip = fileURLToPath(new URL("fixtures/clip.webm", import.meta.url));
const soundSeconds = 120;

/** A tone that is larger than what a browser loads ahead: mono, 16 bits, 44.1 kHz. */
function tone() {
  const rate = 44_100;
  const samples = rate * soundSeconds;
  const bytes = Buffer.alloc(44 + 2 * samples);
  bytes.write("RIFF", 0);
  bytes.writeUInt32LE(36 + 2 * samples, 4);
  bytes.write("WAVEfmt ", 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(2 * rate, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write("data", 36);
  bytes.writeUInt32LE(2 * samples, 40);
  for (let i = 0; i < samples; ++i) bytes.writeInt16LE(Math.round(3000 * Math.sin(i / 16)), 44 + 2 * i);
  return bytes;
}

const head = (title) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/css/site.css"></head>`;
const site = {
  "index.html": `${head("Home")}<body><h1>Home</h1><img id="picture" src="/img/dot.png"><img id="drawing" src="/icon.svg">
<video id="clip" src="/media/clip.webm" muted></video><video id="sound" src="/media/tone.wav"></video>
<a id="old" href="/old">About</a><script type="module" src="/js/app.js"></script></body></html>`,
  "about.html": `${head("About")}<body><h1>About</h1><a href="/">Home</a></body></html>`,
  "404.html": `${head("Nothing here")}<body>Nothing here</body></html>`,
  "icon.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"><rect width="16" height="16"/></svg>',
  "img/dot.png": Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  ),
  "css/site.css": `@font-face { font-family: Site; src: url(/fonts/site.ttf); } h1 { font-family: Site; color: rgb(1, 2, 3); }`,
  "js/app.js": `import { answer } from "./lib/answer.js";
    const data = await (await fetch("/data.json")).json();
    document.body.dataset.answer = answer(data.value);`,
  "js/lib/answer.js": "export const answer = (value) => `the answer is ${value}`;",
  "data.json": '{"value": 42}',
  _headers: "/*\n  Content-Security-Policy: default-src 'self'\n  X-Frame-Options: DENY\n",
  _redirects: "/old /about 302\n",
};

const browserFile = await findBrowser();

describe("a deployed site in a browser", { skip: browserFile ? false : "no Chromium is installed" }, () => {
  let folder;
  let engine;
  let browser;
  let address;
  const complaints = [];
  const responses = [];

  before(async () => {
    folder = await temporaryFolder();
    engine = await startEngine(folder.path);
    const dist = await writeSite(join(folder.path, "dist"), { ...site, "media/tone.wav": tone() });
    await copyFile(clip, join(dist, "media/clip.webm"));
    await mkdir(join(dist, "fonts"));
    await copyFile(font, join(dist, "fonts/site.ttf"));
    const home = join(folder.path, "home");
    await mkdir(home);
    const wrangler = wranglerFor(engine, home);
    for (const args of [
      ["project", "create", "tour", "--production-branch", "main"],
      ["deploy", dist, "--project-name", "tour", "--branch", "feature", "--commit-dirty=true"],
    ]) {
      const { code, out, err } = await wrangler(folder.path, "pages", ...args);
      assert.equal(code, 0, `${out}\n${err}`);
    }
    const [deployment] = await engine.call("GET", "/pages/projects/tour/deployments");
    address = deployment.url;
    browser = await startBrowser(browserFile, folder.path);
    browser.on("Runtime.exceptionThrown", ({ exceptionDetails }) => complaints.push(exceptionDetails.text));
    browser.on("Runtime.consoleAPICalled", ({ type, args }) => {
      if (type === "error" || type === "warning") complaints.push(`${type}: ${args.map((one) => one.value)}`);
    });
    browser.on("Log.entryAdded", ({ entry }) => {
      if (entry.level === "error" || entry.level === "warning") complaints.push(`${entry.text} ${entry.url ?? ""}`);
    });
    browser.on("Network.responseReceived", ({ response }) => responses.push(response));
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await browser.send(`${domain}.enable`);
  });

  after(async () => {
    await browser?.stop();
    const code = await engine?.stop();
    await folder?.dispose();
    assert.equal(code, 0, "the engine ends cleanly");
  });

  /** The value of an expression; undefined while one page goes and the next one comes. */
  const settled = (expression) => browser.evaluate(expression).catch(() => undefined);

  async function open(path) {
    await browser.send("Page.navigate", { url: address + path });
    await until("the page is there", () => settled(`document.readyState === "complete"`));
  }

  test("scripts, styles, fonts, images and data load without a complaint in the console", async () => {
    await open("/");
    await until("the script ran", () => browser.evaluate(`document.body.dataset.answer === "the answer is 42"`));
    assert.equal(await browser.evaluate(`getComputedStyle(document.querySelector("h1")).color`), "rgb(1, 2, 3)");
    assert.ok(await browser.evaluate(`document.fonts.ready.then(() => document.fonts.check("16px Site"))`));
    for (const id of ["picture", "drawing"]) {
      assert.ok((await browser.evaluate(`document.getElementById("${id}").naturalWidth`)) > 0, id);
    }
    assert.deepEqual(complaints, []);
    const refused = responses.filter(({ status }) => status >= 400).map(({ status, url }) => `${status} ${url}`);
    assert.deepEqual(refused, []);
    const page = responses.find(({ url }) => url === `${address}/`);
    assert.equal(page.headers["X-Frame-Options"] ?? page.headers["x-frame-options"], "DENY");
  });

  for (const [id, seconds] of [["clip", 3], ["sound", soundSeconds - 5]]) {
    test(`${id}: seeking shows what is there`, async () => {
      await until("its length is known", () => browser.evaluate(`document.getElementById("${id}").duration > ${seconds}`));
      const reached = await browser.evaluate(`new Promise((resolve, reject) => {
        const media = document.getElementById("${id}");
        media.addEventListener("error", () => reject(new Error(media.error.message)));
        media.addEventListener("seeked", () => resolve(media.currentTime));
        media.currentTime = ${seconds};
      })`);
      assert.ok(Math.abs(reached - seconds) < 0.5, `${reached} s`);
      assert.deepEqual(complaints, []);
    });
  }

  test("media come in parts, and a far part is asked for by itself", () => {
    const parts = responses.filter(({ url }) => url.endsWith("/media/tone.wav"));
    assert.ok(parts.every(({ status }) => status === 206), JSON.stringify(parts.map(({ status }) => status)));
    const starts = parts.map(({ headers }) => Number(/bytes (\d+)-/.exec(headers["Content-Range"] ?? headers["content-range"])[1]));
    assert.ok(starts.some((start) => start > 5_000_000), `parts begin at ${starts}`);
  });

  test("a link that is redirected leads to its page, and back comes home", async () => {
    await open("/");
    await browser.evaluate(`document.getElementById("old").click()`);
    await until("the other page is shown", () => settled(`document.title === "About" && location.pathname`));
    assert.equal(await browser.evaluate("location.pathname"), "/about");
    await browser.evaluate("history.back()");
    await until("the first page is back", () => settled(`document.title === "Home"`));
    assert.deepEqual(complaints, []);
  });

  test("a path that is not there shows the site's own page", async () => {
    await open("/no/such/page");
    assert.equal(await browser.evaluate("document.title"), "Nothing here");
  });
});
