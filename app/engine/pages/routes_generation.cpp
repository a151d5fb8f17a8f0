#include "app/engine/pages/routes_generation.h"

#include <algorithm>
#include <unordered_set>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t mostRules = 100;
constexpr std::size_t longestRule = 100;

/// The path up to its first parameter, which becomes a `*`.
std::string globOf(const FunctionRoute& function) {
    auto glob = function.path;
    const auto parameter = glob.find(':');
    if (parameter != std::string::npos) {
        glob.resize(parameter);
        glob += '*';
    }
    if (function.middleware && !glob.ends_with('*')) {
        if (!glob.ends_with('/')) glob += '/';
        glob += '*';
    }
    return glob;
}

std::vector<std::string_view> segmentsOf(std::string_view route) {
    std::vector<std::string_view> segments;
    while (!route.empty()) {
        const auto segment = route.substr(0, route.find('/'));
        route.remove_prefix(std::min(segment.size() + 1, route.size()));
        if (!segment.empty()) segments.push_back(segment);
    }
    return segments;
}

bool matchesMore(std::string_view left, std::string_view right) {
    const auto lefts = segmentsOf(left), rights = segmentsOf(right);
    if (lefts.size() != rights.size()) return lefts.size() < rights.size();
    for (std::size_t i = 0; i < lefts.size(); ++i) {
        const bool wide = lefts[i].find('*') != std::string_view::npos;
        if (wide != (rights[i].find('*') != std::string_view::npos)) return wide;
    }
    return left > right;
}

}  // namespace

std::string shortenedRoute(std::string_view route) {
    if (route.size() <= longestRule) return std::string(route);
    const auto slash = route.rfind('/', longestRule - 2);  // room for it and a `*`
    std::string shortened(route.substr(0, slash == std::string_view::npos ? 0 : slash));
    return shortened.append("/*");
}

std::vector<std::string> consolidatedRoutes(const std::vector<std::string>& routes) {
    std::vector<std::string> rules;
    std::unordered_set<std::string> seen, folders;
    for (const auto& route : routes) {
        auto rule = shortenedRoute(route);
        if (!seen.insert(rule).second) continue;
        if (rule.ends_with("/*")) folders.insert(rule.substr(0, rule.size() - 1));
        rules.push_back(std::move(rule));
    }
    const auto isHeld = [&folders](const std::string& rule) {
        const auto own = rule.ends_with("/*") ? rule.size() - 1 : rule.size() + 1;
        for (auto slash = rule.find('/'); slash != std::string::npos; slash = rule.find('/', slash + 1))
            if (slash + 1 != own && folders.count(rule.substr(0, slash + 1)) > 0) return true;
        return false;
    };
    std::erase_if(rules, isHeld);
    return rules;
}

RoutesFile routesFor(const std::vector<FunctionRoute>& functions) {
    std::vector<std::string> globs;
    globs.reserve(functions.size());
    for (const auto& function : functions)
        globs.push_back(globOf(function));
    RoutesFile file;
    file.include = consolidatedRoutes(globs);
    if (file.include.size() > mostRules) file.include = {"/*"};
    std::sort(file.include.begin(), file.include.end(), matchesMore);
    return file;
}

}  // namespace stepwell::engine::pages
