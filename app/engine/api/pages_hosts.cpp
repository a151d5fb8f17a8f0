#include "app/engine/api/pages_hosts.h"

#include "app/engine/api/counted.h"
#include "app/engine/api/pages_code.h"
#include "app/engine/api/site_answer.h"
#include "app/engine/api/site_workers.h"
#include "app/engine/http/upstream.h"
#include "app/engine/pages/host_name.h"

namespace stepwell::engine::rest {

namespace {

using Clock = std::chrono::steady_clock;

/// Sites answer nothing but GET and HEAD with a file; other bodies are read to be thrown away.
constexpr std::size_t siteBody = 1024 * 1024;

constexpr std::size_t longestUrl = 8 * 1024;  ///< in the log

http::Response noSite(const std::string& host) {
    return http::errorPage(
        {404, pages::code::projectNotFound,
         "There is no site at " + host + ". Its project or deployment was never made here, or was deleted."});
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

pages::SiteRequest logged(const http::Request& request, const pages::DeploymentRow& deployment,
                          api::Time now) {
    pages::SiteRequest entry;
    entry.deployment = deployment.key;
    entry.project = deployment.project;
    entry.environment = deployment.environment;
    entry.time = now;
    entry.method = toString(request.method);
    const std::string_view scheme = request.secure ? "https://" : "http://";
    entry.url.reserve(scheme.size() + request.host.size() + request.target.size());
    entry.url.append(scheme).append(request.host).append(request.target);
    if (entry.url.size() > longestUrl) entry.url.resize(longestUrl);
    return entry;
}

void serve(PagesContext& context, const http::ExchangePtr& exchange, const ServedSite& site) {
    const auto& request = exchange->request();
    const auto began = Clock::now();
    answerAsset(context, site, assetRequestOf(request), exchange,
                [&context, exchange, content = site.content, began](http::Response response) {
                    auto entry = logged(exchange->request(), content->row(), context.now());
                    entry.status = response.status;
                    entry.duration =
                        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
                    context.counter->answered(exchange->request(), response, content->row(), entry.time,
                                              entry.duration);
                    context.log->add(std::move(entry));
                    exchange->respond(std::move(response));
                });
}

http::Handler fileHandler(PagesContext& context, const ServedSite& site) {
    return [&context, site](const http::ExchangePtr& exchange) { serve(context, exchange, site); };
}

/// Whether a file of the site may answer when its code cannot.
bool hasFileFor(const ServedSite& site, const http::Request& head) {
    if (head.method != http::Method::get && head.method != http::Method::head) return false;
    if (!site.content->failsOpen()) return false;
    const auto found = pages::lookUp(site.content->rules(site.preview), assetRequestOf(head));
    return (found.status < 300 || found.status == 304) && !found.anyPath;
}

http::Admission admitTo(PagesContext& context, const ServedSite& site, const http::Request& head) {
    http::Admission admission;
    admission.bodyLimit = siteBody;
    if (!site.content->runsWorker(head.target)) {
        admission.handler = fileHandler(context, site);
        return admission;
    }
    const bool hasFile = hasFileFor(site, head);
    if (hasFile) admission.otherwise = fileHandler(context, site);
    auto entry = logged(head, site.content->row(), context.now());
    entry.version = site.content->row().shortId;
    entry.failsOpen = hasFile;
    admission.passedAs = context.log->open(std::move(entry));
    admission.unconnected = [&context, key = site.content->row().key,
                             number = admission.passedAs](int status) {
        const auto* outcome = status < 500 ? pages::outcome::ok : pages::outcome::unknown;
        context.log->close(key, number, status, outcome, {}, context.now());
    };
    admission.connect = context.workers->connector(site.content, admission.passedAs,
                                                   hasFile ? WhenStuck::fail : WhenStuck::wait);
    return admission;
}

http::Admission refused(http::Response response) {
    http::Admission admission;
    admission.refusal = std::move(response);
    return admission;
}

http::Admission admitLater(PagesContext& context, pages::HostRoute route, const http::Request& head) {
    http::Admission admission;
    admission.later = [&context, route, asked = std::make_shared<http::Request>(head)](
                          std::function<void(http::Admission)> decided) {
        context.threads.post([&context, route, asked, decided = std::move(decided)](std::size_t) {
            const auto site = context.service.loadSite(route.deployment);
            if (site) context.counter->learn((*site)->row().project);
            decided(site ? admitTo(context, {*site, route.preview}, *asked)
                         : refused(http::errorPage(site.error())));
        });
    };
    return admission;
}

}  // namespace

std::optional<http::Admission> siteAdmission(PagesContext& context, const http::Request& head) {
    const auto host = pages::normalizedHost(head.host);
    if (!host) return std::nullopt;
    if (const auto route = context.service.route(*host)) {
        if (!head.target.starts_with('/'))
            return refused(
                http::errorPage({400, api::code::noRoute, "The path of the request is not valid."}));
        if (auto site = context.service.cachedSite(route->deployment))
            return admitTo(context, {std::move(site), route->preview}, head);
        return admitLater(context, *route, head);
    }
    if (!context.service.isBelowOurs(*host)) return std::nullopt;
    return refused(noSite(*host));
}

}  // namespace stepwell::engine::rest
