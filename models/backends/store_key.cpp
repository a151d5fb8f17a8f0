#include "models/backends/store_key.h"

#include "models/api/time.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace stepwell {

namespace {

constexpr std::string_view sincePair = "stepwell_since=";
constexpr std::size_t longestKey = 64 * 1024;
constexpr std::array<std::string_view, 9> neverKept{"/secrets",      "/tokens",     "/access/",
                                                    "/upload-token", "/audit_logs", "/pages/assets",
                                                    "/health",       "/events",     "/verify"};
constexpr std::array<std::string_view, 4> kept{"/workflows", "/workers/", "/pages/projects",
                                               "/stepwell/logs"};

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// The length of "2026-11-27T03:00:00.000Z" at the start of `text`; 0 when there is none.
std::size_t timeLength(std::string_view text) {
    if (text.size() < 20 || !isDigit(text[0]) || text[4] != '-' || text[10] != 'T') return 0;
    const auto end = text.find('Z');
    return end == std::string_view::npos || end > 30 ? 0 : end + 1;
}

}  // namespace

std::string storeKeyOf(const std::string& url) {
    const std::string_view path = std::string_view(url).substr(0, url.find('?'));
    const auto holds = [path](std::string_view part) { return path.find(part) != std::string_view::npos; };
    if (std::any_of(neverKept.begin(), neverKept.end(), holds)) return {};
    if (std::none_of(kept.begin(), kept.end(), holds)) return {};
    const auto since = url.find(sincePair);
    if (since == std::string::npos) return url;
    return url.substr(0, since - 1);
}

std::string storeKeyOfQuery(const std::string& url, const std::string& body) {
    if (body.size() > longestKey) return {};
    std::string key = url + "\n";
    std::optional<api::Time> first;
    for (std::size_t at = 0; at < body.size();) {
        const auto rest = std::string_view(body).substr(at);
        const auto length = isDigit(rest.front()) ? timeLength(rest) : 0;
        const auto time = length > 0 ? api::fromIso(rest.substr(0, length)) : std::nullopt;
        if (!time) {
            key += body[at++];
            continue;
        }
        if (!first) first = time;
        key += "T" + std::to_string((*time - *first).count() / 60'000);
        at += length;
    }
    return key;
}

}  // namespace stepwell
