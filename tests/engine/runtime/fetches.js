// What tst_egress runs: params say what to fetch, the output is what came of it.

import { WorkflowEntrypoint } from 'cloudflare:workers';

async function told(url, init) {
  try {
    const response = await fetch(url, init);
    const text = await response.text();
    return [response.status, text.length > 100 ? text.length : text, response.headers.getSetCookie(), response.redirected];
  } catch (error) {
    return [error.constructor.name, error.message];
  }
}

export class Fetch extends WorkflowEntrypoint {
  async run(event, step) {
    const { url, init } = event.payload;
    return step.do('fetch', () => told(url, init));
  }
}

export class Outside extends WorkflowEntrypoint {
  async run(event) {
    return told(event.payload.url);
  }
}

export class Abort extends WorkflowEntrypoint {
  async run(event, step) {
    return step.do('abort', async () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 20);
      return told(event.payload.url, { signal: controller.signal });
    });
  }
}
