// The config of a `step.do`: checked, merged with the defaults, and in the forms that the engine and the callback see.

import { milliseconds } from './duration.js';
import { fatal } from './errors.js';
import { fromText, toText } from './own_json.js';

const defaults = Object.freeze({ limit: 5, delay: 10_000, backoff: 'exponential', timeout: '10 minutes' });
const backoffs = new Set(['constant', 'linear', 'exponential']);
const configKeys = new Set(['retries', 'timeout', 'sensitive']);
const retryKeys = new Set(['limit', 'delay', 'backoff']);
const help = 'See https://developers.cloudflare.com/workflows/build/sleeping-and-retrying/';

/** What a step runs under. `text` is the JSON for the engine; `dynamicDelay` the delay function, if there is one. */
class StepConfig {
  constructor(values, dynamicDelay) {
    this.values = values;
    this.dynamicDelay = dynamicDelay;
    this.limit = values.limit;
    this.isSensitive = values.sensitive === 'output';
    this.text = this.#json();
  }

  #json() {
    const { limit, delay, backoff, timeout, sensitive } = this.values;
    return toText({
      limit: limit === Infinity ? -1 : limit,
      delay: this.dynamicDelay ? -1 : milliseconds(delay),
      backoff,
      timeout: milliseconds(timeout),
      shown: {
        retries: {
          limit: limit === Infinity ? 'Infinity' : limit,
          delay: this.dynamicDelay ? '[dynamic]' : delay,
          backoff,
        },
        timeout,
        ...(sensitive === undefined ? {} : { sensitive }),
      },
    });
  }

  /** A fresh copy for a callback: changing it changes nothing. */
  forCallback() {
    const { limit, delay, backoff, timeout, sensitive } = this.values;
    const retries = this.dynamicDelay ? { limit, backoff } : { limit, delay, backoff };
    return sensitive === undefined ? { retries, timeout } : { retries, timeout, sensitive };
  }
}

const standardConfig = new StepConfig(defaults, null);

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const hasOnly = (object, allowed) => Object.keys(object).every((key) => allowed.has(key));

function isDelay(delay) {
  return typeof delay === 'function' || milliseconds(delay) >= 0;
}

function isValidRetries(retries) {
  if (!isObject(retries) || !hasOnly(retries, retryKeys)) return false;
  const { limit, delay, backoff } = retries;
  const limitIsGood = limit === undefined || limit === Infinity || (Number.isSafeInteger(limit) && limit >= 0);
  return limitIsGood && (delay === undefined || isDelay(delay)) && (backoff === undefined || backoffs.has(backoff));
}

function isValid(config) {
  if (!isObject(config) || !hasOnly(config, configKeys)) return false;
  const { retries, timeout, sensitive } = config;
  if (retries !== undefined && !isValidRetries(retries)) return false;
  if (timeout !== undefined && !(milliseconds(timeout) > 0)) return false;
  return sensitive === undefined || sensitive === 'output';
}

/** Throws what the reference says for a config in a wrong form. */
export function stepConfig(name, config) {
  if (config === undefined) return standardConfig;
  if (!isValid(config)) throw fatal(`Step config for "${name}" is in a invalid format. ${help}`);
  const { limit, delay, backoff } = config.retries ?? {};
  const values = {
    limit: limit ?? defaults.limit,
    delay: delay ?? defaults.delay,
    backoff: backoff ?? defaults.backoff,
    timeout: config.timeout ?? defaults.timeout,
    sensitive: config.sensitive,
  };
  return new StepConfig(values, typeof delay === 'function' ? delay : null);
}

/** What was recorded when the step first ran wins over the code, except for a delay function: only the code has it. */
export function recordedConfig(text, current) {
  const recorded = fromText(text);
  const shown = recorded.shown ?? {};
  const values = {
    limit: recorded.limit === -1 ? Infinity : recorded.limit,
    delay: recorded.delay === -1 ? (current.dynamicDelay ?? current.values.delay) : (shown.retries?.delay ?? recorded.delay),
    backoff: recorded.backoff,
    timeout: shown.timeout ?? recorded.timeout,
    sensitive: shown.sensitive,
  };
  return new StepConfig(values, recorded.delay === -1 ? current.dynamicDelay : null);
}

/** `{handler, config}` of rollback options, or undefined. Throws what the reference says for options in a wrong form. */
export function rollbackOf(name, options) {
  if (options === undefined) return undefined;
  if (!isObject(options)) throw fatal(`Rollback options for "${name}" must be an object`);
  if (typeof options.rollback !== 'function') throw fatal(`Rollback for "${name}" must be a function`);
  const config = options.rollbackConfig;
  if (config !== undefined && !isValid(config))
    throw fatal(`Rollback config for "${name}" is in a invalid format. ${help}`);
  return { handler: options.rollback, config: stepConfig(name, config) };
}

/** The text for the engine of a step's config and, when it has a rollback handler, of that one's. */
export function configText(config, rollback) {
  return rollback === undefined ? config.text : `${config.text.slice(0, -1)},"rollback":${rollback.config.text}}`;
}
