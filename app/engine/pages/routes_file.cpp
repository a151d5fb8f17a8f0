#include "app/engine/pages/routes_file.h"

#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t mostRules = 100;
constexpr std::size_t longestRule = 100;
constexpr std::size_t longestFile = 256 * 1024;

tl::unexpected<std::string> wrong(std::string_view what) {
    return tl::unexpected("_routes.json " + std::string(what));
}

/// Nothing unless the member is a list of texts.
std::optional<std::vector<std::string>> rulesOf(const nlohmann::json& file, const char* name) {
    const auto list = file.find(name);
    if (list == file.end() || !list->is_array()) return std::nullopt;
    std::vector<std::string> rules;
    for (const auto& rule : *list) {
        if (!rule.is_string()) return std::nullopt;
        rules.push_back(rule.get<std::string>());
    }
    return rules;
}

/// The first rule that another one, which ends in `/*`, already holds; empty when there is none.
std::string overlapIn(const std::vector<std::string>& rules) {
    for (const auto& wide : rules) {
        if (!wide.ends_with("/*")) continue;
        const auto folder = std::string_view(wide).substr(0, wide.size() - 1);
        for (const auto& rule : rules)
            if (&rule != &wide && rule.starts_with(folder)) return rule + " lies within " + wide;
    }
    return {};
}

std::string problemOf(const RoutesFile& file) {
    if (file.include.empty()) return "must include at least one rule";
    if (file.include.size() + file.exclude.size() > mostRules) return "has more than 100 rules";
    for (const auto* list : {&file.include, &file.exclude}) {
        for (const auto& rule : *list) {
            if (rule.size() > longestRule) return "has a rule of more than 100 characters: " + rule;
            if (!rule.starts_with('/')) return "has a rule that does not begin with /: " + rule;
        }
    }
    for (const auto* list : {&file.include, &file.exclude})
        if (auto overlap = overlapIn(*list); !overlap.empty()) return "has overlapping rules: " + overlap;
    return {};
}

/// `*` stands for any text. Goes back to the last star only, which is enough.
bool globMatches(std::string_view glob, std::string_view text) {
    std::size_t g = 0, t = 0;
    std::size_t star = std::string_view::npos, resume = 0;
    while (t < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            star = g++;
            resume = t;
        } else if (g < glob.size() && glob[g] == text[t]) {
            ++g;
            ++t;
        } else if (star != std::string_view::npos) {
            g = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    return glob.find_first_not_of('*', g) == std::string_view::npos;
}

}  // namespace

tl::expected<RoutesFile, std::string> parseRoutesFile(std::string_view json) {
    if (json.size() > longestFile) return wrong("is too large: it may hold 100 rules of 100 characters.");
    const auto file = parseBounded<nlohmann::json>(json);
    if (!file.is_object()) return wrong("is not a JSON object.");
    const auto version = file.find("version");
    if (version == file.end() || !version->is_number() || *version != 1)
        return wrong("must have \"version\": 1.");
    auto include = rulesOf(file, "include");
    auto exclude = rulesOf(file, "exclude");
    if (!include || !exclude) return wrong("must have \"include\" and \"exclude\", both lists of texts.");
    RoutesFile routes{std::move(*include), std::move(*exclude)};
    if (const auto problem = problemOf(routes); !problem.empty()) return wrong(problem + '.');
    return routes;
}

bool matchesRoute(std::string_view rule, std::string_view path) {
    if (rule.empty() || path.empty()) return false;
    if (rule == "/") return path == "/";
    if (rule.ends_with("/*") && rule != "/*") {
        rule.remove_suffix(2);
        return globMatches(rule, path) || globMatches(std::string(rule) + "/*", path);
    }
    if (rule.ends_with('*')) return globMatches(rule, path);
    if (rule.ends_with('/')) rule.remove_suffix(1);
    if (globMatches(rule, path)) return true;
    if (!path.ends_with('/')) return false;
    path.remove_suffix(1);
    return globMatches(rule, path);
}

bool runsWorker(const RoutesFile& routes, std::string_view path) {
    const auto matches = [path](const std::string& rule) { return matchesRoute(rule, path); };
    return std::none_of(routes.exclude.begin(), routes.exclude.end(), matches) &&
           std::any_of(routes.include.begin(), routes.include.end(), matches);
}

}  // namespace stepwell::engine::pages
