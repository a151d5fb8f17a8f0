// Statements: control flow as nodes of the graph.

import { assign, bind, evaluate } from './expressions.js';
import { sourceOf } from './text.js';
import { Scope, unknown } from './values.js';
import { hasBreak, hasReturn, hasSteps } from './walker.js';
import { assignments, declared } from './syntax.js';

/** The body of a function: a `return` that ends it anyway is no node. */
export function body(w, fn, scope) {
  const { vars } = assignments(fn);
  for (const name of vars) if (!scope.names.has(name)) scope.declare(name, unknown, (assignments(fn).counts.get(name) ?? 0) > 1);
  const list = fn.body.body;
  scope.counts = assignments(fn).counts;
  statements(w, list, scope);
  const last = w.out.at(-1);
  if (list.at(-1)?.type === 'ReturnStatement' && last?.type === 'break' && last.kind === 'return') w.out.pop();
}

const countsOf = (scope) => {
  for (let at = scope; at; at = at.parent) if (at.counts) return at.counts;
  return undefined;
};

/** A list of statements with a scope that holds what they declare. */
export function statements(w, list, scope) {
  const counts = countsOf(scope);
  for (const statement of list)
    for (const [name, kind] of declared(statement)) {
      if (kind === 'var') continue;
      const inner = statement.declaration ?? statement;
      const value = kind === 'function' ? { k: 'fn', node: inner, scope, name } : kind === 'class' ? evaluate(w, inner, scope) : unknown;
      scope.declare(name, value, (counts?.get(name) ?? 0) > 1);
    }
  for (const statement of list) run(w, statement, scope);
}

function run(w, statement, scope) {
  w.budget.visit();
  w.budget.deeper(() => handlers[statement.type]?.(w, statement, scope));
}

/** Nodes of a statement that is a construct's body. */
function nodesOf(w, statement, scope) {
  if (!statement) return [];
  const { nodes } = w.collect(() => {
    const inner = new Scope(scope);
    if (statement.type === 'BlockStatement') statements(w, statement.body, inner);
    else run(w, statement, inner);
  });
  return nodes;
}

const handlers = {
  ExpressionStatement: (w, { expression }, scope) => void evaluate(w, expression, scope),
  BlockStatement: (w, { body: list }, scope) => statements(w, list, new Scope(scope)),
  LabeledStatement: (w, node, scope) => run(w, node.body, scope),
  StaticBlock: (w, { body: list }, scope) => statements(w, list, new Scope(scope)),
  VariableDeclaration(w, node, scope) {
    const counts = countsOf(scope);
    for (const { id, init } of node.declarations) {
      const value = init ? evaluate(w, init, scope) : undefined;
      if (node.kind === 'var') {
        if (value) assign(w, id, value, scope);
      } else {
        bind(w, id, value ?? unknown, scope, counts);
      }
    }
  },
  ReturnStatement(w, node, scope) {
    const mark = w.mark();
    const value = evaluate(w, node.argument, scope);
    if (value.k === 'promise') w.settle(value.nodes, mark);
    w.frame.returned.push(value);
    if (!w.frame.isInline) w.add({ type: 'break', kind: 'return' });
  },
  BreakStatement: (w) => void w.add({ type: 'break', kind: 'break' }),
  ThrowStatement: (w, node, scope) => void evaluate(w, node.argument, scope),
  IfStatement: ifStatement,
  SwitchStatement: switchStatement,
  TryStatement: tryStatement,
  ForStatement(w, node, scope) {
    const inner = new Scope(scope);
    if (node.init?.type === 'VariableDeclaration') {
      for (const { id, init } of node.init.declarations) {
        const value = init ? evaluate(w, init, inner) : unknown;
        bind(w, id, value.k === 'const' ? unknown : value, inner, undefined);
      }
    } else {
      evaluate(w, node.init, inner);
    }
    loop(w, inner, node.body, [node.test], [node.update]);
  },
  ForOfStatement: forEach,
  ForInStatement: forEach,
  WhileStatement: (w, node, scope) => loop(w, scope, node.body, [node.test], []),
  DoWhileStatement: (w, node, scope) => loop(w, scope, node.body, [], [node.test]),
};

function forEach(w, node, scope) {
  const items = evaluate(w, node.right, scope);
  const inner = new Scope(scope);
  const sample = items.k === 'arr' && items.items.length > 0 && items.items.every(({ k }) => k !== 'const') ? items.items[0] : unknown;
  if (node.left.type === 'VariableDeclaration') bind(w, node.left.declarations[0].id, sample, inner, undefined);
  else assign(w, node.left, unknown, inner);
  loop(w, inner, node.body, [], []);
}

function loop(w, scope, statement, before, after) {
  const { nodes } = w.collect(() => {
    for (const expression of before) evaluate(w, expression, scope);
    const inner = new Scope(scope);
    statements(w, statement.type === 'BlockStatement' ? statement.body : [statement], inner);
    for (const expression of after) evaluate(w, expression, scope);
  });
  if (hasSteps(nodes) || hasReturn(nodes)) w.add({ type: 'loop', nodes });
}

function ifStatement(w, node, scope) {
  const branches = [];
  for (let at = node; at; ) {
    const { nodes: tested } = w.collect(() => evaluate(w, at.test, scope));
    if (tested.length > 0 && at !== node) {
      // The later condition starts steps of its own: it is an `if` inside the `else`.
      branches.push({ condition: null, nodes: nodesOf(w, at, scope) });
      break;
    }
    for (const item of tested) w.adopt(item);
    branches.push({ condition: sourceOf(at.test, scope), nodes: nodesOf(w, at.consequent, scope) });
    if (at.alternate && at.alternate.type !== 'IfStatement') branches.push({ condition: null, nodes: nodesOf(w, at.alternate, scope) });
    at = at.alternate?.type === 'IfStatement' ? at.alternate : null;
  }
  if (branches.some(({ nodes }) => hasSteps(nodes) || hasBreak(nodes))) w.add({ type: 'if', branches });
}

/** A `break` that only ends a case is no node. */
function withoutEnd(list) {
  const [only] = list;
  if (list.length === 1 && only.type === 'BlockStatement') return withoutEnd(only.body);
  return list.at(-1)?.type === 'BreakStatement' && !list.at(-1).label ? list.slice(0, -1) : list;
}

function switchStatement(w, node, scope) {
  evaluate(w, node.discriminant, scope);
  const inner = new Scope(scope);
  const branches = [];
  let labels = [];
  for (const { test, consequent } of node.cases) {
    labels.push(test ? sourceOf(test, scope) : null);
    if (consequent.length === 0) continue;
    const { nodes } = w.collect(() => statements(w, withoutEnd(consequent), inner));
    branches.push({ condition: labels.includes(null) ? null : labels.join(', '), nodes });
    labels = [];
  }
  if (branches.some(({ nodes }) => hasSteps(nodes) || hasReturn(nodes)))
    w.add({ type: 'switch', discriminant: sourceOf(node.discriminant, scope), branches });
}

function tryStatement(w, node, scope) {
  const block = (statement) => statement && { type: 'block', nodes: nodesOf(w, statement, scope) };
  const parts = { try_block: block(node.block), catch_block: block(node.handler?.body) ?? null, finally_block: block(node.finalizer) ?? null };
  const lists = Object.values(parts).flatMap((part) => part?.nodes ?? []);
  if (hasSteps(lists) || hasReturn(lists)) w.add({ type: 'try', ...parts });
}
