#include "app/engine/api/body.h"
#include "app/engine/api/pages_context.h"

#include <nlohmann/json.hpp>

/// Settings of all sites, and the collector; see EXTENSIONS.md.
namespace stepwell::engine::rest {

namespace {

using nlohmann::json;

constexpr std::int64_t mostFiles = 100'000;
constexpr std::int64_t longestSeconds = 366LL * 86'400;
constexpr std::int64_t mostFormBytes = 1LL << 50U;

struct Bounds {
    std::int64_t least = 1;
    std::int64_t most = 0;
};

/// A whole number in a range; untouched when it is absent.
api::Result<void> readNumber(const json& body, const char* name, Bounds bounds, std::int64_t& value) {
    const auto it = body.find(name);
    if (it == body.end()) return {};
    if (!it->is_number_integer() || *it < bounds.least || *it > bounds.most)
        return badRequest(std::string(name) + " must be a whole number from " + std::to_string(bounds.least) +
                          " to " + std::to_string(bounds.most) + ".");
    value = it->get<std::int64_t>();
    return {};
}

api::Result<void> readSettings(std::string_view text, pages::SiteSettings& settings) {
    const auto body = parseObject(text, "The body");
    if (!body) return tl::unexpected(body.error());
    std::int64_t token = settings.uploadToken.count(), unused = settings.keepUnused.count();
    if (auto ok = readNumber(*body, "max_files", {1, mostFiles}, settings.mostFiles); !ok) return ok;
    if (auto ok = readNumber(*body, "upload_token_seconds", {1, longestSeconds}, token); !ok) return ok;
    if (auto ok = readNumber(*body, "keep_unused_seconds", {1, longestSeconds}, unused); !ok) return ok;
    if (auto ok = readNumber(*body, "max_compressed_bytes", {0, mostFormBytes}, settings.mostFormBytes); !ok)
        return ok;
    settings.uploadToken = std::chrono::seconds(token);
    settings.keepUnused = std::chrono::seconds(unused);
    if (const auto strict = body->find("strict"); strict != body->end()) {
        if (!strict->is_boolean()) return badRequest("strict must be true or false.");
        settings.strict = strict->get<bool>();
    }
    return {};
}

http::Response shownSettings(const pages::SiteSettings& settings) {
    return answer({{"max_files", settings.mostFiles},
                   {"strict", settings.strict},
                   {"upload_token_seconds", settings.uploadToken.count()},
                   {"keep_unused_seconds", settings.keepUnused.count()},
                   {"max_compressed_bytes", settings.mostFormBytes}});
}

Outcome getSettings(pages::Service& service, const http::Request&) {
    return shownSettings(service.settings());
}

Outcome changeSettings(pages::Service& service, const http::Request& request) {
    const auto changed = service.changeSettings(
        [&](pages::SiteSettings& settings) { return readSettings(request.body, settings); });
    if (!changed) return tl::unexpected(changed.error());
    return shownSettings(*changed);
}

Outcome collect(pages::Service& service, const http::Request&) {
    const auto collected = service.collect();
    if (!collected) return tl::unexpected(collected.error());
    return answer({{"assets", collected->assets}, {"files", collected->files}, {"more", collected->more}});
}

}  // namespace

void addPagesSettingsRoutes(Routes& routes, PagesContext& pages) {
    using http::Method;
    routes.handle(Method::get, "/stepwell/pages/settings", need::readPages, noBody,
                  onPages(pages, getSettings));
    routes.handle(Method::patch, "/stepwell/pages/settings", need::editPages, jsonBody,
                  onPages(pages, changeSettings));
    routes.handle(Method::post, "/stepwell/pages/collect", need::editPages, noBody, onPages(pages, collect));
}

}  // namespace stepwell::engine::rest
