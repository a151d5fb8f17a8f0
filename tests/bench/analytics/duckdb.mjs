// The same rows in DuckDB, which keeps columns too, and the example query on them.
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { print, quantile } from "../engine/measure.mjs";

const module = join(dirname(fileURLToPath(import.meta.url)), "..", "peers", "node_modules", "@duckdb", "node-api", "lib", "index.js");
const rounds = 20;

/** `files.text` holds the rows as CSV; `range` names a workflow and milliseconds since 1970. */
export async function compareDuckdb(files, range) {
  if (!existsSync(module)) return console.error("DuckDB is not installed (tests/bench/peers); its part is left out.");
  const { DuckDBInstance, version } = (await import(pathToFileURL(module))).default ?? (await import(pathToFileURL(module)));
  const instance = await DuckDBInstance.create(files.database);
  const connection = await instance.connect();
  const start = performance.now();
  await connection.run(`CREATE TABLE events AS SELECT * FROM read_csv('${files.text}', header = false, columns = {
    'time': 'BIGINT', 'workflow': 'VARCHAR', 'instance': 'VARCHAR', 'step': 'VARCHAR', 'event': 'VARCHAR', 'step_count': 'INTEGER',
    'wall': 'BIGINT', 'cpu': 'BIGINT', 'retries': 'INTEGER', 'steps': 'INTEGER', 'all_steps': 'INTEGER'})`);
  await connection.run("CHECKPOINT");
  const peer = { duckdb: version?.() ?? "" };
  print("duckdb.load", (performance.now() - start) / 1000, "s", peer);
  print("duckdb.rows", statSync(files.database).size / 1e6, "MB", peer);
  const queries = {
    example: `SELECT time // 3600000 AS hour, count(*), sum(wall) FROM events WHERE workflow = '${range.workflow}'
      AND time >= ${range.from} AND time < ${range.to} GROUP BY 1 ORDER BY 2 DESC`,
    percentiles: `SELECT time // 3600000 AS hour, quantile_disc(wall, [0.5, 0.9, 0.99]), quantile_disc(cpu, [0.5, 0.9, 0.99]) FROM events
      WHERE workflow = '${range.workflow}' AND event = 'WORKFLOW_SUCCESS' AND time >= ${range.from} AND time < ${range.to} GROUP BY 1 ORDER BY 1`,
  };
  for (const [name, text] of Object.entries(queries)) {
    await connection.runAndReadAll(text);
    const samples = [];
    const before = process.cpuUsage();
    for (let i = 0; i < rounds; ++i) {
      const begun = performance.now();
      await connection.runAndReadAll(text);
      samples.push(performance.now() - begun);
    }
    const used = process.cpuUsage(before);
    const processor = (used.user + used.system) / 1000 / rounds;
    print(`duckdb.${name}`, quantile(samples, 0.5), "ms", { of: "p50, on all cores", processor: Number(processor.toFixed(2)), rounds, ...peer });
  }
  connection.closeSync();
}
