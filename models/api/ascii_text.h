#pragma once

#include <string>
#include <string_view>

/// Text of protocols, in which only ASCII letters have a case. Pure.
namespace stepwell::api {

/// Without the blanks and line breaks around it.
std::string_view trimmed(std::string_view text);
bool equalsIgnoringCase(std::string_view left, std::string_view right);
std::string lowered(std::string_view text);

}  // namespace stepwell::api
