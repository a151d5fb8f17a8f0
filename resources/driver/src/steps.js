// The `step` argument of `run`.

import { runAttempt } from './attempt.js';
import { configText, recordedConfig, rollbackOf, stepConfig } from './config.js';
import { decode } from './codec.js';
import { longestMs, milliseconds } from './duration.js';
import { fatal, rebuild } from './errors.js';
import { escaped } from './lines.js';
import { fromText } from './own_json.js';
import { valueOf } from './stream.js';
import { refuseStep, stepOfReplay } from './undo.js';

const controls = /[\0-\x1f]/;
const eventTypes = /^[a-zA-Z0-9_][a-zA-Z0-9-_]{0,99}$/;
const defaultWaitMs = 24 * 3_600_000;

function checkName(name) {
  if (typeof name === 'string' && name.length <= 256 && !controls.test(name)) return name.toWellFormed();
  throw fatal(`Step name "${String(name)}" exceeds max length (256 chars) or invalid characters found`);
}

/** What `d`, `z`, `Z` and `w` steps have in common: a promise that the engine settles. */
class Step {
  constructor(kind, name, count) {
    this.kind = kind;
    this.name = name;
    this.count = count;
    this.index = -1;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

class DoStep extends Step {
  attempt = 0;  // the one that is executing; 0 between attempts
  kept = undefined;  // the encoded result until the engine has committed it
  isFromHistory = false;

  constructor(name, count, config, callback, rollback) {
    super('d', name, count);
    this.config = config;
    this.callback = callback;
    this.rollback = rollback;
  }
}

/** Methods that work detached too, as they do on the original's stub. */
export class WorkflowStep {
  #run;

  constructor(run) {
    this.#run = run;
  }

  do = async (name, ...rest) => {
    const hasConfig = typeof rest[0] !== 'function' && rest[0] !== undefined;
    const [callback, rollback] = hasConfig || rest[0] === undefined ? rest.slice(1) : rest;
    return this.#do(checkName(name), hasConfig ? rest[0] : undefined, callback, rollback);
  };

  #do(name, config, callback, rollback) {
    const resolved = stepConfig(name, config);
    if (typeof callback !== 'function') throw fatal(`Step "${name}" requires a callback function`);
    const undo = rollbackOf(name, rollback);
    const run = this.#run;
    if (run.undoing.refusesSteps()) return refuseStep();
    if (++run.doSteps > run.stepLimit)
      throw fatal(
        `The limit of ${run.stepLimit} steps has been reached. This limit can be changed in your worker configuration.`,
      );
    const count = run.count('d' + name);
    const known = run.recall(`d${count} ${name}`);
    const step = new DoStep(name, count, resolved, callback, undo);
    if (known) run.undoing.register(known.index, step);
    if (known && known.state !== 'open') return outcome(run, known);
    if (run.undoing.isUnderWay) return stepOfReplay(known);
    if (known) reopen(run, step, known);
    else run.whenLetGo(() => start(run, step));
    return step.promise;
  }

  sleep = async (name, duration) => {
    checkName(name);
    const ms = milliseconds(duration);
    if (Number.isNaN(ms))
      throw fatal(`Sleep "${name}" has an invalid duration "${String(duration)}": use milliseconds, or text like "5 minutes"`);
    if (ms > longestMs) throw fatal(`Sleep "${name}" is longer than the maximum of 365 days`);
    const atLeastNothing = Math.max(0, ms);
    return this.#wait('z', name, atLeastNothing, () => `${atLeastNothing}`);
  };

  sleepUntil = async (name, time) => {
    checkName(name);
    const target = Math.round(time instanceof Date ? time.getTime() : typeof time === 'number' ? time : NaN);
    if (!Number.isSafeInteger(target))
      throw fatal(`Sleep "${name}" has an invalid time: use a Date or milliseconds since 1970`);
    return this.#wait('Z', name, target, () => {
      const ahead = target - Date.now();
      if (ahead < 0) throw new Error("You can't sleep until a time in the past, time-traveler");
      if (ahead > longestMs) throw fatal(`Sleep "${name}" is longer than the maximum of 365 days`);
      return `${target}`;
    });
  };

  waitForEvent = async (name, options) => {
    checkName(name);
    const type = options?.type;
    if (typeof type !== 'string' || !eventTypes.test(type))
      throw fatal(`Event type of "${name}" must be 1 to 100 letters, digits, "-" or "_", and not begin with "-"`);
    const timeout = options.timeout ? milliseconds(options.timeout) : defaultWaitMs;
    if (!(timeout >= 0 && timeout <= longestMs))
      throw fatal(`Timeout of "${name}" is invalid: use milliseconds or text like "1 hour", at most 365 days`);
    const { sensitive } = options;
    if (sensitive !== undefined && sensitive !== 'output')
      throw fatal(`Option "sensitive" of "${name}" must be "output"`);
    return this.#wait('w', name, undefined, () => `${timeout}\t${escaped(type)}`, sensitive);
  };

  /** `key` is what, beside the name, tells two sleeps apart; `fields` gives the fields of the line of a new step. */
  #wait(kind, rawName, key, fields, sensitive) {
    const run = this.#run;
    if (run.undoing.refusesSteps()) return refuseStep();
    const name = rawName.toWellFormed();
    const keyed = key === undefined ? name : `${key} ${name}`;
    const count = run.count(`${kind}${keyed}`);
    const known = run.recall(`${kind}${count} ${keyed}`) ?? (kind === 'w' ? undefined : run.recallSleep(name));
    if (known && known.state !== 'open') return outcome(run, known, sensitive);
    if (run.undoing.isUnderWay) return stepOfReplay(known);
    const step = new Step(kind, name, count);
    step.sensitive = sensitive;
    if (known) {
      step.index = known.index;
    } else {
      const said = fields();
      step.index = run.nextStep++;
      run.say(`${kind}\t${run.id}\t${step.index}\t${count}\t${said}\t${escaped(name)}${sensitive ? `\t${sensitive}` : ''}\n`);
    }
    run.open.set(step.index, step);
    return step.promise;
  }
}

function start(run, step) {
  step.index = run.nextStep++;
  run.open.set(step.index, step);
  run.undoing.register(step.index, step);
  const config = configText(step.config, step.rollback);
  run.say(`d\t${run.id}\t${step.index}\t${step.count}\t${escaped(config)}\t${escaped(step.name)}\n`);
  runAttempt(run, step, 1);
}

/** An unfinished step of an earlier run: the engine says when its next attempt starts. */
function reopen(run, step, known) {
  step.index = known.index;
  step.isFromHistory = true;
  if (known.extra !== '') step.config = recordedConfig(known.extra, step.config);
  run.open.set(step.index, step);
  run.say(`D\t${run.id}\t${step.index}\n`);
}

/** The stored end of a step. */
function outcome(run, { index, kind, state, extra, value }, sensitive) {
  if (state === 'err') {
    const { name, message } = fromText(extra);
    throw rebuild(name, message);
  }
  if (kind === 'd') return valueOf(run, index, value);
  if (kind !== 'w') return undefined;
  const { timestamp, type } = fromText(extra);
  return sentEvent(timestamp, type, value, sensitive);
}

export function sentEvent(timestamp, type, payload, sensitive) {
  const event = { payload: decode(payload), timestamp: new Date(timestamp), type };
  return sensitive === undefined ? event : { ...event, sensitive };
}
