// What tst_driver runs.

import { WorkflowEntrypoint, env as imported } from 'cloudflare:workers';
import { NonRetryableError } from 'cloudflare:workflows';

const told = (error) => `${error.constructor.name}|${error.name}|${error.message}`;
const caught = async (promise) => { try { return await promise; } catch (error) { return told(error); } };

export class Steps extends WorkflowEntrypoint {
  async run(event, step) {
    const first = await step.do('greet', async () => ({ hello: event.payload.name }));
    const again = await step.do('greet', async (context) => {
      const copy = structuredClone(context);
      context.config.retries.limit = 0;
      return copy;
    });
    await step.sleep('rest', '2 seconds');
    const sent = await step.waitForEvent('approval', { type: 'approved', timeout: '1 hour' });
    return { first, again, sent: [sent.payload, sent.type, sent.timestamp instanceof Date, sent.timestamp.getTime()],
             event: [event.timestamp instanceof Date, event.instanceId, event.workflowName],
             env: [this.env.TEXT, this.env.OBJECT.a, imported.TEXT] };
  }
}

export class Parallel extends WorkflowEntrypoint {
  async run(event, step) {
    return Promise.all([
      step.do('a', async () => step.do('inner', async () => 'in')),
      step.do('b', async () => 'b'),
    ]);
  }
}

export class Fails extends WorkflowEntrypoint {
  async run(event, step) {
    switch (event.payload) {
      case 'plain': return caught(step.do('s', async () => { throw new RangeError('far'); }));
      case 'custom': return caught(step.do('s', async () => { const e = new Error('mine'); e.name = 'MyError'; throw e; }));
      case 'text': return caught(step.do('s', async () => { throw 'just text'; }));
      case 'final': return caught(step.do('s', async () => { throw new NonRetryableError('no more'); }));
      case 'finalNamed': return caught(step.do('s', async () => { throw new NonRetryableError('no more', 'Mine'); }));
      case 'function': return caught(step.do('s', async () => () => 1));
      case 'symbol': return caught(step.do('s', async () => Symbol('x')));
      case 'instance': return caught(step.do('s', async () => new (class Foo {})()));
      case 'large': return caught(step.do('s', async () => 'x'.repeat(30 << 20)));
      case 'largeList': return caught(step.do('s', async () => new Array(4_000_000).fill(1)));
      case 'stream': return caught(step.do('s', async () => { const { body } = new Response('text'); body.getReader(); return body; }));
      case 'delay': return caught(step.do('s', { retries: { limit: 3, delay: ({ ctx, error }) => `${ctx.attempt} minutes` } },
        async () => { throw new Error('again'); }));
      case 'delayThrows': return caught(step.do('s', { retries: { limit: 3, delay: () => { throw new Error('no idea'); } } },
        async () => { throw new Error('again'); }));
      case 'delayBad': return caught(step.do('s', { retries: { limit: 3, delay: () => 'soon' } },
        async () => { throw new Error('again'); }));
      case 'uncaught': throw new TypeError('uncaught');
      case 'returnsFunction': return () => 1;
    }
  }
}

export class Uncaught extends WorkflowEntrypoint {
  async run(event, step) {
    Promise.reject(new Error('nobody waits'));
    await step.sleep('rest', 1000);
  }
}

export class Late extends WorkflowEntrypoint {
  async run(event, step) {
    const failing = step.do('s', async () => { throw new NonRetryableError('no more'); });
    await step.do('other', async () => 1);
    return caught(failing);
  }
}

export class Misuse extends WorkflowEntrypoint {
  async run(event, step) {
    const nothing = async () => 1;
    return [
      await caught(step.do('bad\nname', nothing)),
      await caught(step.do('x'.repeat(257), nothing)),
      await caught(step.do('c')),
      await caught(step.do('c', { retries: { limit: -1, delay: 1 } }, nothing)),
      await caught(step.do('c', { retries: { limit: 1, delay: 'i like trains' } }, nothing)),
      await caught(step.do('c', { timeout: 0 }, nothing)),
      await caught(step.do('c', { unknown: 1 }, nothing)),
      await caught(step.do('c', nothing, 5)),
      await caught(step.do('c', nothing, { rollback: 5 })),
      await caught(step.sleepUntil('s', 1000)),
      await caught(step.sleep('s', '5 trains')),
      await caught(step.waitForEvent('w', { type: 'a.b' })),
    ];
  }
}

export class Many extends WorkflowEntrypoint {
  async run(event, step) {
    for (let i = 0; ; ++i) await step.do('n', async () => i);
  }
}

export class Config extends WorkflowEntrypoint {
  async run(event, step) {
    await step.do('all', { retries: { limit: Infinity, delay: '1 minute', backoff: 'linear' }, timeout: 5000, sensitive: 'output' },
      async () => {});
    await step.do('some', { retries: { limit: 2, delay: 100 } }, async () => {});
  }
}

export class Until extends WorkflowEntrypoint {
  async run(event, step) {
    await step.sleepUntil('until', event.payload);
    await step.sleepUntil('until', new Date(event.payload));
    return 'awake';
  }
}

export class Logs extends WorkflowEntrypoint {
  async run(event, step) {
    console.info('from run %s %d', 'text', 42, { a: [1, 'b', new Map([[1, new Date(0)]])] });
    await Promise.all(['x', 'y'].map((name) => step.do(name, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      console.warn(name);
    })));
    for (let i = 0; i < 1100; ++i) console.log('line');
    console.error('not kept');
  }
}

export class Stepless extends WorkflowEntrypoint {
  async run() { return 'nothing to do'; }
}
