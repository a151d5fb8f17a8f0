// One run of one instance: its history, its open steps and what the engine says about them.

import { resolveKept, runAttempt } from './attempt.js';
import { decode, encode } from './codec.js';
import { engineError, rebuild } from './errors.js';
import { escaped } from './lines.js';
import { describeUncaught } from './non_retryable.js';
import { within } from './origin.js';
import { toText } from './own_json.js';
import { preview } from './preview.js';
import { NotSerialisable, TooLarge } from './shape.js';
import { stacksReady } from './source_maps.js';
import { sentEvent, WorkflowStep } from './steps.js';
import { Undoing } from './undo.js';

export class Run {
  over = false;
  doSteps = 0;
  logged = 0;
  open = new Map();  // steps that the engine may speak about, by index
  undoing = new Undoing(this);
  #say;
  #counts = new Map();
  #history = null;
  #sleeps = null;  // of the history, those that match whatever their duration, by name
  #unreached = new Map();  // unfinished steps of the history that user code may not have come to yet, by index
  #held = null;  // while the engine holds new `do` steps: what waits for being let go
  #described;
  #asked = new Map();  // chunks of stored streams that were asked for

  /** `described` holds what the engine said about the instance; `say` takes a line. */
  constructor(described, say) {
    this.key = described.key;
    this.generation = described.generation;
    this.id = `${described.key}\t${described.generation}`;
    this.nextStep = described.nextStep;
    this.stepLimit = described.stepLimit;
    this.#described = described;
    this.#say = say;
  }

  /** Nothing is said about a run that has ended or was dropped. */
  say(line) {
    if (!this.over) this.#say(line);
  }

  /** How often this was asked for `key`, from 1. */
  count(key) {
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count;
  }

  remember(index, kind, count, state, name, extra, value) {
    const keyed = kind === 'z' || kind === 'Z' ? `${extra} ${name}` : name;
    this.#history ??= new Map();
    const known = { index, kind, state, extra, value };
    if (kind === 'z' && extra === '-1') return this.#rememberSleep(name, known);
    this.#history.set(`${kind}${count} ${keyed}`, known);
    if (state === 'open') this.#unreached.set(index, known);
  }

  recall(key) {
    return this.#history?.get(key);
  }

  /** The next sleep of that name which was recorded without a duration; it is given once. */
  recallSleep(name) {
    return this.#sleeps?.get(name)?.shift();
  }

  #rememberSleep(name, known) {
    this.#sleeps ??= new Map();
    if (this.#sleeps.has(name)) this.#sleeps.get(name).push(known);
    else this.#sleeps.set(name, [known]);
  }

  whenLetGo(start) {
    if (this.#held) this.#held.push(start);
    else if (!this.over) start();
  }

  hold() {
    this.#held ??= [];
  }

  letGo() {
    const waiting = this.#held ?? [];
    this.#held = null;
    for (const start of waiting) this.whenLetGo(start);
  }

  attempt(index, number) {
    const step = this.open.get(index);
    if (step?.kind === 'd') runAttempt(this, step, number);
  }

  committed(index) {
    const step = this.#close(index);
    if (step?.kind === 'd') resolveKept(this, step);
  }

  chunkStored(index) {
    this.open.get(index)?.chunkStored?.();
  }

  /** Chunk `number` of the stream that step `index` returned, as base64 text. */
  fetchChunk(index, number) {
    const key = `${index}.${number}`;
    const waiting = this.#asked.get(key) ?? [];
    this.#asked.set(key, waiting);
    return new Promise((resolve) => {
      waiting.push(resolve);
      this.say(`q\t${this.id}\t${index}\t${number}\n`);
    });
  }

  fetched(index, number, text) {
    const key = `${index}.${number}`;
    const waiting = this.#asked.get(key) ?? [];
    waiting.shift()?.(text);
    if (waiting.length === 0) this.#asked.delete(key);
  }

  failed(index, name, message) {
    if (this.#foretold(index, 'err', toText({ name, message }), '')) return;
    this.#close(index)?.reject(rebuild(name, message));
  }

  slept(index) {
    if (this.#foretold(index, 'ok', '', '')) return;
    this.#close(index)?.resolve();
  }

  received(index, timestamp, type, payload) {
    if (this.#foretold(index, 'ok', toText({ timestamp, type }), payload)) return;
    const step = this.#close(index);
    try {
      step?.resolve(sentEvent(timestamp, type, payload, step.sensitive));
    } catch (error) {
      step.reject(error);
    }
  }

  timedOut(index, number) {
    const step = this.open.get(index);
    if (step?.attempt !== number) return;
    step.attempt = 0;
    step.cancelStream?.();
  }

  drop() {
    this.over = true;
    this.undoing.drop();
    for (const step of this.open.values()) step.cancelStream?.();
    this.#held = null;
    this.open.clear();
    this.#unreached.clear();
  }

  /** A step may end while the replay has not come to it yet: then its end becomes part of the history. */
  #foretold(index, state, extra, value) {
    const known = this.open.has(index) ? undefined : this.#unreached.get(index);
    if (known === undefined) return false;
    Object.assign(known, { state, extra, value });
    return true;
  }

  #close(index) {
    const step = this.open.get(index);
    this.open.delete(index);
    return step;
  }

  /** Runs the user's class to its end. `bundle` knows the classes; `context` and `env` are what classes are built with. */
  async begin(bundle, context, env) {
    const origin = { run: this, key: this.key, generation: this.generation, step: -1, attempt: 0 };
    try {
      this.#ended(await within(origin, () => this.#call(bundle, context, env)));
    } catch (error) {
      await this.#threw(error);
    }
  }

  async #call(bundle, context, env) {
    const { className, payload, created, workflowName, instanceId, schedule } = this.#described;
    const UserClass = bundle.entrypoint(className);
    const event = { payload: decode(payload), timestamp: new Date(created), instanceId, workflowName };
    if (schedule !== '') event.schedule = scheduleOf(schedule);
    this.#described = null;
    const instance = new UserClass(context, env);
    if (typeof instance.run !== 'function') throw new TypeError(`The class "${className}" has no method run(event, step)`);
    return instance.run(event, new WorkflowStep(this));
  }

  #ended(result) {
    if (this.undoing.isUnderWay) return this.undoing.ended();
    const output = encodeOutput(result);
    const shown = output[0] === 'd' ? escaped(preview(result)) : '';
    this.say(`c\t${this.id}\t${shown}\t${escaped(output)}\n`);
    this.drop();
  }

  /** The run stays for its rollback handlers until the engine drops it. */
  async #threw(error) {
    if (this.undoing.isUnderWay) return this.undoing.ended();
    this.undoing.begin();  // branches that still live start nothing while the source maps are read
    const reading = stacksReady();
    if (reading) await reading;
    const { name, message, stack } = describeUncaught(error);
    this.say(`e\t${this.id}\t${escaped(name)}\t${escaped(message)}\t${escaped(stack)}\n`);
    this.undoing.ended();
  }
}

/** What made an instance: "<scheduled ms> <cron>". */
function scheduleOf(text) {
  const space = text.indexOf(' ');
  return { cron: text.slice(space + 1), scheduledTime: Number(text.slice(0, space)) };
}

function encodeOutput(result) {
  try {
    return encode(result);
  } catch (error) {
    if (error instanceof NotSerialisable)
      throw new DOMException('The value that run returned is not serialisable: it holds a function or a stub.', 'DataCloneError');
    if (error instanceof TooLarge)
      throw engineError('WorkflowInternalError', 'Workflow output is too large. Maximum allowed size is 1MiB.');
    throw error;
  }
}
