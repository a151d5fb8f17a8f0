#pragma once

#include "models/graphql/schema.h"

#include <string>

namespace stepwell::test {

/// An introspection answer with a small part of the analytics schema.
inline std::string sampleIntrospection() {
    return R"json({"data":{"__schema":{
"queryType":{"name":"Query"},"mutationType":null,"subscriptionType":null,
"types":[
 {"kind":"OBJECT","name":"Query","fields":[{"name":"viewer","description":"Whoever asks.","args":[],"isDeprecated":false,
   "type":{"kind":"OBJECT","name":"Viewer"}}]},
 {"kind":"OBJECT","name":"Viewer","fields":[{"name":"accounts","args":[
   {"name":"filter","description":"Which account.","type":{"kind":"INPUT_OBJECT","name":"AccountFilter"},"defaultValue":null}],
   "type":{"kind":"NON_NULL","ofType":{"kind":"LIST","ofType":{"kind":"NON_NULL","ofType":{"kind":"OBJECT","name":"account"}}}}}]},
 {"kind":"INPUT_OBJECT","name":"AccountFilter","inputFields":[
   {"name":"accountTag","description":"Id of the account.","type":{"kind":"NON_NULL","ofType":{"kind":"SCALAR","name":"string"}}}]},
 {"kind":"OBJECT","name":"account","fields":[{"name":"workflowsAdaptiveGroups","description":"Events of workflows, grouped.","args":[
    {"name":"filter","type":{"kind":"INPUT_OBJECT","name":"GroupsFilter"}},
    {"name":"limit","description":"At most 10000.","type":{"kind":"NON_NULL","ofType":{"kind":"SCALAR","name":"uint64"}},"defaultValue":"100"},
    {"name":"orderBy","type":{"kind":"LIST","ofType":{"kind":"ENUM","name":"GroupsOrder"}}}],
    "type":{"kind":"NON_NULL","ofType":{"kind":"LIST","ofType":{"kind":"OBJECT","name":"Groups"}}}},
   {"name":"oldGroups","args":[],"isDeprecated":true,"deprecationReason":"Ask the new one.","type":{"kind":"SCALAR","name":"uint64"}}]},
 {"kind":"INPUT_OBJECT","name":"GroupsFilter","inputFields":[
   {"name":"workflowName","type":{"kind":"SCALAR","name":"string"}},
   {"name":"workflowName_in","type":{"kind":"LIST","ofType":{"kind":"SCALAR","name":"string"}}},
   {"name":"datetimeHour_geq","type":{"kind":"SCALAR","name":"Time"}},
   {"name":"sampled","type":{"kind":"SCALAR","name":"Boolean"}},
   {"name":"AND","type":{"kind":"LIST","ofType":{"kind":"INPUT_OBJECT","name":"GroupsFilter"}}}]},
 {"kind":"ENUM","name":"GroupsOrder","enumValues":[{"name":"count_ASC","description":"Fewest first."},{"name":"count_DESC"},
   {"name":"sum_wallTime_DESC"}]},
 {"kind":"OBJECT","name":"Groups","fields":[
   {"name":"count","description":"Events.","args":[],"type":{"kind":"NON_NULL","ofType":{"kind":"SCALAR","name":"uint64"}}},
   {"name":"sum","args":[],"type":{"kind":"OBJECT","name":"GroupsSum"}},
   {"name":"dimensions","args":[],"type":{"kind":"OBJECT","name":"GroupsDimensions"}}]},
 {"kind":"OBJECT","name":"GroupsSum","fields":[
   {"name":"wallTime","description":"Elapsed time, milliseconds.","args":[],"type":{"kind":"SCALAR","name":"uint64"}}]},
 {"kind":"OBJECT","name":"GroupsDimensions","fields":[
   {"name":"datetimeHour","args":[],"type":{"kind":"SCALAR","name":"Time"}},
   {"name":"workflowName","args":[],"type":{"kind":"SCALAR","name":"string"}}]},
 {"kind":"SCALAR","name":"string"},{"kind":"SCALAR","name":"Time"},{"kind":"SCALAR","name":"uint64"},
 {"kind":"SCALAR","name":"Boolean"}],
"directives":[{"name":"include","description":"Only when true.","locations":["FIELD","FRAGMENT_SPREAD","INLINE_FRAGMENT"],
   "args":[{"name":"if","type":{"kind":"NON_NULL","ofType":{"kind":"SCALAR","name":"Boolean"}}}]},
  {"name":"onQuery","locations":["QUERY"],"args":[]}]
}},"errors":null})json";
}

inline graphql::Schema sampleSchema() {
    return graphql::Schema::fromIntrospection(sampleIntrospection()).value();
}

}  // namespace stepwell::test
