// A network that is far, thin and unreliable, before another server:
//   node bad_network.mjs TARGET-PORT [--delay MS] [--drop PERCENT] [--rate BYTES-PER-SECOND] [--seed N]
// Every connection and every first byte of an answer comes 200 ms later, 5 % of connections are cut at a random moment of
// their life, and bytes flow half as fast as a thin line has them. What is drawn depends on the seed and the number of the
// connection alone. Prints one JSON line {"port":N,"seed":N}; each line on its standard input is answered with one line,
// {"connections":N,"dropped":N}; ends with its standard input.
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { Transform } from "node:stream";

const value = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? Number(process.argv[at + 1]) : otherwise;
};
const target = Number(process.argv[2]);
const delay = value("delay", 200);
const drop = value("drop", 5) / 100;
const wholeRate = 4 * 1024 * 1024;
const rate = value("rate", wholeRate / 2);
const seed = value("seed", Math.floor(Math.random() * 1e9));
const counts = { connections: 0, dropped: 0 };

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function random(from) {
  let a = from >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** One direction: late at the start of each burst, and never faster than the rate. */
function line(late) {
  let free = 0;
  let last = 0;
  return new Transform({
    highWaterMark: 64 * 1024,
    transform(chunk, _, done) {
      const now = Date.now();
      const burst = now - last > delay ? late : 0;
      free = Math.max(free, now + burst) + (chunk.length * 1000) / rate;
      last = Math.max(now, free);
      setTimeout(() => done(null, chunk), Math.max(0, free - now));
    },
  });
}

const server = createServer({ allowHalfOpen: true }, (near) => {
  const draw = random(seed + ++counts.connections * 7919);
  const doomed = draw() < drop;
  // Doomed ones die early or late: before a request arrived, on the way of the answer, or between two requests.
  let left = doomed ? Math.floor(draw() * draw() * 20_000) : Infinity;
  const far = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
  const end = () => {
    near.destroy();
    far.destroy();
  };
  const watch = (chunk) => {
    left -= chunk.length;
    if (left >= 0 || !doomed) return;
    left = Infinity;
    ++counts.dropped;
    near.resetAndDestroy();
    far.destroy();
  };
  for (const socket of [near, far]) {
    socket.setNoDelay(true);
    socket.on("error", end);
    socket.on("close", end);
    socket.on("data", watch);
  }
  const there = line(delay / 2);
  const back = line(delay / 2);
  for (const part of [there, back]) part.on("error", end);
  near.pipe(there).pipe(far);
  far.pipe(back).pipe(near);
});

server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port, seed })));
createInterface({ input: process.stdin })
  .on("line", () => console.log(JSON.stringify(counts)))
  .on("close", () => process.exit(0));
