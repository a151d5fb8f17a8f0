// The modules of a bundle: what each declares at its top level, imports and exports. Parsed when first asked for.

import { parse } from 'acorn';
import { GiveUp } from './limits.js';
import { assignments, declared, isClass, isFunction } from './syntax.js';
import { Scope, unknown } from './values.js';

const mostHops = 20; // re-exports that lead to re-exports

function syntaxTree(name, text, isCommonJs) {
  try {
    return parse(text, {
      ecmaVersion: 'latest',
      sourceType: isCommonJs ? 'script' : 'module',
      allowReturnOutsideFunction: true,
      allowHashBang: true,
    });
  } catch (error) {
    if (error instanceof RangeError || /stack space/.test(error.message)) throw new GiveUp(`${name} is nested too deeply to be read.`);
    throw new GiveUp(`${name} could not be read as JavaScript: ${error.message}`);
  }
}

/** The path that `specifier` names when `from` imports it. */
function resolvePath(from, specifier) {
  if (!specifier.startsWith('.')) return specifier;
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

const exportedName = (node) => node.name ?? node.value;

export class Module {
  #program;
  #exports = new Map(); // exported name -> { local } or { from, name } or { node }
  #stars = [];
  #imports = new Map(); // local name -> { from, name }; name '*' is the namespace
  #inits = new Map(); // local name -> { init } or { node }, evaluated on demand

  constructor(program, name, text, isCommonJs) {
    this.#program = program;
    this.name = name;
    this.text = text;
    this.scope = new ModuleScope(this);
    const tree = syntaxTree(name, text, isCommonJs);
    const { counts, values } = assignments(tree);
    for (const statement of tree.body) this.#read(statement);
    this.counts = counts;
    // A variable without a value at first that gets one in one place (a module that is set up lazily) keeps that one.
    for (const [local, value] of values)
      if (this.#inits.get(local)?.init === null) this.#inits.set(local, { init: value });
    if (isCommonJs) this.#readCommonJs(tree);
  }

  #read(statement) {
    for (const [name, kind] of declared(statement))
      this.#inits.set(name, { init: null, node: kind === 'function' || kind === 'class' ? statement.declaration ?? statement : null });
    const inner = statement.declaration ?? statement;
    if (inner.type === 'VariableDeclaration') this.#readVariables(inner);
    switch (statement.type) {
      case 'ImportDeclaration':
        for (const specifier of statement.specifiers) this.#readImport(specifier, statement.source.value);
        break;
      case 'ExportNamedDeclaration':
        this.#readExports(statement);
        break;
      case 'ExportAllDeclaration':
        if (!statement.exported) this.#stars.push(statement.source.value);
        break;
      case 'ExportDefaultDeclaration':
        this.#exports.set('default', inner.id ? { local: inner.id.name } : { node: inner });
        break;
    }
  }

  #readVariables(declaration) {
    for (const { id, init } of declaration.declarations)
      if (id.type === 'Identifier') this.#inits.set(id.name, { init });
  }

  #readImport(specifier, from) {
    const name =
      specifier.type === 'ImportDefaultSpecifier' ? 'default'
      : specifier.type === 'ImportNamespaceSpecifier' ? '*'
      : exportedName(specifier.imported);
    this.#imports.set(specifier.local.name, { from, name });
    this.#inits.set(specifier.local.name, { init: null });
  }

  #readExports(statement) {
    for (const [name] of statement.declaration ? declared(statement) : []) this.#exports.set(name, { local: name });
    for (const { local, exported } of statement.specifiers) {
      const target = statement.source
        ? { from: statement.source.value, name: exportedName(local) }
        : { local: exportedName(local) };
      this.#exports.set(exportedName(exported), target);
    }
  }

  /** `exports.X = ...`, `module.exports.X = ...`, `module.exports = { X }` at the top level. */
  #readCommonJs(tree) {
    const isExports = (node) =>
      (node.type === 'Identifier' && node.name === 'exports') ||
      (node.type === 'MemberExpression' && node.object.name === 'module' && node.property.name === 'exports');
    for (const { expression } of tree.body) {
      if (expression?.type !== 'AssignmentExpression') continue;
      const { left, right } = expression;
      if (isExports(left) && right.type === 'ObjectExpression') {
        for (const property of right.properties)
          if (property.type === 'Property' && !property.computed)
            this.#exports.set(exportedName(property.key), { node: property.value });
      } else if (left.type === 'MemberExpression' && !left.computed && isExports(left.object)) {
        this.#exports.set(left.property.name, { node: right });
      }
    }
  }

  declares(name) {
    return this.#inits.has(name);
  }

  /** Value of a top-level name. */
  valueOf(name, evaluator) {
    const imported = this.#imports.get(name);
    if (imported) return this.#program.exported(resolvePath(this.name, imported.from), imported.name, evaluator);
    const { init, node } = this.#inits.get(name);
    const source = init ?? node;
    if (!source) return unknown;
    const value = evaluator.topLevel(source, this.scope);
    const isVague = value.k === 'const' || value.k === 'pattern';
    if (isVague && (this.counts.get(name) ?? 0) > 1) return unknown;
    return (value.k === 'fn' || value.k === 'class') && !value.name ? { ...value, name } : value;
  }

  exported(name, evaluator, hops = 0) {
    if (hops > mostHops) return unknown;
    const target = this.#exports.get(name);
    if (target?.local) return this.scope.valueOf(target.local, evaluator);
    if (target?.node) return evaluator.topLevel(target.node, this.scope);
    if (target) return this.#program.exported(resolvePath(this.name, target.from), target.name, evaluator, hops + 1);
    for (const from of this.#stars) {
      const found = this.#program.exported(resolvePath(this.name, from), name, evaluator, hops + 1);
      if (found !== unknown) return found;
    }
    return unknown;
  }

  /** A class that bears the name at the top level, exported in some way that was not understood. */
  classCalled(name, evaluator) {
    if (!this.#inits.has(name)) return unknown;
    const { init, node } = this.#inits.get(name);
    const source = init ?? node;
    return source && !isFunction(source) && (isClass(source) || init) ? this.scope.valueOf(name, evaluator) : unknown;
  }
}

/** The top level of a module: its names get their values when they are first asked for. */
class ModuleScope extends Scope {
  #busy = new Set();

  constructor(module) {
    super(null, module);
  }

  declares(name) {
    return this.module.declares(name);
  }

  set() {} // who assigns to a top-level name has been counted beforehand

  valueOf(name, evaluator) {
    if (!this.module.declares(name)) return unknown;
    const known = this.names.get(name);
    if (known) return known.value;
    if (this.#busy.has(name)) return unknown; // defined by itself
    this.#busy.add(name);
    const value = this.module.valueOf(name, evaluator);
    this.#busy.delete(name);
    this.names.set(name, { value, many: false });
    return value;
  }
}

export class Program {
  #sources = new Map();
  #modules = new Map();

  /** @param sources list of { name, text, isCommonJs } */
  constructor(sources) {
    for (const source of sources) this.#sources.set(source.name, source);
  }

  module(name) {
    let module = this.#modules.get(name);
    if (module) return module;
    const source = this.#sources.get(name);
    if (!source) return null;
    module = new Module(this, name, source.text, source.isCommonJs);
    this.#modules.set(name, module);
    return module;
  }

  exported(path, name, evaluator, hops = 0) {
    const module = name === '*' ? null : this.module(path);
    return module ? module.exported(name, evaluator, hops) : unknown;
  }
}
