// Values and source as the short texts that names, conditions and durations of a graph are.

import { children, isFunction } from './syntax.js';
import { constant } from './values.js';

const longestHole = 40;
const longestText = 160;

const shortened = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** The functions that an expression holds, in order. */
function functionsIn(node) {
  if (isFunction(node)) return [node];
  return [...children(node)].flatMap(functionsIn).sort((a, b) => a.start - b.start);
}

/** Source of an expression on one line, without the bodies of functions in it. */
export function sourceOf(node, scope, most = longestText) {
  // `if ((await first(), second))`, as minifiers write: only the last expression decides.
  while (node.type === 'SequenceExpression') node = node.expressions.at(-1);
  const { text } = scope.module;
  let raw = '';
  let at = node.start;
  for (const { start, end } of functionsIn(node)) {
    raw += `${text.slice(at, start)}…`;
    at = end;
  }
  raw = (raw + text.slice(at, node.end)).slice(0, 4 * most);
  return shortened(raw.replace(/\/\*[^]*?\*\//g, ' ').replace(/\s+/g, ' ').trim(), most);
}

/** Text of a value where it is known, with `${source}` where it is not. */
export function textOf(value, node, scope) {
  if (value.k === 'const') return shortened(String(value.v), longestText);
  if (value.k === 'pattern') return shortened(value.text, longestText);
  return `\${${sourceOf(node, scope, longestHole)}}`;
}

/** A number stays one; everything else is a text. */
export const numberOrText = (value, node, scope) =>
  value.k === 'const' && typeof value.v === 'number' ? value.v : textOf(value, node, scope);

/** The value of a list of texts and holes: [text or { value, node }...]. */
export function template(parts, scope) {
  const isKnown = (part) => typeof part === 'string' || part.value.k === 'const';
  const text = parts.map((part) => (typeof part === 'string' ? part : textOf(part.value, part.node, scope))).join('');
  return parts.every(isKnown) ? constant(text) : { k: 'pattern', text };
}
