#pragma once

#include "app/engine/graphql/ast.h"

#include <string_view>

namespace stepwell::engine::graphql {

/// Parses an executable document (October 2021, section 2). Definitions of types are refused. The tree owns
/// its text: the document may go.
Result<Document> parse(std::string_view document, const Limits& limits = {});

}  // namespace stepwell::engine::graphql
