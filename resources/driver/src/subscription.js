// What `subscribe` of an instance returns: its events, those that happened first, then those that happen.

import { decode } from './codec.js';

const gone = 10400;
const ends = new Set(['workflow_completed', 'workflow_errored', 'workflow_terminated']);
const optionNames = new Set(['cursor', 'filter']);

/** Throws what the reference says for options in a wrong form. What types of event there are, the engine knows. */
export function checkOptions(options) {
  if (options === undefined) return {};
  const isObject = typeof options === 'object' && options !== null && !Array.isArray(options);
  const { cursor, filter } = isObject ? options : {};
  const isGood =
    isObject &&
    Object.keys(options).every((name) => optionNames.has(name)) &&
    (cursor === undefined || (Number.isSafeInteger(cursor) && cursor >= 0)) &&
    (filter === undefined || (Array.isArray(filter) && filter.every((type) => typeof type === 'string')));
  if (!isGood) throw new Error('Invalid Workflow subscription options');
  return { cursor, filter };
}

/** Values travel as the protocol has them, under one name. */
function eventOf({ value, ...event }) {
  if (value === undefined) return event;
  const decoded = decode(value);
  if (decoded === undefined) return event;
  return event.type === 'workflow_started' ? { ...event, params: decoded } : { ...event, output: decoded };
}

export class WorkflowSubscription {
  #poll;
  #refusal;
  #cursor;
  #events = [];
  #isOver = false;  // nothing follows what has been read
  #close = () => {};  // ends the read under way
  #isClosed = false;
  #last = Promise.resolve();

  /** `poll` asks the engine for what follows a cursor; `refusal` makes an error of what it refuses. */
  constructor(poll, refusal, cursor = 0) {
    this.#poll = poll;
    this.#refusal = refusal;
    this.#cursor = cursor;
  }

  /** `{done, value}`; calls that overlap get one event after the other. */
  next() {
    const event = this.#last.then(() => this.#next());
    this.#last = event.catch(() => {});
    return event;
  }

  [Symbol.dispose]() {
    this.#isClosed = true;
    this.#events = [];
    this.#close();
  }

  async #next() {
    while (!this.#isClosed && !this.#isOver && this.#events.length === 0) await this.#read();
    const event = this.#isClosed ? undefined : this.#events.shift();
    if (event === undefined) return { done: true, value: undefined };
    if (this.#isOver && ends.has(event.type) && this.#events.length === 0) this[Symbol.dispose]();
    return { done: false, value: event };
  }

  async #read() {
    const closed = new Promise((resolve) => (this.#close = resolve));
    const answer = await Promise.race([this.#poll(this.#cursor), closed]);
    if (answer === undefined) return;
    const { refused, events, cursor, over } = answer;
    if (refused?.code === gone) this.#isOver = true;
    else if (refused) throw this.#refusal(refused);
    else [this.#events, this.#cursor, this.#isOver] = [events.map(eventOf), cursor, over];
  }
}
