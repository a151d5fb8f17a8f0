#pragma once

#include "app/engine/access/audit.h"
#include "app/engine/engine.h"
#include "app/engine/http/network.h"
#include "app/engine/http/pace.h"
#include "app/engine/http/public_address.h"
#include "app/engine/http/tls_files.h"

#include <optional>
#include <string>
#include <vector>

namespace stepwell::engine {

struct ServerOptions {
    std::string listenHost =
        "127.0.0.1";             ///< other addresses need a token file that the caller names on purpose
    unsigned short port = 8790;  ///< 0 picks a free one
    std::string token;           ///< bearer token, at least 32 characters
    std::string account = "local";
    /// Proxies before the engine: what they say of their clients (X-Forwarded-For, -Proto) is believed.
    std::vector<http::Network> trustedProxies = {};
    std::optional<http::TlsFiles> tls = {};  ///< without them the server speaks plain HTTP
    /// Plain HTTP also on an address that other machines reach. It has to be asked for: tokens can be read on
    /// the way.
    bool plainHttpAnywhere = false;
    std::vector<std::string> publicNames = {};  ///< Host names that the API answers to beside loopback ones
    /// Below it sites and Workers are served beside localhost, and shown there: "shop.example.org". Lower
    /// case.
    std::string sitesDomain = {};
    /// What URLs that are handed out begin with, where a proxy stands in front. Its host is a public name.
    std::optional<http::PublicUrl> publicUrl = {};
    int connections = 1'024;
    int connectionsPerAddress = 512;
    http::PaceLimits pace = {};
    /// Database of API tokens and the audit log; made when it is missing. Empty: `Server::start` puts it
    /// beside the engine's own.
    std::filesystem::path accessFile = {};
    /// Requests of one API token within five minutes, a fifth of those of one address; 0: any number. The
    /// owner's token from this machine is not counted.
    std::int64_t rateLimit = 12'000;
    access::AuditBounds audit = {};
    int readers = 2;  ///< threads that answer reads
    /// Told, on any thread, what is wrong with what was deployed. May be null.
    std::function<void(const std::string&)> onWarning = {};
    /// Told, on any thread, that rows of the audit log were lost, and why: at the latest when server and
    /// engine have ended. May be null.
    std::function<void(const std::string&)> onAuditLost = {};
    std::function<void(const std::string&)> onNotice = {};  ///< what is well, on any thread; may be null
    /// Told, on any thread, the public key of a certificate that replaces the one before. May be null.
    std::function<void(const std::string& publicKey)> onCertificate = {};
};

/// The HTTP face of an engine: listener, router, authentication and the REST handlers. Owns its threads.
class Server {
  public:
    /// Binds and starts; errors name the address. The engine must outlive the server.
    static api::Result<std::unique_ptr<Server>> start(Engine& engine, ServerOptions options);
    /// Stops accepting, answers what is under way (1 s at most), joins.
    virtual ~Server() = default;
    virtual unsigned short port() const = 0;
    virtual std::string url() const = 0;       ///< "http://127.0.0.1:8790"; https with TLS, or the public URL
    virtual std::string localUrl() const = 0;  ///< the same from this machine, past any proxy
    /// "sha256//BASE64" of the public key of its certificate; empty without TLS. Any thread.
    virtual std::string publicKey() const = 0;
};

}  // namespace stepwell::engine
