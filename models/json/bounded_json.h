#pragma once

#include <cstddef>
#include <string_view>

namespace stepwell {

/// Whether brackets of a JSON text nest deeper than `most`. What walks a value calls itself once a level, and
/// a server must not choose how deep.
inline bool nestsDeeperThan(std::string_view text, std::size_t most) {
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '\\')
            ++i;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            if (++depth > most) return true;
        if (!quoted && (c == '}' || c == ']') && depth > 0) --depth;
    }
    return false;
}

/// No answer of a backend, and no value of a user, nests deeper by itself.
inline constexpr std::size_t deepestJson = 500;

/// The text as a value; discarded when it is no JSON, or nested deeper than `deepestJson`.
template <class Json>
Json parseBounded(std::string_view text) {
    if (nestsDeeperThan(text, deepestJson)) return Json(Json::value_t::discarded);
    return Json::parse(text, nullptr, false);
}

}  // namespace stepwell
