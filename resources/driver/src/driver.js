// Main module of every workerd process: connects the engine to the user's workflows. See ../PROTOCOL.md.

import { Bundle } from './bundle.js';
import { describe } from './errors.js';
import { replaceGlobals } from './globals.js';
import { runScheduled, serve } from './handlers.js';
import { Inbox, Outbox, unescaped } from './lines.js';
import { toText } from './own_json.js';
import { Run } from './run.js';
import { stacksReady } from './source_maps.js';

const protocolVersion = 1;
const nextTurn = globalThis.setTimeout;

class Driver {
  #runs = new Map();
  #bundle = null;
  #context;
  #env;
  #outbox;
  say;

  constructor(socket, context, env) {
    this.#context = context;
    this.#env = env;
    this.#outbox = new Outbox((frame) => socket.send(frame), (flush) => nextTurn(flush, 0));
    this.say = (line) => this.#outbox.say(line);
  }

  async start() {
    let facts;
    try {
      this.#bundle = await Bundle.import();
      facts = this.#bundle.facts();
    } catch (thrown) {
      await stacksReady();
      facts = { error: describe(thrown) };
    }
    this.say(`I\t${protocolVersion}\t${toText(facts).replaceAll('\\', '\\\\')}\n`);
  }

  /** One line of the engine. A line about a run that is unknown or older is stale and means nothing. */
  handle = (fields) => {
    const op = fields[0];
    if (op === 'b') return this.#outbox.echo(`b\t${fields[1]}\n`);
    if (op === 'r') return this.#describe(fields);
    if (op === 's')
      return runScheduled(fields[1], unescaped(fields[2]), Number(fields[3]), this.#bundle, this.#env, this.say);
    const run = this.#runs.get(fields[1]);
    if (run === undefined || run.generation !== fields[2]) return;
    this.#tell(run, op, fields);
    if (run.over) this.#runs.delete(run.key);
  };

  #tell(run, op, fields) {
    const index = Number(fields[3]);
    switch (op) {
      case 'k':
        return run.committed(index);
      case 'go':
        return run.attempt(index, Number(fields[4]));
      case 'E':
        return run.failed(index, unescaped(fields[4]), unescaped(fields[5]));
      case 'y':
        return run.slept(index);
      case 'v':
        return run.received(index, Number(fields[4]), unescaped(fields[5]), unescaped(fields[6]));
      case 'T':
        return run.timedOut(index, Number(fields[4]));
      case 'p':
        return fields[3] === '1' ? run.hold() : run.letGo();
      case 'h':
        return this.#remember(run, index, fields);
      case 'R':
        return this.#begin(run);
      case 'U':
        run.undoing.replay();
        return this.#begin(run);
      case 'a':
        return run.chunkStored(index);
      case 'S':
        return run.fetched(index, Number(fields[4]), fields[5]);
      case 'u':
        return this.#undo(run, index, fields);
      case 'x':
        return run.drop();
    }
  }

  #describe([, key, generation, className, nextStep, stepLimit, created, workflowName, instanceId, payload, schedule]) {
    this.#runs.get(key)?.drop();
    const described = {
      key,
      generation,
      className: unescaped(className),
      nextStep: Number(nextStep),
      stepLimit: Number(stepLimit),
      created: Number(created),
      workflowName: unescaped(workflowName),
      instanceId: unescaped(instanceId),
      payload: unescaped(payload),
      schedule: unescaped(schedule ?? ''),
    };
    this.#runs.set(key, new Run(described, this.say));
  }

  #remember(run, index, [, , , , kind, count, state, name, extra, value]) {
    run.remember(index, kind, Number(count), state, unescaped(name), unescaped(extra), unescaped(value));
  }

  async #begin(run) {
    await run.begin(this.#bundle, this.#context, this.#env);
    if (run.over && this.#runs.get(run.key) === run) this.#runs.delete(run.key);
  }

  #undo(run, index, [, , , , number, target, config, name, message, output]) {
    run.undoing.start({
      index,
      number: Number(number),
      target: Number(target),
      config: unescaped(config),
      failure: { name: unescaped(name), message: unescaped(message) },
      output: unescaped(output),
    });
  }
}

/** What the socket for handlers leads to. */
export const handlers = { fetch: serve };

let isConnected = false;

export default {
  async fetch(request, env, context) {
    if (isConnected || request.headers.get('upgrade') !== 'websocket') return new Response(null, { status: 403 });
    isConnected = true;
    const [theirs, ours] = Object.values(new WebSocketPair());
    ours.accept();
    const driver = new Driver(ours, context, env);
    replaceGlobals(driver.say);
    const inbox = new Inbox();
    ours.addEventListener('message', ({ data }) => inbox.receive(data, driver.handle));
    driver.start();
    return new Response(null, { status: 101, webSocket: theirs });
  },
};
