#include "app/headless/log.h"

#include "models/api/time.h"

#include <cstdio>

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

}  // namespace

std::string oneLine(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string line;
    line.reserve(text.size());
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
    return line;
}

void log(Level level, const std::string& text) {
    const auto now = std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
    auto line = api::toIso(now);
    line += nameOf(level);
    // One event is one line: one that somebody made up would be taken for one of ours.
    line += oneLine(text);
    line += '\n';
    // One call, so that lines of several threads do not mix.
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace stepwell::headless
