// GraphQL as far as a dashboard asks it: no envelope, `errors` is null on success, a 200 may carry errors. It does not
// execute documents; it answers each data set of one with rows of the world, under the names that were asked for.
import { jsonOf } from "./envelope.mjs";

const when = () => new Date().toISOString();

export const graphqlError = (message, more = {}) => ({
  data: null,
  errors: [{ message, path: null, extensions: { timestamp: when(), ...more } }],
});

const dataSets = ["workflowsAdaptiveGroups", "workflowsAdaptive", "workersInvocationsAdaptive", "pagesFunctionsInvocationsAdaptiveGroups"];

const settings = Object.fromEntries(
  dataSets.map((name) => [
    name,
    { enabled: true, availableFields: null, maxDuration: 2678400, maxNumberOfFields: 30, maxPageSize: 10000, notOlderThan: 7776000 },
  ]),
);

export function graphql(world, call) {
  const body = jsonOf(call.body);
  if (typeof body?.query !== "string") return { status: 400, body: graphqlError("error parsing args") };
  if (/\bmutation\b/.test(body.query)) return { status: 400, body: graphqlError("query contains error: only queries are allowed") };
  const unknown = /\b(\w+Adaptive(?:Groups)?)\s*\(/g;
  const account = {};
  for (const [, name] of body.query.matchAll(unknown))
    if (!dataSets.includes(name)) return { status: 400, body: graphqlError(`unknown field "${name}"`) };
  for (const [, alias, name] of body.query.matchAll(/(?:(\w+)\s*:\s*)?\b(\w+Adaptive(?:Groups)?)\s*\(/g)) account[alias ?? name] = world.rows;
  if (/\bsettings\b/.test(body.query)) account.settings = settings;
  return { status: 200, body: { data: { viewer: { accounts: [account] } }, errors: null } };
}
