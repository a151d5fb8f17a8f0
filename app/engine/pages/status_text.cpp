#include "app/engine/pages/status_text.h"

#include <charconv>

namespace stepwell::engine::pages {

namespace {

constexpr int notANumber = -1;
constexpr double mostOfStatus = 999;

int baseOf(std::string_view text) {
    if (text.size() < 3 || text[0] != '0') return 0;
    switch (text[1]) {
    case 'x':
    case 'X':
        return 16;
    case 'o':
    case 'O':
        return 8;
    case 'b':
    case 'B':
        return 2;
    default:
        return 0;
    }
}

/// Digits with one dot at most, and an exponent: what std::from_chars reads, but for "inf" and "nan".
bool isDecimal(std::string_view text) {
    const auto digit = text.find_first_of("0123456789");
    return digit != std::string_view::npos &&
           text.find_first_not_of("0123456789.eE+-") == std::string_view::npos && text.front() != 'e' &&
           text.front() != 'E';
}

}  // namespace

int numberOf(std::string_view text) {
    const auto* end = text.data() + text.size();
    if (const int base = baseOf(text); base != 0) {
        unsigned value = 0;
        const auto [stop, error] = std::from_chars(text.data() + 2, end, value, base);
        return error == std::errc() && stop == end && value <= mostOfStatus ? static_cast<int>(value)
                                                                            : notANumber;
    }
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+') || !isDecimal(text)) return notANumber;
    double value = 0;
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value < 0 || value > mostOfStatus) return notANumber;
    const int whole = static_cast<int>(value);
    return static_cast<double>(whole) == value ? whole : notANumber;
}

}  // namespace stepwell::engine::pages
