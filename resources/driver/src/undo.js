// Undoing a run: its rollback handlers, called one by one as the engine asks for them.

import { runAttempt, sayFailure } from './attempt.js';
import { recordedConfig } from './config.js';
import { fatal, rebuilt } from './errors.js';
import { origin } from './origin.js';
import { valueOf } from './stream.js';

// How long a replay may take to come to the step whose handler is asked for, and how long after its end branches that
// it did not wait for may.
const longestReplayMs = 10_000;
const longestAfterEndMs = 1_000;
const setTimer = globalThis.setTimeout;
const clearTimer = globalThis.clearTimeout;

/** What a handler runs as: attempts like those of a `do` step, under the config of the handler. */
class UndoStep {
  kind = 'u';
  attempt = 0;

  constructor(index, undone, config, callback, isFromHistory) {
    this.index = index;
    this.name = undone.name;
    this.count = undone.count;
    this.config = config;
    this.shownConfig = undone.config;  // handlers are told the config of the step that they undo
    this.callback = callback;
    this.isFromHistory = isFromHistory;
  }
}

export class Undoing {
  isUnderWay = false;
  isReplaying = false;  // `run` is executed only to register handlers: it can start nothing
  #run;
  #handlers = new Map();  // steps with a handler, by index
  #hasEnded = false;
  #awaited = null;

  constructor(run) {
    this.#run = run;
  }

  /** `step` has started, now or in an earlier run. */
  register(index, step) {
    if (step.rollback === undefined) return;
    this.#handlers.set(index, step);
    if (this.#awaited?.target === index) this.#awaited.resolve(step);
  }

  /** Before `run` is called: it shall only register handlers. */
  replay() {
    this.isUnderWay = true;
    this.isReplaying = true;
  }

  /** From now on nothing of the run counts but its handlers. */
  begin() {
    this.isUnderWay = true;
    for (const step of this.#run.open.values()) {
      step.attempt = 0;
      step.cancelStream?.();
    }
  }

  /** `run` has returned or thrown: what has not been registered soon never will be. */
  ended() {
    this.#hasEnded = true;
    if (this.#awaited) this.#giveUpAfter(longestAfterEndMs);
  }

  drop() {
    this.#handlers.clear();
    clearTimer(this.#awaited?.timer);
    this.#awaited = null;
  }

  /** Attempt `number` of undoing the step at `target`; `failure` is why, `output` what the step returned. */
  async start({ index, number, target, config, failure, output }) {
    if (!this.isUnderWay) this.begin();
    const undone = this.#handlers.get(target) ?? (await this.#whenRegistered(target));
    if (this.#run.over) return;
    if (undone === undefined) return sayFailure(this.#run, { kind: 'u', index }, number, 'N', -1, missingHandler);
    const callback = async (ctx) =>
      undone.rollback.handler({
        ctx,
        error: rebuilt(failure.name, failure.message),
        output: valueOf(this.#run, target, output),
        stepName: `${undone.name}-${undone.count}`,
      });
    const ownConfig = recordedConfig(config, undone.rollback.config);
    const step = new UndoStep(index, undone, ownConfig, callback, this.isReplaying);
    this.#run.open.set(index, step);
    runAttempt(this.#run, step, number);
  }

  /** A replay takes its time; and a run may be asked while it has not yet come to where it was before. */
  #whenRegistered(target) {
    this.#letReplayGoOn();
    const found = new Promise((resolve) => {
      this.#awaited = { target, resolve, timer: undefined };
    });
    this.#giveUpAfter(this.#hasEnded ? longestAfterEndMs : longestReplayMs);
    return found;
  }

  #giveUpAfter(ms) {
    const awaited = this.#awaited;
    clearTimer(awaited.timer);
    awaited.timer = setTimer(() => awaited.resolve(undefined), ms);
  }

  #letReplayGoOn() {
    if (this.isReplaying) return;
    this.isReplaying = true;
    for (const step of this.#run.open.values()) step.resolve?.(undefined);
    this.#run.open.clear();
  }

  /** Steps called by a handler, or by what is left of a run whose handlers run, are refused. */
  refusesSteps() {
    return this.isUnderWay && (!this.isReplaying || origin().isUndoing === true);
  }
}

const missingHandler = {
  name: 'RollbackMissing',
  message: 'The code did not register the rollback handler of this step when it was replayed',
  stack: '',
};

/** Told in a later turn, so that code which tries again and again does not block the process. */
export async function refuseStep() {
  await new Promise((resolve) => setTimer(resolve, 0));
  throw fatal('Cannot execute steps during rollback phase');
}

/** What a step gives while `run` is replayed to register handlers: those that had not ended give nothing, others never start. */
export function stepOfReplay(known) {
  return known ? undefined : new Promise(() => {});
}
