#include "app/engine/api/query.h"

#include "app/engine/api/body.h"

#include <charconv>

namespace stepwell::engine::rest {

namespace {

constexpr char cursorMark = 'k';

std::optional<std::int64_t> wholeNumber(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

api::Result<std::int64_t> numberQuery(const http::Request& request, std::string_view name,
                                      std::int64_t fallback, std::int64_t least, std::int64_t most) {
    const auto text = request.queryValue(name);
    if (!text) return fallback;
    const auto value = wholeNumber(*text);
    if (value && *value >= least && *value <= most) return *value;
    return badRequest("Query parameter " + std::string(name) + " must be a whole number from " +
                      std::to_string(least) + " to " + std::to_string(most) + ".");
}

api::Result<std::optional<api::Time>> timeQuery(const http::Request& request, std::string_view name) {
    const auto text = request.queryValue(name);
    if (!text) return std::nullopt;
    const auto time = api::fromIso(*text);
    if (!time)
        return badRequest("Query parameter " + std::string(name) +
                          " must be an ISO 8601 time like 2026-01-31T12:00:00Z.");
    return time;
}

api::Result<bool> flagQuery(const http::Request& request, std::string_view name) {
    const auto text = request.queryValue(name);
    if (!text || *text == "false") return false;
    if (*text == "true") return true;
    return badRequest("Query parameter " + std::string(name) + " must be true or false.");
}

std::string cursorOf(std::int64_t key) {
    return http::toBase64Url(cursorMark + std::to_string(key));
}

api::Result<std::optional<std::int64_t>> cursorQuery(const http::Request& request) {
    const auto text = request.queryValue("cursor");
    if (!text || text->empty()) return std::nullopt;
    const auto plain = http::fromBase64Url(*text);
    if (plain && !plain->empty() && plain->front() == cursorMark)
        if (const auto key = wholeNumber(std::string_view(*plain).substr(1))) return key;
    return badRequest("Query parameter cursor must be the result_info.cursor of the previous page.");
}

}  // namespace stepwell::engine::rest
