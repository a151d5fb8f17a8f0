#pragma once

#include <string_view>

namespace stepwell::engine::pages {

/// The number a text is by JavaScript's Number(), when it is a whole one up to 999; else -1. "301.0", "+301",
/// "0x12d" and "3.01e2" are 301.
int numberOf(std::string_view text);

}  // namespace stepwell::engine::pages
