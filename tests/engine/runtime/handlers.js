import { env } from 'cloudflare:workers';
import { WorkflowEntrypoint } from 'cloudflare:workers';

export class Caller extends WorkflowEntrypoint {
  async run(event, step) {
    return step.do('call', async () => {
      const made = await this.env.FLOW.create({ id: 'child', params: { at: new Date(0) } });
      return [made.id, env.FLOW === this.env.FLOW, event.schedule ?? null];
    });
  }
}

const chains = {
  async binding() {
    const found = await env.FLOW.get('one');
    const { status, output } = await found.status();
    return Response.json({ status, when: output.toISOString() });
  },
  async refusals() {
    const tries = [
      () => env.FLOW.create({ id: 'bad id' }),
      () => env.FLOW.create({ id: 'twice' }),
      () => env.FLOW.get('nobody'),
      () => env.FLOW.createBatch([]),
      () => env.FLOW.createBatch(new Array(101).fill({})),
      () => env.FLOW.createBatch({ count: 0 }),
      () => env.FLOW.createBatch({ instances: [] }),
      () => env.FLOW.createBatch({ instances: [{ id: 'terminate' }] }),
      () => env.FLOW.create({ params: () => 1 }),
    ];
    const texts = [];
    for (const attempt of tries) texts.push(await attempt().then(() => 'none', (error) => error.message));
    return Response.json(texts);
  },
  async batch() {
    const { created, errors } = await env.FLOW.createBatch({ instances: [{ id: 'a' }, { id: 'a' }, { id: 'b' }] });
    return Response.json({ created: created.map(({ id }) => id), errors });
  },
  async echo(request) {
    return new Response(request.body, { headers: { 'x-method': request.method, 'x-colo': request.cf.colo } });
  },
  async throws() {
    throw new RangeError('out of reach');
  },
  async nothing() {},
  async loops() {
    for (;;);
  },
  async later(request, context) {
    context.waitUntil(scheduler.wait(5).then(() => console.warn('waited', { for: 'this' })));
    return new Response('now', { status: 202 });
  },
};

export default {
  async fetch(request, _, context) {
    return chains[new URL(request.url).pathname.slice(1)](request, context);
  },
  async scheduled(controller, _, context) {
    console.log('ran', controller.cron, controller.scheduledTime);
    if (controller.cron === 'bad') throw new Error('no');
    context.waitUntil(scheduler.wait(5).then(() => console.log('then')));
  },
};
