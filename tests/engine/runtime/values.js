// What tst_codec runs: every kind of value goes out of a step and comes back, on the first run and on a replay.

import { WorkflowEntrypoint } from 'cloudflare:workers';

const cyclic = () => {
  const a = { name: 'a', list: [] };
  a.self = a;
  a.list.push(a.list);
  return a;
};
const shared = () => {
  const part = { n: 1 };
  return [part, part];
};
const sparse = () => {
  const list = [1];
  list[3] = 4;
  return list;
};
const bytes = () => Uint8Array.from({ length: 200_000 }, (_, i) => i);

const makers = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  zero: () => 0,
  negativeZero: () => -0,
  nan: () => NaN,
  infinity: () => -Infinity,
  fraction: () => 0.1,
  largest: () => Number.MAX_VALUE,
  empty: () => '',
  text: () => 'tab\t line\n back\\slash "quoted" é€😀 \u2028 </script>',
  halfPair: () => ({ a: 'x\ud800y', b: new Map([[1, '\udfff']]) }),
  object: () => ({ a: 1, b: { c: [true, null, 'x'] } }),
  holes: () => ({ a: undefined, b: [undefined, 1] }),
  sparse,
  date: () => new Date(1234567890123),
  invalidDate: () => new Date(NaN),
  map: () => new Map([['a', 1], [{ k: 1 }, new Map()]]),
  set: () => new Set([1, 'a', new Set([2])]),
  bigint: () => [0n, -(2n ** 80n)],
  regexp: () => /a+"\/b/giu,
  boxed: () => [Object(1), Object('x'), Object(true)],
  cyclic,
  shared,
  buffer: () => new Uint8Array([1, 2, 3]).buffer,
  emptyBuffer: () => [new ArrayBuffer(0), new Uint8Array()],
  view: () => new Uint8Array(bytes().buffer, 1000, 5),
  dataView: () => new DataView(new Uint8Array([9, 8, 7]).buffer, 1),
  uint8: bytes,
  clamped: () => new Uint8ClampedArray([1, 300]),
  int8: () => new Int8Array([-1]),
  int16: () => new Int16Array([-300]),
  uint16: () => new Uint16Array([65535]),
  int32: () => new Int32Array([-70000]),
  uint32: () => new Uint32Array([4000000000]),
  float32: () => new Float32Array([0.5, NaN]),
  float64: () => new Float64Array([0.1, -0]),
  bigint64: () => new BigInt64Array([-1n]),
  bigUint64: () => new BigUint64Array([2n ** 63n]),
  error: () => new RangeError('far', { cause: new Error('near') }),
  nullPrototype: () => Object.assign(Object.create(null), { a: 1 }),
};

/** A text that differs when anything about the value differs. */
function portrait(value, known = new Map()) {
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (known.has(value)) return `#${known.get(value)}`;
  known.set(value, known.size);
  const type = Object.prototype.toString.call(value);
  const inner = (item) => portrait(item, known);
  if (ArrayBuffer.isView(value)) {
    const own = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return `${type}(${own.join()})`;
  }
  if (value instanceof ArrayBuffer) return `${type}(${new Uint8Array(value).join()})`;
  if (value instanceof Date) return `${type}(${value.getTime()})`;
  if (value instanceof Map) return `${type}(${[...value].map(([k, v]) => inner(k) + '=>' + inner(v))})`;
  if (value instanceof Set) return `${type}(${[...value].map(inner)})`;
  if (value instanceof RegExp) return `${type}(${value})`;
  if (value instanceof Error)
    return `${value.constructor.name}(${value.name},${value.message},${value.stack},${inner(value.cause)})`;
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return `${type}(${value})`;
  return `${type}{${Object.keys(value).map((key) => JSON.stringify(key) + ':' + inner(value[key]))}}${value.length}`;
}

export class Values extends WorkflowEntrypoint {
  async run(event, step) {
    const name = event.payload;
    const value = await step.do(name, async () => makers[name]());
    // On a replay the callback does not run, so the portrait of the first run comes from a second call.
    const expected = name === 'error' ? null : portrait(makers[name]());
    const seen = portrait(value);
    return { same: expected === null ? seen.startsWith('RangeError(RangeError,far,') && seen.includes('near') : seen === expected, seen };
  }
}

export class Names extends WorkflowEntrypoint {
  async run() {
    return Object.keys(makers);
  }
}
