#include "app/engine/pages/location.h"

#include "app/engine/pages/url_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace stepwell::engine::pages {

namespace {

constexpr std::string_view slashes = "/\\";
constexpr unsigned highestPort = 65535;

/// A URL of the web, taken apart and written as a URL parser writes it.
struct WebUrl {
    std::string scheme;
    std::string credentials;  ///< with the `@`
    std::string host;         ///< with the port, unless it is the scheme's own
    UrlTail tail;

    std::string origin() const { return scheme + "://" + host; }
    std::string front() const { return scheme + "://" + credentials + host + tail.path; }
};

/// The colon before a port: one that is not part of an IPv6 address.
std::size_t portColon(std::string_view host) {
    const auto colon = host.rfind(':');
    const auto bracket = host.rfind(']');
    return colon != std::string_view::npos && bracket != std::string_view::npos && colon < bracket
               ? std::string_view::npos
               : colon;
}

/// What stands neither in a host nor in credentials.
bool isForbidden(char c) {
    constexpr std::string_view forbidden = " <>^|`{}\"";
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20U || byte == 0x7FU || forbidden.find(c) != std::string_view::npos;
}

/// In lower case and without the port that goes without saying; nothing when it is no host.
std::optional<std::string> normalHost(std::string_view host, std::string_view scheme) {
    const auto colon = portColon(host);
    std::string normal = lowered(host.substr(0, colon));
    if (normal.empty() || std::any_of(normal.begin(), normal.end(), isForbidden)) return std::nullopt;
    if (colon == std::string_view::npos || colon + 1 == host.size()) return normal;
    const auto digits = host.substr(colon + 1);
    unsigned port = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc() || stop != digits.data() + digits.size() || port > highestPort)
        return std::nullopt;
    const unsigned usual = scheme == "https" ? 443 : 80;
    return port == usual ? normal : normal + ':' + std::to_string(port);
}

/// `text` begins behind the scheme and its colon.
std::optional<WebUrl> parseAuthority(std::string_view scheme, std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(slashes), text.size()));
    const auto authority = text.substr(0, text.find_first_of("/\\?#"));
    if (std::any_of(authority.begin(), authority.end(), isForbidden)) return std::nullopt;
    const auto at = authority.rfind('@');
    const auto host = at == std::string_view::npos ? authority : authority.substr(at + 1);
    auto normal = normalHost(host, scheme);
    if (!normal) return std::nullopt;
    WebUrl url;
    url.scheme = scheme;
    if (at != std::string_view::npos) url.credentials = authority.substr(0, at + 1);
    url.host = std::move(*normal);
    url.tail = parseUrlTail(text.substr(authority.size()), Backslash::isSlash);
    return url;
}

/// The scheme in front of a colon, in lower case; empty when there is none.
std::string schemeOf(std::string_view text) {
    const auto end = text.find_first_of(":/\\?#");
    if (end == std::string_view::npos || text[end] != ':') return {};
    return lowered(text.substr(0, end));
}

std::optional<WebUrl> parseWebUrl(std::string_view text) {
    const auto scheme = schemeOf(text);
    if (scheme != "http" && scheme != "https") return std::nullopt;
    return parseAuthority(scheme, text.substr(scheme.size() + 1));
}

std::optional<WebUrl> resolve(std::string_view reference, const WebUrl& base) {
    if (!schemeOf(reference).empty()) return parseWebUrl(reference);
    const auto isSlash = [&](std::size_t at) {
        return at < reference.size() && slashes.find(reference[at]) != std::string_view::npos;
    };
    if (isSlash(0) && isSlash(1)) return parseAuthority(base.scheme, reference);
    WebUrl url = base;
    if (isSlash(0)) {
        url.tail = parseUrlTail(reference, Backslash::isSlash);
        return url;
    }
    const auto folder = std::string_view(base.tail.path).substr(0, base.tail.path.rfind('/') + 1);
    const bool samePath = reference.empty() || reference.front() == '?' || reference.front() == '#';
    const auto tail = (samePath ? base.tail.path : std::string(folder)) + std::string(reference);
    url.tail = parseUrlTail(tail, Backslash::isSlash);
    return url;
}

/// What placeholders put into the path of a dynamic rule must not lead to another host: of several slashes
/// one stays.
std::string withSingleSlashes(std::string_view target) {
    const auto end = std::min(target.find_first_of("?#"), target.size());
    std::string out;
    for (std::size_t i = 0; i < end; ++i) {
        const bool slash = slashes.find(target[i]) != std::string_view::npos;
        if (!slash)
            out += target[i];
        else if (!out.ends_with('/'))
            out += '/';
    }
    return out.append(target.substr(end));
}

}  // namespace

bool leadsToThisSite(std::string_view target) {
    if (!target.starts_with('/')) return false;
    return !target.starts_with("//") || target.size() == 2 ||
           std::string_view("/\\?#").find(target[2]) != std::string_view::npos;
}

RequestUrl requestUrl(std::string_view scheme, std::string_view host, std::string_view target) {
    auto tail = parseUrlTail(target.substr(0, target.find('#')), Backslash::isSlash);
    return {scheme, host, std::move(tail.path), std::move(tail.query)};
}

std::optional<Destination> destinationOf(const RedirectRules::Match& match, const RequestUrl& request) {
    WebUrl base;
    base.scheme = request.scheme;
    base.host = normalHost(request.host, request.scheme).value_or(std::string(request.host));
    base.tail.path = request.path;
    const bool guarded = match.dynamic && leadsToThisSite(match.rule->to);
    const auto target = guarded ? withSingleSlashes(match.target) : match.target;
    const auto url = resolve(target, base);
    if (!url) return std::nullopt;
    // A path with two slashes in front would be read as a host.
    const bool here = url->origin() == base.origin() && !url->tail.path.starts_with("//");
    const auto& query = url->tail.query.empty() ? request.query : url->tail.query;
    return Destination{url->tail.path, (here ? url->tail.path : url->front()) + query + url->tail.fragment};
}

std::optional<std::string> absoluteUrl(std::string_view reference, std::string_view base) {
    const auto from = parseWebUrl(base);
    if (!from) return std::nullopt;
    const auto url = resolve(reference, *from);
    if (!url) return std::nullopt;
    return url->front() + url->tail.query + url->tail.fragment;
}

}  // namespace stepwell::engine::pages
