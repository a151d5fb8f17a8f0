#pragma once

#include "app/engine/graphql/schema.h"

namespace stepwell::engine::graphql {

/// Every rule of section 5 that executable documents can break; no errors means that the document can be
/// executed. At most `limits.errors` are told. Whether there is a root type for mutations and subscriptions
/// is asked when one of them is to be executed.
std::vector<Error> validate(const Schema& schema, const Document& document, const Limits& limits = {});

}  // namespace stepwell::engine::graphql
