// A server that behaves as the references say Cloudflare's API does, oddities included; no dependencies.
//   node main.mjs [--port N]
// Prints one JSON line with its address and tokens and ends when its standard input does, so that it never outlives the
// test that started it. Tests script it through POST /__control/...: see control.mjs.
import { createServer } from "node:http";
import { randomBytes } from "node:crypto";
import { answerWith } from "./answers.mjs";
import { control } from "./control.mjs";
import { accountOf, gate, verify } from "./access.mjs";
import { graphql } from "./graphql.mjs";
import { pages, pageAssets } from "./pages.mjs";
import { workers } from "./workers.mjs";
import { workflows } from "./workflows.mjs";
import { makeWorld } from "./world.mjs";
import { failure } from "./envelope.mjs";
import { quotaHeaders } from "./quota.mjs";

const largestBody = 64 * 1024 * 1024;
const portAt = process.argv.indexOf("--port");
const port = portAt > 0 ? Number(process.argv[portAt + 1]) : 0;

const newToken = () => randomBytes(30).toString("base64url");
const server = {
  tokens: { edit: newToken(), read: newToken(), partial: newToken(), expired: newToken(), disabled: newToken() },
  world: makeWorld(),
  rules: [],
  seen: [],
  limits: new Map(),
};

function bodyOf(request) {
  return new Promise((resolve, reject) => {
    const pieces = [];
    let size = 0;
    request.on("data", (piece) => {
      size += piece.length;
      if (size > largestBody) request.destroy();
      else pieces.push(piece);
    });
    request.on("end", () => resolve(Buffer.concat(pieces)));
    request.on("error", reject);
    request.on("close", () => reject(new Error("cut")));
  });
}

/** What the API says, before anything scripted is done to it. */
function trueAnswer(call) {
  if (call.path === "/user/tokens/verify") return verify(server, call);
  if (call.path.startsWith("/pages/assets/")) return pageAssets(server.world, call);
  const refused = gate(server, call);
  if (refused) return refused;
  if (call.path === "/graphql") return graphql(server.world, call);
  if (call.path === "/accounts") return accountOf(server, call);
  const [, account, rest] = /^\/accounts\/([^/]+)(\/.*)?$/.exec(call.path) ?? [];
  if (!account) return failure(404, 7000, "No route for that URI");
  call.rest = rest ?? "";
  if (call.rest === "/tokens/verify") return verify(server, call);
  for (const part of [workflows, workers, pages]) {
    const answer = part(server.world, call);
    if (answer) return answer;
  }
  return failure(404, 7003, `Could not route to ${call.path}, perhaps your object identifier is invalid?`);
}

/** The first scripted answer that is meant for this call; one with a number of times is used up. */
function ruleFor(call) {
  const rule = server.rules.find(
    (one) => (!one.method || one.method === call.method) && new RegExp(one.path ?? "").test(call.path),
  );
  if (rule?.times !== undefined && --rule.times <= 0) server.rules.splice(server.rules.indexOf(rule), 1);
  return rule;
}

async function handle(request, response) {
  const url = new URL(request.url, "http://contract");
  const body = await bodyOf(request);
  if (url.pathname.startsWith("/__control")) return control(server, request, response, url, body);
  const call = {
    method: request.method,
    path: url.pathname.replace(/^\/client\/v4/, ""),
    query: url.searchParams,
    bearer: /^Bearer (.*)$/.exec(request.headers.authorization ?? "")?.[1] ?? "",
    type: request.headers["content-type"] ?? "",
    body,
  };
  server.seen.push({ method: call.method, path: call.path, query: url.search, body: body.subarray(0, 4096).toString() });
  if (server.seen.length > 20_000) server.seen.shift();
  const quota = quotaHeaders(server, call.bearer);
  const rule = ruleFor(call);
  const withheld = rule && rule.kind !== "cutAfter" && !rule.arrives && ["POST", "PUT", "PATCH", "DELETE"].includes(call.method);
  // What is answered instead of the truth did not happen; only `cutAfter`, delays and changes of the text let it.
  const happens = !withheld || ["slow", "drip", "change"].includes(rule.kind);
  await answerWith(rule, happens ? trueAnswer(call) : failure(500, 10001, "workflows.api.error.internal_server"), response, quota);
}

const http = createServer((request, response) => {
  handle(request, response).catch(() => response.destroy());
});
http.keepAliveTimeout = 60_000;
http.listen(port, "127.0.0.1", () => {
  const url = `http://127.0.0.1:${http.address().port}`;
  const [first] = server.world.accounts;
  console.log(JSON.stringify({ url, api: `${url}/client/v4`, account: first.id, tokens: server.tokens }));
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
process.stdin.on("error", () => process.exit(0));
