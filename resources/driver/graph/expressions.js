// Expressions: what is known of their values, and the steps they start on the way.

import { call } from './calls.js';
import { construct } from './functions.js';
import { written } from './steps.js';
import { sourceOf, template } from './text.js';
import { array, constant, fieldOf, object, promise, unknown } from './values.js';
import { hasBreak, hasSteps } from './walker.js';
import { children } from './syntax.js';

const mostItems = 200;

/** Evaluates an expression: its nodes go to the walker's present list. */
export function evaluate(w, node, scope) {
  if (!node) return unknown;
  w.budget.visit();
  return w.budget.deeper(() => (evaluators[node.type] ?? others)(w, node, scope));
}

/** Anything without a rule of its own may still hold a step call. */
function others(w, node, scope) {
  for (const child of children(node)) evaluate(w, child, scope);
  return unknown;
}

const nothing = () => unknown;

const evaluators = {
  Literal: (w, node) => (node.regex || node.bigint ? unknown : constant(node.value)),
  TemplateLiteral(w, node, scope) {
    const parts = [];
    node.quasis.forEach((quasi, i) => {
      parts.push(quasi.value.cooked ?? '');
      const hole = node.expressions[i];
      if (hole) parts.push({ value: evaluate(w, hole, scope), node: hole });
    });
    return template(parts, scope);
  },
  Identifier: (w, node, scope) => lookup(w, node.name, scope),
  ThisExpression(w, node, scope) {
    for (let at = scope; at; at = at.parent) if (at.self) return at.self;
    return unknown;
  },
  MetaProperty: nothing,
  Super: nothing,
  PrivateIdentifier: nothing,
  ParenthesizedExpression: (w, node, scope) => evaluate(w, node.expression, scope),
  ChainExpression: (w, node, scope) => evaluate(w, node.expression, scope),
  MemberExpression(w, node, scope) {
    const target = evaluate(w, node.object, scope);
    return member(w, target, keyOf(w, node, scope));
  },
  ObjectExpression: objectExpression,
  ArrayExpression: arrayExpression,
  FunctionExpression: (w, node, scope) => ({ k: 'fn', node, scope, name: node.id?.name ?? '', self: undefined }),
  ArrowFunctionExpression: (w, node, scope) => ({ k: 'fn', node, scope, name: '' }),
  FunctionDeclaration: (w, node, scope) => ({ k: 'fn', node, scope, name: node.id?.name ?? '' }),
  ClassExpression: (w, node, scope) => ({ k: 'class', node, scope, name: node.id?.name ?? '' }),
  ClassDeclaration: (w, node, scope) => ({ k: 'class', node, scope, name: node.id?.name ?? '' }),
  UnaryExpression: unary,
  BinaryExpression: binary,
  UpdateExpression: nothing,
  LogicalExpression: logical,
  ConditionalExpression: conditional,
  AssignmentExpression: assignment,
  SequenceExpression(w, node, scope) {
    let value = unknown;
    for (const expression of node.expressions) value = evaluate(w, expression, scope);
    return value;
  },
  AwaitExpression(w, node, scope) {
    const mark = w.mark();
    const value = evaluate(w, node.argument, scope);
    if (value.k !== 'promise') return value;
    w.settle(value.nodes, mark);
    return value.value;
  },
  YieldExpression: (w, node, scope) => (evaluate(w, node.argument, scope), unknown),
  CallExpression: call,
  NewExpression: newExpression,
  TaggedTemplateExpression: (w, node, scope) => (evaluate(w, node.quasi, scope), unknown),
  SpreadElement: (w, node, scope) => (evaluate(w, node.argument, scope), unknown),
};

export function lookup(w, name, scope) {
  if (name === 'undefined') return constant(undefined);
  return scope.owner(name)?.valueOf(name, w.evaluator) ?? unknown;
}

/** Name of the member that a member expression or a property names; undefined when only running it would tell. */
export function keyOf(w, node, scope) {
  const key = node.property ?? node.key;
  if (!node.computed) return key.name === undefined ? String(key.value) : key.type === 'PrivateIdentifier' ? `#${key.name}` : key.name;
  const value = evaluate(w, key, scope);
  return value.k === 'const' ? String(value.v) : undefined;
}

function objectExpression(w, node, scope) {
  const props = new Map();
  for (const property of node.properties.slice(0, mostItems)) {
    if (property.type === 'SpreadElement') {
      const spread = evaluate(w, property.argument, scope);
      if (spread.k === 'obj') for (const [name, value] of spread.props) props.set(name, value);
      continue;
    }
    const key = keyOf(w, property, scope);
    const value = named(evaluate(w, property.value, scope), key ?? '');
    if (key !== undefined) props.set(key, written(value, property.value, scope));
  }
  const self = object(props);
  for (const value of props.values()) if (value.k === 'fn' && value.node.type === 'FunctionExpression') value.self = self;
  return self;
}

function arrayExpression(w, node, scope) {
  const items = [];
  for (const element of node.elements) {
    if (element?.type === 'SpreadElement') {
      const spread = evaluate(w, element.argument, scope);
      if (spread.k === 'arr') items.push(...spread.items);
    } else {
      items.push(evaluate(w, element, scope));
    }
    if (items.length > mostItems) break;
  }
  return array(items);
}

/** A function or class that is given to a name bears it, when it has none of its own. */
export function named(value, name) {
  return (value.k === 'fn' || value.k === 'class') && !value.name && name ? { ...value, name } : value;
}

const unaries = { '-': (v) => -v, '+': (v) => +v, '!': (v) => !v, '~': (v) => ~v, void: () => undefined };
function unary(w, node, scope) {
  const value = evaluate(w, node.argument, scope);
  const operation = unaries[node.operator];
  if (node.operator === 'void') return constant(undefined);
  return operation && value.k === 'const' && typeof value.v !== 'object' ? constant(operation(value.v)) : unknown;
}

const binaries = {
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
};

function binary(w, node, scope) {
  const left = evaluate(w, node.left, scope);
  const right = evaluate(w, node.right, scope);
  if (node.operator === '+') return sum(node, left, right, scope);
  const isNumber = (value) => value.k === 'const' && typeof value.v === 'number';
  const operation = binaries[node.operator];
  return operation && isNumber(left) && isNumber(right) ? constant(operation(left.v, right.v)) : unknown;
}

function sum(node, left, right, scope) {
  const isText = (value) => value.k === 'pattern' || (value.k === 'const' && typeof value.v === 'string');
  if (left.k === 'const' && right.k === 'const' && !isText(left) && !isText(right)) return constant(Number(left.v) + Number(right.v));
  if (!isText(left) && !isText(right)) return unknown;
  return template([{ value: left, node: node.left }, { value: right, node: node.right }], scope);
}

/** Of two values that an expression may have: the one that says more. */
function either(first, second) {
  if (first.k === 'promise' || second.k === 'promise') {
    const nodes = [first, second].flatMap((value) => (value.k === 'promise' ? value.nodes : []));
    return promise(nodes, first.k === 'promise' ? first.value : second.value);
  }
  return first.k === 'unknown' ? second : first;
}

const isVague = (value) => value.k === 'const' || value.k === 'pattern';

function logical(w, node, scope) {
  const left = evaluate(w, node.left, scope);
  const { nodes, value } = w.collect(() => evaluate(w, node.right, scope));
  if (left.k === 'const') {
    const goesOn = node.operator === '&&' ? left.v : node.operator === '||' ? !left.v : left.v == null;
    if (goesOn) for (const item of nodes) w.adopt(item);
    return goesOn ? value : left;
  }
  const condition = sourceOf(node.left, scope);
  const branch = branchOf(w, [{ condition: node.operator === '&&' ? condition : `!(${condition})`, nodes }], value);
  if (branch) return branch;
  return isVague(value) && node.operator !== '&&' ? left : either(left, value);
}

function conditional(w, node, scope) {
  const test = evaluate(w, node.test, scope);
  const then = w.collect(() => evaluate(w, node.consequent, scope));
  const otherwise = w.collect(() => evaluate(w, node.alternate, scope));
  const branches = [
    { condition: sourceOf(node.test, scope), nodes: then.nodes },
    { condition: null, nodes: otherwise.nodes },
  ];
  if (test.k === 'const') {
    const taken = test.v ? then : otherwise;
    for (const item of taken.nodes) w.adopt(item);
    return taken.value;
  }
  const isPlain = isVague(then.value) || isVague(otherwise.value);
  const value = isPlain ? unknown : either(then.value, otherwise.value);
  return branchOf(w, branches, value) ?? value;
}

/** An `if` that an expression stands for; a promise for what its branches started and did not await, or nothing. */
function branchOf(w, branches, value) {
  if (!branches.some(({ nodes }) => hasSteps(nodes) || hasBreak(nodes))) return null;
  const nodes = branches.flatMap((branch) => branch.nodes);
  if (!nodes.some((node) => w.isPending(node))) {
    w.add({ type: 'if', branches });
    return null;
  }
  w.absorb(nodes);
  return promise([w.emit({ type: 'if', branches })], value.k === 'promise' ? value.value : value);
}

function assignment(w, node, scope) {
  const value = evaluate(w, node.right, scope);
  const { left } = node;
  if (left.type === 'MemberExpression') {
    const target = evaluate(w, left.object, scope);
    const key = keyOf(w, left, scope);
    if (node.operator === '=' && key !== undefined) {
      if (target.k === 'inst') target.fields.set(key, value);
      if (target.k === 'obj') target.props.set(key, value);
    }
    return value;
  }
  if (node.operator !== '=' && node.operator !== '??=' && node.operator !== '||=') {
    if (left.type === 'Identifier') scope.set(left.name, unknown);
    return unknown;
  }
  assign(w, left, value, scope);
  return value;
}

function newExpression(w, node, scope) {
  const cls = evaluate(w, node.callee, scope);
  const values = node.arguments.map((argument) => evaluate(w, argument, scope));
  if (cls.k === 'class') return construct(w, cls, values);
  if (node.callee.name === 'Date' && values.length === 1) return { k: 'date', of: values[0] };
  return unknown;
}

/** A member of a value. */
export function member(w, target, key) {
  if (key === undefined) return unknown;
  switch (target.k) {
    case 'step':
      return { k: 'stepMethod', name: key };
    case 'event':
      return key === 'payload' ? { k: 'shape', shape: target.shape } : unknown;
    case 'shape':
      return key === 'length' ? unknown : fieldOf(target.shape, key);
    case 'obj':
      return target.props.get(key) ?? unknown;
    case 'arr':
      return target.items[key] ?? unknown;
    case 'inst':
      return target.fields.get(key) ?? classMember(w, target.cls, key, false, target);
    case 'class':
      return classMember(w, target, key, true, target);
    default:
      return unknown;
  }
}

const mostAncestors = 10;

/** A method or a field with an initialiser, of the class or of one it extends. */
export function classMember(w, cls, key, isStatic, self) {
  for (let at = cls, hops = 0; at.k === 'class' && hops < mostAncestors; ++hops) {
    const found = at.node.body.body.find(
      (entry) => entry.key && entry.static === isStatic && !entry.computed && keyOf(w, entry, at.scope) === key,
    );
    if (found?.type === 'MethodDefinition')
      return found.kind === 'method' ? { k: 'fn', node: found.value, scope: at.scope, name: key, self } : unknown;
    if (found?.value) {
      const value = named(evaluate(w, found.value, at.scope), key);
      return value.k === 'fn' ? { ...value, self, scope: bound(value.scope, self) } : value;
    }
    at = at.node.superClass ? evaluate(w, at.node.superClass, at.scope) : unknown;
  }
  return unknown;
}

/** A scope in which `this` is `self`, for arrow functions in field initialisers. */
function bound(scope, self) {
  const inner = Object.create(scope);
  inner.self = self;
  return inner;
}

/** Declares the names of a pattern. `counts`: how often each is given a value. A parameter names no function it is given. */
export function bind(w, pattern, value, scope, counts, isParameter = false) {
  spread(w, pattern, value, scope, (name, item) => {
    const many = (counts?.get(name) ?? 0) > 1;
    const isGone = item.k === 'missing' || (many && isVague(item));
    scope.declare(name, isGone ? unknown : isParameter ? item : named(item, name), many);
  });
}

/** Gives values to names that are declared already. */
export function assign(w, pattern, value, scope) {
  spread(w, pattern, value, scope, (name, item) => scope.set(name, item.k === 'missing' ? unknown : named(item, name)));
}

function spread(w, pattern, value, scope, give) {
  switch (pattern?.type) {
    case 'Identifier':
      return give(pattern.name, value);
    case 'AssignmentPattern': {
      const isMissing = value.k === 'missing' || (value.k === 'const' && value.v === undefined);
      const fallback = evaluate(w, pattern.right, scope);
      return spread(w, pattern.left, isMissing ? fallback : value, scope, give);
    }
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') spread(w, property.argument, value, scope, give);
        else spread(w, property.value, member(w, value, keyOf(w, property, scope)), scope, give);
      }
      return;
    case 'ArrayPattern':
      pattern.elements.forEach((element, i) => spread(w, element, value.k === 'arr' ? value.items[i] ?? unknown : unknown, scope, give));
      return;
    case 'RestElement':
      return spread(w, pattern.argument, unknown, scope, give);
  }
}
