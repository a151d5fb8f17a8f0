#pragma once

#include "models/api/error.h"

#include <string>
#include <string_view>
#include <vector>

/// From the files of a `functions/` folder to what answers which path. Pure; no file is read.
namespace stepwell::site {

/// What a file of the folder exports.
struct FunctionExport {
    std::string file;  ///< below the folder: "todos/[id].ts"
    std::string name;  ///< "onRequestGet"; names that answer no request are passed over
};

/// What answers one path: a function, middleware for it and all below it, or both.
struct FunctionRoute {
    std::string path;        ///< "/todos/:id", "/books/:title*"
    std::string mount;       ///< the path of the folder
    std::string method;      ///< "GET"; empty: every one
    std::string module;      ///< "todos/[id].ts:onRequestGet"; empty: none
    std::string middleware;  ///< the same

    friend bool operator==(const FunctionRoute&, const FunctionRoute&) = default;
};

/// Whether a file may hold functions, by its ending.
bool isFunctionFile(std::string_view file);
bool isMiddlewareFile(std::string_view file);

/// In the order in which they are tried: the more exact first. Exports come in the order in which the folder
/// is read, of two for the same path the later one counts. Fails with the file whose name is no path.
api::Result<std::vector<FunctionRoute>> functionRoutes(const std::vector<FunctionExport>& exports);

/// The part `functions-filepath-routing-config.json` of a deployment.
std::string routingConfig(const std::vector<FunctionRoute>& routes);

/// A path as the source of a regular expression, and what its groups are.
struct RoutePattern {
    struct Parameter {
        std::string name;
        bool isList = false;  ///< of segments, from `[[name]]`
    };
    std::string source;
    std::vector<Parameter> parameters;
};
/// Which paths a route answers.
RoutePattern exactPattern(const std::string& path);
/// Which paths its middleware is for: this one and all below, however many slashes are between the segments,
/// because files are found with any number of them.
RoutePattern prefixPattern(const std::string& path);

}  // namespace stepwell::site
