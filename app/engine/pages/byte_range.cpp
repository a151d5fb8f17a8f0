#include "app/engine/pages/byte_range.h"

#include "app/engine/pages/url_text.h"

#include <algorithm>
#include <limits>

namespace stepwell::engine::pages {

namespace {

/// Numbers that are too large count as the largest. Nothing when a character is no digit.
std::optional<std::uint64_t> wholeNumber(std::string_view text) {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    constexpr std::uint64_t base = 10;
    std::uint64_t number = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        const auto digit = static_cast<std::uint64_t>(c - '0');
        number = number > (most - digit) / base ? most : number * base + digit;
    }
    return number;
}

}  // namespace

std::optional<ByteRange> parseRange(std::string_view header, std::uint64_t size) {
    const auto equals = header.find('=');
    if (equals == std::string_view::npos || !equalsIgnoringCase(trimmed(header.substr(0, equals)), "bytes"))
        return std::nullopt;
    const auto range = trimmed(header.substr(equals + 1));
    const auto dash = range.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto first = range.substr(0, dash), last = range.substr(dash + 1);
    const auto from = wholeNumber(first), to = wholeNumber(last);
    if (!from || !to || (first.empty() && last.empty())) return std::nullopt;
    if (first.empty()) {
        const auto length = std::min(*to, size);
        return ByteRange{length > 0, size - length, length};
    }
    if (!last.empty() && *to < *from) return std::nullopt;
    if (*from >= size) return ByteRange{};
    const auto end = last.empty() || *to >= size ? size : *to + 1;
    return ByteRange{true, *from, end - *from};
}

}  // namespace stepwell::engine::pages
