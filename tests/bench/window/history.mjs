// The window's Analytics page with an engine that has a history (see tests/bench/run analytics --history): from the refresh to the
// last chart painted, and how long its frames take. Prints one JSON object per figure.
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { startEngine } from "../../support/engine.mjs";

const { values } = parseArgs({ options: { history: { type: "string" } } });

const engine = await startEngine(values.history);
try {
  const child = spawn(process.env.BENCH_CHARTS, [engine.api, engine.token_file], { stdio: "inherit" });
  process.exitCode = await new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
} finally {
  await engine.stop();
}
