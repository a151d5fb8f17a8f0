// The engine's answers about versions and their graphs, with real analysis in its sandbox.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { deploy, startEngine, temporaryFolder } from '../support/engine.mjs';
import { bundle, outline } from './outline.mjs';

const sample = fileURLToPath(new URL('../../resources/samples/review-approval/src/index.ts', import.meta.url));

let folder;
let engine;

before(async () => {
  folder = await temporaryFolder();
  engine = await startEngine(folder.path);
});

after(async () => {
  await engine?.stop();
  await folder?.dispose();
});

const latest = async (workflow) => (await engine.call('GET', `/workflows/${workflow}/versions`))[0];
const graph = (workflow, version, form = 'graph') => engine.call('GET', `/workflows/${workflow}/versions/${version}/${form}`);

test('a version has its graph, in both forms, also after a restart', async () => {
  await deploy(engine, 'reviews', bundle(sample, { minify: true }), { review: 'ReviewApproval' });
  const version = await latest('review');
  assert.equal(version.has_dag, true);
  const answer = await graph('review', version.id);
  assert.equal(answer.id, version.id);
  assert.equal(answer.class_name, 'ReviewApproval');
  assert.equal(answer.stepwell.reason, '');
  assert.match(outline(answer.graph), /^do ask for a review\ntry\n/);
  assert.deepEqual((await graph('review', version.id, 'dag')).dag, answer.graph);
  await engine.stop();
  engine = await startEngine(folder.path);
  assert.deepEqual(await graph('review', version.id), answer);
});

test('each version keeps the graph of its own code', async () => {
  const code = (name) => `import { WorkflowEntrypoint } from "cloudflare:workers";
    export class W extends WorkflowEntrypoint { async run(event, step) { await step.do("${name}", async () => 1); } }`;
  await deploy(engine, 'moving', code('before'), { moving: 'W' });
  const older = await latest('moving');
  await deploy(engine, 'moving', code('after'), { moving: 'W' });
  const newer = await latest('moving');
  const answers = await Promise.all([older, newer, newer, older].map(({ id }) => graph('moving', id)));
  assert.deepEqual(answers.map((answer) => outline(answer.graph)), ['do before', 'do after', 'do after', 'do before']);
});

test('a class that cannot be followed has a reason, and its version says so', async () => {
  const code = `import { WorkflowEntrypoint } from "cloudflare:workers";
    export const W = globalThis.eval ? make() : null;
    function make() { return (0, [(base) => class extends base { async run(event, step) { await step.do("a", async () => 1); } }][0])(WorkflowEntrypoint); }`;
  await deploy(engine, 'hidden', code, { hidden: 'W' });
  const version = await latest('hidden');
  const answer = await graph('hidden', version.id);
  assert.equal(answer.graph, null);
  assert.match(answer.stepwell.reason, /"W"/);
  assert.equal((await latest('hidden')).has_dag, false);
  assert.equal((await engine.call('GET', `/workflows/hidden/versions/${version.id}`)).has_dag, false);
});

test('a bundle too large to follow is deployed all the same', async () => {
  const code = `import { WorkflowEntrypoint } from "cloudflare:workers";
    /* ${'x'.repeat(7 << 20)} */
    export class W extends WorkflowEntrypoint { async run(event, step) { await step.do("a", async () => 1); } }`;
  await deploy(engine, 'large', code, { large: 'W' });
  const answer = await graph('large', (await latest('large')).id);
  assert.equal(answer.graph, null);
  assert.match(answer.stepwell.reason, /million characters/);
});
