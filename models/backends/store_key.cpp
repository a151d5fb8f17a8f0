#include "models/backends/store_key.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

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

struct Spot {
    std::size_t at;
    std::size_t length;
    api::Time time;
};

/// Where a text names times.
std::vector<Spot> timesIn(std::string_view text) {
    std::vector<Spot> found;
    for (std::size_t at = 0; at < text.size();) {
        const auto length = isDigit(text[at]) ? timeLength(text.substr(at)) : 0;
        const auto time = length > 0 ? api::fromIso(text.substr(at, length)) : std::nullopt;
        if (time) found.push_back({at, length, *time});
        at += time ? length : 1;
    }
    return found;
}

/// A range that moves with the time ends at the edge of the bucket that still fills.
bool isAboutNow(api::Time time, api::Time now) {
    using namespace std::chrono_literals;
    return time >= now - 2min && time <= now + 65min;
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

std::string storeKeyOfQuery(const std::string& url, const std::string& body, api::Time now) {
    if (body.size() > longestKey) return {};
    const auto times = timesIn(body);
    const auto last = std::max_element(times.begin(), times.end(),
                                       [](const Spot& a, const Spot& b) { return a.time < b.time; });
    if (last == times.end() || !isAboutNow(last->time, now)) return url + "\n" + body;
    std::string key = url + "\n";
    std::size_t from = 0;
    for (const auto& spot : times) {
        key.append(body, from, spot.at - from);
        key += "T-" + std::to_string((last->time - spot.time).count() / 60'000);
        from = spot.at + spot.length;
    }
    return key.append(body, from);
}

}  // namespace stepwell
