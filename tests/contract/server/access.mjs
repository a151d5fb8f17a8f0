// Tokens and what they may do. `edit` everything, `read` reads everything, `partial` reads workflows only; the others are
// no good any more.
import { failure, success } from "./envelope.mjs";

const ids = { edit: "e".repeat(32), read: "d".repeat(32), partial: "a".repeat(32), expired: "f".repeat(32), disabled: "b".repeat(32) };

export const nameOf = (server, bearer) => Object.keys(server.tokens).find((name) => server.tokens[name] === bearer);

const refused = (status) => failure(status, 10000, "Authentication error");

function mayDo(name, call) {
  if (name === "edit") return true;
  const reads = call.method === "GET" || call.path === "/graphql";
  if (name === "read") return reads;
  return reads && (call.path === "/accounts" || /^\/accounts\/[^/]+(\/tokens\/verify|\/workflows(\/|$))/.test(call.path));
}

/** A failure for who may not do this; nothing for who may. */
export function gate(server, call) {
  if (!call.bearer) return failure(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");
  const name = nameOf(server, call.bearer);
  if (!name) return refused(401);
  if (name === "expired" || name === "disabled") return refused(401);
  const [, account] = /^\/accounts\/([^/]+)/.exec(call.path) ?? [];
  if (account && !server.world.accounts.some((one) => one.id === account)) return refused(403);
  if (mayDo(name, call)) return undefined;
  if (call.path === "/graphql")
    return { status: 403, body: { data: null, errors: [{ message: "not authorized for that account", path: null, extensions: { code: "authz" } }] } };
  return refused(403);
}

/** GET /user/tokens/verify and the same of an account. */
export function verify(server, call) {
  const name = nameOf(server, call.bearer);
  if (!name) return failure(401, 1000, "Invalid API Token");
  const status = name === "expired" || name === "disabled" ? name : "active";
  const day = 24 * 3600 * 1000;
  const expires = name === "expired" ? Date.now() - day : Date.now() + 30 * day;
  return {
    ...success({ id: ids[name], status, not_before: "2026-01-01T00:00:00Z", expires_on: new Date(expires).toISOString() }),
  };
}

/** GET /accounts */
export function accountOf(server) {
  const rows = server.world.accounts.map((one) => ({ ...one, type: "standard", settings: {}, created_on: "2025-01-01T00:00:00Z" }));
  return success(rows, { page: 1, per_page: 20, count: rows.length, total_count: rows.length, total_pages: 1 });
}
