// What the analysis knows of a value, `k` telling the kind:
//   unknown
//   const    v: a primitive
//   pattern  text: a string with holes, as in `fetch ${i}`
//   obj      props: Map of name to value;  arr  items: list of values
//   fn       node, scope, self, name (empty when anonymous)
//   class    node, scope, name;  inst  cls, fields: Map
//   step     the step object;  stepMethod  name
//   event    shape;  shape  shape: what is known of data from outside by how it is used
//   promise  nodes: graph nodes that run until it settles, value: what it settles to

export const unknown = { k: 'unknown' };
export const constant = (v) => ({ k: 'const', v });
export const object = (props = new Map()) => ({ k: 'obj', props });
export const array = (items = []) => ({ k: 'arr', items });
export const promise = (nodes, value = unknown) => ({ k: 'promise', nodes, value });

const deepestCarrier = 4;

/** Whether steps can be started through the value. */
export function carriesStep(value, depth = 0) {
  if (depth > deepestCarrier) return false;
  const any = (values) => [...values].some((item) => carriesStep(item, depth + 1));
  switch (value.k) {
    case 'step':
    case 'stepMethod':
      return true;
    case 'obj':
      return any(value.props.values());
    case 'arr':
      return any(value.items);
    case 'inst':
      return any(value.fields.values());
    case 'fn':
      return value.scope.reachesStep() || (value.self !== undefined && value.self.k === 'inst' && carriesStep(value.self, depth + 1));
    default:
      return false;
  }
}

/** Variables of a block, a function or a module. */
export class Scope {
  constructor(parent, module = parent.module) {
    this.parent = parent;
    this.module = module;
    this.names = new Map();
    this.hasStep = false;
  }

  /** `many`: it is given values in several places, so that a constant seen in one of them says nothing. */
  declare(name, value = unknown, many = false) {
    this.names.set(name, { value, many });
    if (carriesStep(value)) this.hasStep = true;
  }

  declares(name) {
    return this.names.has(name);
  }

  /** The scope that declares the name. */
  owner(name) {
    for (let scope = this; scope; scope = scope.parent) if (scope.declares(name)) return scope;
    return null;
  }

  /** Value of a name that this scope declares. */
  valueOf(name) {
    return this.names.get(name).value;
  }

  set(name, value) {
    const scope = this.owner(name);
    if (!scope) return;
    const binding = scope.names.get(name);
    const vague = value.k === 'const' || value.k === 'pattern';
    binding.value = binding.many && vague ? unknown : value;
    if (carriesStep(value)) scope.hasStep = true;
  }

  reachesStep() {
    for (let scope = this; scope; scope = scope.parent) if (scope.hasStep) return true;
    return false;
  }
}

const mostFields = 200;

/** A field of data from outside was used: it is an object with that field. */
export function fieldOf(shape, name) {
  if (shape.type !== 'object') {
    shape.type = 'object';
    shape.fields = Object.create(null);
  }
  const known = Object.keys(shape.fields).length;
  if (!(name in shape.fields) && known < mostFields) shape.fields[name] = { type: 'unknown' };
  return { k: 'shape', shape: shape.fields[name] ?? { type: 'unknown' } };
}

export const newShape = () => ({ type: 'unknown' });
