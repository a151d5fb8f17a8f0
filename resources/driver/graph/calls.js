// Calls: of the step object, of functions that can be found, of the ways to combine promises, and of array methods.

import { classMember, evaluate, keyOf, member } from './expressions.js';
import { invoke } from './functions.js';
import { stepCall } from './steps.js';
import { array, carriesStep, promise, unknown } from './values.js';
import { hasSteps, single } from './walker.js';

const kinds = { all: 'all', any: 'any', allSettled: 'all_settled', race: 'race' };
const loops = new Set(['map', 'forEach', 'flatMap', 'filter', 'reduce', 'reduceRight', 'some', 'every', 'find', 'findIndex']);

const unwrapped = (node) => {
  while (node.type === 'ChainExpression' || node.type === 'ParenthesizedExpression') node = node.expression;
  // `(0, module.fn)(...)`, which bundlers write to call without `this`
  if (node.type === 'SequenceExpression' && node.expressions[0].type === 'Literal') return unwrapped(node.expressions.at(-1));
  return node;
};

export function call(w, node, scope) {
  const callee = unwrapped(node.callee);
  if (callee.type === 'MemberExpression') return methodCall(w, node, callee, scope);
  if (callee.type === 'Super' || callee.type === 'Import') return rest(w, node.arguments, scope);
  return valueCall(w, evaluate(w, callee, scope), node, scope);
}

function valueCall(w, callee, node, scope) {
  if (callee.k === 'stepMethod') return stepCall(w, callee.name, node.arguments, scope);
  const values = argumentsOf(w, node.arguments, scope);
  const labelled = nameHelper(values);
  if (labelled) return labelled;
  if (callee.k === 'fn') return invoke(w, callee, values);
  callbacks(w, values);
  return wrapped(values);
}

/** `__name(function, "name")`, which bundlers wrap functions and classes in to keep their names. */
function nameHelper(values) {
  const [target, name] = values;
  if (values.length !== 2 || name.k !== 'const' || typeof name.v !== 'string') return null;
  return target.k === 'fn' || target.k === 'class' ? { ...target, name: name.v } : null;
}

/** A class handed to an unknown function most likely comes back instrumented; so does a frozen object. */
const wrapped = (values) => values.find(({ k }) => k === 'class') ?? unknown;

function argumentsOf(w, nodes, scope) {
  const values = [];
  for (const node of nodes) {
    const value = evaluate(w, node.type === 'SpreadElement' ? node.argument : node, scope);
    if (node.type === 'SpreadElement') values.push(...(value.k === 'arr' ? value.items : [unknown]));
    else values.push(value);
  }
  return values;
}

function rest(w, nodes, scope) {
  callbacks(w, argumentsOf(w, nodes, scope));
  return unknown;
}

/** Functions given to something unknown are taken to run, once, now. */
function callbacks(w, values) {
  for (const value of values) {
    if (value.k !== 'fn' || !carriesStep(value)) continue;
    const { nodes } = w.inFunction(true, () => invoke(w, value, [], { isCallback: true }));
    if (hasSteps(nodes)) w.add(single(nodes));
  }
}

function methodCall(w, node, callee, scope) {
  const isPromise = callee.object.type === 'Identifier' && callee.object.name === 'Promise' && !scope.owner('Promise');
  const key = keyOf(w, callee, scope);
  if (isPromise && key in kinds) return combined(w, kinds[key], node.arguments[0], scope);
  if (isPromise) return argumentsOf(w, node.arguments, scope)[0] ?? unknown;
  if (key === 'then' || key === 'catch' || key === 'finally') return chained(w, key, node, callee, scope);
  if (callee.object.type === 'Super') return superCall(w, key, node, scope);
  const target = evaluate(w, callee.object, scope);
  if (target.k === 'step') return stepCall(w, key, node.arguments, scope);
  if (target.k === 'fn' || target.k === 'stepMethod') return functionMethod(w, target, key, node, scope);
  if (callee.object.name === 'Object' && key === 'freeze') return evaluate(w, node.arguments[0], scope);
  const method = target.k === 'shape' || target.k === 'arr' ? unknown : member(w, target, key);
  if (method.k === 'fn' || method.k === 'stepMethod') return valueCall(w, method.self ? method : { ...method, self: target }, node, scope);
  if (loops.has(key)) return repeated(w, key, target, node.arguments, scope);
  const values = argumentsOf(w, node.arguments, scope);
  if (key === 'push' && target.k === 'arr') target.items.push(...values);
  else callbacks(w, values);
  return target.k === 'arr' && (key === 'concat' || key === 'flat') ? array([...target.items, ...values]) : unknown;
}

function superCall(w, key, node, scope) {
  let self = unknown;
  for (let at = scope; at && self === unknown; at = at.parent) self = at.self ?? unknown;
  if (self.k !== 'inst' || !self.cls.node.superClass) return rest(w, node.arguments, scope);
  const parent = evaluate(w, self.cls.node.superClass, self.cls.scope);
  const method = parent.k === 'class' ? classMember(w, parent, key, false, self) : unknown;
  return valueCall(w, method.k === 'fn' ? { ...method, name: `super.${key}` } : unknown, node, scope);
}

/** `call`, `apply` and `bind` of a function. */
function functionMethod(w, target, key, node, scope) {
  if (key === 'bind') return target;
  if (key === 'call' && target.k === 'stepMethod') return stepCall(w, target.name, node.arguments.slice(1), scope);
  const [self, ...values] = argumentsOf(w, node.arguments, scope);
  if (target.k !== 'fn') return unknown;
  const owned = self && self.k === 'inst' ? { ...target, self } : target;
  if (key === 'call') return invoke(w, owned, values);
  return key === 'apply' ? invoke(w, owned, values[0]?.k === 'arr' ? values[0].items : []) : unknown;
}

/** `.then`, `.catch` and `.finally`: what the callbacks start follows what the promise stands for. */
function chained(w, key, node, callee, scope) {
  const first = w.collect(() => evaluate(w, callee.object, scope));
  const source = first.value;
  const values = argumentsOf(w, node.arguments, scope);
  const started = source.k === 'promise' ? source.nodes : [];
  const follow = (fn, argument) => (fn?.k === 'fn' ? w.inFunction(true, () => invoke(w, fn, [argument], { isCallback: true })) : { nodes: [], returned: [] });
  const fulfilled = follow(key === 'catch' ? undefined : values[0], source.k === 'promise' ? source.value : unknown);
  const rejected = follow(key === 'then' ? values[1] : key === 'catch' ? values[0] : undefined, unknown);
  const value = key === 'then' ? unknown : source.k === 'promise' ? source.value : unknown;
  if (!hasSteps(fulfilled.nodes) && !hasSteps(rejected.nodes)) {
    for (const item of first.nodes) w.adopt(item);
    return promise(started, value);
  }
  w.absorb(first.nodes);
  const nodes = [...first.nodes, ...fulfilled.nodes];
  if (!hasSteps(rejected.nodes)) return promise([w.emit(single(nodes))], value);
  const block = (list) => ({ type: 'block', nodes: list });
  return promise([w.emit({ type: 'try', try_block: block(nodes), catch_block: block(rejected.nodes), finally_block: null })], value);
}

/** `Promise.all` and its relatives: what its list starts runs side by side. */
function combined(w, kind, list, scope) {
  if (!list) return unknown;
  const elements = list.type === 'ArrayExpression' ? list.elements : [list];
  const inside = [];
  const values = [];
  for (const element of elements) {
    if (!element) continue;
    const isList = element === list || element.type === 'SpreadElement';
    const { nodes, value } = w.collect(() => evaluate(w, element.type === 'SpreadElement' ? element.argument : element, scope));
    w.absorb(nodes);
    if (nodes.length > 0) inside.push(isList && nodes.length > 1 ? { type: 'block', nodes } : single(nodes));
    values.push(...(isList && value.k === 'arr' ? value.items : [value]));
  }
  const outside = values.flatMap((value) => (value.k === 'promise' ? value.nodes : [])).filter((node) => w.isPending(node));
  const result = array(values.map((value) => (value.k === 'promise' ? value.value : value)));
  if (inside.length === 0) return promise(sideBySide(w, kind, outside), result);
  return promise([w.emit({ type: 'parallel', kind, nodes: inside }), ...outside], result);
}

/** A loop that has been started earlier, `const all = list.map(...)`, and is awaited as a whole. */
function sideBySide(w, kind, nodes) {
  return nodes.map((node) => {
    if (node.type !== 'loop') return node;
    const parallel = { type: 'parallel', kind, nodes: [node] };
    return w.replace(node, parallel) ? parallel : node;
  });
}

/** Array methods that call a function for every item. */
function repeated(w, key, target, args, scope) {
  const values = argumentsOf(w, args, scope);
  const [callback] = values;
  const first = key.startsWith('reduce') ? 1 : 0;
  if (callback?.k !== 'fn' && callback?.k !== 'stepMethod') return key === 'map' ? array(values) : unknown;
  const items = Array.from({ length: first + 1 }, () => unknown);
  if (!carriesStep(callback)) return unknown;
  const { nodes } = w.inFunction(true, () => invoke(w, callback, items, { isCallback: true }));
  if (!hasSteps(nodes)) return unknown;
  const loop = promise([w.emit({ type: 'loop', nodes })]);
  return key === 'map' || key === 'flatMap' ? array([loop]) : loop;
}
