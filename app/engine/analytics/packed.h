#pragma once

#include <string>
#include <string_view>

namespace stepwell::engine::analytics {

/// Deflated bytes with their length before them, for what is written once and read seldom.
std::string pack(std::string_view bytes);
/// False when the bytes are not what `pack` made, or are of more than 64 MB.
bool unpack(std::string_view packed, std::string& bytes);

}  // namespace stepwell::engine::analytics
