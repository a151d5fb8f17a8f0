#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace stepwell::engine::pages {

/// A `_routes.json`: which requests run the Worker of a site. At most 100 rules.
struct RoutesFile {
    std::vector<std::string> include;
    std::vector<std::string> exclude;

    friend bool operator==(const RoutesFile&, const RoutesFile&) = default;
};

/// The reason says what is wrong with the file and what it should hold.
tl::expected<RoutesFile, std::string> parseRoutesFile(std::string_view json);

/// Whether a request runs the Worker; else it gets an asset. `path` is encoded, without query.
bool runsWorker(const RoutesFile& routes, std::string_view path);

/// Whether one rule, like `/api/*`, matches a path. Neither may be empty.
bool matchesRoute(std::string_view rule, std::string_view path);

}  // namespace stepwell::engine::pages
