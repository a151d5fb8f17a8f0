#pragma once

#include "models/site/functions_routes.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepwell::site {

/// The rules of a `_routes.json` for functions that come without one: wide enough for every route, at most
/// 100 of at most 100 characters, those that match most first.
std::vector<std::string> routeRulesFor(const std::vector<FunctionRoute>& routes);
/// The file that holds them.
std::string routesFileFor(const std::vector<FunctionRoute>& routes);

/// Its steps. A route that is too long is cut at a slash and ends in `/*`.
std::string shortenedRoute(std::string_view route);
/// Each rule once, without those that a rule ending in `/*` holds already; the order stays.
std::vector<std::string> consolidatedRoutes(const std::vector<std::string>& routes);

}  // namespace stepwell::site
