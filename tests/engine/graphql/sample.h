#pragma once

#include "app/engine/graphql/request.h"

namespace stepwell::engine::graphql {

/// A schema in which every kind of type, argument, default and deprecation occurs.
Schema sampleSchema();

/// Answers its queries: accounts "a", "b", "c" with counts 1, 2, 3; `echo` tells the arguments that arrived.
std::unique_ptr<Source> sampleRoot();

/// The answer to a query with these variables, at the time 0.
Answer ask(const Schema& schema, std::string query, nlohmann::json variables = {}, const Limits& limits = {});

}  // namespace stepwell::engine::graphql
