// Walks over syntax trees (ESTree, by acorn).

const isNode = (value) => typeof value === 'object' && value !== null && typeof value.type === 'string';

export function* children(node) {
  for (const key of Object.keys(node)) {
    const value = node[key];
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) yield item;
    } else if (isNode(value)) {
      yield value;
    }
  }
}

export const isFunction = (node) =>
  node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';

export const isClass = (node) => node.type === 'ClassDeclaration' || node.type === 'ClassExpression';

/** The names a pattern binds. */
export function* namesOf(pattern) {
  switch (pattern?.type) {
    case 'Identifier':
      yield pattern.name;
      break;
    case 'ObjectPattern':
      for (const property of pattern.properties) yield* namesOf(property.value ?? property.argument);
      break;
    case 'ArrayPattern':
      for (const element of pattern.elements) yield* namesOf(element);
      break;
    case 'AssignmentPattern':
      yield* namesOf(pattern.left);
      break;
    case 'RestElement':
      yield* namesOf(pattern.argument);
      break;
  }
}

/** What a statement itself declares in its block: pairs of name and kind (`var` belongs to the function). */
export function* declared(statement) {
  const inner = statement.declaration ?? statement; // an export
  if (inner.type === 'VariableDeclaration') {
    for (const { id } of inner.declarations) for (const name of namesOf(id)) yield [name, inner.kind];
  } else if ((inner.type === 'FunctionDeclaration' || inner.type === 'ClassDeclaration') && inner.id) {
    yield [inner.id.name, inner.type === 'FunctionDeclaration' ? 'function' : 'class'];
  }
}

const assignmentsOf = new WeakMap();

/**
 * Of a function or a whole module: how often each name is given a value inside it, `vars` it hoists, and for names that
 * are assigned where they were not declared, the last such assignment. Names that a nested function declares for itself
 * are that function's.
 */
export function assignments(root) {
  const known = assignmentsOf.get(root);
  if (known) return known;
  const found = { counts: new Map(), vars: new Set(), values: new Map() };
  scan(root, root, [], found);
  assignmentsOf.set(root, found);
  return found;
}

function scan(root, top, shadows, found) {
  // An explicit stack: bundles hold expressions nested deeper than a call stack may go.
  const stack = [[top, shadows]];
  while (stack.length > 0) {
    const [node, hidden] = stack.pop();
    note(node, hidden, found);
    const inside = node !== root && isFunction(node) ? [...hidden, ownNames(node)] : hidden;
    if (node.type === 'VariableDeclaration' && node.kind === 'var' && inside.length === 0)
      for (const { id } of node.declarations) for (const name of namesOf(id)) found.vars.add(name);
    for (const child of children(node)) stack.push([child, inside]);
  }
}

function note(node, hidden, found) {
  const count = (name, value) => {
    if (hidden.some((names) => names.has(name))) return;
    found.counts.set(name, (found.counts.get(name) ?? 0) + 1);
    if (value) found.values.set(name, value);
  };
  if (node.type === 'VariableDeclarator' && node.init) for (const name of namesOf(node.id)) count(name);
  if (node.type === 'UpdateExpression' && node.argument.type === 'Identifier') count(node.argument.name);
  if ((node.type === 'ForOfStatement' || node.type === 'ForInStatement') && node.left.type === 'VariableDeclaration')
    for (const name of namesOf(node.left.declarations[0].id)) {
      count(name);
      count(name);
    }
  if (node.type !== 'AssignmentExpression') return;
  const plain = node.left.type === 'Identifier' && node.operator === '=';
  for (const name of namesOf(node.left)) count(name, plain ? node.right : undefined);
}

/** Parameters and everything declared in the function's own body. */
function ownNames(fn) {
  const names = new Set();
  for (const parameter of fn.params) for (const name of namesOf(parameter)) names.add(name);
  if (fn.id) names.add(fn.id.name);
  const stack = [fn.body];
  while (stack.length > 0) {
    const node = stack.pop();
    for (const [name] of declared(node)) names.add(name);
    if (!isFunction(node)) for (const child of children(node)) stack.push(child);
  }
  return names;
}
