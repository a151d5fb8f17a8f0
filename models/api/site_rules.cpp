#include "models/api/site_rules.h"

#include <algorithm>
#include <array>

namespace stepwell::api {

namespace {

constexpr std::array<std::string_view, 6> topOnly = {"_worker.js",   "_redirects", "_headers",
                                                     "_routes.json", "functions",  ".wrangler"};
constexpr std::array<std::string_view, 3> anywhere = {".DS_Store", "node_modules", ".git"};
constexpr std::array<std::string_view, 4> secretNames = {".env", ".dev.vars", ".npmrc", ".netrc"};
constexpr std::array<std::string_view, 4> keyEndings = {".p12", ".pfx", ".ppk", ".jks"};
constexpr std::array<std::string_view, 3> harmlessEndings = {".example", ".sample", ".template"};

template <std::size_t N>
bool has(const std::array<std::string_view, N>& list, std::string_view item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

template <std::size_t N>
bool endsWithAny(std::string_view name, const std::array<std::string_view, N>& endings) {
    return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return name.ends_with(ending); });
}

bool isBelowHidden(std::string_view path) {
    return path.starts_with('.') ? path.find('/') != std::string_view::npos
                                 : path.substr(0, path.rfind('/') + 1).find("/.") != std::string_view::npos;
}

/// "name" itself or "name.production", but not "name.example".
bool isSecretName(std::string_view name) {
    return std::any_of(secretNames.begin(), secretNames.end(), [&](auto secret) {
        return name.starts_with(secret) && (name.size() == secret.size() || name[secret.size()] == '.') &&
               !endsWithAny(name, harmlessEndings);
    });
}

}  // namespace

std::string_view baseNameOf(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

bool isIgnoredInSite(std::string_view path) {
    if (has(topOnly, path)) return true;
    return has(anywhere, baseNameOf(path)) && !isBelowHidden(path);
}

bool rulesSite(std::string_view path) {
    return has(topOnly, path) && path != ".wrangler";
}

SiteConcern concernOf(std::string_view path) {
    const auto name = baseNameOf(path);
    if (isSecretName(name)) return SiteConcern::secrets;
    if (path.starts_with(".git/") || path.find("/.git/") != std::string_view::npos) return SiteConcern::git;
    const bool isSshKey = name.starts_with("id_") && name.find('.') == std::string_view::npos;
    if (isSshKey || endsWithAny(name, keyEndings)) return SiteConcern::key;
    if (name.ends_with(".js.map") || name.ends_with(".css.map") || name.ends_with(".mjs.map"))
        return SiteConcern::sourceMap;
    return SiteConcern::none;
}

bool beginsPrivateKey(std::string_view bytes) {
    if (!bytes.starts_with("-----BEGIN ")) return false;
    return bytes.substr(0, bytes.find('\n')).find("PRIVATE KEY-----") != std::string_view::npos;
}

}  // namespace stepwell::api
