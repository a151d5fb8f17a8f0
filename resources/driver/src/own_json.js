// JSON's functions as they are before user code runs: it shares the global object, and may put others there.

export const toText = JSON.stringify;
export const fromText = JSON.parse;
