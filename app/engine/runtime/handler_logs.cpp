#include "app/engine/runtime/handler_logs.h"

#include "app/engine/core/lines.h"

#include <algorithm>
#include <array>

namespace stepwell::engine {

namespace {

constexpr char mark = '\x1e';
constexpr std::size_t longestLine = 256 << 10;
constexpr std::int64_t latestTime = 253'402'300'799'999;  ///< the end of the year 9999, in ms

void tell(std::string_view line, const HandlerLogs::Found& found) {
    constexpr std::array<std::string_view, 5> levels = {"debug", "log", "info", "warn", "error"};
    LineReader reader(line);
    const auto kind = reader.raw();
    const bool over = kind == "over";
    if (over || kind == "answer") {
        HandlerReport report{reader.number(), over, reader.text()};
        if (found.report) found.report(std::move(report));
        return;
    }
    const auto level = std::find(levels.begin(), levels.end(), kind);
    HandlerLog log;
    log.level = level == levels.end() ? 1 : static_cast<int>(level - levels.begin());
    log.time = api::Time{api::Milliseconds{std::clamp<std::int64_t>(reader.number(), 0, latestTime)}};
    log.text = reader.text();
    log.request = reader.number();
    if (found.log) found.log(std::move(log));
}

}  // namespace

std::string HandlerLogs::take(const std::string& printed, const Found& found) {
    std::string others;
    std::string text = std::move(m_rest) + printed;
    m_rest.clear();
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        const bool marked = rest.front() == mark;
        if (end == std::string_view::npos && marked && rest.size() < longestLine) {
            m_rest = rest;
            break;
        }
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (marked)
            tell(line.substr(1), found);
        else
            others += std::string(line) + '\n';
    }
    return others;
}

}  // namespace stepwell::engine
