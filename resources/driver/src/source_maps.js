// Stacks in the terms of the sources that the bundle was made of, with the source maps that came along. They are read when the
// first error is told, and whatever is wrong with one leaves stacks as they are.

import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { mapStacksWith } from './errors.js';
import { fromText } from './own_json.js';
import { sourceMaps } from './stepwell-bundle.js';

const longestSource = 300;
const place = /\buser\/([^\n]*?):(\d+):(\d+)/g;

const maps = new Map();  // by name of the module that it is of
let reading = Object.keys(sourceMaps).length > 0 ? null : undefined;

/** What is to be awaited before an error is described; undefined when there is nothing to wait for. */
export function stacksReady() {
  if (reading === null) reading = read();
  return reading;
}

async function read() {
  for (const [name, load] of Object.entries(sourceMaps)) {
    try {
      const { default: text } = await load();
      maps.set(name, new TraceMap({ ...fromText(text), sourcesContent: undefined }));
    } catch {
      // not a source map
    }
  }
  mapStacksWith((stack) => stack.replace(place, original));
  reading = undefined;
}

function original(generated, name, line, column) {
  try {
    const map = maps.get(name);
    const found = map && originalPositionFor(map, { line: Number(line), column: Number(column) - 1 });
    if (!found?.source) return generated;
    // Bundlers name sources relative to where they put the bundle.
    const source = found.source.replace(/^(?:file:\/\/\/?|(?:\.{1,2}\/)+)/, '').slice(-longestSource);
    return `${source}:${found.line}:${found.column + 1}`;
  } catch {
    return generated;
  }
}
