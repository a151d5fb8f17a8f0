// Values of the protocol: `u`, `j` + JSON text, `d` + devalue text.

import { parse, stringify } from 'devalue';
import { rebuilt } from './errors.js';
import { fromText, toText } from './own_json.js';
import { cannotClone, largestValue, Survey, TooLarge } from './shape.js';

const encoder = new TextEncoder();

/** Bytes of `text` in UTF-8, without encoding it where the answer is clear. */
function isWithin(text, limit) {
  if (text.length * 3 <= limit) return true;
  return text.length <= limit && encoder.encode(text).length <= limit;
}

/** The value as the protocol carries it. Throws TooLarge, NotSerialisable or a DataCloneError. */
export function encode(value) {
  if (value === undefined) return 'u';
  const survey = new Survey();
  survey.visit(value, 0);
  return survey.isJson ? encodeJson(value) : encodeClone(value);
}

function encodeJson(value) {
  const text = toText(value);
  if (!isWithin(text, largestValue)) throw new TooLarge();
  return 'j' + text;
}

function encodeClone(value) {
  let text;
  try {
    text = stringify(value, reducers);
  } catch (error) {
    throw error instanceof DOMException ? error : cannotClone(error.message);
  }
  // Base64 and the numbering of devalue add to the size that was surveyed; this only bounds what they may add.
  if (!isWithin(text, 4 * largestValue)) throw new TooLarge();
  return 'd' + text;
}

export function decode(text) {
  switch (text[0]) {
    case 'j':
      return fromText(text.slice(1));
    case 'd':
      return parse(text.slice(1), revivers);
    default:
      return undefined;
  }
}

export function base64(bytes) {
  if (bytes.toBase64) return bytes.toBase64();
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary);
}

export function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

const longestCauseChain = 8;

/** An error and its causes as a flat list, so that a cycle of causes ends. */
function errorChain(error) {
  const chain = [];
  for (let next = error; next instanceof Error && chain.length < longestCauseChain; next = next.cause)
    chain.push([String(next.name), String(next.message), String(next.stack ?? '')]);
  return chain;
}

function fromErrorChain(chain) {
  let cause;
  for (const [name, message, stack] of chain.reverse()) {
    const error = rebuilt(name, message);
    if (stack !== '') Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
    if (cause) Object.defineProperty(error, 'cause', { value: cause, writable: true, configurable: true });
    cause = error;
  }
  return cause;
}

// A view is stored with its own bytes only, not with those of a larger buffer around it.
const reducers = {
  View: (value) =>
    ArrayBuffer.isView(value) && [
      Object.prototype.toString.call(value).slice(8, -1),
      base64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)),
    ],
  Buffer: (value) => value instanceof ArrayBuffer && [base64(new Uint8Array(value))],
  Failure: (value) => value instanceof Error && errorChain(value),
  // UTF-8 has no form for half a surrogate pair.
  Units: (value) =>
    typeof value === 'string' && !value.isWellFormed() && Array.from({ length: value.length }, (_, i) => value.charCodeAt(i)),
};

const revivers = {
  View: ([type, text]) => {
    const bytes = fromBase64(text);
    return type === 'DataView' ? new DataView(bytes.buffer) : new globalThis[type](bytes.buffer);
  },
  Buffer: ([text]) => fromBase64(text).buffer,
  Failure: fromErrorChain,
  Units: (codes) => codes.reduce((text, code) => text + String.fromCharCode(code), ''),
};
