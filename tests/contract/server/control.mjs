// How tests script the server: no token, never part of the API.
//   POST /__control/rule    {path, method?, times?, kind, ...}  see answers.mjs
//   POST /__control/calm    all rules are forgotten
//   POST /__control/reset   a new world, no rules, nothing seen
//   POST /__control/world   {workflow, instances, status, ...} see world.mjs: `change`; {used}: so many requests were made
//   GET  /__control/stored?what=script|workflow|project&name=N   as it is behind the API; {missing:true}
//   GET  /__control/seen?path=EXPRESSION&method=M   the calls so far, without their tokens
import { change, makeWorld, stored } from "./world.mjs";
import { jsonOf } from "./envelope.mjs";
import { useUp } from "./quota.mjs";

export function control(server, request, response, url, body) {
  const what = url.pathname.slice("/__control/".length);
  const asked = jsonOf(body, {});
  let answer = { ok: true };
  if (what === "rule" && asked?.kind) server.rules.push(asked);
  else if (what === "calm") server.rules = [];
  else if (what === "reset") Object.assign(server, { world: makeWorld(), rules: [], seen: [], limits: new Map() });
  else if (what === "world" && asked?.used !== undefined) useUp(server, asked.used);
  else if (what === "world" && asked) answer = change(server.world, asked);
  else if (what === "stored") answer = stored(server.world, url.searchParams.get("what"), url.searchParams.get("name"));
  else if (what === "seen")
    answer = server.seen.filter(
      (call) =>
        new RegExp(url.searchParams.get("path") ?? "").test(call.path) &&
        (!url.searchParams.has("method") || url.searchParams.get("method") === call.method),
    );
  else answer = { ok: false, error: `There is no control request ${what}, or its body is no JSON.` };
  const bytes = Buffer.from(JSON.stringify(answer));
  response.writeHead(answer.ok === false ? 400 : 200, { "content-type": "application/json", "content-length": bytes.length });
  response.end(bytes);
}
