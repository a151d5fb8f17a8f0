// Errors that are not to be tried again. Apart from the others: the module of a workflow binding uses those, and cannot
// import `cloudflare:workflows`.

import { NonRetryableError } from 'cloudflare:workflows';
import { asText, describe, isErrorLike, read, stepThrew } from './errors.js';

const nonRetryable = 'NonRetryableError';

/** Set by a compatibility flag or by the compatibility date; a runtime that does not know it is newer. */
const keepsNonRetryable = globalThis.Cloudflare?.compatibilityFlags?.workflows_preserve_non_retryable_error_message ?? true;
const notHandled =
  'The execution of the Workflow instance was terminated, as a step threw an NonRetryableError and it was not handled';

export function isNonRetryable(thrown) {
  if (thrown instanceof NonRetryableError) return true;
  if (!isErrorLike(thrown)) return false;
  return read(thrown, 'name') === nonRetryable || asText(read(thrown, 'message')).startsWith(nonRetryable);
}

/** What is told of an attempt that threw an error not to be tried again. */
export function describeNonRetryable(thrown) {
  const told = describe(thrown);
  if (keepsNonRetryable) return told;
  const text = told.name === nonRetryable ? `${nonRetryable}: ${told.message}` : told.message;
  return { ...told, name: 'WorkflowFatalError', message: `${stepThrew}"${text}"` };
}

/** What is told of a run that threw. */
export function describeUncaught(thrown) {
  const told = describe(thrown);
  if (keepsNonRetryable || !isNonRetryable(thrown)) return told;
  return { ...told, name: 'WorkflowFatalError', message: notHandled };
}
