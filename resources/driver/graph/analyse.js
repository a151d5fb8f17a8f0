// From the modules of a bundle to the step graph of each workflow class, by static analysis; no code of the bundle runs.

import { evaluate, member } from './expressions.js';
import { walkRun } from './functions.js';
import { Budget, GiveUp, longestGraph, mostSource } from './limits.js';
import { Program } from './modules.js';
import { newShape, unknown } from './values.js';
import { Walker } from './walker.js';

class Evaluator {
  constructor(walker) {
    this.walker = walker;
  }

  /** Value of an initialiser at the top level of a module: no step can be started there. */
  topLevel(node, scope) {
    return this.walker.inFunction(true, () => evaluate(this.walker, node, scope)).value;
  }
}

function findClass(program, main, className, evaluator) {
  const exported = program.exported(main, className, evaluator);
  if (exported.k === 'class') return exported;
  const module = program.module(main);
  return module ? module.classCalled(className, evaluator) : unknown;
}

function graphOf(program, main, className) {
  const walker = new Walker(new Budget());
  const evaluator = (walker.evaluator = new Evaluator(walker));
  const cls = findClass(program, main, className, evaluator);
  if (cls.k !== 'class') throw new GiveUp(`The class "${className}" could not be found in the bundle.`);
  const self = { k: 'inst', cls, fields: new Map() };
  const run = member(walker, self, 'run');
  if (run.k !== 'fn') throw new GiveUp(`The class "${className}" has no method "run" that could be found.`);
  const payload = newShape();
  const nodes = walkRun(walker, run, [{ k: 'event', shape: payload }, { k: 'step' }]);
  const graph = {
    version: 1,
    workflow: { class_name: className, functions: walker.functions, nodes, payload },
  };
  const text = JSON.stringify(graph);
  if (text.length > longestGraph) throw new GiveUp('The graph of the workflow is larger than 512 KiB.');
  return text;
}

function reasonOf(error) {
  if (error instanceof GiveUp) return error.message;
  if (error instanceof RangeError) return 'The code of the workflow is nested too deeply to be followed.';
  return `The analysis of the workflow failed: ${error.message}`;
}

/**
 * @param bundle `{ main, modules: [{ name, text, isCommonJs }], classes: [name] }`
 * @returns a list of `{ class_name, graph }`, the graph as JSON text, or `{ class_name, reason }`
 */
export function analyse({ main, modules, classes }) {
  const size = modules.reduce((sum, { text }) => sum + text.length, 0);
  const program = new Program(modules);
  return classes.map((className) => {
    try {
      if (size > mostSource) throw new GiveUp(`The bundle holds more than ${mostSource >> 20} million characters of JavaScript.`);
      return { class_name: className, graph: graphOf(program, main, className) };
    } catch (error) {
      return { class_name: className, reason: reasonOf(error) };
    }
  });
}
