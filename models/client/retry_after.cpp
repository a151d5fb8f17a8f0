#include "models/client/link.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <strings.h>

namespace stepwell::client {

namespace {

constexpr std::int64_t longest = 24 * 3600;

std::optional<std::string> headerOf(const Response& response, const char* name) {
    const auto found =
        std::find_if(response.headers.begin(), response.headers.end(),
                     [name](const Header& header) { return strcasecmp(header.name.c_str(), name) == 0; });
    if (found == response.headers.end()) return std::nullopt;
    return found->value;
}

}  // namespace

std::optional<std::chrono::seconds> retryAfter(const Response& response, std::int64_t nowSeconds) {
    const auto text = headerOf(response, "retry-after");
    if (!text) return std::nullopt;
    std::int64_t seconds = 0;
    const auto* end = text->data() + text->size();
    if (const auto read = std::from_chars(text->data(), end, seconds);
        read.ec == std::errc{} && read.ptr == end)
        return std::chrono::seconds{std::clamp<std::int64_t>(seconds, 0, longest)};
    const auto date = static_cast<std::int64_t>(curl_getdate(text->c_str(), nullptr));
    if (date < 0) return std::nullopt;
    return std::chrono::seconds{std::clamp<std::int64_t>(date - nowSeconds, 0, longest)};
}

}  // namespace stepwell::client
