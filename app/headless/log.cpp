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

}  // namespace

void log(Level level, const std::string& text) {
    const auto now = std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
    auto line = api::toIso(now);
    line += nameOf(level);
    line += text;
    line += '\n';
    // One call, so that lines of several threads do not mix.
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace stepwell::headless
