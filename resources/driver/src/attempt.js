// One attempt of a `step.do`: calls the callback and says how it ended.

import { milliseconds } from './duration.js';
import { encode } from './codec.js';
import { describe, engineError } from './errors.js';
import { escaped } from './lines.js';
import { describeNonRetryable, isNonRetryable } from './non_retryable.js';
import { within } from './origin.js';
import { toText } from './own_json.js';
import { preview } from './preview.js';
import { NotSerialisable, TooLarge } from './shape.js';
import { stacksReady } from './source_maps.js';
import { runsSuspects } from './stepwell-bundle.js';
import { sendStream, StreamRefused, valueOf } from './stream.js';

const delayFunctionLimitMs = 5_000;
const setTimer = globalThis.setTimeout;
const clearTimer = globalThis.clearTimeout;

/** A rollback handler (kind `u`) runs as an attempt too. */
function callbackContext(step, attempt) {
  return { step: { name: step.name, count: step.count }, attempt, config: (step.shownConfig ?? step.config).forCallback() };
}

/** Until what was said has left the process: in one turn of its event loop it is sent, in the next written. */
async function told() {
  for (let turn = 0; turn < 2; ++turn) await new Promise((resolve) => setTimer(resolve, 0));
}

/**
 * The callback never runs inside the call of `step.do` itself. A suspect's may be the last that its process does: then the
 * engine shall know which it was.
 */
async function invoke(run, step, attempt) {
  await (runsSuspects ? told() : undefined);
  if (!isCurrent(run, step, attempt)) return undefined;
  const { callback } = step;
  return callback(callbackContext(step, attempt));
}

/** Runs attempt `number`. A result is kept, not given to user code, until the engine has committed it. */
export async function runAttempt(run, step, number) {
  step.attempt = number;
  const isUndoing = step.kind === 'u';
  const origin = { run, key: run.key, generation: run.generation, step: step.index, attempt: number, isUndoing };
  let result;
  try {
    result = await within(origin, invoke, run, step, number);
    if (isUndoing) result = undefined;  // what a handler returns means nothing
  } catch (error) {
    return isCurrent(run, step, number) ? attemptFailed(run, step, number, error, origin) : undefined;
  }
  if (!isCurrent(run, step, number)) return;
  if (result instanceof ReadableStream) return streamReturned(run, step, number, result, origin);
  attemptReturned(run, step, number, result, origin);
}

function isCurrent(run, step, number) {
  return !run.over && step.attempt === number;
}

function attemptReturned(run, step, number, result, origin) {
  let kept;
  try {
    kept = encode(result);
  } catch (error) {
    return resultRefused(run, step, number, error, origin);
  }
  sayResult(run, step, number, kept[0] === 'd' && !step.config.isSensitive ? preview(result) : '', kept);
}

function sayResult(run, step, number, shown, kept) {
  step.kept = kept;
  step.attempt = 0;
  if (step.kind === 'u') return run.say(`O\t${run.id}\t${step.index}\t${number}\n`);
  run.say(`o\t${run.id}\t${step.index}\t${number}\t${escaped(shown)}\t${escaped(kept)}\n`);
}

/** The attempt goes on, under its timeout, until the whole stream is stored. */
async function streamReturned(run, step, number, stream, origin) {
  const isWanted = () => isCurrent(run, step, number);
  try {
    const sent = await within(origin, sendStream, run, step, number, stream, isWanted);
    if (sent && isWanted()) sayResult(run, step, number, step.config.isSensitive ? '' : sent.preview, `s${sent.total}`);
  } catch (error) {
    if (!isWanted()) return;
    if (!(error instanceof StreamRefused)) return attemptFailed(run, step, number, error, origin);
    sayFailure(run, step, number, 'N', -1, { name: error.name, message: error.message, stack: '' });
  }
}

function resultRefused(run, step, number, error, origin) {
  if (error instanceof NotSerialisable) {
    const message = `Value returned from step "${step.name}" is not serialisable`;
    return sayFailure(run, step, number, 'Q', -1, { name: 'Error', message, stack: '' });
  }
  if (error instanceof TooLarge) {
    error = engineError(
      'WorkflowInternalError',
      `Step ${step.name}-${step.count} output is too large. Maximum allowed size is 1MiB.`,
    );
  }
  return attemptFailed(run, step, number, error, origin);
}

async function attemptFailed(run, step, number, error, origin) {
  const reading = stacksReady();
  if (reading) {
    await reading;
    if (!isCurrent(run, step, number)) return;
  }
  if (isNonRetryable(error)) return sayFailure(run, step, number, 'N', -1, describeNonRetryable(error));
  const failure = describe(error);
  const { dynamicDelay, limit } = step.config;
  // Attempts of an earlier life of the process may not have counted, so the number alone does not tell the last one.
  const mayRetry = number <= limit || step.isFromHistory;
  if (!dynamicDelay || !mayRetry) return sayFailure(run, step, number, '-', -1, failure);
  const delay = await within(origin, askDelay, dynamicDelay, step, number, error);
  if (!isCurrent(run, step, number)) return;
  if (typeof delay === 'number') return sayFailure(run, step, number, '-', delay, failure);
  const message = `The delay function for step "${step.name}-${step.count}" ${delay}`;
  sayFailure(run, step, number, 'N', -1, { name: 'NonRetryableDelayError', message, stack: failure.stack });
}

/** Milliseconds, or what went wrong with the delay function. */
async function askDelay(dynamicDelay, step, number, error) {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimer(() => resolve(`did not return within ${delayFunctionLimitMs / 1000} seconds`), delayFunctionLimitMs);
  });
  const asked = (async () => {
    const answer = await dynamicDelay({ ctx: callbackContext(step, number), error });
    const delay = milliseconds(answer);
    return delay >= 0 ? delay : `returned an invalid delay value ${toText(answer) ?? String(answer)}`;
  })().catch((thrown) => `threw an error: ${describe(thrown).message}`);
  const outcome = await Promise.race([asked, late]);
  clearTimer(timer);
  return outcome;
}

export function sayFailure(run, step, number, flags, delay, { name, message, stack }) {
  step.attempt = 0;
  run.say(
    `${step.kind === 'u' ? 'F' : 'f'}\t${run.id}\t${step.index}\t${number}\t${flags}\t${delay}\t` +
      `${escaped(name)}\t${escaped(message)}\t${escaped(stack)}\n`,
  );
}

/** The engine has committed the result: user code gets the value that a replay would give it. */
export function resolveKept(run, step) {
  const kept = step.kept;
  step.kept = undefined;
  if (kept === undefined) return;
  try {
    step.resolve(valueOf(run, step.index, kept));
  } catch (error) {
    step.reject(error);
  }
}
