#pragma once

#include <string>

namespace stepwell::headless {

enum class Level { info, warning, error };

/// One line on stderr: time, level, text. Thread-safe. Tokens and ids have no place in it.
void log(Level level, const std::string& text);

}  // namespace stepwell::headless
