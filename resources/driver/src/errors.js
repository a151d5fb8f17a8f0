// Errors on their way out of user code and back into it. Both ways go through (name, message), so that an error looks the
// same on its first run and on a replay.

const standard = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
const domNames = new Set([
  'AbortError', 'ConstraintError', 'DataCloneError', 'DataError', 'EncodingError', 'InUseAttributeError',
  'InvalidAccessError', 'InvalidCharacterError', 'InvalidModificationError', 'InvalidNodeTypeError',
  'InvalidStateError', 'NamespaceError', 'NetworkError', 'NoModificationAllowedError', 'NotAllowedError',
  'NotFoundError', 'NotReadableError', 'NotSupportedError', 'OperationError', 'QuotaExceededError', 'SecurityError',
  'TimeoutError', 'TypeMismatchError', 'URLMismatchError', 'VersionError', 'WrongDocumentError',
]);

const nonRetryable = 'NonRetryableError';
const longestMessage = 16_384;
const longestStack = 8_192;

/** Before the message of an error not to be tried again, where the compatibility date asks for it. */
export const stepThrew = 'Step threw a NonRetryableError with message ';

const ownErrors = new WeakSet();

/** An error that the driver itself raises for the engine: it keeps its name and has no stack. */
export function engineError(name, message) {
  const error = new Error(message);
  error.name = name;
  ownErrors.add(error);
  return error;
}

/** Misuse of a step: what user code sees is an Error with the name in front. */
export function fatal(message) {
  return new Error(`WorkflowFatalError: ${message}`);
}

export function read(thrown, key) {
  try {
    return thrown[key];
  } catch {
    return undefined;  // a getter that throws must not hide the error
  }
}

export function asText(thrown) {
  try {
    return String(thrown);
  } catch {
    return 'a value that has no text form';
  }
}

export function isErrorLike(thrown) {
  return thrown instanceof Error || (typeof thrown === 'object' && thrown !== null && typeof read(thrown, 'message') === 'string');
}

let inSources = (stack) => stack;

/** From now on, stacks are told as `map` gives them; it must not throw. */
export function mapStacksWith(map) {
  inSources = map;
}

/** Own frames say nothing to the author of a workflow. */
export function userStack(stack) {
  const lines = stack.split('\n').filter((line) => !/\bdriver\.js:\d/.test(line));
  return inSources(lines.join('\n').slice(0, longestStack)).slice(0, longestStack);
}

/** `{name, message, stack}` of whatever was thrown, as it crosses the border. */
export function describe(thrown) {
  if (!isErrorLike(thrown)) return { name: 'Error', message: asText(thrown).slice(0, longestMessage), stack: '' };
  const ownName = read(thrown, 'name');
  const name = typeof ownName === 'string' && ownName !== '' ? ownName : 'Error';
  const text = asText(read(thrown, 'message') ?? '').slice(0, longestMessage);
  if (ownErrors.has(thrown)) return { name, message: text, stack: '' };
  const stack = userStack(asText(read(thrown, 'stack') ?? ''));
  if (name === nonRetryable) return { name, message: text, stack };
  if (name === 'Error' && text.startsWith(nonRetryable + ': '))
    return { name: nonRetryable, message: text.slice(nonRetryable.length + 2), stack };
  if (keepsName(name)) return { name, message: text, stack };
  return { name: 'Error', message: text === '' ? name : `${name}: ${text}`, stack };
}

function keepsName(name) {
  return Object.hasOwn(standard, name) || domNames.has(name);
}

const stepFailures = new WeakSet();

/** Whether user code got this error for a failed step, which its timeline shows already. */
export function isStepFailure(reason) {
  return stepFailures.has(reason);
}

/** The error user code gets for a failed step. */
export function rebuild(name, message) {
  const error = rebuilt(name, message);
  stepFailures.add(error);
  return error;
}

/** The error that crossed the border under this name. */
export function rebuilt(name, message) {
  if (name === 'WorkflowFatalError' && message.startsWith(stepThrew)) return new Error(message.slice(stepThrew.length + 1, -1));
  if (Object.hasOwn(standard, name)) return new standard[name](message);
  if (domNames.has(name)) return new DOMException(message, name);
  return new Error(message === '' ? name : `${name}: ${message}`);
}
