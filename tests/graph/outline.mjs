// A graph as indented lines, and bundles as esbuild makes them.

import { createRequire } from 'node:module';
import { analyse } from '../../resources/driver/graph/analyse.js';

const { buildSync } = createRequire(new URL('../../resources/driver/package.json', import.meta.url))('esbuild');

/** What the import of the window and wrangler do with a project; `minify` on top. */
export function bundle(entry, { minify = false } = {}) {
  const options = {
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    keepNames: true,
    external: ['cloudflare:*', 'node:*'],
    write: false,
    minify,
    logLevel: 'silent',
  };
  const source = typeof entry === 'string' ? { entryPoints: [entry] } : { stdin: { contents: entry.ts, loader: 'ts' } };
  return buildSync({ ...options, ...source }).outputFiles[0].text;
}

/** The analyser's answer for one class of one module. */
export function analysed(text, className, { isCommonJs = false } = {}) {
  const [answer] = analyse({ main: 'index.js', modules: [{ name: 'index.js', text, isCommonJs }], classes: [className] });
  return answer.graph ? { graph: JSON.parse(answer.graph) } : answer;
}

const quoted = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
const span = ({ starts, resolves }) => (starts === undefined ? '' : ` [${starts}..${resolves ?? ''}]`);

function line(node) {
  switch (node.type) {
    case 'step_do':
      return `do ${node.name}`;
    case 'step_sleep':
      return `sleep ${node.name}: ${quoted(node.duration)}`;
    case 'step_sleep_until':
      return `sleep until ${node.name}: ${quoted(node.timestamp)}`;
    case 'step_wait_for_event':
      return `wait ${node.name}: ${node.options ? `${node.options.event_type} within ${node.options.timeout}` : 'null'}`;
    case 'parallel':
      return `parallel ${node.kind}`;
    case 'switch':
      return `switch ${node.discriminant}`;
    case 'function_call':
      return `call ${node.name}`;
    case 'break':
      return node.kind;
    default:
      return node.type;
  }
}

function lines(nodes, indent) {
  return nodes.flatMap((node) => {
    const inner = `${indent}  `;
    const parts = [`${indent}${line(node)}${span(node)}`, ...lines(node.nodes ?? [], inner)];
    for (const { condition, nodes: branch } of node.branches ?? [])
      parts.push(`${indent}- ${condition === null ? 'else' : condition}`, ...lines(branch, inner));
    for (const name of ['try_block', 'catch_block', 'finally_block'])
      if (node[name]) parts.push(`${indent}- ${name.slice(0, -6)}`, ...lines(node[name].nodes, inner));
    return parts;
  });
}

/** The workflow's nodes, then each function under its name. */
export function outline({ workflow }) {
  const functions = Object.values(workflow.functions).flatMap(({ name, nodes }) => [`= ${name}`, ...lines(nodes, '  ')]);
  return [...lines(workflow.nodes, ''), ...functions].join('\n');
}
