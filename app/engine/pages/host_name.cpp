#include "app/engine/pages/host_name.h"

#include <algorithm>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t longestProjectName = 58;
constexpr std::size_t longestBranchLabel = 28;
constexpr std::size_t longestLabel = 63;
constexpr std::size_t longestHost = 253;
constexpr std::size_t shortIdLength = 8;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool isLabelCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool isContinuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Without port and dot at the end; nothing when what follows the colon is no port.
std::optional<std::string_view> nameOf(std::string_view host) {
    const auto colon = host.find(':');
    if (colon != std::string_view::npos) {
        const auto port = host.substr(colon + 1);
        if (port.empty() ||
            !std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; }))
            return std::nullopt;
        host = host.substr(0, colon);
    }
    if (host.ends_with('.')) host.remove_suffix(1);
    return host;
}

}  // namespace

bool isProjectName(std::string_view name) {
    return !name.empty() && name.size() <= longestProjectName && name.front() != '-' && name.back() != '-' &&
           std::all_of(name.begin(), name.end(), isLabelCharacter);
}

std::string branchLabel(std::string_view branch) {
    std::string label;
    for (const char raw : branch) {
        if (isContinuation(raw)) continue;  // one `-` a character, not one a byte
        const char c = lower(raw);
        label += isLabelCharacter(c) ? c : '-';
    }
    const auto first = label.find_first_not_of('-');
    if (first == std::string::npos) return {};
    const auto last = label.find_last_not_of('-');
    return label.substr(first, std::min(last - first + 1, longestBranchLabel));
}

std::string_view shortId(std::string_view deploymentId) {
    return deploymentId.substr(0, shortIdLength);
}

std::optional<SiteHost> parseSiteHost(std::string_view host, std::string_view suffix) {
    const auto name = nameOf(host);
    if (!name || name->size() < suffix.size() + 2) return std::nullopt;
    const auto dot = name->size() - suffix.size() - 1;
    SiteHost site;
    if (name->at(dot) != '.' || dot > site.text_.size()) return std::nullopt;
    if (!std::equal(suffix.begin(), suffix.end(), name->begin() + static_cast<std::ptrdiff_t>(dot) + 1,
                    [](char expected, char c) { return lower(c) == expected; }))
        return std::nullopt;
    std::size_t labelAt = 0;
    for (std::size_t i = 0; i <= dot; ++i) {
        const char c = lower(name->at(i));
        if (c == '.') {
            if (i == labelAt || i - labelAt > longestLabel) return std::nullopt;
            if (i == dot) break;
            if (labelAt != 0) return std::nullopt;  // a third label
            labelAt = i + 1;
        } else if (!isLabelCharacter(c)) {
            return std::nullopt;
        }
        site.text_[i] = c;
    }
    site.length_ = static_cast<std::uint8_t>(dot);
    site.subdomainAt_ = static_cast<std::uint8_t>(labelAt);
    return site;
}

std::optional<std::string> normalizedHost(std::string_view host) {
    const auto name = nameOf(host);
    if (!name || name->empty() || name->size() > longestHost) return std::nullopt;
    std::string normal(*name);
    std::transform(normal.begin(), normal.end(), normal.begin(), lower);
    std::size_t labelLength = 0;
    for (const char c : normal) {
        const bool dot = c == '.';
        if (!dot && !isLabelCharacter(c)) return std::nullopt;
        if (dot ? labelLength == 0 : labelLength == longestLabel) return std::nullopt;
        labelLength = dot ? 0 : labelLength + 1;
    }
    return labelLength == 0 ? std::nullopt : std::optional(std::move(normal));
}

std::optional<std::string> belowLocalhost(std::string_view host, std::string_view domain) {
    if (domain.empty() || host.size() < domain.size() + 2 || !host.ends_with(domain)) return std::nullopt;
    host.remove_suffix(domain.size());
    if (host.back() != '.') return std::nullopt;
    return std::string(host) + "localhost";
}

}  // namespace stepwell::engine::pages
