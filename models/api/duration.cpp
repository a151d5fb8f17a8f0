#include "models/api/duration.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

namespace stepwell::api {

namespace {

constexpr double largestMilliseconds = 9007199254740992.0;  // 2^53: JavaScript's exact integers end here

constexpr std::array<std::pair<std::string_view, double>, 7> units = {{{"second", 1'000.0},
                                                                       {"minute", 60'000.0},
                                                                       {"hour", 3'600'000.0},
                                                                       {"day", 86'400'000.0},
                                                                       {"week", 604'800'000.0},
                                                                       {"month", 2'592'000'000.0},
                                                                       {"year", 31'557'600'000.0}}};

std::optional<double> unitFactor(std::string_view word) {
    if (word.ends_with('s')) word.remove_suffix(1);
    for (const auto& [name, factor] : units)
        if (name == word) return factor;
    return std::nullopt;
}

std::optional<Milliseconds> rounded(double milliseconds) {
    if (!std::isfinite(milliseconds) || std::abs(milliseconds) > largestMilliseconds) return std::nullopt;
    return Milliseconds{std::llround(milliseconds)};
}

/// "3 h 5 min": the larger unit, then the smaller one unless it is zero.
std::string twoUnits(long long large, const char* largeUnit, long long small, const char* smallUnit) {
    std::string text = std::to_string(large) + " " + largeUnit;
    if (small > 0) text += " " + std::to_string(small) + " " + smallUnit;
    return text;
}

}  // namespace

std::optional<Milliseconds> parseDuration(std::string_view text) {
    if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) return rounded(number);
    const auto word = text.find_first_not_of(' ');
    if (word == 0 || word == std::string_view::npos) return std::nullopt;
    const auto factor = unitFactor(text.substr(word));
    if (!factor) return std::nullopt;
    return rounded(number * *factor);
}

std::string humanDuration(Milliseconds duration) {
    const long long ms = std::max<long long>(0, duration.count());
    if (ms < 1'000) return std::to_string(ms) + " ms";
    if (ms < 59'950) {
        std::array<char, 16> buffer{};
        std::snprintf(buffer.data(), buffer.size(), "%.1f s", static_cast<double>(ms) / 1000.0);
        return buffer.data();
    }
    const long long seconds = (ms + 500) / 1000;
    if (seconds < 3'600) return twoUnits(seconds / 60, "min", seconds % 60, "s");
    const long long minutes = seconds / 60;
    if (minutes < 24 * 60) return twoUnits(minutes / 60, "h", minutes % 60, "min");
    const long long hours = minutes / 60;
    return twoUnits(hours / 24, "d", hours / 24 < 10 ? hours % 24 : 0, "h");
}

}  // namespace stepwell::api
