#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stepwell::graphql {

/// The same document in one style: two spaces a level, a field a line, arguments on one line as long as it
/// stays below 100 bytes. Comments and strings stay as they are; commas, which mean nothing, are where people
/// expect them. Nothing when the text is too broken to be sure that only white space and commas change:
/// brackets that do not match, a string that does not end, bytes that GraphQL has no use for, or nesting
/// beyond 100 levels.
std::optional<std::string> prettify(std::string_view text);

}  // namespace stepwell::graphql
