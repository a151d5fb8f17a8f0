#pragma once

#include "app/engine/access/access.h"
#include "app/engine/http/guards.h"
#include "app/engine/http/listener.h"
#include "app/engine/http/router.h"

namespace stepwell::engine::rest {

/// Decides on every request before its body is read: is it meant for us, from a place that may ask, by
/// somebody who may do that, for our account, within the limits, and for a route there is? What changes
/// something is noted in the audit log. io thread.
class Gate final : public http::Dispatcher {
  public:
    struct Options {
        std::string listenHost;
        std::vector<std::string> publicNames;  ///< beside the loopback ones
        std::string sitesDomain;               ///< empty: none
        std::string account;
        std::function<api::Time()> now;
    };
    Gate(Options options, access::Access& access);

    http::Router router;
    http::PublicAddress address;  ///< set before the first request
    /// Finds the fetch handler of a Worker.
    std::function<http::Connector(const std::string& name)> worker;
    /// Finds the site of a host; null in an engine without sites.
    std::function<std::optional<http::Admission>(const http::Request& head)> site;

    http::Admission admit(http::Request& head) override;

  private:
    using Route = http::Route;
    struct Refused {
        api::Error error;
        std::optional<access::Seconds> retryAfter;
    };

    std::optional<http::Admission> siteOf(const http::Request& head) const;
    std::optional<http::Response> wrongPlace(const http::Request& head) const;
    api::Error unknownHost(const std::string& host) const;
    std::optional<Refused> unknownCaller(const std::string& credential, http::Request& head,
                                         const http::Router::Match& match);
    access::IdentityPtr callerOf(const std::string& credential, const http::Request& head,
                                 const http::Router::Match& match);
    std::optional<Refused> overLimit(const http::Request& head);
    std::optional<Refused> overToken(const http::Request& head, access::Need need) const;
    std::optional<Refused> forbidden(const http::Request& head, access::Need need) const;
    std::optional<Refused> foreignAccount(const http::Request& head, access::Need need) const;
    http::Response noRoute(const http::Request& head) const;
    http::Admission letIn(http::Request& head, http::Router::Match match, access::Need need);
    void record(const http::Request& head, const Route& route, int status);

    Options m_options;
    http::HostGuard m_hosts;
    access::Access& m_access;
};

}  // namespace stepwell::engine::rest
