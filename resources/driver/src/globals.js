// What user code finds replaced: `console` and `fetch` tell which instance, step and attempt they are called from.

import { isStepFailure } from './errors.js';
import { format } from './format.js';
import { escaped } from './lines.js';
import { origin } from './origin.js';
import { requestNumber, tell } from './requests.js';
import { stacksReady } from './source_maps.js';
import { runsHandlers } from './stepwell-bundle.js';

const mostLinesPerRun = 1_000;
const levels = { debug: 'debug', log: 'log', info: 'info', warn: 'warn', error: 'error', trace: 'debug', dir: 'log' };

/** `say` takes a line of the protocol. */
export function replaceGlobals(say) {
  for (const [method, level] of Object.entries(levels)) console[method] = (...args) => log(say, level, args);
  console.assert = (condition, ...args) => {
    if (!condition) log(say, 'error', ['Assertion failed:', ...args]);
  };
  addEventListener('unhandledrejection', (event) => {
    event.preventDefault();
    if (isStepFailure(event.reason)) return;  // the run may come to it later
    const tell = () => log(say, 'error', ['Uncaught (in promise)', event.reason]);
    const reading = stacksReady();
    if (reading) reading.then(tell);
    else tell();
  });
  replaceFetch();
}

const writtenOutside = { logged: 0 };

/** In a process for handlers the engine reads what is printed: the WebSocket belongs to another event. */
function logInHandler(level, args) {
  tell(level, Date.now(), escaped(format(args)), requestNumber());
}

function log(say, level, args) {
  if (runsHandlers) return logInHandler(level, args);
  const { run, key, generation, step, attempt } = origin();
  if (run?.over) return;
  const counter = run ?? writtenOutside;
  if (counter.logged > mostLinesPerRun) return;
  const isLast = ++counter.logged > mostLinesPerRun;
  const text = isLast ? `log limit reached: after ${mostLinesPerRun} lines, further ones are not kept` : format(args);
  const shownLevel = isLast ? 'warn' : level;
  say(`l\t${key}\t${generation}\t${step}\t${attempt}\t${shownLevel}\t${Date.now()}\t${escaped(text)}\n`);
}

function replaceFetch() {
  const performFetch = globalThis.fetch;
  globalThis.fetch = async function fetch(input, init) {
    const request = new Request(input, init);
    const { key, generation, step, attempt } = origin();
    request.headers.set('x-stepwell-origin', `${key}.${generation}.${step}.${attempt}`);
    const response = await performFetch(request);
    // No server answered: what the engine says about it is an error, as it is everywhere else.
    if (response.headers.has('x-stepwell-failure')) throw new TypeError((await response.text()) || 'The request failed');
    return response;
  };
}
