#pragma once

#include "app/engine/graphql/schema.h"

#include <nlohmann/json.hpp>

namespace stepwell::engine::graphql {

/// The values of an operation's variables by name: those of `given` (null or an object) that it defines, and
/// its defaults (section 6.1.2). What is neither given nor has a default is absent. Enum values are their
/// names.
Result<nlohmann::json> coerceVariables(const Schema& schema, const Operation& operation,
                                       const nlohmann::json& given);

/// The arguments of a field or directive by name (section 6.4.1). The document must be valid.
Result<nlohmann::json> coerceArguments(const std::vector<InputValue>& known,
                                       const std::vector<Argument>& given, const nlohmann::json& variables);

}  // namespace stepwell::engine::graphql
