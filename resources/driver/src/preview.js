// JSON text for people beside a value that JSON does not carry.

import { toText } from './own_json.js';

const mostNodes = 20_000;
const longestPreview = 1 << 20;

/** JSON text that shows `value`; bounded, never throws. */
export function preview(value) {
  try {
    const text = toText(new Painter().paint(value));
    return text.length <= longestPreview ? text : '"[too large to show]"';
  } catch {
    return '"[cannot be shown]"';
  }
}

class Painter {
  #above = [];
  #nodes = 0;

  paint(value) {
    if (++this.#nodes > mostNodes) return '[...]';
    switch (typeof value) {
      case 'bigint':
        return `[BigInt(${value})]`;
      case 'undefined':
        return '[undefined]';  // in a list, where null would be another value
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'object':
        return value === null ? null : this.#object(value);
      default:
        return value;
    }
  }

  #object(value) {
    if (this.#above.includes(value)) return '[Circular]';
    this.#above.push(value);
    const painted = this.#inside(value);
    this.#above.pop();
    return painted;
  }

  #inside(value) {
    if (ArrayBuffer.isView(value)) return `[${Object.prototype.toString.call(value).slice(8, -1)}(${value.byteLength} bytes)]`;
    if (value instanceof ArrayBuffer) return `[ArrayBuffer(${value.byteLength} bytes)]`;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (value instanceof RegExp) return String(value);
    if (value instanceof Error) return { name: value.name, message: value.message };
    if (value instanceof Map) return this.#map(value);
    if (value instanceof Set) return Array.from(value, (item) => this.paint(item));
    if (Array.isArray(value)) return Array.from(value, (item) => this.paint(item));
    if (value instanceof String || value instanceof Number || value instanceof Boolean) return value.valueOf();
    return this.#record(Object.keys(value).map((key) => [key, value[key]]));
  }

  /** An object where the keys allow it, else a list of pairs. */
  #map(map) {
    const entries = [...map];
    if (entries.every(([key]) => typeof key === 'string')) return this.#record(entries);
    return entries.map(([key, item]) => [this.paint(key), this.paint(item)]);
  }

  #record(entries) {
    const record = Object.create(null);
    for (const [key, item] of entries) {
      if (item !== undefined) record[key] = this.paint(item);  // as JSON.stringify has it
    }
    return record;
  }
}
