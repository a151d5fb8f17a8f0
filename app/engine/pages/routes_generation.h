#pragma once

#include "app/engine/pages/routes_file.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepwell::engine::pages {

/// What a file of the `functions` folder answers.
struct FunctionRoute {
    std::string path;         ///< "/todos/:id", "/books/:title*"
    bool middleware = false;  ///< also what lies below
};

/// The `_routes.json` of a `functions` folder without one of its own: rules wide enough for every route, at
/// most 100 of at most 100 characters, those that match most first.
RoutesFile routesFor(const std::vector<FunctionRoute>& functions);

/// Its steps. A route that is too long is cut at a slash and ends in `/*`.
std::string shortenedRoute(std::string_view route);
/// Each rule once, without those that a rule ending in `/*` holds already; the order stays.
std::vector<std::string> consolidatedRoutes(const std::vector<std::string>& routes);

}  // namespace stepwell::engine::pages
