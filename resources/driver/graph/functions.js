// Functions of the bundle that steps are started in: walked in place when they are anonymous, and as function_call with
// a function_def of their own when they have a name.

import { bind, evaluate } from './expressions.js';
import { body } from './statements.js';
import { hasSteps, single } from './walker.js';
import { Scope, carriesStep, promise, unknown } from './values.js';
import { assignments } from './syntax.js';

const mostFunctions = 200;

/** Binds arguments and walks the function's body into the walker's present list; its value, if that is plain. */
function walk(w, fn, values) {
  const { node } = fn;
  const scope = new Scope(fn.scope);
  scope.self = node.type === 'ArrowFunctionExpression' ? undefined : fn.self ?? unknown;
  const { counts } = assignments(node);
  node.params.forEach((parameter, i) => {
    const rest = parameter.type === 'RestElement';
    bind(w, rest ? parameter.argument : parameter, rest ? unknown : values[i] ?? { k: 'missing' }, scope, counts, true);
  });
  if (node.body.type !== 'BlockStatement') {
    const mark = w.mark();
    const value = evaluate(w, node.body, scope);
    if (value.k === 'promise') w.settle(value.nodes, mark);
    w.frame.returned.push(value);
  } else {
    body(w, node, scope);
  }
}

/** What a function gives back: only where it is one value. */
function result(returned) {
  if (returned.length !== 1) return unknown;
  return returned[0].k === 'promise' ? returned[0].value : returned[0];
}

/** The constant parts of arguments: what sets one call's steps apart from another's. */
function signature(values) {
  const texts = [];
  const add = (value) => {
    if (value.k === 'const' && typeof value.v === 'string') texts.push(JSON.stringify(value.v));
    if (value.k === 'pattern') texts.push(JSON.stringify(value.text));
  };
  for (const value of values) {
    add(value);
    if (value.k === 'obj') for (const inner of value.props.values()) add(inner);
  }
  return texts.join(', ');
}

function freeKey(w, wanted) {
  let key = wanted;
  for (let i = 2; key in w.functions; ++i) key = `${wanted} ${i}`;
  return key;
}

/** Definition of a named function for such arguments. A recursive call finds the one that is being made. */
function define(w, fn, values) {
  if (!w.definitions.has(fn.node)) w.definitions.set(fn.node, new Map());
  const known = w.definitions.get(fn.node);
  const told = signature(values);
  const found = known.get(told);
  if (found) return found;
  if (Object.keys(w.functions).length >= mostFunctions) return { key: null, value: unknown };
  const key = freeKey(w, told && told.length <= 80 ? `${fn.name}(${told})` : fn.name);
  const entry = { key, value: unknown, isRecursive: false };
  known.set(told, entry);
  const definition = (w.functions[key] = { type: 'function_def', name: key, nodes: [] });
  const { nodes, returned } = w.inFunction(false, () => walk(w, fn, values));
  entry.value = result(returned);
  definition.nodes = nodes;
  const others = nodes.filter((node) => !(node.type === 'function_call' && node.name === key));
  if (!hasSteps(others)) {
    delete w.functions[key];
    entry.key = null;
  }
  return entry;
}

/** Walks the function here and now; one node stands for all that it does. */
function inline(w, fn, values) {
  const { nodes, returned } = w.inFunction(true, () => walk(w, fn, values));
  const value = result(returned);
  if (!hasSteps(nodes)) return promise([], value);
  return promise([w.emit(single(nodes))], value);
}

/**
 * A function that starts no step can still make a name, `name(i)` that only returns a template, or show what it expects of
 * data from outside.
 */
function plainValue(w, fn, values) {
  const { node } = fn;
  const usesData = values.some(({ k }) => k === 'shape' || k === 'event');
  if (usesData && !w.looked.has(node)) {
    w.looked.add(node);
    w.inFunction(true, () => walk(w, fn, values));
  }
  const isShort = node.body.type !== 'BlockStatement' || (node.body.body.length === 1 && node.body.body[0].type === 'ReturnStatement');
  if (!isShort || node.async || node.generator) return unknown;
  return result(w.inFunction(true, () => walk(w, fn, values)).returned);
}

const isAnonymousWithSteps = (w, value) =>
  value.k === 'fn' && !value.name && carriesStep(value) && hasSteps(w.inFunction(true, () => walk(w, value, [])).nodes);

/**
 * Calls a function value. `isCallback`: the function is told to run by something that is not followed, so that its nodes go
 * straight to the present list when it is anonymous.
 */
export function invoke(w, fn, values, { isCallback = false } = {}) {
  return w.budget.deeper(() => {
    if (!carriesStep(fn) && !values.some((value) => carriesStep(value) || value.k === 'promise')) return plainValue(w, fn, values);
    if (isCallback && !fn.name) {
      walk(w, fn, values);
      return unknown;
    }
    if (!fn.name || values.some((value) => isAnonymousWithSteps(w, value))) return inline(w, fn, values);
    const entry = define(w, fn, values);
    if (entry.key === null) return promise([], entry.value);
    return promise([w.emit({ type: 'function_call', name: entry.key })], entry.value);
  });
}

/** Runs a class's field initialisers and constructor, as far as that stores steps and constants. */
export function construct(w, cls, values) {
  const instance = { k: 'inst', cls, fields: new Map() };
  const maker = cls.node.body.body.find(({ type, kind }) => type === 'MethodDefinition' && kind === 'constructor');
  if (maker && values.some((value) => carriesStep(value)))
    w.inFunction(true, () => walk(w, { k: 'fn', node: maker.value, scope: cls.scope, self: instance, name: '' }, values));
  return instance;
}

/** The nodes of `run` of a class. */
export function walkRun(w, run, values) {
  return w.inFunction(false, () => walk(w, run, values)).nodes;
}
