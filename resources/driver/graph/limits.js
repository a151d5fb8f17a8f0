// What bounds an analysis. The clock stands still inside workerd, so work is counted and not timed.

export const mostSource = 6 << 20; // UTF-16 units of JavaScript, over all modules
export const longestGraph = 512 << 10; // UTF-16 units of one graph as JSON
const mostVisits = 1_500_000; // expressions and statements looked at, for one class
const mostNodes = 5_000;
const deepest = 400; // functions and constructs inside each other

/** Thrown where an analysis ends without a graph; the message tells a person why. */
export class GiveUp extends Error {}

/** What one class may cost. */
export class Budget {
  #visits = 0;
  #nodes = 0;
  #depth = 0;

  visit() {
    if (++this.#visits > mostVisits) throw new GiveUp('The code that the workflow reaches is too large to be followed.');
  }

  node() {
    if (++this.#nodes > mostNodes) throw new GiveUp(`The workflow has more than ${mostNodes} steps and branches.`);
  }

  /** Runs `action` one level deeper. */
  deeper(action) {
    if (++this.#depth > deepest) throw new GiveUp('The code of the workflow is nested too deeply to be followed.');
    try {
      return action();
    } finally {
      --this.#depth;
    }
  }
}
