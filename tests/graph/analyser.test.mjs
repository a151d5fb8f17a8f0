// The analyser of resources/driver/graph over bundles as tools make them: what the graph of each says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { analyse } from '../../resources/driver/graph/analyse.js';
import { analysed, bundle, outline } from './outline.mjs';

const sample = (name) => fileURLToPath(new URL(`../../resources/samples/${name}/src/index.ts`, import.meta.url));

/** A workflow whose `run` has this body. */
const workflow = (body, rest = '') => ({
  ts: `import { WorkflowEntrypoint } from "cloudflare:workers";
export class W extends WorkflowEntrypoint { async run(event: any, step: any) {${body}}
  async refund(s: any, id: string) { await s.do("refund", async () => 1); if (!id) return; await s.do("tell " + id, async () => 1); } }
${rest}`,
});

function graphOf(text, className = 'W', options) {
  const { graph, reason } = analysed(text, className, options);
  assert.equal(reason, undefined);
  return graph;
}

/** The body gives these lines, as it stands and minified; names of variables may differ there. */
function gives(body, expected, rest = '', { minified = expected } = {}) {
  const dedent = (text) => {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const margin = Math.min(...lines.map((line) => line.search(/\S/)));
    return lines.map((line) => line.slice(margin)).join('\n');
  };
  assert.equal(outline(graphOf(bundle(workflow(body, rest)))), dedent(expected));
  if (minified) assert.equal(outline(graphOf(bundle(workflow(body, rest), { minify: true }))), dedent(minified));
}

const samples = [
  [
    'order-processing',
    'OrderProcessing',
    ['do validate order', 'parallel all', '  loop', '    do reserve ${item.sku}', 'do charge card', 'sleep wait for the packers: 2 seconds', 'do tell the shop'],
  ],
  [
    'cart-reminder',
    'CartReminder',
    ['do note the cart', 'sleep give it time: ${cart.wait ?? "10 seconds"}', 'do look again', 'if', '- after.checkedOut', '  return', 'do send the reminder'],
  ],
  [
    'review-approval',
    'ReviewApproval',
    [
      'do ask for a review', 'try', '- try', '  wait review started: review-started within ${timeout}', '- catch',
      '  do close unreviewed', '  return', 'parallel race', '  wait approval: approved within ${timeout}',
      '  wait rejection: rejected within ${timeout}', 'do publish the verdict',
    ],
  ],
];

for (const [name, className, lines] of samples)
  test(`the sample ${name}`, () => assert.equal(outline(graphOf(bundle(sample(name)), className)), lines.join('\n')));

for (const [name, className, lines] of samples)
  test(`the sample ${name}, minified, has the same steps`, () => {
    const steps = (text) => text.split('\n').map((line) => line.trim()).filter((line) => /^(do|sleep|wait) /.test(line)).map((line) => line.replace(/\$\{[^}]*\}/g, '${}'));
    const found = outline(graphOf(bundle(sample(name), { minify: true }), className));
    assert.deepEqual(steps(found), steps(lines.join('\n')));
  });

test('a graph has the shape of the API', () => {
  const text = bundle(workflow(`
    const { orderId } = event.payload;
    await step.do("charge", { retries: { limit: 3, delay: "5 seconds" } }, async () => orderId);
    const answer = await step.waitForEvent("approval", { type: "approved" });
    await step.sleepUntil("new year", new Date("2030-01-01T00:00:00Z"));
    return answer.payload.by;`));
  assert.deepEqual(graphOf(text), {
    version: 1,
    workflow: {
      class_name: 'W',
      functions: {},
      nodes: [
        {
          type: 'step_do',
          name: 'charge',
          config: { retries: { limit: 3, delay: '5 seconds', backoff: 'exponential' }, timeout: '10 minutes' },
          nodes: [],
        },
        {
          type: 'step_wait_for_event',
          name: 'approval',
          options: { event_type: 'approved', timeout: '24 hours' },
          payload: { type: 'object', fields: { by: { type: 'unknown' } } },
        },
        { type: 'step_sleep_until', name: 'new year', timestamp: '2030-01-01T00:00:00Z' },
      ],
      payload: { type: 'object', fields: { orderId: { type: 'unknown' } } },
    },
  });
});

test('configs come from constants, spreads and arithmetic', () => {
  const text = bundle(workflow(`await step.do("a", { ...BASE, timeout: 3 * MINUTE }, async () => 1);`,
    `const MINUTE = 60_000; const BASE = { retries: { limit: 2, delay: 1000, backoff: "linear" } };`));
  assert.deepEqual(graphOf(text).workflow.nodes[0].config, { retries: { limit: 2, delay: 1000, backoff: 'linear' }, timeout: 180_000 });
});

test('what a config leaves to run time is said as it is written', () => {
  const text = bundle(workflow(`await step.do("a", { retries: { limit: event.payload.tries, delay: ({ ctx }) => ctx.attempt } }, async () => 1);`));
  const { retries } = graphOf(text).workflow.nodes[0].config;
  assert.deepEqual(retries, { limit: '${event.payload.tries}', delay: '[dynamic]', backoff: 'exponential' });
});

test('names are templates, sums and constants', () =>
  gives('for (const id of event.payload.ids) { await step.do(`fetch ${id}`, f); await step.do("store " + id, f); await step.do(LAST.name, f); }', `
    loop
      do fetch \${id}
      do store \${id}
      do last`, 'const LAST = { name: "last" }; async function f() {}', {
    minified: `
    loop
      do fetch \${i}
      do store \${i}
      do last`,
  }));

test('loops of every kind', () =>
  gives(`for (let i = 0; i < 3; i++) await step.do("a", f);
    while (await step.do("more", f)) { if (event.payload.stop) break; await step.sleep("pause", 1000); }
    do { await step.do("b", f); } while (event.payload.again);
    for (const key in event.payload) await step.do("c", f);`, `
    loop
      do a
    loop
      do more
      if
      - event.payload.stop
        break
      sleep pause: 1000
    loop
      do b
    loop
      do c`, 'async function f() {}', { minified: null }));

test('branches: if, else if, switch, conditional expressions', () =>
  gives(`const { kind } = event.payload;
    if (kind === 1) await step.do("one", f); else if (kind === 2) await step.do("two", f); else await step.do("many", f);
    switch (kind) { case "a": case "b": await step.do("ab", f); break; case "c": return 1; default: await step.do("z", f); }
    const x = kind ? await step.do("yes", f) : await step.do("no", f);
    kind && (await step.do("and", f));
    if (kind > 3) console.log("nothing of interest");
    return x;`, `
    if
    - kind === 1
      do one
    - kind === 2
      do two
    - else
      do many
    switch kind
    - "a", "b"
      do ab
    - "c"
      return
    - else
      do z
    if
    - kind
      do yes
    - else
      do no
    if
    - kind
      do and`, 'async function f() {}', { minified: null }));

test('a minified early return is a branch', () =>
  gives(`if (!(await step.do("check", f))) return null; return step.do("go on", f);`, `
    do check
    if
    - !await step.do("check", f)
      return
    do go on`, 'async function f() {}', {
    minified: `
    do check
    if
    - await a.do("check",e)
      do go on
    - else`,
  }));

test('try, catch and finally', () =>
  gives(`try { await step.do("a", f); } catch { await step.do("undo", f); throw 1; } finally { await step.do("close", f); }
    try { JSON.parse(""); } catch { console.log(1); }`, `
    try
    - try
      do a
    - catch
      do undo
    - finally
      do close`, 'async function f() {}'));

test('promises side by side, in every kind', () =>
  gives(`await Promise.all([step.do("a", f), step.do("b", f)]);
    await Promise.allSettled(event.payload.list.map((x) => step.do("each", f)));
    await Promise.any([step.sleep("s", 1), (async () => { await step.do("c", f); await step.do("d", f); })()]);
    await Promise.race([step.waitForEvent("w", { type: "t" }).then((e) => step.do("then", f)), ...event.payload.list.map(() => step.do("spread", f))]);`, `
    parallel all
      do a
      do b
    parallel all_settled
      loop
        do each
    parallel any
      sleep s: 1
      block
        do c
        do d
    parallel race
      block
        wait w: t within 24 hours
        do then
      loop
        do spread`, 'async function f() {}'));

test('starts and resolves tell how steps overlap', () =>
  gives(`const a = step.do("a", f), b = step.do("b", f);
    await step.do("c", f);
    await Promise.all([a, b]);
    await step.do("d", f);
    step.do("never awaited", f);`, `
    do a [1..2]
    do b [1..2]
    do c [1..2]
    do d
    do never awaited [2..]`, 'async function f() {}'));

test('a loop that is started first and awaited as a whole is parallel', () =>
  gives(`const all = event.payload.list.map(async (x) => { await step.do("a", f); await step.do("b", f); }); await Promise.all(all);`, `
    parallel all
      loop
        do a
        do b`, 'async function f() {}'));

test('functions and methods that are given the step', () =>
  gives(`await charge(step, "A"); await this.refund(step, event.payload.id); await new Helper(step).go("x"); const local = async () => { await step.do("local", f); }; await local(); await local();`, `
    call charge("A")
    call refund
    call go("x")
    call local
    call local
    = charge("A")
      do charge A
      do receipt
    = refund
      do refund
      if
      - !id
        return
      do tell \${id}
    = go("x")
      do x
    = local
      do local`, `async function f() {}
    async function charge(s: any, id: string) { await s.do("charge " + id, f); return s.do("receipt", f); }
    class Helper { constructor(private s: any) {} async go(name: string) { await this.s.do(name, f); } }`, { minified: null }));

test('steps inside the callback of a step, and steps behind unknown wrappers', () =>
  gives(`await step.do("outer", async () => { await step.do("inner", f); });
    await unknown.retry(() => step.do("wrapped", f));
    await logged(() => step.do("logged", f));`, `
    do outer
      do inner
    do wrapped
    try
    - try
      do logged
    - catch`, 'declare const unknown: any; async function f() {} async function logged(g: any) { try { return await g(); } catch (e) { console.log(e); } }'));

test('recursion ends', () =>
  gives(`await again(step, 3);`, `
    call again
    = again
      do once
      call again`, 'async function f() {} async function again(s: any, n: number) { await s.do("once", f); if (n > 0) console.log(n); await again(s, n - 1); }', { minified: null }));

test('classes are found however they are exported', () => {
  const cls = 'class extends WorkflowEntrypoint { async run(e, s) { await s.do("a", () => 1); } }';
  const head = 'import { WorkflowEntrypoint } from "cloudflare:workers";\n';
  const ways = [
    `var __name = (f, n) => f; var W2 = __name(${cls}, "W"); export { W2 as W };`,
    `var W; var init = __esm({ "w.ts"() { W = ${cls}; } }); init(); export { W };`,
    `let W = ${cls}; W = __decorate([log], W); export { W };`,
    `const Base = ${cls}; class W extends Base {} export { W };`,
    `const W = instrument(() => ({}), ${cls}); export { W };`,
    `export const W = ${cls};`,
    `export class W extends WorkflowEntrypoint { run = async (e, s) => { await s.do("a", () => 1); } }`,
  ];
  for (const way of ways) assert.equal(outline(graphOf(head + way)), 'do a', way);
  assert.equal(outline(graphOf(`const { WorkflowEntrypoint } = require("cloudflare:workers"); exports.W = ${cls};`, 'W', { isCommonJs: true })), 'do a');
});

test('classes and helpers in other modules', () => {
  const [{ graph }] = analyse({
    main: 'src/index.js',
    modules: [
      { name: 'src/index.js', text: 'export { W } from "./flows/w.js"; export * from "./gone.js";' },
      { name: 'src/flows/w.js', text: 'import { name } from "../names.js"; export class W extends X { async run(e, s) { await s.do(name, () => 1); } }' },
      { name: 'src/names.js', text: 'export const name = "from elsewhere";' },
    ],
    classes: ['W'],
  });
  assert.equal(outline(JSON.parse(graph)), 'do from elsewhere');
});

test('where there is no graph, the reason says why', () => {
  const reason = (text, className = 'W') => analysed(text, className).reason;
  assert.match(reason('export class V {}'), /class "W" could not be found/);
  assert.match(reason('export class W {}'), /no method "run"/);
  assert.match(reason('export class W {'), /could not be read as JavaScript: .*1:16/);
  assert.match(reason(`const a = ${'('.repeat(200_000)}1${')'.repeat(200_000)}; export class W {}`), /nested too deeply/);
  assert.match(reason(`/*${'x'.repeat(7 << 20)}*/ export class W {}`), /6 million characters/);
  const many = 'await s.do("a", () => 1);'.repeat(6_000);
  assert.match(reason(`export class W { async run(e, s) { ${many} } }`), /more than 5000 steps/);
});

test('hostile source costs a bounded amount', () => {
  const started = process.cpuUsage().user;
  // Each function runs its callback twice, so that following every call would take 2^40 walks.
  const chain = Array.from({ length: 40 }, (_, i) => `const f${i + 1} = (g) => { f${i}(() => g()); f${i}(() => g()); };`).join('\n');
  const text = `export class W { async run(e, s) { const f0 = (g) => g(); ${chain} f40(() => s.do("a", () => 1)); } }`;
  assert.match(analysed(text, 'W').reason, /more than 5000 steps|too large|too deeply/);
  const proto = 'export class W { async run(e, s) { const { __proto__: a, constructor: b } = e.payload; await s.do("__proto__", () => a.x + b); } }';
  assert.equal(outline(graphOf(proto)), 'do __proto__');
  assert.ok(process.cpuUsage().user - started < 60e6);
});
