#pragma once

#include "app/engine/http/exchange.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepwell::engine::http {

struct Route {
    Method method = Method::get;
    std::vector<std::string> pattern;  ///< "{x}" matches any one segment
    std::string name;                  ///< the pattern as written, for logs and metrics: it holds no id
    std::size_t bodyLimit = 0;         ///< bytes
    bool open = false;                 ///< no token is asked for
    /// Whether the `token` of the query may stand in for the bearer token, given what the placeholders
    /// matched. A route with this also takes the bearer token there.
    std::function<bool(const std::string& token, const std::vector<std::string>& params)> admits;
    /// For routes with a credential of their own instead of the token: why it does not open the route.
    std::function<std::optional<Response>(const std::string& credential)> guard;
    Handler handler;
};

/// Finds the route of a path. Filled once, then read from the io thread.
class Router {
  public:
    /// `pattern` like "/client/v4/accounts/{account}/workflows/{name}". Earlier routes win.
    Route& add(Method method, std::string_view pattern, std::size_t bodyLimit, Handler handler);

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
