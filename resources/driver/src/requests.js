// What the engine is told of requests to the code of a site: see "Requests of sites" in ../PROTOCOL.md.

import { AsyncLocalStorage } from 'node:async_hooks';
import { describe } from './errors.js';
import { escaped } from './lines.js';
import { toText } from './own_json.js';

const print = console.log;
const longestUrl = 8_192;
const mostHeaders = 100;
const longestHeader = 4_096;
const mostExceptions = 10;
const secretHeader = /authorization|cookie|secret|token|key/i;

const current = new AsyncLocalStorage();

/** The number of the request that the running code serves; 0 when the engine gave it none. */
export function requestNumber() {
  return current.getStore()?.number ?? 0;
}

/** Prints a line that the engine reads. */
export function tell(kind, ...fields) {
  print(`\x1e${[kind, ...fields].join('\t')}`);
}

/** One request, from its begin until nothing of it is waited for any more. */
class ToldRequest {
  #request;
  #cf;
  #waiting = [];
  #exceptions = [];
  #begin = performance.now();

  constructor(number, request, context) {
    this.number = number;
    this.#request = request;
    this.#cf = { ...request.cf };  // user code may add to its own what cannot be written down
    const waitUntil = context.waitUntil.bind(context);
    this.hold = waitUntil;
    context.waitUntil = (promise) => {
      this.#waiting.push(promise);
      waitUntil(promise);
    };
  }

  threw(error) {
    if (this.#exceptions.length < mostExceptions) this.#exceptions.push({ ...describe(error), timestamp: Date.now() });
  }

  answered(response) {
    const { url, method, headers } = this.#request;
    const details = {
      url: url.slice(0, longestUrl),
      method,
      headers: shownHeaders(headers),
      cf: this.#cf,
      status: response.status,
      outcome: this.#exceptions.length > 0 ? 'exception' : 'ok',
      exceptions: this.#exceptions,
      wallTime: performance.now() - this.#begin,
    };
    tell('answer', this.number, escaped(toText(details)));
    this.hold(this.#end());
  }

  async #end() {
    for (let promise = this.#waiting.shift(); promise !== undefined; promise = this.#waiting.shift()) {
      try {
        await promise;
      } catch (error) {
        console.error('Uncaught (in waitUntil)', error);
      }
    }
    tell('over', this.number, '');
  }
}

function shownHeaders(headers) {
  const shown = {};
  for (const [name, value] of [...headers].slice(0, mostHeaders))
    shown[name] = secretHeader.test(name) ? 'REDACTED' : value.slice(0, longestHeader);
  return shown;
}

/**
 * Runs `serve(request, told)` and answers its response. `told` is null when the engine does not ask about the request; when it
 * does, the request is another one without its number.
 */
export async function toldOf(numbered, context, serve) {
  const { stepwellRequest: number, ...cf } = numbered.cf ?? {};
  if (number === undefined) return serve(numbered, null);
  const request = new Request(numbered, { cf });
  if (!Number.isSafeInteger(number)) return serve(request, null);  // the engine never says such a thing
  const told = new ToldRequest(number, request, context);
  return current.run(told, async () => {
    const response = await serve(request, told);
    told.answered(response);
    return response;
  });
}
