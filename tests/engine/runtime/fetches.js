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

/// `count` requests at once: statuses and names of errors, in order of the alphabet.
export class Many extends WorkflowEntrypoint {
  async run(event, step) {
    const { url, count } = event.payload;
    return step.do('many', async () => {
      const all = await Promise.all(Array.from({ length: count }, () => told(url)));
      return all.map(([first]) => String(first)).sort();
    });
  }
}
