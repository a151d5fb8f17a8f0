// Results that are streams: their bytes go to the engine chunk by chunk, and come back the same way.

import { base64, decode, fromBase64 } from './codec.js';
import { engineError } from './errors.js';

const chunkBytes = 256 * 1024;
const largestPiece = 16 * 1024 * 1024;
const previewCharacters = 1024;
const mostBytesPerCharacter = 4;

/** Trying again would not help. */
export class StreamRefused extends Error {}

function refused(name, message) {
  const error = new StreamRefused(message);
  error.name = name;
  return error;
}

function lockedStream() {
  return refused(
    'InvalidStepReadableStreamError',
    'Step returned a ReadableStream that is locked or was read already. Return a fresh one from step.do().',
  );
}

function bytesOf(piece) {
  if (piece instanceof ArrayBuffer) return new Uint8Array(piece);
  if (ArrayBuffer.isView(piece) && !(piece instanceof DataView))
    return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  throw refused(
    'UnsupportedStreamChunkError',
    'Step returned a ReadableStream with chunks that are neither ArrayBuffer nor typed arrays.',
  );
}

function checkSize(bytes) {
  if (bytes.byteLength <= largestPiece) return;
  throw refused(
    'OversizedStreamChunkError',
    `Step returned a ReadableStream with a chunk of ${bytes.byteLength} bytes; the limit is ${largestPiece}. Split it.`,
  );
}

function readerOf(stream) {
  if (stream.locked) throw lockedStream();
  try {
    return stream.getReader();
  } catch {
    throw lockedStream();
  }
}

async function nextPiece(reader) {
  try {
    return await reader.read();
  } catch (error) {
    throw engineError('InvalidStepReadableStreamError', `Reading the stream that the step returned failed: ${error?.message ?? error}`);
  }
}

/** Gathers bytes into chunks of one size, and keeps the first bytes for the preview. */
class Chunks {
  total = 0;
  #send;
  #chunk = new Uint8Array(chunkBytes);
  #filled = 0;
  #head = new Uint8Array(previewCharacters * mostBytesPerCharacter);

  constructor(send) {
    this.#send = send;
  }

  async add(bytes) {
    if (this.total < this.#head.length) this.#head.set(bytes.subarray(0, this.#head.length - this.total), this.total);
    this.total += bytes.byteLength;
    for (let at = 0; at < bytes.byteLength; ) {
      const part = bytes.subarray(at, at + chunkBytes - this.#filled);
      this.#chunk.set(part, this.#filled);
      this.#filled += part.byteLength;
      at += part.byteLength;
      if (this.#filled === chunkBytes) await this.flush();
    }
  }

  async flush() {
    if (this.#filled === 0) return;
    const whole = this.#chunk.subarray(0, this.#filled);
    this.#filled = 0;
    await this.#send(whole);
  }

  preview() {
    const isCut = this.total > this.#head.length;
    const head = this.#head.subarray(0, Math.min(this.total, this.#head.length));
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(head, { stream: isCut });
      const short = text.slice(0, previewCharacters).toWellFormed();
      return isCut || text.length > previewCharacters ? `${short}[truncated output]` : short;
    } catch {
      return `[ReadableStream (binary): ${this.total} bytes]`;
    }
  }
}

/**
 * Sends what `stream` gives as the result of attempt `number`: each chunk when the one before is stored. Gives
 * `{total, preview}`, or nothing when `isWanted()` turned false meanwhile.
 */
export async function sendStream(run, step, number, stream, isWanted) {
  const reader = readerOf(stream);
  let count = 0;
  const chunks = new Chunks(async (bytes) => {
    const stored = new Promise((resolve) => {
      step.chunkStored = resolve;
    });
    run.say(`s\t${run.id}\t${step.index}\t${number}\t${count++}\t${base64(bytes)}\n`);
    await stored;
  });
  const cancel = (why) => reader.cancel(why).catch(() => {});
  step.cancelStream = () => cancel(new Error('The attempt is over'));
  try {
    for (;;) {
      const { done, value } = await nextPiece(reader);
      if (!isWanted()) return undefined;
      if (done) break;
      const bytes = bytesOf(value);
      checkSize(bytes);
      await chunks.add(bytes);
      if (!isWanted()) return undefined;
    }
    await chunks.flush();
    return { total: chunks.total, preview: chunks.preview() };
  } catch (error) {
    cancel(error);
    throw error;
  } finally {
    step.cancelStream = undefined;
    step.chunkStored = undefined;
  }
}

/** The value of a step: `s` and a number of bytes stands for a stream that is fetched as it is read. */
export function valueOf(run, index, text) {
  return text[0] === 's' ? storedStream(run, index, Number(text.slice(1))) : decode(text);
}

function storedStream(run, index, total) {
  const count = Math.ceil(total / chunkBytes);
  let next = 0;
  return new ReadableStream(
    {
      start(controller) {
        if (count === 0) controller.close();
      },
      async pull(controller) {
        const bytes = fromBase64(await run.fetchChunk(index, next++));
        if (bytes.byteLength === 0) return controller.error(new Error('A part of the stored stream is missing'));
        controller.enqueue(bytes);
        if (next === count) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
