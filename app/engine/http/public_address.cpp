#include "app/engine/http/public_address.h"

#include "app/engine/http/guards.h"
#include "app/engine/http/text.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace stepwell::engine::http {

namespace {

constexpr std::string_view local = ".localhost";

std::string_view schemeOf(bool secure) {
    return secure ? "https://" : "http://";
}

/// ":8790" of a Host header, or nothing.
std::string_view portOf(std::string_view host) {
    const auto colon = host.rfind(':');
    if (colon == std::string_view::npos || host.find(']', colon) != std::string_view::npos) return {};
    return host.substr(colon);
}

bool isUsual(unsigned port, bool secure) {
    return port == (secure ? 443U : 80U);
}

bool isHostName(std::string_view host) {
    if (host.empty() || host.size() > 253) return false;
    return std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    });
}

bool isBracketed(std::string_view host) {
    if (host.size() < 4 || host.front() != '[' || host.back() != ']') return false;
    in6_addr address{};
    return inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(), &address) == 1;
}

tl::unexpected<api::Error> notAUrl(std::string_view text) {
    return api::fail(0, 0,
                     "A public URL is a scheme, a host and perhaps a port, without a path, like "
                     "https://stepwell.example.org, not \"" +
                         std::string(text) + "\".");
}

}  // namespace

api::Result<PublicUrl> PublicUrl::parse(std::string_view text) {
    PublicUrl url;
    auto rest = text;
    for (const bool secure : {false, true})
        if (const auto scheme = schemeOf(secure); equalsIgnoringCase(rest.substr(0, scheme.size()), scheme)) {
            url.secure = secure;
            rest.remove_prefix(scheme.size());
            break;
        }
    if (rest.size() == text.size()) return notAUrl(text);
    if (rest.ends_with('/')) rest.remove_suffix(1);
    const auto port = portOf(rest);
    url.host = lowered(rest.substr(0, rest.size() - port.size()));
    if (!isHostName(url.host) && !isBracketed(url.host)) return notAUrl(text);
    if (port.empty()) return url;
    unsigned number = 0;
    const auto* const end = port.data() + port.size();
    const auto read = std::from_chars(port.data() + 1, end, number);
    if (read.ec != std::errc() || read.ptr != end || number == 0 || number > 65'535) return notAUrl(text);
    if (!isUsual(number, url.secure)) url.port = ':' + std::to_string(number);
    return url;
}

std::string PublicUrl::text() const {
    return std::string(schemeOf(secure)) + host + port;
}

std::string Place::hostOf(std::string_view stored) const {
    if (!stored.ends_with(local)) return std::string(stored) + elsewhere.port;
    return std::string(stored.substr(0, stored.size() - local.size() + 1)) + domain + below.port;
}

std::string Place::urlOf(std::string_view stored) const {
    const auto& reach = stored.ends_with(local) ? below : elsewhere;
    return std::string(schemeOf(reach.secure)) + hostOf(stored);
}

std::string PublicAddress::ownPort() const {
    return isUsual(m_facts.port, m_facts.tls) ? std::string() : ':' + std::to_string(m_facts.port);
}

std::string PublicAddress::url() const {
    if (m_facts.url) return m_facts.url->text();
    if (m_facts.names.empty()) return localUrl();
    return std::string(schemeOf(m_facts.tls)) + m_facts.names.front() + ':' + std::to_string(m_facts.port);
}

std::string PublicAddress::localUrl() const {
    auto host = m_facts.listenHost;
    if (host == "0.0.0.0" || host == "::" || host == "[::]") host = "127.0.0.1";
    if (host.find(':') != std::string::npos && host.front() != '[') host = '[' + host + ']';
    return std::string(schemeOf(m_facts.tls)) + host + ':' + std::to_string(m_facts.port);
}

std::string PublicAddress::webSocketUrl(std::string_view host, bool secure) const {
    const auto& url = m_facts.url;
    if (url) return (url->secure ? "wss://" : "ws://") + url->host + url->port;
    return (secure ? "wss://" : "ws://") + std::string(host);
}

Place PublicAddress::placeFor(std::string_view host, bool secure) const {
    const auto port = portOf(host);
    // Whoever asks by a name of this machine may come through a tunnel that has another port.
    const bool here = isLoopback(host.substr(0, host.size() - port.size()));
    return placeWith({secure, std::string(port)}, {m_facts.tls, here ? std::string(port) : ownPort()});
}

Place PublicAddress::place() const {
    const Reach own{m_facts.tls, ownPort()};
    return placeWith(own, own);
}

/// `seen`: how the client reached the server; `own`: how it would be reached on its machine.
Place PublicAddress::placeWith(const Reach& seen, const Reach& own) const {
    Place place;
    place.elsewhere = m_facts.url ? Reach{m_facts.url->secure, m_facts.url->port} : seen;
    place.below = m_facts.sitesDomain.empty() ? own : place.elsewhere;
    if (!m_facts.sitesDomain.empty()) place.domain = m_facts.sitesDomain;
    return place;
}

}  // namespace stepwell::engine::http
