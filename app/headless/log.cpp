#include "app/headless/log.h"

#include "models/api/time.h"

#include <cstdio>
#include <string_view>

namespace stepwell::headless {

namespace {

std::string_view nameOf(Level level) {
    switch (level) {
    case Level::info:
        return " info    ";
    case Level::warning:
        return " warning ";
    case Level::error:
        break;
    }
    return " error   ";
}

/// One event is one line, whatever names of others are in its text: a line that somebody made up would be
/// taken for one of ours, and a terminal does what control characters tell it.
void appendLine(std::string& line, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte != 0x7f) {
            line += c;
            continue;
        }
        line += "\\x";
        line += digits[byte >> 4U];
        line += digits[byte & 15U];
    }
}

}  // namespace

void log(Level level, const std::string& text) {
    const auto now = std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
    auto line = api::toIso(now);
    line += nameOf(level);
    appendLine(line, text);
    line += '\n';
    // One call, so that lines of several threads do not mix.
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace stepwell::headless
