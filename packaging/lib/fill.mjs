// Fills an engine with real data for pictures: imports every sample and brings instances into different states.
//   node fill.mjs READY.json        READY.json holds the line that stepwelld printed
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
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

const types = { html: "text/html", css: "text/css", js: "application/javascript", svg: "image/svg+xml" };
const keyOf = (path, text) => createHash("md5").update(text + path.split(".").pop()).digest("hex");

/** Deploys texts as a site: `{path: text}`. */
async function deploySite(project, files, fields) {
  const { jwt } = await call("GET", `/pages/projects/${project}/upload-token`);
  const assets = Object.entries(files).map(([path, text]) => ({
    key: keyOf(path, text),
    value: Buffer.from(text).toString("base64"),
    metadata: { contentType: types[path.split(".").pop()] },
    base64: true,
  }));
  const uploaded = await fetch(`${ready.api}/pages/assets/upload`, {
    method: "POST",
    headers: { authorization: `Bearer ${jwt}`, "content-type": "application/json" },
    body: JSON.stringify(assets),
  });
  if (!uploaded.ok) throw new Error(`The files of ${project} were not taken: ${await uploaded.text()}`);
  const form = new FormData();
  const manifest = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, keyOf(path, text)]));
  form.append("manifest", JSON.stringify(manifest));
  for (const [name, text] of Object.entries(fields)) form.append(name, text);
  await call("POST", `/pages/projects/${project}/deployments`, form);
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

await call("POST", "/pages/projects", { name: "shop", production_branch: "main" });
await call("PATCH", "/pages/projects/shop", {
  deployment_configs: {
    production: {
      env_vars: {
        API_URL: { type: "plain_text", value: "https://api.example.com" },
        TOKEN: { type: "secret_text", value: "text" },
      },
    },
  },
});
const page = (title) => `<!doctype html><title>${title}</title><body style="font:24px sans-serif;margin:4em"><h1>${title}</h1>`;
await deploySite("shop", { "/index.html": page("Old shop"), "/old.html": page("Old"), "/logo.svg": "<svg/>" }, {
  branch: "main",
  commit_message: "Open the shop",
  commit_hash: "9c41e0aa51d0c1b2",
});
const rules = {
  _redirects: "/old /about 301\n/blog/:slug /posts/:slug 302\n/nowhere\n",
  _headers: "/img/*\n  Cache-Control: public, max-age=31536000\n  ! Link\n/*\n  X-Frame-Options: DENY\nnonsense\n",
};
const shop = {
  "/index.html": page("The shop"),
  "/about/index.html": page("About us"),
  "/about/team/index.html": page("The team"),
  "/posts/vouchers.html": page("Vouchers"),
  "/assets/index.4f1c09aa.css": "body { color: #1f2328 }",
  "/assets/index.93bb12.js": "console.log('shop')",
  "/img/logo.svg": "<svg/>",
  "/404.html": page("Not here"),
};
await deploySite("shop", shop, { branch: "main", commit_message: "Prices with two digits", commit_hash: "77b0f1d2", ...rules });
await deploySite("shop", { ...shop, "/vouchers/index.html": page("Vouchers") }, {
  branch: "redesign/checkout-with-vouchers",
  commit_message: "Vouchers can be typed in at the checkout",
  commit_hash: "0d11ea62",
  commit_dirty: "true",
  ...rules,
});
await call("POST", "/pages/projects/shop/domains", { name: "www.example.com" });
await call("POST", "/pages/projects", { name: "landing-page-of-the-spring-campaign", production_branch: "main" });

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
