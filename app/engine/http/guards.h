#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepwell::engine::http {

/// Compares without telling by its time how much of the secret was right.
bool equalSecrets(std::string_view given, std::string_view expected);

/// Token of an `Authorization: Bearer ...` header; empty when the header has another form.
std::string_view bearerToken(std::string_view authorization);

/// Which names of this server a browser may have been led to. A page of a foreign name that resolves to this
/// machine must not reach the API with the person's own requests.
class HostGuard {
  public:
    /// On a wildcard address any IP literal counts as ours: a name is needed to mislead a browser.
    /// `publicNames` are names of this server beside those; below `sitesDomain` there are sites and Workers.
    explicit HostGuard(std::string_view listenHost, const std::vector<std::string>& publicNames = {},
                       std::string_view sitesDomain = {});
    /// A Host header: localhost, *.localhost, a loopback literal, the listen host or a public name,
    /// with any port.
    bool allowsHost(std::string_view host) const;
    /// A Host header that can stand for nothing but this server: as above, but no name below localhost, which
    /// may be that of a site or a Worker.
    bool isExactly(std::string_view host) const;
    /// An Origin header: http or https, and a host as the last: pages of sites and Workers are not ours.
    /// "null" is refused.
    bool allowsOrigin(std::string_view origin) const;
    /// The Worker a Host header stands for, in lower case: "shop" of "shop.workers.localhost:8790", or of the
    /// same below the domain of sites.
    std::optional<std::string> workerOf(std::string_view host) const;

  private:
    std::string listenHost_;
    std::vector<std::string> publicNames_;  ///< lower case
    std::string workers_;  ///< ".workers.example.org"; empty: there are none but below localhost
    bool wildcard_ = false;
};

/// 127.0.0.0/8, ::1 and localhost.
bool isLoopback(std::string_view host);

}  // namespace stepwell::engine::http
