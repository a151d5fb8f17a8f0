// The GraphQL service beside graphql-js, the reference implementation: the same documents are accepted and refused, and
// a client schema can be built from what introspection tells.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import {
  buildClientSchema, getIntrospectionQuery, GraphQLError, graphqlSync, Kind, parse, printSchema, validate, valueFromASTUntyped,
} from "graphql";
import { drawDocument, randomOf } from "./graphql_generator.mjs";

/** What `graphql_verdicts` says to each of these requests; `of` is "sample" or "analytics". */
async function ask(mode, requests, of = "sample") {
  const child = spawn(process.env.GRAPHQL_VERDICTS, [mode, of], { stdio: ["pipe", "pipe", "inherit"] });
  const parts = [];
  child.stdout.on("data", (part) => parts.push(part));
  child.stdin.end(requests.map((request) => JSON.stringify(request) + "\n").join(""));
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.equal(code, 0);
  const lines = Buffer.concat(parts).toString("utf8").trimEnd().split("\n");
  assert.equal(lines.length, requests.length);
  return lines.map((line) => JSON.parse(line));
}

const introspectionOptions = { descriptions: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true };

// Client schemas do not know what scalars take; this is what ours do, told a second time.
const wholeBetween = (least, most) => (node) =>
  node.kind === Kind.INT && BigInt(node.value) >= least && BigInt(node.value) <= most ? Number(node.value) : undefined;
const textOf = (pattern) => (node) =>
  node.kind === Kind.STRING && pattern.test(node.value) && !Number.isNaN(Date.parse(node.value)) && isDay(node.value.slice(0, 10)) ? node.value : undefined;
const isDay = (day) => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
const scalars = {
  string: (node) => (node.kind === Kind.STRING ? node.value : undefined),
  bool: (node) => (node.kind === Kind.BOOLEAN ? node.value : undefined),
  int64: wholeBetween(-(2n ** 63n), 2n ** 63n - 1n),
  uint64: wholeBetween(0n, 2n ** 64n - 1n),
  float64: (node) => (node.kind === Kind.INT || node.kind === Kind.FLOAT ? Number(node.value) : undefined),
  Time: textOf(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/),
  Date: textOf(/^\d{4}-\d\d-\d\d$/),
};

async function clientSchema(of) {
  const [answer] = await ask("execute", [{ query: getIntrospectionQuery(introspectionOptions) }], of);
  assert.equal(answer.errors, null);
  const schema = buildClientSchema(answer.data);
  for (const [name, literal] of Object.entries(scalars)) {
    if (!schema.getType(name)) continue;
    schema.getType(name).parseLiteral = (node, variables) => {
      const value = literal(node);
      if (value === undefined) throw new GraphQLError(`no ${name}: ${JSON.stringify(valueFromASTUntyped(node, variables))}`);
      return value;
    };
  }
  return { schema, introspection: answer.data };
}

function verdictOfReference(schema, query) {
  try {
    return validate(schema, parse(query)).map((error) => error.message);
  } catch (error) {
    if (error instanceof GraphQLError) return [error.message];
    throw error;
  }
}

async function compare(schema, documents, of) {
  const ours = await ask("validate", documents.map((query) => ({ query })), of);
  let refused = 0;
  documents.forEach((query, i) => {
    const theirs = verdictOfReference(schema, query);
    if (theirs.length > 0) ++refused;
    assert.equal(ours[i].errors.length > 0, theirs.length > 0,
      `${query}\n  here: ${ours[i].errors.join("; ") || "accepted"}\n  graphql-js: ${theirs.join("; ") || "accepted"}`);
  });
  return refused;
}

test("introspection builds a client schema, which tells the same again", async () => {
  const { schema, introspection } = await clientSchema();
  const again = graphqlSync({ schema, source: getIntrospectionQuery(introspectionOptions) });
  assert.equal(again.errors, undefined);
  assert.deepEqual(comparable(again.data), comparable(introspection));
  const printed = printSchema(schema);
  assert.equal(printSchema(buildClientSchema(again.data)), printed);
  assert.match(printed, /limit: uint64! = 10/);
  assert.match(printed, /@deprecated\(reason: "use name"\)/);
});

// The types of introspection are graphql-js's own in a client schema, and so are the texts of standard scalars.
function comparable(data) {
  const { __schema } = JSON.parse(JSON.stringify(data));
  const standard = (type) => type.name.startsWith("__") || ["String", "Boolean", "Int", "Float", "ID"].includes(type.name);
  const types = __schema.types.filter((type) => !standard(type)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...__schema, types };
}

const byRule = {
  syntax: ["{", "{}", "{echo", "query {echo} }", "{echo(text: \"a)}", "{echo(text: \"\\uD83D\")}", "{echo(text: \"\\u{1F600}\")}", "{echo(small: 01)}",
    "{echo(small: 1.)}", "{echo(small: 1a)}", "query ($a: Int = $b) {echo(small: $a)}", "fragment on on Query {echo}", "type T {a: Int}",
    "{echo(text: \"\"\"a \\\"\"\" b\"\"\")}", "\uFEFF{echo}", "{echo,,,echo}", "{echo} # end", "{...}", "{... {echo}}", "{echo(text: \"\\x\")}", "{on: echo}",
    "\"description\" query A {echo}", "\"description\" {echo}", "\"a\" fragment F on Query {echo}", "query A(\"\"\"a\"\"\" $a: Int) {echo(small: $a)}", "subscription {a}", "mutation {a}", "query query {echo}", "{ query mutation }", "{echo()}", "{echo(filter: {})}", "{echo(texts: [])}"],
  operations: ["query A {echo} query A {echo}", "{echo} query A {echo}", "query A {echo} query B {echo}", "mutation M {a(b: {c: 1, c: 2})}", "mutation M {a(b: $c)}"],
  fields: ["{nothing}", "{viewer{name{a}}}", "{viewer}", "{viewer{__schema{types{name}}}}", "{__typename{a}}", "{viewer{__typename}}", "{__type{name}}",
    "{__type(name: \"a\"){name fields{name}}}", "{__type(name: 1){name}}"],
  merging: ["{viewer{name name}}", "{viewer{a: name a: old}}", "{echo(text: \"a\") echo(text: \"a\")}", "{echo(text: \"a\") echo(text: \"b\")}",
    "{echo echo(text: null)}", "{echo(texts: [\"a\"]) echo(texts: \"a\")}", "query($a: string) {echo(text: $a) echo(text: $a)}",
    "{viewer{self{a: name}} viewer{self{a: old}}}", "{viewer{...A ...B}} fragment A on viewer{self{x: name}} fragment B on viewer{self{x: old}}",
    "{viewer{...A self{...A x: old}}} fragment A on viewer{x: name}", "{echo(filter: {tag: \"a\", since: null}) echo(filter: {since: null, tag: \"a\"})}",
    "{echo(text: \"a\") echo(text: \"\"\"a\"\"\")}", "{viewer{a: accounts{tag} a: accounts(limit: 10){tag}}}"],
  fragments: ["{viewer{...F}}", "{...F} fragment F on Query{echo} fragment F on Query{echo}", "{echo} fragment F on Query{echo}", "{...F} fragment F on Query{...F}",
    "{...F} fragment F on Query{...G} fragment G on Query{...F}", "{...F} fragment F on nothing{a}", "{...F} fragment F on string{a}", "{... on filter{a}}",
    "{... on viewer{name}}", "{viewer{... on viewer{name}}}", "{viewer{...F}} fragment F on Query{echo}", "{...F ...F} fragment F on Query{echo}"],
  arguments: ["{echo(nothing: 1)}", "{echo(text: \"a\", text: \"a\")}", "{need(value: 1)}", "{need(value: 1, filter: {})}", "{need(value: 1, filter: {}, flag: null)}",
    "{viewer{accounts(limit: null){tag}}}", "{viewer{accounts{tag count(scale: 2)}}}"],
  values: ["{echo(text: 1)}", "{echo(whole: 1.0)}", "{echo(natural: -1)}", "{echo(real: 1)}", "{echo(real: \"1\")}", "{echo(truth: \"true\")}", "{echo(time: \"x\")}",
    "{echo(date: \"2026-02-30\")}", "{echo(date: \"2024-02-29\")}", "{echo(order: tag_ASC)}", "{echo(order: \"tag_ASC\")}", "{echo(order: nothing)}", "{echo(small: 2147483648)}",
    "{echo(matrix: [[1], 2, null])}", "{echo(matrix: [[[1]]])}", "{echo(texts: [null])}", "{echo(filter: {inner: {must: null}})}", "{echo(filter: {inner: {must: 1, may: null}})}",
    "{echo(filter: {nothing: 1})}", "{echo(filter: {tag: \"a\", tag: \"a\"})}", "{echo(filter: [{}])}", "{echo(filters: {OR: {AND: {}}})}", "{echo(filter: \"a\")}", "{echo(id: 1.0)}",
    "{echo(id: 1)}", "{echo(text: {a: $x})}", "{echo(text: null)}", "{echo(texts: {a: 1})}"],
  directives: ["{echo @nothing}", "{echo @skip}", "{echo @skip(if: 1)}", "{echo @skip(if: true) @skip(if: true)}", "{echo @skip(if: true) @include(if: true)}", "query @include(if: true) {echo}",
    "{...F @include(if: true)} fragment F on Query @skip(if: true) {echo}", "query($a: Int @skip(if: true)) {echo(small: $a)}", "{echo @deprecated}", "{echo @specifiedBy(url: \"a\")}"],
  variables: ["query($a: Int, $a: Int) {echo(small: $a)}", "query($a: nothing) {echo(small: $a)}", "query($a: viewer) {echo(small: $a)}", "{echo(small: $a)}",
    "query($a: Int) {echo}", "query($a: Int = \"x\") {echo(small: $a)}", "query($a: Int! = null) {echo(small: $a)}", "query($a: Int) {need(value: $a, filter: {})}",
    "query($a: Int = 1) {need(value: $a, filter: {})}", "query($a: Int = null) {need(value: $a, filter: {})}", "query($a: Boolean) {need(value: 1, filter: {}, flag: $a)}",
    "query($a: Int) {echo(filter: {inner: {must: $a}})}", "query($a: [Int]) {echo(matrix: $a)}", "query($a: [[Int!]!]!) {echo(matrix: $a)}", "query($a: String) {echo(texts: $a)}",
    "query($a: [String]) {echo(texts: $a)}", "query($a: String!) {echo(texts: [$a])}", "query($a: String) {echo(texts: [$a])}", "query($a: filter) {echo(filters: [$a])}",
    "query A($a: Int) {...F} query B {...F} fragment F on Query {echo(small: $a)}", "query A($a: Int) {...F} query B($a: Int!) {...F} fragment F on Query {echo(small: $a)}",
    "query($a: Boolean!) {echo @skip(if: $a)}", "query($a: Boolean) {echo @skip(if: $a)}", "query($a: uint64) {viewer{accounts(limit: $a){tag}}}", "query($a: order) {echo(text: $a)}",
    "query($a: [order!]) {viewer{accounts(orderBy: $a){tag}}}", "query($a: filter = {tag: 1}) {echo(filter: $a)}", "query($a: filter = {tag: \"x\"}) {echo(filter: $a)}"],
};

for (const [rule, documents] of Object.entries(byRule)) {
  test(`the same verdicts on ${rule}`, async () => {
    const { schema } = await clientSchema();
    const refused = await compare(schema, documents);
    assert.ok(refused > 0 && refused < documents.length, "some are right and some are wrong");
  });
}

for (const of of ["sample", "analytics"]) {
  test(`1,000 drawn documents are accepted or refused alike, ${of}`, async () => {
    const { schema } = await clientSchema(of);
    const seed = Number(process.env.STEPWELL_SEED ?? 20_261_126);
    const random = randomOf(seed);
    const documents = Array.from({ length: 1_000 }, (_, i) => drawDocument(schema, random, i % 3 === 0 ? 0 : 0.004));
    const refused = await compare(schema, documents, of);
    assert.ok(refused > 250 && refused < 750, `${refused} of 1,000 are refused (seed ${seed})`);
  });
}

test("the schema of analytics builds a client schema, which tells the same again", async () => {
  const { schema, introspection } = await clientSchema("analytics");
  const again = graphqlSync({ schema, source: getIntrospectionQuery(introspectionOptions) });
  assert.equal(again.errors, undefined);
  assert.deepEqual(comparable(again.data), comparable(introspection));
});
