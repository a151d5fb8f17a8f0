#include "app/engine/http/router.h"

#include <algorithm>

namespace stepwell::engine::http {

namespace {

constexpr std::size_t mostSegments = 32;

bool isPlaceholder(std::string_view segment) {
    return segment.size() > 1 && segment.front() == '{';
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
    return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                      [](const std::string& wanted, const std::string& segment) {
                          return isPlaceholder(wanted) || wanted == segment;
                      });
}

std::optional<std::vector<std::string>> splitPath(std::string_view path) {
    std::vector<std::string> segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto end = std::min(path.find('/'), path.size());
        auto segment = percentDecode(path.substr(0, end));
        path.remove_prefix(end);
        if (!segment || segments.size() == mostSegments) return std::nullopt;
        // Only the empty segment of a trailing slash is forgiven.
        if (!segment->empty() || !path.empty()) segments.push_back(std::move(*segment));
    }
    return segments;
}

}  // namespace

std::string_view toString(Method method) {
    switch (method) {
    case Method::get:
        return "GET";
    case Method::head:
        return "HEAD";
    case Method::post:
        return "POST";
    case Method::put:
        return "PUT";
    case Method::patch:
        return "PATCH";
    case Method::remove:
        return "DELETE";
    case Method::options:
        return "OPTIONS";
    case Method::other:
        break;
    }
    return "other";
}

std::optional<std::string_view> Request::queryValue(std::string_view name) const {
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return std::nullopt;
}

Route& Router::add(Method method, std::string_view pattern, access::Need need, std::size_t bodyLimit,
                   Handler handler) {
    Route route(need);
    route.method = method;
    route.name = pattern;
    route.bodyLimit = bodyLimit;
    route.handler = std::move(handler);
    while (!pattern.empty()) {
        pattern.remove_prefix(1);
        const auto end = std::min(pattern.find('/'), pattern.size());
        route.pattern.emplace_back(pattern.substr(0, end));
        pattern.remove_prefix(end);
    }
    routes_.push_back(std::move(route));
    return routes_.back();
}

Router::Match Router::find(Method method, const std::vector<std::string>& path) const {
    const auto wanted = method == Method::head ? Method::get : method;
    Match match;
    for (const auto& route : routes_) {
        if (route.method != wanted || !matches(route.pattern, path)) continue;
        match.route = &route;
        for (std::size_t i = 0; i < path.size(); ++i)
            if (isPlaceholder(route.pattern[i])) match.params.push_back(path[i]);
        break;
    }
    return match;
}

std::string Router::allowed(const std::vector<std::string>& path) const {
    std::string out;
    for (const auto& route : routes_) {
        const auto name = toString(route.method);
        if (!matches(route.pattern, path) || out.find(name) != std::string::npos) continue;
        out += std::string(name) + (route.method == Method::get ? ", HEAD, " : ", ");
    }
    if (!out.empty()) out += "OPTIONS";
    return out;
}

void parseTarget(std::string_view target, Request& request) {
    request.wellFormed = false;
    if (target.empty() || target.front() != '/') return;
    const auto end = std::min(target.find('?'), target.size());
    auto path = splitPath(target.substr(0, end));
    auto query = parseQuery(target.substr(std::min(end + 1, target.size())));
    if (!path || !query) return;
    request.path = std::move(*path);
    request.query = std::move(*query);
    request.wellFormed = true;
}

}  // namespace stepwell::engine::http
