// Text of the arguments of `console.*`, as people know it from other consoles. Bounded.

import { userStack } from './errors.js';

const longestText = 16_384;
const deepest = 4;
const mostItems = 100;

/** One line of the log, at most 16 KiB. */
export function format(args) {
  const parts = typeof args[0] === 'string' ? substitute(args[0], args.slice(1)) : args.map((arg) => inspect(arg, 0, []));
  return bounded(parts.join(' '));
}

const encoder = new TextEncoder();
const cut = '... [cut]';

function bounded(text) {
  if (text.length * 3 <= longestText || encoder.encode(text).length <= longestText) return text;
  const room = new Uint8Array(longestText - cut.length);
  const { written } = encoder.encodeInto(text, room);
  return new TextDecoder().decode(room.subarray(0, written)) + cut;
}

function substitute(template, rest) {
  let used = 0;
  const text = template.replace(/%([sdifjoOc%])/g, (whole, letter) => {
    if (letter === '%') return '%';
    if (used === rest.length) return whole;
    return placed(letter, rest[used++]);
  });
  const left = rest.slice(used).map((arg) => (typeof arg === 'string' ? arg : inspect(arg, 0, [])));
  return [text, ...left];
}

function placed(letter, arg) {
  switch (letter) {
    case 's':
      return typeof arg === 'string' ? arg : inspect(arg, 0, []);
    case 'd':
      return String(Number(arg));
    case 'i':
      return String(parseInt(arg, 10));
    case 'f':
      return String(parseFloat(arg));
    case 'c':
      return '';
    default:
      return inspect(arg, 0, []);
  }
}

function inspect(value, depth, above) {
  try {
    return shown(value, depth, above);
  } catch {
    return '[cannot be shown]';
  }
}

function shown(value, depth, above) {
  switch (typeof value) {
    case 'string':
      return depth === 0 ? value : quoted(value);
    case 'bigint':
      return `${value}n`;
    case 'function':
      return value.name ? `[Function: ${value.name}]` : '[Function (anonymous)]';
    case 'object':
      return value === null ? 'null' : object(value, depth, above);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    default:
      return String(value);
  }
}

function quoted(text) {
  const short = text.length > longestText ? text.slice(0, longestText) : text;
  return `'${short.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n')}'`;
}

function object(value, depth, above) {
  if (value instanceof Error) return error(value, depth, above);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${value.byteLength} bytes)`;
  if (value instanceof Promise) return 'Promise { ... }';
  if (above.includes(value)) return '[Circular]';
  const inner = (item) => inspect(item, depth + 1, [...above, value]);
  if (depth >= deepest) return Array.isArray(value) ? '[Array]' : `[${nameOf(value) || 'Object'}]`;
  if (Array.isArray(value)) return items('', '[', ']', value, value.length, inner);
  if (ArrayBuffer.isView(value) && value.length !== undefined)
    return items(`${nameOf(value)}(${value.length}) `, '[', ']', value, value.length, inner);
  if (value instanceof Set) return items(`Set(${value.size}) `, '{', '}', value, value.size, inner);
  if (value instanceof Map)
    return items(`Map(${value.size}) `, '{', '}', value, value.size, ([key, item]) => `${inner(key)} => ${inner(item)}`);
  return record(value, inner);
}

function error(value, depth, above) {
  const stack = String(value.stack ?? `${value.name}: ${value.message}`);
  const text = userStack(stack);
  if (value.cause === undefined || depth >= deepest) return text;
  return `${text}\n[cause]: ${inspect(value.cause, depth + 1, [...above, value])}`;
}

function nameOf(value) {
  const name = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' ? name : '';
}

function items(prefix, open, close, values, size, show) {
  const texts = [];
  for (const item of values) {
    if (texts.length === mostItems) {
      texts.push(`... ${size - mostItems} more items`);
      break;
    }
    texts.push(show(item));
  }
  return texts.length === 0 ? `${prefix}${open}${close}` : `${prefix}${open} ${texts.join(', ')} ${close}`;
}

function record(value, inner) {
  const keys = Object.keys(value);
  const name = nameOf(value);
  const prefix = name === '' || name === 'Object' ? '' : `${name} `;
  const show = (key) => `${/^[\w$]+$/.test(key) ? key : quoted(key)}: ${inner(value[key])}`;
  return items(prefix, '{', '}', keys, keys.length, show);
}
