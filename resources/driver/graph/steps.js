// Calls on the step object as nodes of the graph.

import { evaluate } from './expressions.js';
import { invoke } from './functions.js';
import { numberOrText, sourceOf, textOf } from './text.js';
import { carriesStep, newShape, promise, unknown } from './values.js';

const defaults = { limit: 5, delay: 10_000, backoff: 'exponential', timeout: '10 minutes' };
const defaultWait = '24 hours';

const property = (value, name) => (value?.k === 'obj' ? value.props.get(name) : undefined);

/** What a config says of one field; `entry` is a value with the node it was written as. */
function field(value, fallback) {
  if (value === undefined || value.k === 'missing') return fallback;
  if (value.k === 'fn') return '[dynamic]';
  if (value.k === 'const') return typeof value.v === 'number' || typeof value.v === 'string' ? finite(value.v) : fallback;
  return value.k === 'pattern' ? value.text : `\${${value.source ?? '…'}}`;
}

const finite = (v) => (typeof v === 'number' && !Number.isFinite(v) ? String(v) : v);

function config(value) {
  const retries = property(value, 'retries');
  return {
    retries: {
      limit: field(property(retries, 'limit'), defaults.limit),
      delay: field(property(retries, 'delay'), defaults.delay),
      backoff: field(property(retries, 'backoff'), defaults.backoff),
    },
    timeout: field(property(value, 'timeout'), defaults.timeout),
  };
}

/** Steps that the callback of a step starts. */
function nested(w, callback) {
  if (callback?.k !== 'fn' || !carriesStep(callback)) return [];
  return w.inFunction(true, () => invoke(w, callback, [{ k: 'unknown' }], { isCallback: true })).nodes;
}

function stepDo(w, args, values, scope) {
  const callback = values.slice(1, 3).find((value) => value.k === 'fn') ?? values[2] ?? values[1];
  const settings = args.length > 2 && values[1] !== callback ? values[1] : undefined;
  return {
    type: 'step_do',
    name: textOf(values[0], args[0], scope),
    config: config(settings),
    nodes: nested(w, callback),
  };
}

function sleepUntil(args, values, scope) {
  const [, target] = args;
  const isDate = target?.type === 'NewExpression' && target.callee.name === 'Date' && target.arguments.length === 1;
  const timestamp = values[1].k === 'date' ? values[1].of : values[1];
  return {
    type: 'step_sleep_until',
    name: textOf(values[0], args[0], scope),
    timestamp: target ? numberOrText(timestamp, isDate ? target.arguments[0] : target, scope) : '',
  };
}

function waitForEvent(args, values, scope, payload) {
  const options = values[1]?.k === 'obj' ? values[1] : null;
  return {
    type: 'step_wait_for_event',
    name: textOf(values[0], args[0], scope),
    options: options && {
      event_type: String(field(property(options, 'type'), '')),
      timeout: field(property(options, 'timeout'), defaultWait),
    },
    payload,
  };
}

/** A call of `step.<method>`; a value that settles with the step, or nothing when there is no such method. */
export function stepCall(w, method, args, scope) {
  if (args.length === 0 || args.some(({ type }) => type === 'SpreadElement')) return unknown;
  const values = args.map((arg) => evaluate(w, arg, scope));
  switch (method) {
    case 'do':
      return promise([w.emit(stepDo(w, args, values, scope))]);
    case 'sleep': {
      const duration = args[1] ? numberOrText(values[1], args[1], scope) : '';
      return promise([w.emit({ type: 'step_sleep', name: textOf(values[0], args[0], scope), duration })]);
    }
    case 'sleepUntil':
      return promise([w.emit(sleepUntil(args, [...values, unknown], scope))]);
    case 'waitForEvent': {
      const payload = newShape();
      return promise([w.emit(waitForEvent(args, values, scope, payload))], { k: 'event', shape: payload });
    }
    default:
      return unknown;
  }
}

/** An unknown value that remembers how it was written, for the fields of a config. */
export const written = (value, node, scope) => (value.k === 'unknown' || value.k === 'shape' ? { ...value, source: sourceOf(node, scope, 40) } : value);
