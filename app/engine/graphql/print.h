#pragma once

#include "app/engine/graphql/ast.h"

namespace stepwell::engine::graphql {

/// A value as it is written in a document. Not for values nested without a bound: the parser bounds its own.
std::string print(const Value& value);

/// Appends text between quotes; bytes that are not UTF-8 become U+FFFD. As in JSON, which the language's
/// strings are.
void appendQuoted(std::string& out, std::string_view text);

}  // namespace stepwell::engine::graphql
