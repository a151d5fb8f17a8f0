// Fills an engine with real data for pictures: imports every sample and brings instances into different states.
//   node fill.mjs READY.json        READY.json holds the line that stepwelld printed
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const esbuild = join(root, "resources/driver/node_modules/.bin/esbuild");
const ready = JSON.parse(await readFile(process.argv[2], "utf8"));
const token = (await readFile(ready.token_file, "utf8")).trim();
const settleMs = 5_000;

async function call(method, path, body) {
  const isForm = body instanceof FormData;
  const response = await fetch(`${ready.api}/accounts/${ready.account}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && !isForm ? { "content-type": "application/json" } : {}) },
    body: body === undefined || isForm ? body : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!answer.success) throw new Error(`${method} ${path}: ${JSON.stringify(answer.errors)}`);
  return answer.result;
}

async function importSample(name, className, binding) {
  const entry = join(root, "resources/samples", name, "src/index.ts");
  const bundled = await promisify(execFile)(esbuild, [entry, "--bundle", "--format=esm", "--external:cloudflare:*"]);
  const metadata = {
    main_module: "index.js",
    compatibility_date: "2026-06-01",
    compatibility_flags: ["nodejs_compat"],
    bindings: [
      { type: "workflow", name: binding, workflow_name: name, class_name: className },
      { type: "plain_text", name: "SENDER", text: "shop@example.com" },
      { type: "json", name: "LIMITS", json: { perOrder: 20, perDay: 400 } },
    ],
  };
  const form = new FormData();
  form.append("metadata", JSON.stringify(metadata));
  form.append("index.js", new Blob([bundled.stdout], { type: "application/javascript+module" }), "index.js");
  await call("PUT", `/workers/scripts/${name}`, form);
  await call("PUT", `/workflows/${name}`, { class_name: className, script_name: name });
}

const create = (workflow, id, params) =>
  call("POST", `/workflows/${workflow}/instances`, { instance_id: id, params });
const send = (id, type, payload) => call("POST", `/workflows/review-approval/instances/${id}/events/${type}`, payload);

await importSample("order-processing", "OrderProcessing", "ORDERS");
await importSample("cart-reminder", "CartReminder", "REMINDERS");
await importSample("review-approval", "ReviewApproval", "REVIEWS");

// A Worker with a bit of everything.
await call("PUT", "/workers/scripts/review-approval/secrets", { name: "MAIL_KEY", text: "key", type: "secret_text" });
await call("PUT", "/workers/scripts/review-approval/schedules", [{ cron: "0 6 * * 2-6" }, { cron: "*/30 * * * *" }]);

const order = JSON.parse(await readFile(join(root, "resources/samples/order-processing/sample-params.json"), "utf8"));
for (let i = 1; i <= 24; ++i) {
  const params = { ...order, orderId: `A-${1040 + i}`, notifyUrl: ready.url + "/healthz", paymentFailures: i % 4 };
  if (i % 9 === 0) params.items = [];
  await create("order-processing", `order-${1040 + i}`, params);
}
for (let i = 1; i <= 9; ++i) {
  await create("cart-reminder", `cart-${70 + i}`, { cartId: `cart-${70 + i}`, items: i, wait: i < 5 ? "1 second" : "2 hours" });
}
for (const [i, document] of ["Release notes 2.1", "Price list", "Privacy notice", "Roadmap"].entries()) {
  await create("review-approval", `review-${i + 1}`, { document, reviewer: "mia", timeout: "2 hours" });
}
await send("review-1", "review-started", { by: "mia" });
await send("review-1", "approved", { by: "mia", comment: "Ship it" });
await send("review-2", "review-started", { by: "mia" });
await call("PATCH", "/workflows/review-approval/instances/review-3/status", { status: "terminate" });
await call("PATCH", "/workflows/cart-reminder/instances/cart-79/status", { status: "pause" });
await new Promise((resolve) => setTimeout(resolve, settleMs));
// A few that are in the middle of things when the pictures are taken.
for (let i = 1; i <= 3; ++i) {
  const params = { ...order, orderId: `A-${1070 + i}`, notifyUrl: ready.url + "/healthz", paymentFailures: 4 };
  await create("order-processing", `order-${1070 + i}`, params);
}
