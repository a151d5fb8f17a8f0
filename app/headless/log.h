#pragma once

#include <string>
#include <string_view>

namespace stepwell::headless {

enum class Level { info, warning, error };

/// One line on stderr: time, level, text. Thread-safe. Tokens and ids have no place in it.
void log(Level level, const std::string& text);

/// A text as one line that does nothing to a terminal, whatever names of others are in it: control characters
/// are written as \x1b.
std::string oneLine(std::string_view text);

}  // namespace stepwell::headless
