// Lines of the protocol: writing, reading, and gathering what is to be said until the end of a turn.

const special = /[\\\t\n\r]/;
const specials = /[\\\t\n\r]/g;
const escapes = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const letters = { t: '\t', n: '\n', r: '\r', '\\': '\\' };

export function escaped(text) {
  return special.test(text) ? text.replace(specials, (c) => escapes[c]) : text;
}

export function unescaped(field) {
  return field.includes('\\') ? field.replace(/\\(.)/g, (_, letter) => letters[letter] ?? letter) : field;
}

// A UTF-16 unit takes at most three bytes, so a frame stays below 256 KiB.
const unitsPerFrame = 87_000;

function* frames(text) {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + unitsPerFrame, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last < 0xdc00) --end;  // keep a surrogate pair together
    yield text.slice(start, end);
    start = end;
  }
}

// From so much on, what was gathered is sent at once: the engine works on it while the driver goes on.
const unitsGathered = 16_000;

/** What the driver has to say, sent together once per turn of the event loop, or earlier when it is much. */
export class Outbox {
  #send;
  #later;
  #text = '';
  #echoes = '';
  #due = false;

  /** @param send called with a frame  @param later runs a function in a later macrotask */
  constructor(send, later) {
    this.#send = send;
    this.#later = later;
  }

  /** `line` ends in a line feed. */
  say(line) {
    this.#text += line;
    if (this.#text.length >= unitsGathered) {
      this.#sendFrames(this.#text);
      this.#text = '';
    } else if (!this.#due) this.#arm();
  }

  /** Said after everything that this turn says. */
  echo(line) {
    this.#echoes += line;
    if (!this.#due) this.#arm();
  }

  #arm() {
    this.#due = true;
    this.#later(this.#flush);
  }

  #flush = () => {
    const text = this.#text + this.#echoes;
    this.#text = this.#echoes = '';
    this.#due = false;
    if (text.length > 0) this.#sendFrames(text);
  };

  #sendFrames(text) {
    if (text.length <= unitsPerFrame) this.#send(text);
    else for (const frame of frames(text)) this.#send(frame);
  }
}

/** Cuts frames into lines and lines into fields. */
export class Inbox {
  #rest = '';

  /** Calls `handle(fields)` for every line that is complete. */
  receive(frame, handle) {
    const text = this.#rest + frame;
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      handle(text.slice(start, end).split('\t'));
      start = end + 1;
    }
    this.#rest = text.slice(start);
  }
}
