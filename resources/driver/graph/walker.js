// State of one walk through a workflow: the list that nodes go to, and which steps have been started and not awaited yet.
//
// `starts` and `resolves` tell how steps overlap. Every function counts moments from 1. A step that is awaited before
// anything else starts, while no other is under way, has neither. Any other step `starts` at the moment reached so far; awaiting it leads
// to the next moment, unless something else already led past it, and that moment is its `resolves`. So steps with the same
// `starts` run side by side, one with `starts` equal to another's `resolves` follows it, and one that is never awaited has
// no `resolves`.

/** One function under way. */
class Frame {
  moment = 1;
  serial = 0;
  pending = new Map(); // node -> { starts, serial }

  constructor(isInline) {
    this.isInline = isInline; // its `return` does not end a function of the graph
    this.returned = [];
  }
}

export class Walker {
  out = [];
  frame = new Frame(true);
  #frameOf = new Map(); // node -> the frame it is pending in
  #home = new Map(); // node -> the list it stands in

  constructor(budget) {
    this.budget = budget;
    this.definitions = new Map(); // function node -> Map of signature -> entry
    this.looked = new Set(); // functions walked for the data they use
    this.functions = Object.create(null); // key -> function_def, as in the graph
  }

  /** Adds a node whose promise nobody has awaited yet. */
  emit(node) {
    this.add(node);
    const { frame } = this;
    frame.pending.set(node, { starts: frame.moment, serial: frame.serial });
    this.#frameOf.set(node, frame);
    return node;
  }

  /** Adds a node that is over when the walk goes on. */
  add(node) {
    this.budget.node();
    ++this.frame.serial;
    this.#home.set(node, this.out);
    this.out.push(node);
    return node;
  }

  /** Runs `action` with a node list of its own, which is returned beside what it returned. */
  collect(action) {
    const before = this.out;
    const nodes = (this.out = []);
    try {
      return { value: this.budget.deeper(action), nodes };
    } finally {
      this.out = before;
    }
  }

  /** Like `collect`, in a new function. */
  inFunction(isInline, action) {
    const before = this.frame;
    const frame = (this.frame = new Frame(isInline));
    try {
      const collected = this.collect(() => action(frame));
      for (const [node, { starts }] of frame.pending) node.starts = starts;
      return { ...collected, returned: frame.returned };
    } finally {
      this.frame = before;
    }
  }

  /** The nodes are part of another one now, which stands for them. */
  absorb(nodes) {
    for (const node of nodes) this.#frameOf.get(node)?.pending.delete(node);
  }

  /** Moves a node that was collected on the side into the present list; it stays as pending as it was. */
  adopt(node) {
    this.#home.set(node, this.out);
    this.out.push(node);
  }

  isPending(node) {
    return this.#frameOf.get(node)?.pending.has(node) ?? false;
  }

  /** Puts `node` where `old` stood, with what is known about when it started. */
  replace(old, node) {
    const list = this.#home.get(old);
    const at = list?.indexOf(old) ?? -1;
    const frame = this.#frameOf.get(old);
    if (at < 0 || !frame?.pending.has(old)) return false;
    list[at] = node;
    this.#home.set(node, list);
    frame.pending.set(node, frame.pending.get(old));
    frame.pending.delete(old);
    this.#frameOf.set(node, frame);
    return true;
  }

  /** A mark to give to `settle`: what is emitted later was started by the awaited expression itself. */
  mark() {
    return this.frame.serial;
  }

  /** The nodes' promises are awaited. */
  settle(nodes, mark) {
    const frames = new Map();
    for (const node of nodes) {
      const frame = this.#frameOf.get(node);
      if (!frame?.pending.has(node)) continue;
      if (!frames.has(frame)) frames.set(frame, []);
      frames.get(frame).push(node);
    }
    for (const [frame, group] of frames) this.#settleIn(frame, group, frame === this.frame ? mark : Infinity);
  }

  #settleIn(frame, group, mark) {
    const entries = group.map((node) => frame.pending.get(node));
    const isAlone = frame.pending.size === group.length;
    const isLast = group.length === 1 && entries[0].serial === frame.serial;
    const isAtOnce = isAlone && (isLast || entries.every(({ serial }) => serial > mark));
    group.forEach((node) => frame.pending.delete(node));
    if (isAtOnce) return;
    const latest = Math.max(...entries.map(({ starts }) => starts));
    frame.moment = Math.max(latest + 1, frame.moment);
    group.forEach((node, i) => {
      node.starts = entries[i].starts;
      node.resolves = frame.moment;
    });
  }
}

/** One node for a list of them. */
export const single = (nodes) => (nodes.length === 1 ? nodes[0] : { type: 'block', nodes });

const within = (node) => [
  ...(node.nodes ?? []),
  ...(node.branches ?? []).flatMap(({ nodes }) => nodes),
  ...[node.try_block, node.catch_block, node.finally_block].filter(Boolean),
];

/** Whether a node of the list, or one inside, passes the test. */
export const someNode = (nodes, test) => nodes.some((node) => test(node) || someNode(within(node), test));

const isStep = ({ type }) => type.startsWith('step_') || type === 'function_call';
export const hasSteps = (nodes) => someNode(nodes, isStep);
export const hasReturn = (nodes) => someNode(nodes, ({ type, kind }) => type === 'break' && kind === 'return');
export const hasBreak = (nodes) => someNode(nodes, ({ type }) => type === 'break');
