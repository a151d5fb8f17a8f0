#pragma once

#include "models/api/ascii_text.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Small, allocation-shy text helpers of the HTTP layer.
namespace stepwell::engine::http {

/// What `%xx` says; nothing when an escape is broken or decodes to NUL. `plusIsSpace` is for query strings.
std::optional<std::string> percentDecode(std::string_view text, bool plusIsSpace = false);

using Pairs = std::vector<std::pair<std::string, std::string>>;
/// "a=1&b" as pairs in order; nothing when an escape is broken or there are more than 64.
std::optional<Pairs> parseQuery(std::string_view query);

std::string toBase64Url(std::string_view bytes);
std::optional<std::string> fromBase64Url(std::string_view text);

using api::equalsIgnoringCase;
using api::lowered;
using api::trimmed;

/// Bytes of the well-formed UTF-8 character at the front of `text`, 0 when there is none.
std::size_t utf8Length(std::string_view text);
/// The first `characters` characters of UTF-8 text; never cuts inside one.
std::string_view firstCharacters(std::string_view utf8, std::size_t characters);

}  // namespace stepwell::engine::http
