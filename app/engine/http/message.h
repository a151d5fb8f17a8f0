#pragma once

#include "app/engine/http/text.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepwell::engine::http {

enum class Method { get, head, post, put, patch, remove, options, other };
std::string_view toString(Method method);

/// A request as handlers see it: decoded, bounded, already admitted.
struct Request {
    Method method = Method::get;
    std::vector<std::string> path;    ///< segments, percent-decoded; a trailing slash leaves no trace
    Pairs query;                      ///< in order
    std::vector<std::string> params;  ///< what the placeholders of the route matched, in order
    bool wellFormed = true;           ///< false: the target could not be decoded; it never reaches a handler
    std::string host;
    std::optional<std::string> origin;
    std::string credential;  ///< bearer token or API key; wiped by the guard
    std::string contentType;
    std::string lastEventId;
    std::string body;

    /// First value of a query parameter.
    std::optional<std::string_view> queryValue(std::string_view name) const;
};

struct Response {
    int status = 200;
    std::string contentType = "application/json";
    std::string body;
    Pairs headers;
};

}  // namespace stepwell::engine::http
