#pragma once

#include "app/engine/access/permission.h"
#include "app/engine/http/exchange.h"
#include "models/api/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepwell::engine::rest {
class ChangeRecord;
}

namespace stepwell::engine::http {

struct Route {
    explicit Route(access::Need asked)
        : need(asked) {}

    access::Need need;  ///< of who is let through
    /// Where the need depends on the query: instead of `need`, which is then only told of.
    std::function<access::Need(const Request&)> needOf;
    Method method = Method::get;
    std::vector<std::string> pattern;  ///< "{x}" matches any one segment
    std::string name;                  ///< the pattern as written, for logs and metrics: it holds no id
    std::size_t bodyLimit = 0;         ///< bytes
    using IdentityPtr = std::shared_ptr<const access::Identity>;
    /// In whose name the `token` of the query may stand in for the bearer token, given what the placeholders
    /// matched; null: in nobody's. A route with this also takes the bearer token there.
    std::function<IdentityPtr(const std::string& token, const std::vector<std::string>& params)> admits;
    /// For routes with a credential of their own instead of the token: the id of the identity in whose name
    /// it was given out; nothing when it opens the route for nobody.
    std::function<std::optional<std::string>(const std::string& credential)> issuer;
    /// How the route refuses, where that is not the envelope.
    std::function<Response(const api::Error&)> refusal;
    /// What the audit log calls the change, by its body; empty: what follows from method and pattern.
    std::function<std::string(const Request&)> action;
    /// Where long bodies go; see `Admission::sink`.
    std::function<api::Result<std::shared_ptr<BodySink>>(std::uint64_t announced)> sink;
    bool silent = false;  ///< changes nothing, whatever method it has: no matter for the audit log
    Handler handler;
    /// Instead of `handler` where there is an audit log: writes its row together with what it changes.
    std::function<void(ExchangePtr, std::shared_ptr<rest::ChangeRecord>)> noting;
};

/// Finds the route of a path. Filled once, then read from the io thread.
class Router {
  public:
    /// `pattern` like "/client/v4/accounts/{account}/workflows/{name}". Earlier routes win.
    /// The reference lasts until the next call.
    Route& add(Method method, std::string_view pattern, access::Need need, std::size_t bodyLimit,
               Handler handler);
    const std::vector<Route>& routes() const { return routes_; }

    struct Match {
        const Route* route = nullptr;
        std::vector<std::string> params;
    };
    /// HEAD finds the route of GET. No route: a null pointer.
    Match find(Method method, const std::vector<std::string>& path) const;
    /// Methods this path has, as an Allow header ("GET, HEAD, OPTIONS"); empty when no route has the path.
    std::string allowed(const std::vector<std::string>& path) const;

  private:
    std::vector<Route> routes_;
};

/// Splits and decodes a request target ("/a/b%20c/?x=1") into path and query; sets `wellFormed`.
void parseTarget(std::string_view target, Request& request);

}  // namespace stepwell::engine::http
