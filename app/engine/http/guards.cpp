#include "app/engine/http/guards.h"

#include "app/engine/http/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>

namespace stepwell::engine::http {

namespace {

bool isPort(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Host without port and brackets, lower case; nothing when it is not of the form of an authority.
std::optional<std::string> hostOnly(std::string_view authority) {
    std::string_view host = authority;
    std::string_view rest;
    if (authority.substr(0, 1) == "[") {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        host = authority.substr(1, end - 1);
        rest = authority.substr(end + 1);
    } else {
        const auto colon = std::min(authority.find(':'), authority.size());
        host = authority.substr(0, colon);
        rest = authority.substr(colon);
    }
    if (host.empty()) return std::nullopt;
    if (!rest.empty() && (rest.front() != ':' || !isPort(rest.substr(1)))) return std::nullopt;
    return lowered(host);
}

bool isAddress(const std::string& host) {
    in6_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
           inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool endsWith(std::string_view text, std::string_view end) {
    return text.size() > end.size() && text.substr(text.size() - end.size()) == end;
}

}  // namespace

bool equalSecrets(std::string_view given, std::string_view expected) {
    // The length of a token is no secret; its characters are.
    if (given.size() != expected.size() || expected.empty()) return false;
    volatile unsigned char difference = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
        difference = static_cast<unsigned char>(
            difference | (static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(expected[i])));
    return difference == 0;
}

std::string_view bearerToken(std::string_view authorization) {
    constexpr std::string_view scheme = "bearer ";
    if (!equalsIgnoringCase(authorization.substr(0, scheme.size()), scheme)) return {};
    return trimmed(authorization.substr(scheme.size()));
}

bool isLoopback(std::string_view host) {
    const std::string name = lowered(host);
    if (name == "localhost" || name == "::1" || name == "[::1]") return true;
    in_addr address{};
    return inet_pton(AF_INET, name.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24U == 127;
}

HostGuard::HostGuard(std::string_view listenHost, const std::vector<std::string>& publicNames,
                     std::string_view sitesDomain)
    : listenHost_(lowered(listenHost))
    , wildcard_(listenHost == "0.0.0.0" || listenHost == "::" || listenHost == "[::]") {
    if (const auto bare = hostOnly(listenHost_)) listenHost_ = *bare;
    for (const auto& name : publicNames)
        publicNames_.push_back(hostOnly(name).value_or(lowered(name)));
    if (!sitesDomain.empty()) workers_ = ".workers." + lowered(sitesDomain);
}

std::optional<std::string> HostGuard::workerOf(std::string_view host) const {
    constexpr std::string_view local = ".workers.localhost";
    auto name = hostOnly(host);
    if (!name) return std::nullopt;
    for (const std::string_view suffix : {local, std::string_view(workers_)})
        if (!suffix.empty() && endsWith(*name, suffix)) {
            name->resize(name->size() - suffix.size());
            return name;
        }
    return std::nullopt;
}

bool HostGuard::allowsHost(std::string_view host) const {
    const auto name = hostOnly(host);
    if (!name) return false;
    if (*name == "localhost" || *name == "127.0.0.1" || *name == "::1" || endsWith(*name, ".localhost"))
        return true;
    if (std::find(publicNames_.begin(), publicNames_.end(), *name) != publicNames_.end()) return true;
    return *name == listenHost_ || (wildcard_ && isAddress(*name));
}

bool HostGuard::isExactly(std::string_view host) const {
    const auto name = hostOnly(host);
    return name && !endsWith(*name, ".localhost") && allowsHost(host);
}

bool HostGuard::allowsOrigin(std::string_view origin) const {
    for (const std::string_view scheme : {"http://", "https://"})
        if (equalsIgnoringCase(origin.substr(0, scheme.size()), scheme))
            return isExactly(origin.substr(scheme.size()));
    return false;
}

}  // namespace stepwell::engine::http
