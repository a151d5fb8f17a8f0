// Fills the database of a stopped engine with copies of one finished instance, as if it had run them all.
import { DatabaseSync } from "node:sqlite";

const columnsOf = (db, table) => db.prepare(`PRAGMA table_info(${table})`).all().map((column) => column.name);

/** `SELECT` list that copies a row but for the given columns. */
const copied = (columns, changed) => columns.map((column) => changed[column] ?? column).join(", ");

function copyInstances(db, from, first, last, status) {
  const numbers = `WITH RECURSIVE n(i) AS (VALUES(${first}) UNION ALL SELECT i + 1 FROM n WHERE i < ${last})`;
  const changed = { id: "n.i", name: "'copy-' || n.i", status: status ?? "status" };
  // An unfinished copy has neither an end nor an output.
  if (status !== undefined) Object.assign(changed, { ended: "NULL", output: "NULL", output_preview: "NULL", expires: "NULL" });
  const columns = columnsOf(db, "instances");
  db.exec(`INSERT INTO instances(${columns}) ${numbers} SELECT ${copied(columns, changed)} FROM n, instances WHERE id = ${from}`);
  const steps = columnsOf(db, "steps");
  db.exec(`INSERT INTO steps(${steps}) ${numbers} SELECT ${copied(steps, { id: "(n.i << 20) + (steps.id & 1048575)" })}
           FROM n, steps WHERE steps.id >> 20 = ${from}`);
}

/** Adds `finished` complete instances and `queued` ones that still have to run, all copies of the newest instance. */
export function fill(databaseFile, finished, queued = 0) {
  const db = new DatabaseSync(databaseFile);
  try {
    db.exec("PRAGMA synchronous = OFF; BEGIN");
    const { id: from, workflow, status } = db.prepare("SELECT id, workflow, status FROM instances ORDER BY id DESC LIMIT 1").get();
    const slice = 50_000;
    for (let first = from + 1; first <= from + finished; first += slice) {
      copyInstances(db, from, first, Math.min(first + slice - 1, from + finished));
    }
    if (queued > 0) copyInstances(db, from, from + finished + 1, from + finished + queued, 0);
    const add = db.prepare("INSERT INTO counts(workflow, status, n) VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n");
    add.run(workflow, status, finished);
    if (queued > 0) add.run(workflow, 0, queued);
    db.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
}
