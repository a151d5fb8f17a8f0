#pragma once

#include "app/engine/graphql/schema.h"

#include <nlohmann/json.hpp>

namespace stepwell::engine::graphql {

/// A field as an operation selects it: fragments spread, directives heeded, fields of one key merged,
/// arguments read. It is made once for all objects of a list.
struct Selected {
    std::string key;     ///< of the answer
    std::string prefix;  ///< `"key":` as JSON
    const Field* field = nullptr;
    const Type* parent = nullptr;
    nlohmann::json arguments;      ///< by name; absent: not given and without default
    std::vector<Selected> fields;  ///< of an object or of the items of a list
    Location location;

    /// The argument, or null.
    const nlohmann::json& argument(const char* name) const;
};

/// What is to be executed of a valid document; `variables` are coerced. Refuses what is too deep or too much.
Result<std::vector<Selected>> makePlan(const Schema& schema, const Document& document,
                                       const Operation& operation, const nlohmann::json& variables,
                                       const Limits& limits);

}  // namespace stepwell::engine::graphql
