#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stepwell::engine::graphql {

/// Bytes of the UTF-8 character at the front of `text` (no surrogates, shortest form); 0: it is none.
std::size_t utf8Length(std::string_view text);
bool isUtf8(std::string_view text);

/// Bytes of the escape sequence at the front of `text`, which starts with a backslash; a pair of surrogates
/// is one. 0: it is none that a string may hold.
std::size_t escapeLength(std::string_view text);
/// Appends in UTF-8 what such an escape sequence stands for.
void appendEscaped(std::string& out, std::string_view escape);

}  // namespace stepwell::engine::graphql
