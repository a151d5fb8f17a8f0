// Draws GraphQL documents for a schema of graphql-js: mostly right, and wrong in one of the many ways that people are.
import { getNamedType, getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType, isObjectType } from "graphql";

/** Numbers from 0 to 1 that a seed fixes (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const literals = {
  right: {
    String: ['"a"', '"""block"""', '"\\u00e9"'], string: ['"a"', '"%"'], Boolean: ["true", "false"], bool: ["true"],
    Int: ["0", "-7", "2147483647"], int64: ["-9007199254740993", "5"], uint64: ["0", "18446744073709551615"],
    Float: ["1.5", "2", "-1e3"], float64: ["0.25", "3"], ID: ['"x"', "7"],
    Time: ['"2026-01-01T00:00:00Z"', '"2026-01-01T01:00:00.5+01:00"'], Date: ['"2026-01-01"'],
  },
  wrong: ["1", '"text"', "true", "1.5", "null", "NOTHING", "{a: 1}", "[1]", "-1", '"2026-02-30"', "99999999999999999999999"],
};

class Drawing {
  constructor(schema, random, wrongness) {
    this.schema = schema;
    this.random = random;
    this.wrongness = wrongness;
    this.variables = new Map();
    this.fragments = [];
    this.budget = 40;
    this.aliases = 0;
  }
  chance(probability) { return this.random() < probability; }
  errs() { return this.chance(this.wrongness); }
  pick(list) { return list[Math.floor(this.random() * list.length)]; }

  literal(type, depth = 0) {
    if (this.errs()) return this.pick(literals.wrong);
    if (!isNonNullType(type) && this.chance(0.1)) return "null";
    const inner = getNullableType(type);
    if (isListType(inner)) {
      if (this.chance(0.2)) return this.literal(inner.ofType, depth);
      return `[${Array.from({ length: Math.floor(this.random() * 3) }, () => this.value(inner.ofType, depth)).join(", ")}]`;
    }
    if (isEnumType(inner)) return this.pick(inner.getValues()).name;
    if (isInputObjectType(inner)) return this.object(inner, depth + 1);
    return this.pick(literals.right[inner.name]);
  }
  object(type, depth) {
    const fields = Object.values(type.getFields()).filter(
      (field) => (isNonNullType(field.type) && field.defaultValue === undefined && !this.errs()) || (depth < 3 && this.chance(0.3)),
    );
    if (fields.length > 0 && this.errs()) fields.push(fields[0]);
    const members = fields.map((field) => `${this.errs() ? "nothing" : field.name}: ${this.value(field.type, depth)}`);
    return `{${members.join(", ")}}`;
  }
  value(type, depth = 0) {
    if (!this.chance(0.2)) return this.literal(type, depth);
    if (this.errs()) return "$undefined";
    return `$${this.variable(type)}`;
  }
  variable(type) {
    const name = `v${this.variables.size}`;
    let text = String(this.errs() ? this.pick(Object.values(this.schema.getTypeMap())) : type);
    if (this.errs()) text = text.replace(/!$/, "");
    else if (this.chance(0.2) && !text.endsWith("!")) text += "!";
    const fallback = this.chance(0.2) && !text.endsWith("!") ? ` = ${this.constant(type)}` : "";
    this.variables.set(name, `$${name}: ${text}${fallback}`);
    return name;
  }
  constant(type) {
    const text = this.literal(type);
    return text.includes("$") ? "null" : text;
  }

  directives() {
    let text = "";
    if (this.chance(0.1)) text += ` @skip(if: ${this.value(this.schema.getDirective("skip").args[0].type)})`;
    if (this.chance(0.1)) text += ` @include(if: ${this.errs() ? "1" : "true"})`;
    if (this.errs()) text += this.pick([" @nothing", " @skip", " @include(if: true, if: true)", " @deprecated", " @skip(if: true) @skip(if: true)"]);
    return text;
  }
  arguments(field) {
    const given = field.args.filter(
      (argument) => (isNonNullType(argument.type) && argument.defaultValue === undefined && !this.errs()) || this.chance(0.35),
    );
    const texts = given.map((argument) => `${this.errs() ? "nothing" : argument.name}: ${this.value(argument.type)}`);
    if (texts.length > 0 && this.errs()) texts.push(texts[0]);
    return texts.length > 0 ? `(${texts.join(", ")})` : "";
  }
  field(type, depth) {
    const field = this.pick(Object.values(type.getFields()));
    const below = getNamedType(field.type);
    // Mostly an alias of its own: without one, fields that are there twice must be the same.
    const alias = this.errs() ? "same: " : this.chance(0.7) ? `a${++this.aliases}: ` : "";
    const object = isObjectType(below) !== this.errs();
    const set = object ? ` ${this.set(isObjectType(below) ? below : type, depth + 1)}` : "";
    return `${alias}${this.errs() ? "nothing" : field.name}${this.arguments(field)}${this.directives()}${set}`;
  }
  otherType(type) {
    return this.errs() ? this.pick(Object.values(this.schema.getTypeMap()).filter((one) => !one.name.startsWith("__"))) : type;
  }
  selection(type, depth) {
    if (this.chance(0.08)) return "__typename";
    if (this.chance(0.1)) return `... ${this.chance(0.7) ? `on ${this.otherType(type)}` : ""}${this.directives()} ${this.set(type, depth)}`;
    if (this.chance(0.12)) return `...${this.spread(type)}${this.directives()}`;
    return this.field(type, depth);
  }
  spread(type) {
    const known = this.fragments.filter((fragment) => fragment.type === type || this.errs());
    if (known.length > 0 && this.chance(0.5)) return this.pick(known).name;
    if (this.errs()) return "Nothing";
    const fragment = { name: `F${this.fragments.length}`, type };
    const text = `fragment ${fragment.name} on ${this.otherType(type)} ${this.set(type, 3)}`;
    // Only now: a fragment that is known while it is drawn could spread itself, which wrong ones do.
    if (!this.errs()) fragment.name = `F${this.fragments.length}`;
    fragment.text = text.replace(/^fragment \w+/, `fragment ${fragment.name}`);
    this.fragments.push(fragment);
    return fragment.name;
  }
  leaf(type) {
    const leaves = Object.values(type.getFields()).filter(
      (field) => !isObjectType(getNamedType(field.type)) && field.args.every((argument) => !isNonNullType(argument.type)),
    );
    return leaves.length > 0 ? this.pick(leaves).name : "__typename";
  }
  set(type, depth) {
    if (--this.budget < 0 || depth > 5) return `{ ${this.leaf(type)} }`;
    const count = 1 + Math.floor(this.random() * 4);
    return `{ ${Array.from({ length: count }, () => this.selection(type, depth)).join(" ")} }`;
  }

  document() {
    const set = this.set(this.schema.getQueryType(), 0);
    if (this.errs()) this.variables.set("unused", "$unused: String");
    if (this.errs() && this.variables.size > 1) this.variables.delete(this.pick([...this.variables.keys()]));
    if (this.errs()) this.fragments.push({ text: `fragment Lonely on ${this.schema.getQueryType()} { __typename }` });
    if (this.errs() && this.fragments.length > 0) {
      const { name, type } = this.fragments[0];
      if (type) this.fragments.push({ text: `fragment ${name} on ${type} { ...${name} }` });
    }
    const variables = this.variables.size > 0 ? `(${[...this.variables.values()].join(", ")})` : "";
    const second = this.errs() ? this.pick([" query Q { __typename }", " { __typename }"]) : "";
    return `query Q${variables}${this.directivesOfQuery()} ${set}${second} ${this.fragments.map((one) => one.text).join(" ")}`;
  }
  directivesOfQuery() { return this.errs() ? " @skip(if: true)" : ""; }
}

/** One document. `wrongness` is how likely each of its parts is wrong. */
export const drawDocument = (schema, random, wrongness) => new Drawing(schema, random, wrongness).document();
