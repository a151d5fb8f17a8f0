#pragma once

#include <string>
#include <string_view>

namespace stepwell::api {

/// Appends `c`, which must be escaped in a JSON string: `"`, `\` or a control character.
void appendJsonEscape(std::string& out, char c);
/// Appends `text` as it stands between the quotes of a JSON string. Bytes from 0x80 on are passed through.
void appendJsonText(std::string& out, std::string_view text);
/// The same with quotes.
void appendJsonString(std::string& out, std::string_view text);

}  // namespace stepwell::api
