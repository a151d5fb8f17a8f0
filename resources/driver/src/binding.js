// Module of the `wrapped` binding that user code finds in `env` for a workflow. Its calls go to the engine over a socket of
// this process alone; the engine looks up what the binding stands for and lets it reach nothing else.

import { Calls } from './calls.js';
import { decode, encode } from './codec.js';
import { TooLarge } from './shape.js';
import { checkOptions, WorkflowSubscription } from './subscription.js';

const mostPerBatch = 100;
const largestBatch = 1 << 20;
const idPattern = /^[a-zA-Z0-9_][a-zA-Z0-9-_]{0,99}$/;
/** What an existing instance may be called: one that a cron made has the cron in its id. */
const anyIdPattern = /^[a-zA-Z0-9, */#_-]{1,271}$/;
const eventTypes = /^[a-zA-Z0-9_][a-zA-Z0-9-_]{0,99}$/;
const reservedIds = /^(batch|terminate|terminateAll|cf_[0-9a-f]{64})$/;
const codes = { internal: 10001, badBody: 10002, instanceNotFound: 10400, exists: 10405, duplicate: 10415 };

const plainError = (message) => new Error(message);
const workflowError = (message) => new Error(`WorkflowError: ${message}`);
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNewId = (id) => typeof id === 'string' && idPattern.test(id) && !reservedIds.test(id);

/** What the engine refused, in the words that user code knows. */
function refusal({ code, message }, { id, from }) {
  switch (code) {
    case codes.instanceNotFound:
    case 10201:
      return workflowError('(instance.not_found) Instance does not exist');
    case codes.exists:
      return workflowError(`(instance.already_exists) Workflow instance with id "${id}" already exists`);
    case 10401:
      return workflowError('(instance.cannot_terminate) Cannot terminate instance since its on a finite state');
    case 10402:
      return workflowError(`(instance.cannot_restart) Step "${from?.name}" not found in execution history`);
    default:
      return workflowError(message);
  }
}

function encoded(value, what) {
  try {
    return encode(value);
  } catch (error) {
    if (error instanceof TooLarge) throw workflowError(`${what} cannot be sent: more than the limit of 1 MiB`);
    if (error instanceof DOMException) throw error;
    throw new DOMException(`${what} cannot be sent: there is a function or a stub inside.`, 'DataCloneError');
  }
}

function retentionOf(retention) {
  if (retention === undefined) return undefined;
  if (!isObject(retention)) throw plainError('(body) Provided argument is invalid');
  const { successRetention, errorRetention } = retention;
  return { success_retention: successRetention, error_retention: errorRetention };
}

/** One instance as the engine is asked for it. */
function described(options) {
  const { id = crypto.randomUUID(), params, retention } = options;
  return {
    id,
    ...(params === undefined ? {} : { params: encoded(params, 'The params of an instance') }),
    retention: retentionOf(retention),
  };
}

function checkBatchSize(instances, refuse) {
  const size = instances.reduce((sum, { params }) => sum + (params?.length ?? 0), 0);
  if (size > largestBatch + 2 * mostPerBatch) throw refuse('Batch size exceeds maximum allowed');
}

function checkDeletion(ids) {
  if (!Array.isArray(ids)) throw plainError('(body) Provided argument is invalid');
  if (ids.length === 0) throw plainError('(body) batchDeleteInstances should have at least 1 instance');
  if (ids.length > mostPerBatch)
    throw plainError(`(body) batchDeleteInstances only supports ${mostPerBatch} instances at a time`);
  if (!ids.every((id) => typeof id === 'string' && anyIdPattern.test(id)))
    throw plainError('(instance.invalid_id) Instance ID is invalid');
}

function deletionError({ code, message }) {
  if (code === codes.instanceNotFound) return { code, message: 'workflows.api.error.instance.not_found' };
  return { code: codes.internal, message };
}

/** What `get` and `create` return. */
class WorkflowInstance {
  #ask;
  #poll;

  constructor({ ask, poll }, id) {
    this.#ask = ask;
    this.#poll = poll;
    this.id = id;
  }

  async #verb(op, more = {}) {
    const call = { op, id: this.id, ...more };
    const answer = await this.#ask(call);
    if (answer.refused) throw refusal(answer.refused, call);
    return answer;
  }

  async status() {
    const { status, output, error, rollback = null } = await this.#verb('status');
    const shown = { status, output: output === undefined ? null : decode(output), rollback };
    return error ? { ...shown, error } : shown;
  }

  async pause() {
    await this.#verb('pause');
  }

  async resume() {
    await this.#verb('resume');
  }

  async terminate(options) {
    await this.#verb('terminate', options?.rollback === true ? { rollback: true } : {});
  }

  async restart(options) {
    await this.#verb('restart', options?.from === undefined ? {} : { from: options.from });
  }

  async delete() {
    await this.#verb('delete');
  }

  async subscribe(options) {
    const { cursor, filter } = checkOptions(options);
    const { refused } = await this.#ask({ op: 'subscribe', id: this.id, cursor, filter });
    if (refused?.code === codes.badBody) throw plainError(refused.message);
    if (refused) throw refusal(refused, this);
    const poll = (after) => this.#poll({ id: this.id, cursor: after, filter });
    return new WorkflowSubscription(poll, (error) => refusal(error, this), cursor);
  }

  async sendEvent(event) {
    const type = event?.type;
    if (typeof type !== 'string' || !eventTypes.test(type))
      throw workflowError('(workflow.invalid_event_type) Provided event type is invalid');
    await this.#verb('event', { type, payload: encoded(event.payload, 'The payload of an event') });
  }
}

class Workflow {
  #engine;
  #ask;

  constructor(engine) {
    this.#engine = engine;
    this.#ask = engine.ask;
  }

  async create(options = {}) {
    if (!isObject(options)) throw workflowError('(body) Provided argument is invalid');
    const instance = described(options);
    if (!isNewId(instance.id)) throw workflowError('Workflow instance has invalid id');
    const [outcome] = await this.#create([instance]);
    if (outcome.error) throw refusal(outcome.error, instance);
    return new WorkflowInstance(this.#engine, instance.id);
  }

  /** For each instance an object that has an `error` when it was not created. */
  async #create(instances) {
    const { created, refused } = await this.#ask({ op: 'create', instances });
    if (refused) throw refusal(refused, {});
    return created;
  }

  async get(id) {
    const { refused } = await this.#ask({ op: 'get', id: String(id) });
    if (refused?.code === codes.instanceNotFound) throw plainError('(instance.not_found) Instance not found');
    if (refused) throw refusal(refused, { id });
    return new WorkflowInstance(this.#engine, String(id));
  }

  /** Nothing is deleted when one of the ids cannot be one. An id that is there twice is answered twice. */
  async deleteBatch(ids) {
    checkDeletion(ids);
    const unique = [...new Set(ids)];
    const answers = await Promise.all(unique.map((id) => this.#ask({ op: 'delete', id })));
    const outcomes = new Map(unique.map((id, index) => [id, answers[index].refused]));
    const deleted = [];
    const errors = [];
    for (const id of ids) {
      const refused = outcomes.get(id);
      if (refused) errors.push({ id, ...deletionError(refused) });
      else deleted.push({ id });
    }
    return { deleted, errors };
  }

  async createBatch(batch) {
    return Array.isArray(batch) ? this.#createList(batch) : this.#createCounted(batch);
  }

  /** The older form: what exists already is passed over in silence. */
  async #createList(batch) {
    if (batch.length === 0) throw workflowError('batchCreate should have at least 1 instance');
    if (batch.length > mostPerBatch) throw workflowError('batchCreate only supports 100 instances at a time');
    const instances = batch.map((options) => described(options ?? {}));
    if (!instances.every(({ id }) => isNewId(id))) throw workflowError('Workflow instance has invalid id');
    checkBatchSize(instances, workflowError);
    const seen = new Set();
    const unique = instances.filter(({ id }) => !seen.has(id) && seen.add(id));
    const created = await this.#create(unique);
    const fatal = created.findIndex(({ error }) => error && error.code !== codes.exists);
    if (fatal >= 0) throw refusal(created[fatal].error, unique[fatal]);
    return unique.filter((_, i) => !created[i].error).map(({ id }) => new WorkflowInstance(this.#engine, id));
  }

  /** The newer form: `{instances}` or `{count, params}`, and an answer for each of them. */
  async #createCounted(batch) {
    const instances = this.#counted(batch).map(described);
    checkBatchSize(instances, (message) => plainError(`(body) ${message}`));
    const first = new Map();
    instances.forEach(({ id }, index) => first.has(id) || first.set(id, index));
    const asked = [...first.values()];
    const outcomes = await this.#create(asked.map((index) => instances[index]));
    const created = [];
    const errors = [];
    instances.forEach(({ id }, index) => {
      const place = asked.indexOf(index);
      const error =
        place < 0
          ? { code: codes.duplicate, message: 'workflows.api.error.instance.duplicate_in_batch' }
          : outcomes[place].error;
      if (!error) return created.push(new WorkflowInstance(this.#engine, id));
      const message = error.code === codes.exists ? 'workflows.api.error.instance.already_exists' : error.message;
      errors.push({ index, id, code: error.code, message });
    });
    return { created, errors };
  }

  #counted(batch) {
    if (!isObject(batch)) throw plainError('(body) Provided argument is invalid');
    const { count, instances, params, retention } = batch;
    if (instances === undefined) {
      if (!Number.isInteger(count) || count < 1) throw plainError('(body) count must be a positive integer');
      if (count > mostPerBatch) throw plainError('(body) batchCreate only supports 100 instances at a time');
      return Array.from({ length: count }, () => ({ params, retention }));
    }
    if (!Array.isArray(instances) || !instances.every(isObject)) throw plainError('(body) Provided argument is invalid');
    if (instances.length === 0 || instances.length > mostPerBatch) throw plainError('(body) Batch size exceeds maximum allowed');
    if (!instances.every(({ id }) => id === undefined || isNewId(id)))
      throw plainError('(instance.invalid_id) Instance ID is invalid');
    return instances;
  }
}

export default function makeBinding({ engine, name }) {
  const calls = Calls.over(engine);
  return new Workflow({
    ask: (call) => calls.ask({ binding: name, ...call }),
    poll: (call) => calls.poll({ binding: name, ...call }),
  });
}
