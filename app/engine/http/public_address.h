#pragma once

#include "models/api/error.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepwell::engine::http {

/// What the URLs of a server begin with, as an operator tells it: "https://stepwell.example.org".
struct PublicUrl {
    bool secure = false;
    std::string host;  ///< lower case; an IPv6 address in brackets
    std::string port;  ///< ":8443"; empty: the usual one of the scheme

    /// Scheme, host and perhaps a port, nothing more. The error says what the text should look like.
    static api::Result<PublicUrl> parse(std::string_view text);
    std::string text() const;
};

/// How some hosts of the server are reached: scheme and port.
struct Reach {
    bool secure = false;
    std::string port;  ///< ":8790"; empty: the usual one
};

/// Where sites and Workers are for one client. Hosts are stored below localhost, custom domains as they are.
struct Place {
    std::string domain = "localhost";  ///< what stands for localhost
    Reach below;                       ///< of hosts below it
    Reach elsewhere;                   ///< of custom domains

    /// "shop.example.org:8443" of the stored "shop.localhost".
    std::string hostOf(std::string_view stored) const;
    std::string urlOf(std::string_view stored) const;
};

/// How this server is reached: what every URL that it hands out is made of. Immutable; any thread.
class PublicAddress {
  public:
    struct Facts {
        std::string listenHost = "127.0.0.1";
        unsigned short port = 0;
        bool tls = false;
        std::vector<std::string> names = {};  ///< public ones, the first of them for URLs
        std::string sitesDomain = {};         ///< lower case; empty: sites are below localhost alone
        std::optional<PublicUrl> url = {};    ///< what a proxy in front makes of all that
    };
    PublicAddress() = default;
    explicit PublicAddress(Facts facts)
        : m_facts(std::move(facts)) {}

    /// Of the API: "https://stepwell.example.org".
    std::string url() const;
    /// The same from this machine, past any proxy: "https://127.0.0.1:8790".
    std::string localUrl() const;
    /// The same as WebSockets have it, for a client that asked with this Host header.
    std::string webSocketUrl(std::string_view host, bool secure) const;
    /// For such a client; `secure`: it speaks TLS, perhaps with a proxy.
    Place placeFor(std::string_view host, bool secure) const;
    /// For nobody in particular.
    Place place() const;

  private:
    std::string ownPort() const;
    Place placeWith(const Reach& seen, const Reach& own) const;

    Facts m_facts;
};

}  // namespace stepwell::engine::http
