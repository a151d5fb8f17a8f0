#include "app/engine/api/pages_hosts.h"

#include "app/engine/api/pages_files.h"
#include "app/engine/http/upstream.h"
#include "app/engine/pages/host_name.h"

namespace stepwell::engine::rest {

namespace {

using SitePtr = std::shared_ptr<const pages::SiteContent>;

/// Sites answer nothing but GET and HEAD with a file; other bodies are read to be thrown away.
constexpr std::size_t siteBody = 1024 * 1024;

http::Response noSite(const std::string& host) {
    return http::errorPage(
        {404, pages::code::projectNotFound,
         "There is no site at " + host + ". Its project or deployment was never made here, or was deleted."});
}

http::Response needsWorker() {
    return http::errorPage({501, api::code::unavailable,
                            "This address is answered by the Worker of the site (_worker.js or Functions), "
                            "which this engine stores but does not run yet. Files of the site that its "
                            "_routes.json leaves out are served."});
}

template <class Text>
std::optional<std::string_view> viewOf(const std::optional<Text>& text) {
    return text ? std::optional<std::string_view>(*text) : std::nullopt;
}

pages::AssetRequest assetRequestOf(const http::Request& request) {
    pages::AssetRequest asked;
    asked.method = toString(request.method);
    asked.target = request.target;
    asked.host = request.host;
    asked.ifNoneMatch = viewOf(request.ifNoneMatch);
    asked.range = viewOf(request.range);
    asked.ifRange = viewOf(request.ifRange);
    asked.acceptEncoding = viewOf(request.acceptEncoding);
    asked.authorized = request.authorized;
    return asked;
}

void serve(PagesContext& context, const http::ExchangePtr& exchange, const SitePtr& site, bool preview) {
    const auto& request = exchange->request();
    if (site->runsWorker(request.target)) return exchange->respond(needsWorker());
    auto rules = site->rules(preview);
    rules.strict = context.service.settings().strict;
    auto found = pages::lookUp(rules, assetRequestOf(request));
    http::Response response;
    response.status = found.status;
    response.headerSet = http::HeaderSet::given;
    response.headers = std::move(found.headers);
    response.body = std::move(found.text);
    if (!found.asset || found.length == 0) return exchange->respond(std::move(response));
    if (request.method == http::Method::head) {
        response.longBody = std::make_shared<http::LongBody>();
        response.longBody->bytes = found.length;
        return exchange->respond(std::move(response));
    }
    const auto& asset = site->assetOf(found.asset->key);
    respondWithFile(exchange, std::move(response),
                    {context.service.fileOf(asset),
                     static_cast<std::uint64_t>(asset.place.start) + found.from, found.length, site->held()},
                    context.files);
}

http::Handler siteHandler(PagesContext& context, pages::HostRoute route) {
    return [&context, route](const http::ExchangePtr& exchange) {
        if (!exchange->request().target.starts_with('/'))
            return exchange->respond(
                http::errorPage({400, api::code::noRoute, "The path of the request is not valid."}));
        if (const auto site = context.service.cachedSite(route.deployment))
            return serve(context, exchange, site, route.preview);
        context.threads.post([&context, route, exchange](std::size_t) {
            const auto site = context.service.loadSite(route.deployment);
            if (!site) return exchange->respond(http::errorPage(site.error()));
            serve(context, exchange, *site, route.preview);
        });
    };
}

}  // namespace

std::optional<http::Admission> siteAdmission(PagesContext& context, const http::Request& head) {
    const auto host = pages::normalizedHost(head.host);
    if (!host) return std::nullopt;
    http::Admission admission;
    if (const auto route = context.service.route(*host)) {
        admission.bodyLimit = siteBody;
        admission.handler = siteHandler(context, *route);
        return admission;
    }
    if (!host->ends_with(".localhost")) return std::nullopt;
    admission.refusal = noSite(*host);
    return admission;
}

}  // namespace stepwell::engine::rest
