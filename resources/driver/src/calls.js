// Calls of user code to the engine: those made in one go of the event loop travel together and in their order.

import { toText } from './own_json.js';

const mostPerRequest = 500;
const mostUnits = 4 << 20;

export class Calls {
  #engine;
  #waiting = [];

  constructor(engine) {
    this.#engine = engine;
  }

  /** All bindings share one queue, since they share one socket. */
  static over(engine) {
    return (Calls.shared ??= new Calls(engine));
  }

  /** The engine's answer to `call`. */
  ask(call) {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) queueMicrotask(() => this.#flush());
      this.#waiting.push({ text: toText(call), resolve, reject });
    });
  }

  /** The engine's answer to a call for events: it may take long, so that it travels alone. */
  async poll(call) {
    const body = `{"events":${toText(call)}}`;
    const response = await this.#engine.fetch('http://engine/calls', { method: 'POST', body });
    if (!response.ok) throw new Error(`WorkflowError: ${await response.text()}`);
    return response.json();
  }

  // Another event's code never runs before this: microtasks are emptied first, so no call is sent on behalf of another event.
  async #flush() {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const batch of batches(waiting)) await this.#send(batch);
  }

  async #send(batch) {
    try {
      const body = `{"calls":[${batch.map(({ text }) => text).join(',')}]}`;
      const response = await this.#engine.fetch('http://engine/calls', { method: 'POST', body });
      if (!response.ok) throw new Error(`WorkflowError: ${await response.text()}`);
      const { answers } = await response.json();
      batch.forEach(({ resolve }, i) => resolve(answers[i]));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function* batches(waiting) {
  let batch = [];
  let units = 0;
  for (const call of waiting) {
    if (batch.length > 0 && (batch.length >= mostPerRequest || units + call.text.length > mostUnits)) {
      yield batch;
      batch = [];
      units = 0;
    }
    batch.push(call);
    units += call.text.length;
  }
  if (batch.length > 0) yield batch;
}
