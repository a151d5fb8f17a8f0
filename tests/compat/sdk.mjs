// What the tests of the TypeScript SDK share.
import assert from "node:assert/strict";

/** The request is refused with this HTTP status, and this code among its errors. */
export const rejects = (promise, status, code) =>
  assert.rejects(promise, (error) => {
    assert.equal(error.status, status);
    assert.ok(error.errors.some((entry) => entry.code === code), JSON.stringify(error.errors));
    return true;
  });

/** Every row of every page. */
export async function all(pages) {
  const rows = [];
  for await (const row of pages) rows.push(row);
  return rows;
}
