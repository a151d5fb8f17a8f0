#pragma once

#include <cstddef>
#include <string_view>

namespace stepwell {

/// Levels of what is parsed; the API takes values of 512 levels, in a few of its own.
inline constexpr std::size_t deepestJson = 520;

/// Calls `take` with each character of a JSON text that is outside of its strings, until it answers false.
template <class Take>
void eachMark(std::string_view text, Take take) {
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && !take(c))
            return;
    }
}

/// Whether brackets of a JSON text nest deeper than `most`. What walks a value calls itself once a level, and
/// whoever wrote the text must not choose how deep.
inline bool nestsDeeperThan(std::string_view text, std::size_t most) {
    std::size_t depth = 0;
    bool isDeeper = false;
    eachMark(text, [&](char c) {
        if (c == '{' || c == '[') isDeeper = ++depth > most;
        if ((c == '}' || c == ']') && depth > 0) --depth;
        return !isDeeper;
    });
    return isDeeper;
}

/// Whether a JSON text has more than `most` commas: each value takes memory many times its length.
inline bool hasMoreCommasThan(std::string_view text, std::size_t most) {
    std::size_t commas = 0;
    eachMark(text, [&](char c) { return c != ',' || ++commas <= most; });
    return commas > most;
}

/// The text as a value; discarded when it is no JSON, or nested deeper than `deepestJson`.
template <class Json>
Json parseBounded(std::string_view text) {
    if (nestsDeeperThan(text, deepestJson)) return Json(Json::value_t::discarded);
    return Json::parse(text, nullptr, false);
}

}  // namespace stepwell
