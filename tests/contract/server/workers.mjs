// The routes of Workers that a dashboard needs: reference section 2.3 and the public API.
import { failure, jsonOf, success } from "./envelope.mjs";
import { formOf, partsOf } from "./form.mjs";
import { timeAt, uuid } from "./world.mjs";

const noScript = () => failure(404, 10007, "This Worker does not exist on your account.");

const isSecret = (binding) => binding.type === "secret_text" || binding.type === "secret_key";
const oddBindings = [{ type: "secret_text", name: "API_KEY" }, { type: "a_kind_of_tomorrow", name: "NEW", id: "n-1" }];

/** Nobody reads a secret again; a script tells more of itself than was sent. */
const settingsOf = (script) => ({
  bindings: (script.bindings ?? oddBindings).map((one) => (isSecret(one) ? { type: one.type, name: one.name } : one)),
  compatibility_date: script.metadata?.compatibility_date ?? "2026-01-01",
  compatibility_flags: script.metadata?.compatibility_flags ?? [],
  usage_model: "standard",
  tags: [],
  tail_consumers: null,
  logpush: false,
  placement: {},
  observability: script.metadata?.observability ?? { enabled: true, head_sampling_rate: 1, logs: { enabled: true, invocation_logs: true } },
  annotations: script.metadata?.annotations ?? {},
});

function contentOf(script) {
  const form = formOf(script.modules ?? [{ name: "index.js", type: "application/javascript+module", bytes: Buffer.from("export default {}\n").toString("base64") }]);
  return { status: 200, headers: { "content-type": form.type, "cf-entrypoint": script.metadata?.main_module ?? "index.js" }, body: form.body };
}

/** PUT of a script: there wholly or not at all. Secrets that are not sent stay when their type is kept; `inherit` keeps any. */
function upload(world, name, call) {
  const parts = partsOf(call.type, call.body);
  const metadata = jsonOf(parts.find((part) => part.name === "metadata")?.bytes ?? Buffer.alloc(0));
  if (!metadata) return failure(400, 10021, "No metadata part, or it is no JSON");
  const modules = parts
    .filter((part) => part.name !== "metadata" && part.type !== "application/source-map")
    .map((part) => ({ name: part.name, type: part.type, bytes: part.bytes.toString("base64") }));
  if (!modules.some((one) => one.name === metadata.main_module)) return failure(400, 10021, `No such module "${metadata.main_module}".`);
  const before = world.scripts.find((one) => one.name === name) ?? { name, secrets: [], crons: [], bindings: [] };
  const had = (wanted) => (before.bindings ?? oddBindings).find((one) => one.name === wanted);
  const bindings = [];
  for (const binding of metadata.bindings ?? []) {
    const made = binding.type === "inherit" ? had(binding.name) : binding;
    if (!made) return failure(400, 10057, `Binding ${binding.name} does not exist and cannot be inherited`);
    if (made.type === "secret_text" && made.text === undefined && binding.type !== "inherit")
      return failure(400, 10021, `Secret ${binding.name} has no text`);
    bindings.push(made);
  }
  for (const old of before.bindings ?? oddBindings)
    if (metadata.keep_bindings?.includes(old.type) && !bindings.some((one) => one.name === old.name)) bindings.push(old);
  Object.assign(before, { metadata: { ...metadata, bindings: undefined }, modules, bindings, split: undefined });
  before.secrets = bindings.filter(isSecret).map((one) => one.name);
  if (!world.scripts.includes(before)) world.scripts.push(before);
  return success({ id: name, etag: "e", deployment_id: uuid("uploaded"), startup_time_ms: 1 });
}

function ofScript(world, script, call, parts) {
  const body = () => jsonOf(call.body, {});
  switch (`${call.method} ${parts.join("/")}`) {
    case "GET content/v2":
      return contentOf(script);
    case "GET settings":
      return success(settingsOf(script));
  }
  switch (`${call.method} ${parts[0] ?? ""}`) {
    case "GET versions":
      return success({ items: [{ id: uuid(`v-${script.name}`), number: 1, metadata: { created_on: timeAt(0), source: "wrangler" }, annotations: {} }] });
    case "GET deployments":
      return success({
        deployments: [{ id: uuid(`d-${script.name}`), source: "wrangler", strategy: "percentage", author_email: "a@example.com",
          created_on: timeAt(0), versions: script.split ?? [{ version_id: uuid(`v-${script.name}`), percentage: 100 }] }],
      });
    case "POST deployments":
      return success({ id: uuid("deployed") });
    case "GET schedules":
      return success({ schedules: script.crons.map((cron) => ({ cron, created_on: timeAt(0), modified_on: timeAt(0) })) });
    case "PUT schedules":
      script.crons = body().map((one) => one.cron);
      return success({ schedules: body() });
    case "GET secrets":
      return success(script.secrets.map((name) => ({ name, type: "secret_text" })));
    case "PUT secrets":
      if (!script.secrets.includes(body().name)) script.secrets.push(body().name);
      return success({ name: body().name, type: "secret_text" });
    case "DELETE secrets":
      if (!script.secrets.includes(parts[1])) return failure(404, 10056, "Secret not found");
      script.secrets = script.secrets.filter((name) => name !== parts[1]);
      return success(null);
    case "GET subdomain":
      return success({ enabled: true, previews_enabled: true });
    case "DELETE ":
      world.scripts.splice(world.scripts.indexOf(script), 1);
      return success({ id: script.name });
    default:
      return undefined;
  }
}

export function workers(world, call) {
  if (call.rest === "/workers/subdomain") return success({ subdomain: "contract" });
  const parts = call.rest.split("/").slice(1).map(decodeURIComponent);
  if (parts[0] !== "workers") return undefined;
  if (parts[1] === "workers" && parts.length === 3)
    return world.scripts.some((one) => one.name === parts[2])
      ? success({ name: parts[2], subdomain: { enabled: true, previews_enabled: false } })
      : noScript();
  if (parts[1] !== "scripts") return undefined;
  // The list of scripts is no page: all come at once, and with no result_info.
  if (parts.length === 2)
    return success(world.scripts.map((one) => ({ id: one.name, created_on: timeAt(0), modified_on: timeAt(1), handlers: ["fetch"] })));
  if (call.method === "PUT" && parts.length === 3) return upload(world, parts[2], call);
  const script = world.scripts.find((one) => one.name === parts[2]);
  return script ? ofScript(world, script, call, parts.slice(3)) : noScript();
}
