// Which instance, step and attempt the running code belongs to.

import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage();

/** Code outside any instance, for example at import time. */
const nowhere = { run: null, key: '0', generation: '0', step: -1, attempt: 0 };

export function within(origin, action, ...args) {
  return storage.run(origin, action, ...args);
}

export function origin() {
  return storage.getStore() ?? nowhere;
}
