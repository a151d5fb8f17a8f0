#pragma once

#include "app/engine/graphql/execute.h"

namespace stepwell::engine::graphql {

/// The types of section 4.2, `__Schema` to `__DirectiveLocation`.
void addIntrospectionTypes(Schema& schema);
/// `__typename`, `__schema` and `__type`, in this order.
std::vector<Field> introspectionFields(const Schema& schema);
/// The value of one of these.
Result<Output> introspect(const Schema& schema, const Selected& selected, Arena& arena);

}  // namespace stepwell::engine::graphql
