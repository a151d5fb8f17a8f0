// Main module of the workerd process that analyses one bundle. It answers in the words of the driver protocol
// (../PROTOCOL.md): one line once connected.

import modules from './stepwell-sources.js';
import { analyse } from './analyse.js';
import { Outbox, escaped } from '../src/lines.js';

const protocolVersion = 1;

export default {
  async fetch(request) {
    if (request.headers.get('upgrade') !== 'websocket') return new Response(null, { status: 403 });
    const [theirs, ours] = Object.values(new WebSocketPair());
    ours.accept();
    const outbox = new Outbox((frame) => ours.send(frame), (flush) => setTimeout(flush, 0));
    setTimeout(() => {
      const facts = { entrypoints: [], handlers: [], graphs: analyse(modules) };
      outbox.say(`I\t${protocolVersion}\t${escaped(JSON.stringify(facts))}\n`);
    }, 0);
    return new Response(null, { status: 101, webSocket: theirs });
  },
};
