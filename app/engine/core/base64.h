#pragma once

#include <string>
#include <string_view>

namespace stepwell::engine {

std::string toBase64(std::string_view bytes);
/// Stops at the first character that belongs to no base64 text.
std::string fromBase64(std::string_view text);

}  // namespace stepwell::engine
