// The fetch and scheduled handlers of the user's default export.

import { Bundle } from './bundle.js';
import { describe } from './errors.js';
import { escaped } from './lines.js';
import { toldOf } from './requests.js';
import { stacksReady } from './source_maps.js';

const setTimer = globalThis.setTimeout;
const longestReadMs = 1_000;

/** Another request may be the one that reads the source maps, and may end before it has. */
async function stacksSoonReady() {
  const reading = stacksReady();
  if (reading) await Promise.race([reading, new Promise((resolve) => setTimer(resolve, longestReadMs))]);
}

async function report(error) {
  await stacksSoonReady();
  const { name, message, stack } = describe(error);
  return stack.includes(message) && stack !== '' ? stack : `${name}: ${message}\n${stack}`;
}

async function errorPage(error, told) {
  const text = await report(error);
  if (told) told.threw(error);
  else console.error(`Uncaught ${text}`);
  return new Response(`The Worker threw an exception.\n\n${text}\n`, {
    status: 500,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });
}

/** Answers one request with the user's fetch handler. */
export function serve(request, env, context) {
  return toldOf(request, context, (asked, told) => answer(asked, env, context, told));
}

async function answer(request, env, context, told) {
  try {
    const bundle = await Bundle.import();
    const handle = bundle.handler('fetch', context, env);
    if (handle === null) throw new TypeError('This version of the Worker has no fetch handler.');
    const response = await handle(request);
    if (response instanceof Response) return response;
    throw new TypeError(`The fetch handler returned ${response === null ? 'null' : typeof response} instead of a Response.`);
  } catch (error) {
    return errorPage(error, told);
  }
}

/** A context whose end can be waited for, since no event of the runtime's own stands behind it. */
class ScheduledContext {
  #promises = [];
  props = {};

  waitUntil = (promise) => {
    this.#promises.push(promise);
  };

  passThroughOnException() {}

  async settled() {
    for (let promise = this.#promises.shift(); promise !== undefined; promise = this.#promises.shift()) await promise;
  }
}

/** Runs the user's scheduled handler; `say` takes the line that tells how it ended. */
export async function runScheduled(id, cron, scheduledTime, bundle, env, say) {
  let failure = '';
  try {
    const context = new ScheduledContext();
    const handle = bundle.handler('scheduled', context, env);
    if (handle === null) throw new TypeError('This version of the Worker has no scheduled handler.');
    await handle({ cron, scheduledTime, type: 'scheduled', noRetry() {} });
    await context.settled();
  } catch (error) {
    failure = await report(error);
  }
  say(`S\t${id}\t${escaped(failure)}\n`);
}
