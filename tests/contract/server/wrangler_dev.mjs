// Real `wrangler dev`, pinned by tests/compat, with samples of the program on a temporary folder:
//   node wrangler_dev.mjs wrangler|wrangler-aug SAMPLES-FOLDER NAME...
// Prints one JSON line {"url","api"} once its local explorer API answers, and ends with its standard input,
// together with all that it started.
import {spawn} from "node:child_process";
import {cp, mkdir, mkdtemp, rm} from "node:fs/promises";
import {createServer} from "node:net";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";

const [release, samples, ...names] = process.argv.slice(2);
const compat = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "compat");
const folder = await mkdtemp(join(tmpdir(), "stepwell-wrangler-"));
const readyWithinMs = 60_000;

const freePort = () => new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
        const {port} = probe.address();
        probe.close(() => resolve(port));
    });
});

await mkdir(join(folder, "home"));
for (const name of names)
    await cp(join(samples, name), join(folder, name), {recursive : true});
const port = await freePort();
const configs = names.flatMap((name) => ["--config", join(folder, name, "wrangler.jsonc")]);
const wrangler = spawn(
    process.execPath,
    [
        join(compat, "node_modules", release, "bin", "wrangler.js"), "dev", ...configs, "--port",
        String(port), "--ip", "127.0.0.1", "--inspector-port", String(await freePort()), "--persist-to",
        join(folder, "state")
    ],
    {
        cwd : folder,
        detached : true,  // a group of its own, which ends with it
        stdio : [ "ignore", "pipe", "pipe" ],
        env : {
            PATH : process.env.PATH,
            HOME : join(folder, "home"),
            XDG_CONFIG_HOME : join(folder, "home"),
            CI : "1",
            WRANGLER_SEND_METRICS : "false"
        },
    },
);
let said = "";
for (const stream of [wrangler.stdout, wrangler.stderr])
    stream.on("data", (text) => (said = (said + text).slice(-4000)));

let ending = false;
async function end(code) {
    if (ending) return;
    ending = true;
    try {
        process.kill(-wrangler.pid, "SIGKILL");
    } catch {
        // It is gone already.
    }
    await rm(folder, {recursive : true, force : true, maxRetries : 5});
    process.exit(code);
}
wrangler.on("exit", () => {
    if (!ending) console.error(said);
    end(1);
});
process.stdin.resume();
process.stdin.on("end", () => end(0));

const until = Date.now() + readyWithinMs;
for (;;) {
    for (const path of ["/cdn-cgi/local/explorer/api", "/cdn-cgi/explorer/api"]) {
        const api = `http://127.0.0.1:${port}${path}`;
        const answer = await fetch(`${api}/workflows`).then((response) => response.json(), () => undefined);
        if (answer?.success && answer.result.length >= names.length) {
            console.log(JSON.stringify({url : `http://127.0.0.1:${port}`, api}));
            await new Promise(() => {});
        }
    }
    if (Date.now() > until) {
        console.error(`wrangler dev did not get ready:\n${said}`);
        await end(1);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
}
