// The routes of Workflows: reference sections 1.4 to 1.7, 6.1 and 6.2.
import { failure, jsonOf, listPage, pageOf, success } from "./envelope.mjs";
import { makeWorkflow, timeAt, uuid } from "./world.mjs";

const truncated = "[truncated output]";
const namePattern = /^[a-zA-Z0-9_][a-zA-Z0-9-_]*$/;
const notFound = {
  workflow: () => failure(404, 10200, "workflows.api.error.workflow.not_found"),
  version: () => failure(404, 10300, "workflows.api.error.version.not_found"),
  instance: () => failure(404, 10400, "workflows.api.error.instance.not_found"),
};

function shown(flow) {
  const counts = {};
  for (const one of flow.instances) counts[one.status] = (counts[one.status] ?? 0) + 1;
  const { instances, settings: _, ...rest } = flow;
  return { ...rest, instances: counts, schedules: flow.settings?.schedules ?? [], script_deleted: false };
}

const summary = (flow, one) => ({
  id: one.id,
  workflow_id: flow.id,
  version_id: one.version,
  status: one.status,
  created_on: one.created,
  modified_on: one.created,
  started_on: one.status === "queued" ? null : one.created,
  ended_on: ["complete", "errored", "terminated"].includes(one.status) ? one.created : null,
  trigger_source: one.source,
});

function list(world, flow, query) {
  if (query.has("page") && query.has("cursor")) return failure(400, 10002, "page and cursor exclude each other");
  const asked = pageOf(query, { fallback: 50, most: 100, code: 10002 });
  if (asked.body) return asked;
  const from = query.get("date_start");
  const to = query.get("date_end");
  const rows = flow.instances
    .filter((one) => !query.has("status") || one.status === query.get("status"))
    .filter((one) => (!from || one.created >= from) && (!to || one.created < to))
    .sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : a.id < b.id ? 1 : -1));
  if (query.has("page")) {
    const answer = listPage(rows, asked);
    answer.body.result = answer.body.result.map((one) => summary(flow, one));
    return answer;
  }
  // A cursor names the last row seen: rows that come and go do not shift what follows.
  let at = 0;
  if (query.get("cursor")) {
    const last = Buffer.from(query.get("cursor"), "base64url").toString();
    at = rows.findIndex((one) => one.created + one.id < last);
    if (!/^2\d{3}-/.test(last)) return failure(400, 10002, "cursor: is not one of ours");
    if (at < 0) at = rows.length;
  }
  if (query.get("direction") === "asc") rows.reverse();
  const part = rows.slice(at, at + asked.perPage);
  const more = at + asked.perPage < rows.length;
  const last = part.at(-1);
  return success(
    part.map((one) => summary(flow, one)),
    {
      count: part.length,
      per_page: asked.perPage,
      total_count: Math.max(0, rows.length + world.totalOff),
      ...(more && last ? { cursor: Buffer.from(last.created + last.id).toString("base64url") } : {}),
    },
  );
}

const cut = (text) => (typeof text === "string" && text.length > 1024 ? text.slice(0, 1024) + truncated : text);

function detail(one, query) {
  const final = ["complete", "errored", "terminated"].includes(one.status);
  const steps = one.steps.map((step) => ("output" in step ? { ...step, output: cut(step.output) } : step));
  if (query.get("order") === "desc") steps.reverse();
  return success({
    status: one.status,
    params: one.params,
    trigger: { source: one.source },
    versionId: one.version,
    queued: one.created,
    start: one.created,
    end: final ? one.created : null,
    success: final ? one.status === "complete" : null,
    error: one.error,
    output: one.status === "complete" ? one.output : null,
    rollback: null,
    step_count: one.steps.length,
    ...one.more,
    ...(query.get("simple") === "true" ? {} : { steps }),
  });
}

function stepOf(one, query) {
  const kind = query.get("type") === "waitForEvent" ? "waitForEvent" : "step";
  const step = one.steps.find((each) => each.name === query.get("name") && each.type === kind);
  if (!step) return failure(404, 10404, "workflows.api.error.step.not_found");
  const status = step.end === null ? "running" : step.success === false ? "errored" : "complete";
  return success({ status, error: step.error ?? null, output: step.output });
}

const allowed = {
  pause: ["running", "waiting", "queued"],
  resume: ["paused", "waitingForPause"],
  terminate: ["running", "waiting", "queued", "paused", "waitingForPause"],
  restart: undefined,
};
const becomes = { pause: "paused", resume: "running", terminate: "terminated", restart: "queued" };

function changeStatus(one, body) {
  const wanted = body?.status;
  if (!(wanted in becomes)) return failure(400, 10002, "workflows.api.error.body");
  if (allowed[wanted] && !allowed[wanted].includes(one.status))
    return failure(409, wanted === "terminate" ? 10401 : 10403, `workflows.api.error.instance.cannot_${wanted}`);
  if (body.from && !one.steps.some((step) => step.name === `${body.from.name}-${body.from.count ?? 1}`))
    return failure(409, 10402, "workflows.api.error.instance.step_not_found");
  one.status = becomes[wanted];
  one.restarts = (one.restarts ?? 0) + (wanted === "restart" ? 1 : 0);
  return success({ status: one.status, timestamp: timeAt(0) });
}

function create(world, flow, body) {
  if (body === undefined || typeof body !== "object") return failure(400, 10002, "workflows.api.error.body");
  const id = body.instance_id ?? uuid(`created-${world.created}`);
  if (!namePattern.test(id) || id.length > 100) return failure(400, 10002, "instance_id: is not a valid id");
  if (flow.instances.some((one) => one.id === id))
    return failure(409, 10405, "workflows.api.error.instance.already_exists");
  const number = 100_000 + world.created++;
  flow.instances.push({
    id, version: uuid(`version-1-${flow.name}`), status: "queued", created: timeAt(number), source: "api",
    params: body.params ?? {}, output: null, error: null, steps: [], events: [], outputs: {},
  });
  return success({ id, status: "queued", version_id: uuid(`version-1-${flow.name}`), workflow_id: flow.id });
}

function remove(flow, body) {
  if (!Array.isArray(body?.instances) || body.instances.length < 1 || body.instances.length > 100)
    return failure(400, 10002, "instances: must be 1 to 100 ids");
  const answer = { deleted: [], errors: [] };
  for (const id of body.instances) {
    const at = flow.instances.findIndex((one) => one.id === id);
    if (at < 0) answer.errors.push({ id, code: 10400, message: "workflows.api.error.instance.not_found" });
    else answer.deleted.push({ id: flow.instances.splice(at, 1)[0].id });
  }
  return success(answer);
}

const version = (flow) => ({
  id: uuid(`version-1-${flow.name}`), workflow_id: flow.id, class_name: flow.class_name, created_on: flow.created_on,
  modified_on: flow.modified_on, has_dag: false, language: "javascript", ...(flow.settings?.limits ? { limits: flow.settings.limits } : {}),
});

/** PUT makes one, or takes it over; a class has to be in a script that is there. */
function put(world, name, body) {
  if (!namePattern.test(name) || name.length > 64 || !body?.class_name || !body?.script_name)
    return failure(400, 10002, "workflows.api.error.body");
  if (!world.scripts.some((one) => one.name === body.script_name)) return failure(404, 10007, "workers.api.error.script_not_found");
  const { class_name, script_name, ...settings } = body;
  let flow = world.workflows.find((one) => one.name === name);
  if (!flow) world.workflows.push((flow = makeWorkflow(name, 0)));
  Object.assign(flow, { class_name, script_name, settings, modified_on: timeAt(0) });
  return success({ ...shown(flow), version_id: version(flow).id, is_deleted: 0, terminator_running: 0 });
}

function ofInstance(flow, call, parts) {
  const one = flow.instances.find((each) => each.id === parts[0]);
  if (!one) return parts[1] === "events" ? failure(404, 10201, "workflows.api.error.instance.not_found") : notFound.instance();
  const key = `${call.method} ${parts.slice(1, 2).join("/")}`;
  if (key === "GET ") return detail(one, call.query);
  if (key === "GET step") return stepOf(one, call.query);
  if (key === "PATCH status") return changeStatus(one, jsonOf(call.body));
  if (key === "DELETE ") {
    flow.instances.splice(flow.instances.indexOf(one), 1);
    return success({ instanceId: one.id, timestamp: timeAt(0) });
  }
  if (key === "POST events" && namePattern.test(parts[2] ?? "")) {
    const payload = jsonOf(call.body, null);
    if (payload === undefined) return failure(400, 10002, "workflows.api.error.body");
    one.events.push({ type: parts[2], payload });
    return success({ instanceId: one.id, timestamp: timeAt(0) });
  }
  return undefined;
}

function settings(world, call) {
  if (call.method === "PATCH") Object.assign(world.retention, jsonOf(call.body)?.default_retention);
  return success({ default_retention: world.retention });
}

function ofWorkflow(world, flow, call, parts) {
  const key = `${call.method} ${parts[0] ?? ""}`;
  if (key === "GET ") return success(shown(flow));
  if (key === "DELETE ") {
    world.workflows.splice(world.workflows.indexOf(flow), 1);
    return success({ status: "ok", success: null });
  }
  if (key === "GET versions") {
    if (parts.length === 1) {
      const asked = pageOf(call.query, { fallback: 50, most: 100 });
      return asked.body ? asked : listPage([version(flow)], asked);
    }
    if (parts[1] !== version(flow).id) return notFound.version();
    return success(parts[2] === "graph" ? { ...version(flow), graph: null } : version(flow));
  }
  if (parts[0] !== "instances") return undefined;
  if (key === "GET instances" && parts.length === 1) return list(world, flow, call.query);
  if (key === "POST instances" && parts.length === 1) return create(world, flow, jsonOf(call.body, {}));
  if (call.method === "POST" && parts[1] === "batch" && parts[2] === "delete") return remove(flow, jsonOf(call.body));
  return parts.length > 1 ? ofInstance(flow, call, parts.slice(1)) : undefined;
}

export function workflows(world, call) {
  if (!/^\/workflows(\/|$)/.test(call.rest)) return undefined;
  const parts = call.rest.split("/").slice(2).map(decodeURIComponent);
  if (parts[0] === "settings") return settings(world, call);
  if (parts.length === 0) {
    const asked = pageOf(call.query, { fallback: 10, most: 100 });
    if (asked.body) return asked;
    const answer = listPage(world.workflows, asked);
    answer.body.result = answer.body.result.map(shown);
    return answer;
  }
  if (call.method === "PUT" && parts.length === 1) return put(world, parts[0], jsonOf(call.body));
  const flow = world.workflows.find((one) => one.name === parts[0]);
  return flow ? ofWorkflow(world, flow, call, parts.slice(1)) : notFound.workflow();
}
