// Looks at a value before it is encoded: how large it is at least, and whether JSON carries it exactly. Never copies, so
// that a result of many megabytes is refused before it can fill the heap.

/** No step result or payload may be larger (in UTF-8 or bytes). */
export const largestValue = 1 << 20;
const deepest = 2_000;

export class TooLarge extends Error {}
/** A function or an RPC stub: the instance cannot go on. */
export class NotSerialisable extends Error {}

export function cannotClone(what) {
  return new DOMException(what, 'DataCloneError');
}

const bytesOfPrimitive = 8;
const tagOf = (value) => Object.prototype.toString.call(value).slice(8, -1);

function constructorName(value) {
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' && name !== '' ? name : tagOf(value);
}

/** One walk over one value. */
export class Survey {
  isJson = true;
  #bytes = 0;
  #root = null;
  #seen = null;

  /** Throws TooLarge, NotSerialisable or a DataCloneError. */
  visit(value, depth) {
    switch (typeof value) {
      case 'string':
        return this.#count(value.length + 2);
      case 'number':
        if (!Number.isFinite(value) || Object.is(value, -0)) this.isJson = false;
        return this.#count(1);
      case 'boolean':
        return this.#count(1);
      case 'undefined':
        this.isJson = false;
        return this.#count(1);
      case 'object':
        if (value === null) return this.#count(1);
        return this.#object(value, depth);
      case 'bigint':
        this.isJson = false;
        return this.#count(bytesOfPrimitive + value.toString(36).length / 2);
      case 'symbol':
        throw cannotClone(`${String(value)} could not be cloned.`);
      default:
        throw new NotSerialisable();
    }
  }

  #count(bytes) {
    this.#bytes += bytes;
    if (this.#bytes > largestValue) throw new TooLarge();
  }

  #object(value, depth) {
    if (depth > deepest) throw cannotClone('The value is nested too deeply to be stored.');
    if (this.#again(value, depth)) return;
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype) return this.#plain(value, depth);
    if (Array.isArray(value)) return this.#array(value, depth);
    this.isJson = false;
    if (prototype === null) return this.#plain(value, depth);
    this.#special(value, depth);
  }

  /** JSON knows neither cycles nor one object in two places. A flat object, the usual case, needs no set. */
  #again(value, depth) {
    if (depth === 0) {
      this.#root = value;
      return false;
    }
    this.#seen ??= new Set([this.#root]);
    if (this.#seen.has(value)) {
      this.isJson = false;
      return true;
    }
    this.#seen.add(value);
    return false;
  }

  #plain(value, depth) {
    this.#count(2);
    for (const key of Object.keys(value)) {
      if (key === '__proto__') throw cannotClone('A property named __proto__ cannot be stored.');
      this.#count(key.length + 3);
      this.visit(value[key], depth + 1);
    }
  }

  #array(value, depth) {
    this.#count(2 + value.length);
    for (let i = 0; i < value.length; ++i) this.visit(value[i], depth + 1);
  }

  #special(value, depth) {
    if (ArrayBuffer.isView(value)) return this.#count(value.byteLength);
    switch (tagOf(value)) {
      case 'ArrayBuffer':
        return this.#count(value.byteLength);
      case 'Date':
      case 'Number':
      case 'Boolean':
        return this.#count(bytesOfPrimitive);
      case 'BigInt':
        return this.visit(value.valueOf(), depth);
      case 'String':
        return this.#count(value.length);
      case 'RegExp':
        return this.#count(value.source.length);
      case 'Map':
        for (const [key, item] of value) {
          this.visit(key, depth + 1);
          this.visit(item, depth + 1);
        }
        return;
      case 'Set':
        for (const item of value) this.visit(item, depth + 1);
        return;
      default:
        if (value instanceof Error) return this.#count(String(value.message).length + String(value.stack ?? '').length);
        throw this.#refusal(value);
    }
  }

  #refusal(value) {
    if (typeof value.dup === 'function' || constructorName(value) === 'RpcTarget') return new NotSerialisable();
    const type = constructorName(value);
    return cannotClone(`Could not serialize object of type "${type}". This type does not support serialization.`);
  }
}
