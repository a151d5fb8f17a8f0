#include "app/engine/api/pages_code.h"
#include "app/engine/api/pages_context.h"
#include "app/engine/api/query.h"
#include "app/engine/api/site_tails.h"

#include <nlohmann/json.hpp>

#include <limits>

/// What is told of requests to sites: live tails as the reference has them, and the list of the last ones.
namespace stepwell::engine::rest {

namespace {

constexpr std::int64_t usualRequests = 100;
constexpr std::int64_t mostListed = 1'000;

Outcome createTail(PagesContext& context, const http::Request& request) {
    const auto found = context.service.deployment(request.params[1], request.params[2]);
    if (!found) return tl::unexpected(found.error());
    auto filter = readTailFilter(request.body);
    if (!filter) return tl::unexpected(filter.error());
    const auto tail =
        context.tails->create(found->row.key, siteScriptName(found->projectName, found->row.environment),
                              std::move(*filter), request.identity, context.now());
    if (!tail) return tl::unexpected(tail.error());
    const auto url = context.address.webSocketUrl(request.host, request.secure) + "/client/v4/accounts/" +
                     request.params[0] + "/pages/projects/" + found->projectName + "/deployments/" +
                     found->row.uuid + "/tails/" + tail->id + "?token=" + tail->secret;
    return answer({{"id", tail->id}, {"url", url}, {"expires_at", api::toIso(tail->expires)}});
}

Outcome removeTail(PagesContext& context, const http::Request& request) {
    const auto found = context.service.deployment(request.params[1], request.params[2]);
    if (!found) return tl::unexpected(found.error());
    // One that ended by itself, as its client went away, is gone all the same.
    context.tails->remove(found->row.key, request.params[3]);
    return answer(nullptr);
}

nlohmann::json shown(const pages::SiteRequest& request) {
    auto exceptions = nlohmann::json::array();
    for (const auto& one : request.exceptions)
        exceptions.push_back({{"name", one.name},
                              {"message", one.message},
                              {"stack", one.stack},
                              {"time", api::toIso(one.time)}});
    constexpr std::array<const char*, 5> levels = {"debug", "log", "info", "warn", "error"};
    auto logs = nlohmann::json::array();
    for (const auto& line : request.logs)
        logs.push_back({{"level", levels.at(static_cast<std::size_t>(std::clamp(line.level, 0, 4)))},
                        {"time", api::toIso(line.time)},
                        {"text", line.text}});
    return {{"id", request.id},
            {"time", api::toIso(request.time)},
            {"method", request.method},
            {"url", request.url},
            {"status", request.status},
            {"duration_ms", static_cast<double>(request.duration.count()) / 1000},
            {"source", request.worker ? "worker" : "asset"},
            {"outcome", request.outcome},
            {"exceptions", std::move(exceptions)},
            {"logs", std::move(logs)}};
}

Outcome listRequests(PagesContext& context, const http::Request& request) {
    const auto found = context.service.deployment(request.params[1], request.params[2]);
    if (!found) return tl::unexpected(found.error());
    const auto limit = numberQuery(request, "limit", usualRequests, 1, mostListed);
    if (!limit) return tl::unexpected(limit.error());
    const auto after = numberQuery(request, "after", -1, 0, std::numeric_limits<std::int64_t>::max());
    if (!after) return tl::unexpected(after.error());
    const auto listing =
        context.log->list(found->row.key, request.queryValue("after") ? std::optional(*after) : std::nullopt,
                          static_cast<std::size_t>(*limit));
    auto requests = nlohmann::json::array();
    for (const auto& one : listing.requests)
        requests.push_back(shown(one));
    return answer({{"total", listing.total}, {"requests", std::move(requests)}});
}

}  // namespace

void addPagesRequestRoutes(Routes& routes, PagesContext& pages) {
    using http::Method;
    const std::string deployment = "/pages/projects/{project}/deployments/{deployment}";
    const auto with = [&pages](Outcome (*act)(PagesContext&, const http::Request&)) {
        return onPages(pages, [&pages, act](pages::Service&, const http::Request& request) {
            return act(pages, request);
        });
    };
    routes.handle(Method::post, deployment + "/tails", need::readPages, jsonBody, with(createTail));
    routes.handle(Method::remove, deployment + "/tails/{tail}", need::readPages, noBody, with(removeTail));
    auto& socket = routes.handle(Method::get, deployment + "/tails/{tail}", need::readPages, noBody,
                                 [&pages](const http::ExchangePtr& exchange) {
                                     pages.tails->open(exchange, exchange->request().params[3]);
                                 });
    socket.admits = [&pages](const std::string& token, const std::vector<std::string>& params) {
        return pages.tails->admits(params[3], token);
    };
    routes.handle(Method::get, "/stepwell/pages/projects/{project}/deployments/{deployment}/requests",
                  need::readPages, noBody, with(listRequests));
}

}  // namespace stepwell::engine::rest
