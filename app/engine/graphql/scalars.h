#pragma once

#include "app/engine/graphql/schema.h"

namespace stepwell::engine::graphql {

/// The five scalars of the specification, and those that Cloudflare's schema has beside them: string, bool,
/// int64, uint64, float64, Time, Date. Variables may be declared with another scalar of the same family.
void addScalars(Schema& schema);

/// The name under which the schema knows a scalar: `DateTime` is `Time`, `uint32` is `uint64`; others are
/// returned.
std::string_view canonicalScalar(std::string_view name);

/// A day of the calendar as "YYYY-MM-DD".
bool isDate(std::string_view text);

}  // namespace stepwell::engine::graphql
