// The user's bundle: imported when the engine connects, so that an import that throws is told over the protocol.

import { WorkflowEntrypoint } from 'cloudflare:workers';
import { isCommonJs, load } from './stepwell-bundle.js';

const handlerNames = ['fetch', 'scheduled', 'queue', 'email', 'tail', 'trace', 'tailStream', 'test'];

export class Bundle {
  #exports;

  constructor(exports) {
    this.#exports = exports;
  }

  static async import() {
    const module = await load();
    return new Bundle(isCommonJs ? { default: module.default, ...module.default } : module);
  }

  entrypoint(name) {
    const found = Object.hasOwn(this.#exports, name) ? this.#exports[name] : undefined;
    if (isEntrypoint(found)) return found;
    const others = this.#entrypoints();
    const hint = others.length > 0 ? `It exports: ${others.join(', ')}.` : 'It exports no such class.';
    throw new TypeError(
      `This version of the script exports no class "${name}" that extends WorkflowEntrypoint. ${hint}`,
    );
  }

  /** The handler of the default export: a function to be called with what the handler takes, then env and context. */
  handler(name, context, env) {
    const main = this.#exports.default;
    if (typeof main === 'function' && typeof main.prototype?.[name] === 'function') {
      const instance = new main(context, env);
      return (argument) => instance[name](argument);
    }
    if (typeof main?.[name] !== 'function') return null;
    return (argument) => main[name](argument, env, context);
  }

  /** What the engine records about the version. */
  facts() {
    return { entrypoints: this.#entrypoints(), handlers: this.#handlers() };
  }

  #entrypoints() {
    return Object.keys(this.#exports).filter((name) => isEntrypoint(this.#exports[name]));
  }

  #handlers() {
    const main = this.#exports.default;
    const holder = typeof main === 'function' ? main.prototype : main;
    if (typeof holder !== 'object' || holder === null) return [];
    return handlerNames.filter((name) => typeof holder[name] === 'function');
  }
}

function isEntrypoint(value) {
  return typeof value === 'function' && value.prototype instanceof WorkflowEntrypoint;
}
