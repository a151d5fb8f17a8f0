// Durations as the engine reads them (models/api/duration.h): a bare number is milliseconds, else `<number> <unit>`.

const units = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 2_592_000_000,
  year: 31_557_600_000,
};
const grammar = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?: +([a-z]+))?$/;

export const longestMs = 365 * units.day;

/** Milliseconds, rounded; NaN for what is no duration. */
export function milliseconds(value) {
  if (typeof value === 'number') return exact(value);
  if (typeof value !== 'string') return NaN;
  const parts = grammar.exec(value);
  if (!parts) return NaN;
  if (parts[2] === undefined) return exact(Number(parts[1]));
  const word = parts[2].endsWith('s') ? parts[2].slice(0, -1) : parts[2];
  return Object.hasOwn(units, word) ? exact(Number(parts[1]) * units[word]) : NaN;
}

function exact(ms) {
  const rounded = Math.round(ms);
  return Number.isSafeInteger(rounded) ? rounded : NaN;
}
