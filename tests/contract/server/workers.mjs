// The routes of Workers that a dashboard needs: reference section 2.3 and the public API.
import { failure, jsonOf, success } from "./envelope.mjs";
import { timeAt, uuid } from "./world.mjs";

const noScript = () => failure(404, 10007, "This Worker does not exist on your account.");

function ofScript(world, script, call, parts) {
  const body = () => jsonOf(call.body, {});
  switch (`${call.method} ${parts[0] ?? ""}`) {
    case "GET settings":
      return success({ bindings: [{ type: "secret_text", name: "API_KEY" }, { type: "a_kind_of_tomorrow", name: "NEW", id: "n-1" }] });
    case "GET versions":
      return success({ items: [{ id: uuid(`v-${script.name}`), number: 1, metadata: { created_on: timeAt(0), source: "wrangler" }, annotations: {} }] });
    case "GET deployments":
      return success({
        deployments: [{ id: uuid(`d-${script.name}`), source: "wrangler", strategy: "percentage", author_email: "a@example.com",
          created_on: timeAt(0), versions: [{ version_id: uuid(`v-${script.name}`), percentage: 100 }] }],
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
  const script = world.scripts.find((one) => one.name === parts[2]);
  if (!script && call.method === "PUT" && parts.length === 3) {
    world.scripts.push({ name: parts[2], secrets: [], crons: [] });
    return success({ id: parts[2], etag: "e", deployment_id: uuid("uploaded"), startup_time_ms: 1 });
  }
  return script ? ofScript(world, script, call, parts.slice(3)) : noScript();
}
