#pragma once

#include "app/engine/graphql/execute.h"

namespace stepwell::engine::graphql {

/// The body of a request: `{"query", "variables", "operationName"}`.
struct Request {
    std::string query;
    nlohmann::json variables;   ///< an object or null
    std::string operationName;  ///< empty: the only operation
};
/// Reads it from JSON; refuses what is none, or lacks the query.
Result<Request> readRequest(std::string_view body);

/// Makes the source of the query type once it is known that there is something to execute; or says why not.
using RootFactory = std::function<Result<std::unique_ptr<Source>>(const std::vector<Selected>& plan)>;

/// Parses, validates and executes. Errors of any of these make the answer.
Answer answer(const Schema& schema, const Request& request, const Limits& limits, api::Time now,
              const RootFactory& root);

}  // namespace stepwell::engine::graphql
