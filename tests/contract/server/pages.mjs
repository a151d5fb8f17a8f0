// The routes of Pages: reference sections 1 and 3.
import { failure, jsonOf, listPage, pageOf, success } from "./envelope.mjs";
import { partsOf } from "./form.mjs";
import { makeDeployment, timeAt, uuid } from "./world.mjs";

const badPage = { fallback: 25, most: 25, code: 8000024 };
const base64 = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

function shownDeployment(project, one) {
  const short = one.id.slice(0, 8);
  const stage = { started_on: one.created, ended_on: one.created };
  return {
    id: one.id,
    short_id: short,
    project_id: project.id,
    project_name: project.name,
    environment: one.environment,
    url: `https://${short}.${project.name}.pages.dev`,
    aliases: one.environment === "preview" ? [`https://${one.branch}.${project.name}.pages.dev`] : null,
    created_on: one.created,
    modified_on: one.created,
    latest_stage: { ...one.stage, ...stage },
    stages: [{ name: "queued", status: "success", started_on: null, ended_on: null }, { ...one.stage, ...stage }],
    deployment_trigger: { type: "ad_hoc", metadata: { branch: one.branch, commit_hash: one.parts?.commit_hash ?? "", commit_message: `change ${one.number}`, commit_dirty: false } },
    build_config: { build_command: null, destination_dir: null },
    env_vars: null,
    is_skipped: false,
  };
}

const live = (project) => project.deployments.find((one) => one.environment === "production" && one.stage.status === "success");
const orNull = (project, one) => (one ? shownDeployment(project, one) : null);

/** Secrets come back with an empty value. */
const shownConfig = ({ env_vars = {}, ...rest } = {}) => ({
  ...rest,
  env_vars: Object.fromEntries(Object.entries(env_vars).map(([name, one]) => [name, one.type === "secret_text" ? { ...one, value: "" } : one])),
});

const shownProject = (project) => ({
  id: project.id,
  name: project.name,
  subdomain: `${project.name}.pages.dev`,
  domains: [`${project.name}.pages.dev`, ...project.domains],
  production_branch: project.branch,
  created_on: timeAt(0),
  source: null,
  build_config: {},
  deployment_configs: { production: shownConfig(project.configs?.production), preview: shownConfig(project.configs?.preview) },
  canonical_deployment: orNull(project, live(project)),
  latest_deployment: orNull(project, project.deployments[0]),
});

function deploy(world, project, call) {
  const sent = partsOf(call.type, call.body);
  const parts = Object.fromEntries(sent.map((part) => [part.name, part.bytes.toString()]));
  const manifest = parts.manifest ? jsonOf(Buffer.from(parts.manifest)) : undefined;
  if (!manifest) return failure(400, 8000096, "A \"manifest\" field was expected in the request body but was not provided.");
  const lost = Object.values(manifest).filter((key) => !world.assets.has(key));
  if (lost.length > 0) return failure(400, 8000000, `An unknown error occurred: ${lost.length} assets are not stored`);
  const branch = parts.branch || project.branch;
  const made = makeDeployment(project.name, 1000 + world.created++, { branch, environment: branch === project.branch ? "production" : "preview", files: manifest, parts });
  project.deployments.unshift(made);
  return success({ ...shownDeployment(project, made), files: manifest });
}

function ofDeployment(project, call, parts) {
  const one = project.deployments.find((each) => each.id === parts[0]);
  if (!one) return failure(404, 8000009, "Deployment not found");
  const key = `${call.method} ${parts.slice(1).join("/")}`;
  if (key === "GET ") return success({ ...shownDeployment(project, one), files: one.files ?? {} });
  if (key === "GET history/logs")
    return success({ total: 1, includes_container_logs: false, data: [{ ts: one.created, line: "Success: Assets published!" }] });
  if (key === "POST rollback" || key === "POST retry") {
    if (key === "POST rollback" && one.environment !== "production")
      return failure(400, 8000039, "Only production deployments can be rolled back to");
    const copy = { ...one, id: uuid(`again-${one.id}-${project.deployments.length}`), number: one.number };
    project.deployments.unshift(copy);
    return success(shownDeployment(project, copy));
  }
  if (key !== "DELETE ") return undefined;
  if (live(project) === one) return failure(400, 8000034, "The active production deployment cannot be deleted");
  if (project.deployments.find((each) => each.branch === one.branch) === one && call.query.get("force") !== "true")
    return failure(400, 8000035, "This deployment has aliases: use ?force=true");
  project.deployments.splice(project.deployments.indexOf(one), 1);
  return success(null);
}

function domains(project, call, parts) {
  const shown = (name) => ({ id: uuid(name), name, status: name.startsWith("odd") ? "awaiting_moonrise" : "active", created_on: timeAt(0) });
  if (call.method === "POST") {
    project.domains.push(jsonOf(call.body)?.name);
    return success(shown(project.domains.at(-1)));
  }
  if (call.method !== "DELETE") return success(project.domains.map(shown));
  project.domains = project.domains.filter((name) => name !== parts[0]);
  return success(null);
}

function ofProject(world, project, call, parts) {
  const key = `${call.method} ${parts[0] ?? ""}`;
  if (key === "GET ") return success(shownProject(project));
  if (key === "PATCH ") {
    const change = jsonOf(call.body) ?? {};
    if (change.production_branch) project.branch = change.production_branch;
    // Maps are merged, and null takes an entry away.
    for (const [environment, given] of Object.entries(change.deployment_configs ?? {})) {
      const config = ((project.configs ??= {})[environment] ??= {});
      const { env_vars, ...rest } = given ?? {};
      Object.assign(config, rest);
      for (const [name, value] of Object.entries(env_vars ?? {}))
        if (value === null) delete config.env_vars?.[name];
        else (config.env_vars ??= {})[name] = value;
    }
    return success(shownProject(project));
  }
  if (key === "DELETE ") {
    world.projects.splice(world.projects.indexOf(project), 1);
    return success(null);
  }
  if (key === "GET upload-token") {
    const claims = { exp: Math.floor(Date.now() / 1000) + 300, max_file_count_allowed: 20_000 };
    return success({ jwt: `${base64({ alg: "none" })}.${base64(claims)}.${base64("signed")}` });
  }
  if (parts[0] === "domains") return domains(project, call, parts.slice(1));
  if (parts[0] !== "deployments") return undefined;
  if (parts.length > 1) return ofDeployment(project, call, parts.slice(1));
  if (call.method === "POST") return deploy(world, project, call);
  const asked = pageOf(call.query, badPage);
  if (asked.body) return asked;
  const rows = project.deployments.filter((one) => !call.query.has("env") || one.environment === call.query.get("env"));
  const answer = listPage(rows, asked);
  answer.body.result = answer.body.result.map((one) => shownDeployment(project, one));
  return answer;
}

export function pages(world, call) {
  if (!/^\/pages\/projects(\/|$)/.test(call.rest)) return undefined;
  const parts = call.rest.split("/").slice(3).map(decodeURIComponent);
  if (parts.length === 0 && call.method === "POST") {
    const body = jsonOf(call.body) ?? {};
    if (!/^[a-z0-9][a-z0-9-]{0,56}[a-z0-9]?$/.test(body.name ?? "")) return failure(400, 8000003, "The project name is not valid");
    if (world.projects.some((one) => one.name === body.name))
      return failure(409, 8000002, "A project with this name already exists. Choose a different project name.");
    world.projects.push({ id: uuid(body.name), name: body.name, branch: body.production_branch ?? "main", deployments: [], domains: [] });
    return success(shownProject(world.projects.at(-1)));
  }
  if (parts.length === 0) {
    const asked = pageOf(call.query, badPage);
    if (asked.body) return asked;
    const answer = listPage(world.projects, asked);
    answer.body.result = answer.body.result.map(shownProject);
    return answer;
  }
  const project = world.projects.find((one) => one.name === parts[0]);
  if (!project)
    return failure(404, 8000007, "Project not found. The specified project name does not match any of your existing projects.");
  return ofProject(world, project, call, parts.slice(1));
}

/** POST /pages/assets/...: opened by upload tokens, and of no account. */
export function pageAssets(world, call) {
  const claims = jsonOf(Buffer.from(call.bearer.split(".")[1] ?? "", "base64url"));
  if (!(claims?.exp > Date.now() / 1000)) return failure(401, 8000013, "Authorization failed");
  const body = jsonOf(call.body);
  switch (call.path.slice("/pages/assets/".length)) {
    case "check-missing":
      return success(body.hashes.filter((key) => !world.assets.has(key)));
    case "upload":
      for (const file of body) world.assets.set(file.key, file.value.length);
      return success(null);
    case "upsert-hashes":
      return success(true);
    default:
      return failure(404, 7003, "No route for that URI");
  }
}
