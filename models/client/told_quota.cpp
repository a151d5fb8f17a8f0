#include "models/client/told_quota.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <strings.h>

namespace stepwell::client {

namespace {

constexpr std::int64_t mostRequests = 10'000'000;
constexpr std::int64_t longestSeconds = 24 * 3600;
constexpr std::size_t mostItems = 16;
constexpr std::string_view blanks = " \t";

using Parameters = std::map<std::string, std::int64_t, std::less<>>;

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(blanks);
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

/// Splits at `separator`, except within quotes.
std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    bool isQuoted = false;
    std::size_t from = 0;
    for (std::size_t at = 0; at < text.size() && parts.size() < mostItems; ++at) {
        if (text[at] == '"') isQuoted = !isQuoted;
        if (text[at] != separator || isQuoted) continue;
        parts.push_back(trimmed(text.substr(from, at - from)));
        from = at + 1;
    }
    if (parts.size() < mostItems) parts.push_back(trimmed(text.substr(from)));
    return parts;
}

/// The parameters of each named item; what is no whole number from 0 on is left out.
std::map<std::string, Parameters, std::less<>> itemsOf(std::string_view header) {
    std::map<std::string, Parameters, std::less<>> items;
    for (const auto item : split(header, ',')) {
        const auto parts = split(item, ';');
        if (parts.front().empty()) continue;
        auto& parameters = items[std::string(parts.front())];
        for (std::size_t i = 1; i < parts.size(); ++i) {
            const auto equals = parts[i].find('=');
            if (equals == std::string_view::npos) continue;
            std::int64_t value = 0;
            const auto text = parts[i].substr(equals + 1);
            const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
            if (read.ec == std::errc{} && read.ptr == text.data() + text.size() && value >= 0)
                parameters[std::string(parts[i].substr(0, equals))] = value;
        }
    }
    return items;
}

std::string headerOf(const Response& response, const char* name) {
    std::string all;
    for (const auto& header : response.headers)
        if (strcasecmp(header.name.c_str(), name) == 0) all += (all.empty() ? "" : ",") + header.value;
    return all;
}

std::optional<std::int64_t> find(const Parameters& parameters, std::string_view name, std::int64_t most) {
    const auto found = parameters.find(name);
    if (found == parameters.end()) return std::nullopt;
    return std::min(found->second, most);
}

ToldQuota quotaOf(const Parameters& service, const Parameters& policy) {
    ToldQuota quota;
    quota.remaining = static_cast<int>(find(service, "r", mostRequests).value_or(0));
    quota.resets = std::chrono::seconds{find(service, "t", longestSeconds).value_or(0)};
    if (const auto allowed = find(policy, "q", mostRequests); allowed.value_or(0) > 0)
        quota.allowed = static_cast<int>(*allowed);
    if (const auto window = find(policy, "w", longestSeconds); window.value_or(0) > 0)
        quota.window = std::chrono::seconds{*window};
    return quota;
}

}  // namespace

std::optional<ToldQuota> toldQuota(const Response& response) {
    const auto services = itemsOf(headerOf(response, "ratelimit"));
    if (services.empty()) return std::nullopt;
    const auto policies = itemsOf(headerOf(response, "ratelimit-policy"));
    std::optional<ToldQuota> least;
    for (const auto& [name, service] : services) {
        if (!service.contains("r")) continue;
        const auto policy = policies.find(name);
        const auto quota = quotaOf(service, policy == policies.end() ? Parameters{} : policy->second);
        if (!least || quota.remaining < least->remaining) least = quota;
    }
    return least;
}

}  // namespace stepwell::client
