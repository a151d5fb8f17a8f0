#include "models/site/functions_routes.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace stepwell::site {

namespace {

constexpr std::array<std::string_view, 5> endings = {".js", ".mjs", ".ts", ".tsx", ".jsx"};
constexpr std::string_view entryName = "onRequest";
constexpr std::array<std::string_view, 8> methods = {"",       "Get",   "Post",    "Put",
                                                     "Delete", "Patch", "Options", "Head"};

bool isWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string upper(std::string_view text) {
    std::string result(text);
    for (auto& c : result)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return result;
}

std::string_view stemOf(std::string_view file) {
    return file.substr(0, file.rfind('.'));
}

std::string_view folderOf(std::string_view path) {
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

/// The method in capitals; nothing: the export answers no request.
std::optional<std::string> methodOf(std::string_view name) {
    if (!name.starts_with(entryName)) return std::nullopt;
    const auto method = name.substr(entryName.size());
    if (std::find(methods.begin(), methods.end(), method) == methods.end()) return std::nullopt;
    return upper(method);
}

std::vector<std::string_view> segmentsOf(std::string_view path) {
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        const auto segment = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(segment.size() + 1, path.size()));
        if (!segment.empty()) segments.push_back(segment);
    }
    return segments;
}

/// Turns the path of a file into that of a route, "todos/[id]" into "/todos/:id".
class PathReader {
  public:
    explicit PathReader(std::string_view file)
        : m_file(file) {}

    api::Result<std::string> read(std::string_view path) {
        std::string route;
        for (const auto segment : segmentsOf(path)) {
            route += '/';
            if (auto taken = take(segment, route); !taken) return tl::unexpected(taken.error());
        }
        return route.empty() ? "/" : route;
    }

  private:
    tl::unexpected<api::Error> wrong(const std::string& why) const {
        return api::fail(0, api::code::badBody,
                         std::string("functions/").append(m_file).append(": ").append(why));
    }

    api::Result<void> take(std::string_view segment, std::string& route) {
        const auto whole = segment;
        while (!segment.empty()) {
            const char c = segment.front();
            if (c == '[') {
                const auto size = takeParameter(segment, whole, route);
                if (!size) return tl::unexpected(size.error());
                segment.remove_prefix(*size);
                continue;
            }
            if (c == ']')
                return wrong("There is a ] without its [. Parameters are written [name] or [[name]].");
            if (c == ':' || c == '*')
                return wrong(std::string("A path cannot hold ") + c + ". Rename the file or its folder.");
            route += c;
            segment.remove_prefix(1);
        }
        return {};
    }

    /// Answers how much of the text it took.
    api::Result<std::size_t> takeParameter(std::string_view text, std::string_view whole,
                                           std::string& route) {
        const bool isList = text.starts_with("[[");
        const std::string_view open = isList ? "[[" : "[", close = isList ? "]]" : "]";
        const auto end = text.find(close);
        if (end == std::string_view::npos)
            return wrong("There is a [ without its ]. Parameters are written [name] or [[name]].");
        const std::string name(text.substr(open.size(), end - open.size()));
        const auto size = end + close.size();
        if (name.empty() || !std::all_of(name.begin(), name.end(), isWord))
            return wrong(std::string("There is no parameter called \"")
                             .append(name)
                             .append("\". A name may hold letters without accents, digits and _."));
        if (isList && size != whole.size())
            return wrong(std::string("The parameter [[")
                             .append(name)
                             .append("]] stands for whole segments. Nothing else may be beside it."));
        if (size < text.size() && isWord(text[size]))
            return wrong(std::string("Put a character such as - between [")
                             .append(name)
                             .append("] and what follows."));
        if (!m_names.insert(name).second)
            return wrong(std::string("The parameter ")
                             .append(name)
                             .append(" is there twice. Give one of them another name."));
        route.append(":").append(name);
        if (isList) route += '*';
        return size;
    }

    std::string m_file;
    std::set<std::string> m_names;
};

/// 0: as written, 1: with a parameter, 2: any number of segments.
int widthOf(std::string_view segment) {
    if (segment.ends_with('*')) return 2;
    return segment.find(':') != std::string_view::npos ? 1 : 0;
}

bool isTriedBefore(const FunctionRoute& left, const FunctionRoute& right) {
    const auto lefts = segmentsOf(left.path), rights = segmentsOf(right.path);
    if (lefts.size() != rights.size()) return lefts.size() > rights.size();
    for (std::size_t i = 0; i < lefts.size(); ++i)
        if (const int a = widthOf(lefts[i]), b = widthOf(rights[i]); a != b) return a < b;
    if (left.method.empty() != right.method.empty()) return !left.method.empty();
    if (const auto a = upper(left.path), b = upper(right.path); a != b) return a < b;
    return left.path > right.path;  // small letters first
}

void merge(std::vector<FunctionRoute>& routes, FunctionRoute route) {
    const auto same = std::find_if(routes.begin(), routes.end(), [&](const auto& known) {
        return known.path == route.path && known.method == route.method;
    });
    if (same == routes.end()) {
        routes.push_back(std::move(route));
        return;
    }
    same->mount = std::move(route.mount);
    if (!route.module.empty()) same->module = std::move(route.module);
    if (!route.middleware.empty()) same->middleware = std::move(route.middleware);
}

}  // namespace

bool isFunctionFile(std::string_view file) {
    const auto dot = file.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || file[dot - 1] == '/') return false;
    return std::find(endings.begin(), endings.end(), file.substr(dot)) != endings.end();
}

bool isMiddlewareFile(std::string_view file) {
    const auto stem = stemOf(file);
    const auto name = stem.substr(stem.rfind('/') + 1);
    return name == "_middleware" || name == "_middleware_";
}

api::Result<std::vector<FunctionRoute>> functionRoutes(const std::vector<FunctionExport>& exports) {
    std::vector<FunctionRoute> routes;
    for (const auto& one : exports) {
        const auto method = methodOf(one.name);
        if (!method || !isFunctionFile(one.file)) continue;
        const auto stem = stemOf(one.file);
        const bool isMiddleware = isMiddlewareFile(one.file);
        const bool isFolders = isMiddleware || stem.substr(stem.rfind('/') + 1) == "index";
        auto path = PathReader(one.file).read(isFolders ? folderOf(stem) : stem);
        if (!path) return tl::unexpected(path.error());
        auto mount = PathReader(one.file).read(folderOf(stem));
        if (!mount) return tl::unexpected(mount.error());
        FunctionRoute route{std::move(*path), std::move(*mount), *method, {}, {}};
        (isMiddleware ? route.middleware : route.module) = one.file + ':' + one.name;
        merge(routes, std::move(route));
    }
    std::stable_sort(routes.begin(), routes.end(), isTriedBefore);
    return routes;
}

std::string routingConfig(const std::vector<FunctionRoute>& routes) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& route : routes) {
        nlohmann::ordered_json one{
            {"routePath", route.path}, {"mountPath", route.mount}, {"method", route.method}};
        if (!route.middleware.empty()) one["middleware"] = {route.middleware};
        if (!route.module.empty()) one["module"] = {route.module};
        list.push_back(std::move(one));
    }
    const nlohmann::ordered_json config{{"routes", std::move(list)}, {"baseURL", "/"}};
    return config.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

namespace {

/// A segment such as "by-:name": what is not a parameter stands for itself.
void addSegment(std::string_view segment, RoutePattern& pattern) {
    constexpr std::string_view special = R"(\^$.|?+()[]{})";
    while (!segment.empty()) {
        const char c = segment.front();
        segment.remove_prefix(1);
        if (c != ':') {
            if (special.find(c) != std::string_view::npos) pattern.source += '\\';
            pattern.source += c;
            continue;
        }
        const auto end = std::find_if_not(segment.begin(), segment.end(), isWord);
        const auto size = static_cast<std::size_t>(end - segment.begin());
        pattern.parameters.push_back({std::string(segment.substr(0, size)), false});
        pattern.source += "([^/]+?)";
        segment.remove_prefix(size);
    }
}

RoutePattern patternOf(const std::string& path, const std::string& slash) {
    RoutePattern pattern;
    pattern.source += '^';
    const auto segments = segmentsOf(path);
    for (const auto segment : segments) {
        if (segment.ends_with('*')) {
            pattern.parameters.push_back({std::string(segment.substr(1, segment.size() - 2)), true});
            pattern.source.append("(?:").append(slash).append("([^/]+?(?:").append(slash);
            pattern.source += "[^/]+?)*))?";
            continue;
        }
        pattern.source += slash;
        addSegment(segment, pattern);
    }
    if (segments.empty()) pattern.source += slash;
    return pattern;
}

}  // namespace

RoutePattern exactPattern(const std::string& path) {
    auto pattern = patternOf(path, "/");
    pattern.source += "/?$";
    return pattern;
}

RoutePattern prefixPattern(const std::string& path) {
    if (path == "/") return patternOf(path, "/");
    auto pattern = patternOf(path, "/+");
    pattern.source += "(?:/+$|(?=/|$))";
    return pattern;
}

}  // namespace stepwell::site
