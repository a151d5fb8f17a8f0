#pragma once

#include "models/site/functions_routes.h"

namespace stepwell::site {

/// The module that esbuild starts from to make one Worker of a `functions/` folder: imports what the routes
/// name from `folder` (absolute) and hands each request from function to function, then to the files.
std::string functionsEntry(const std::vector<FunctionRoute>& routes, const std::string& folder);

}  // namespace stepwell::site
