// What the server tells of: made anew for each test, the same every time.
import { createHash } from "node:crypto";

export const uuid = (text) => {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const start = Date.UTC(2026, 5, 1, 12);
export const timeAt = (seconds) => new Date(start + seconds * 1000).toISOString();
const statuses = ["complete", "errored", "running", "waiting", "queued", "paused", "terminated"];

export function makeStep(name, more = {}) {
  return {
    name,
    type: "step",
    start: timeAt(1),
    end: timeAt(2),
    success: true,
    output: '{"ok":true}',
    config: { retries: { limit: 5, delay: 1000, backoff: "exponential" }, timeout: "10 minutes" },
    attempts: [{ start: timeAt(1), end: timeAt(2), success: true, error: null }],
    ...more,
  };
}

export function makeInstance(workflow, number, more = {}) {
  const id = more.id ?? `run-${String(number).padStart(4, "0")}`;
  return {
    id,
    version: uuid(`version-1-${workflow}`),
    status: statuses[number % statuses.length],
    created: timeAt(number),
    source: "api",
    params: { order: number },
    output: '{"ok":true}',
    error: null,
    steps: [
      makeStep("reserve-1"),
      { name: "nap-1", type: "sleep", start: timeAt(2), end: timeAt(3), finished: true, error: null },
      { name: "approval-1", type: "waitForEvent", start: timeAt(3), end: null, finished: false, error: null, event_type: "approved" },
    ],
    events: [],
    outputs: {},
    ...more,
  };
}

export function makeWorkflow(name, instances) {
  return {
    id: uuid(name),
    name,
    class_name: "Flow",
    script_name: `${name}-worker`,
    created_on: timeAt(-1000),
    modified_on: timeAt(-500),
    triggered_on: null,
    instances: Array.from({ length: instances }, (_, number) => makeInstance(name, number)),
  };
}

export function makeProject(name, deployments) {
  return {
    id: uuid(`project-${name}`),
    name,
    branch: "main",
    deployments: Array.from({ length: deployments }, (_, number) => makeDeployment(name, number)).reverse(),
    domains: [],
  };
}

export function makeDeployment(project, number, more = {}) {
  const id = uuid(`deployment-${project}-${number}`);
  return {
    id,
    number,
    environment: number % 3 === 1 ? "preview" : "production",
    branch: number % 3 === 1 ? "staging" : "main",
    created: timeAt(number * 60),
    stage: { name: "deploy", status: "success" },
    ...more,
  };
}

export function makeWorld() {
  return {
    accounts: [
      { id: "0123456789abcdef0123456789abcdef", name: "Contract Ltd" },
      { id: "fedcba9876543210fedcba9876543210", name: "Second Ltd" },
    ],
    workflows: [makeWorkflow("orders", 250), makeWorkflow("billing", 3), makeWorkflow("quiet", 0)],
    scripts: ["orders-worker", "billing-worker"].map((name) => ({ name, secrets: ["API_KEY"], crons: ["0 * * * *"] })),
    projects: [makeProject("shop", 60), makeProject("docs", 1)],
    assets: new Map(),
    created: 0,
    retention: { success_retention: 604800000, error_retention: 604800000 },
    // In cursor mode the total is not exact; how far it is off.
    totalOff: -37,
    rows: [],
  };
}

/** What a test may look at behind the API: a script or a project as it is stored, secrets included. */
export function stored(world, what, name) {
  const list = { script: world.scripts, workflow: world.workflows, project: world.projects }[what] ?? [];
  return list.find((one) => one.name === name) ?? { missing: true };
}

/** {workflow, name?, count?, remove?} | {instance:{workflow,id,...}} | {totalOff} | {workflows: n} | {projects: n} | {rows}
 *  | {split: script, shares: [percentages]}: its deployment is between so many versions until the next upload */
export function change(world, asked) {
  if (asked.totalOff !== undefined) world.totalOff = asked.totalOff;
  if (asked.rows) world.rows = asked.rows;
  if (asked.split) {
    const script = world.scripts.find((one) => one.name === asked.split);
    if (!script) return { ok: false, error: "no such script" };
    script.split = asked.shares.map((percentage, at) => ({ version_id: uuid(`v-${script.name}-${at}`), percentage }));
  }
  if (asked.workflows !== undefined)
    world.workflows = Array.from({ length: asked.workflows }, (_, i) => makeWorkflow(`flow-${String(i).padStart(4, "0")}`, 0));
  if (asked.workflow) {
    world.workflows = world.workflows.filter((one) => one.name !== asked.workflow);
    if (!asked.remove) world.workflows.push(makeWorkflow(asked.workflow, asked.count ?? 0));
  }
  if (asked.projects !== undefined)
    world.projects = Array.from({ length: asked.projects }, (_, i) => makeProject(`site-${String(i).padStart(4, "0")}`, 1));
  if (asked.instance) {
    const flow = world.workflows.find((one) => one.name === asked.instance.workflow);
    const there = flow?.instances.find((one) => one.id === asked.instance.id);
    if (!flow) return { ok: false, error: "no such workflow" };
    if (there) Object.assign(there, asked.instance);
    else flow.instances.push(makeInstance(flow.name, flow.instances.length, asked.instance));
  }
  return { ok: true };
}
