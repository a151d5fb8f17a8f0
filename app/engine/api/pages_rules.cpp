#include "app/engine/api/body.h"
#include "app/engine/api/pages_context.h"
#include "app/engine/http/text.h"
#include "app/engine/pages/host_name.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

/// What the window asks for to show how a site answers; see EXTENSIONS.md.
namespace stepwell::engine::rest {

namespace {

using nlohmann::json;

constexpr std::size_t longestUrl = 8192;
/// Two texts of 4 MiB, escaped.
constexpr std::size_t largestRuleBody = 17 * 1024 * 1024;

json messages(const std::vector<pages::RuleMessage>& all) {
    auto list = json::array();
    for (const auto& message : all)
        list.push_back({{"line", message.lineNumber ? json(*message.lineNumber) : json(nullptr)},
                        {"text", message.line},
                        {"reason", message.reason}});
    return list;
}

json redirectsJson(const std::string& text) {
    const auto file = pages::parseRedirectsFile(text);
    auto rules = json::array();
    for (const auto* list : {&file.staticRules, &file.dynamicRules})
        for (const auto& rule : *list)
            rules.push_back({{"line", rule.lineNumber},
                             {"from", rule.from},
                             {"to", rule.to},
                             {"status", rule.status},
                             {"dynamic", list == &file.dynamicRules}});
    return {
        {"rules", std::move(rules)}, {"warnings", messages(file.invalid)}, {"notes", messages(file.notes)}};
}

json headersJson(const std::string& text) {
    const auto file = pages::parseHeadersFile(text);
    auto rules = json::array();
    for (const auto& rule : file.rules)
        rules.push_back({{"path", rule.path}, {"set", rule.set}, {"removed", rule.removed}});
    return {{"rules", std::move(rules)}, {"warnings", messages(file.invalid)}};
}

json routesJson(const std::string& text) {
    if (text.empty()) return nullptr;
    const auto file = pages::parseRoutesFile(text);
    if (!file) return nullptr;
    return {{"include", file->include}, {"exclude", file->exclude}};
}

const char* workerName(pages::WorkerKind kind) {
    switch (kind) {
    case pages::WorkerKind::bundle:
        return "bundle";
    case pages::WorkerKind::script:
        return "script";
    case pages::WorkerKind::none:
        break;
    }
    return "none";
}

Outcome getRules(pages::Service& service, const http::Request& request) {
    const auto deployment = service.deployment(request.params[1], request.params[2]);
    if (!deployment) return tl::unexpected(deployment.error());
    const auto texts = service.ruleTexts(deployment->row);
    if (!texts) return tl::unexpected(texts.error());
    auto functions = parseBounded<json>(texts->functions);
    return answer({{"redirects", redirectsJson(texts->redirects)},
                   {"headers", headersJson(texts->headers)},
                   {"routes", routesJson(texts->routes)},
                   {"worker", workerName(deployment->row.workerKind)},
                   {"functions", functions.is_discarded() ? json(nullptr) : std::move(functions)}});
}

/// What a deployment with these texts would be warned of.
Outcome checkRules(pages::Service&, const http::Request& request) {
    const auto body = parseObject(request.body, "The body");
    if (!body) return tl::unexpected(body.error());
    const auto text = [&](const char* name) {
        const auto it = body->find(name);
        return it != body->end() && it->is_string() ? it->get<std::string>() : std::string();
    };
    return answer(
        {{"redirects", redirectsJson(text("redirects"))}, {"headers", headersJson(text("headers"))}});
}

/// A request that is thought of: where it would go.
struct Asked {
    std::string scheme;  ///< "https://"
    std::string host;    ///< with port
    std::string target;  ///< path and query
};

tl::unexpected<api::Error> badUrl(const std::string& why) {
    return api::fail(400, api::code::badBody, "Query parameter url " + why);
}

/// `ownUrl`, scheme and host, holds when the URL names none.
api::Result<Asked> askedBy(std::string_view url, const std::string& ownUrl) {
    if (url.empty() || url.size() > longestUrl) return badUrl("must be 1 to 8192 bytes.");
    for (const char c : url)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7F)
            return badUrl("must not hold spaces or control characters: write them as %20 and the like.");
    url = url.substr(0, url.find('#'));
    if (url.starts_with('/')) {
        const auto own = ownUrl.find("://") + 3;
        return Asked{ownUrl.substr(0, own), ownUrl.substr(own), std::string(url)};
    }
    const auto scheme = url.find("://");
    const auto name = http::lowered(std::string(url.substr(0, scheme)));
    if (scheme == std::string_view::npos || (name != "http" && name != "https"))
        return badUrl("must be a path that begins with a slash, or an http or https URL.");
    const auto rest = url.substr(scheme + 3);
    const auto end = rest.find_first_of("/?");
    Asked asked{name + "://", std::string(rest.substr(0, end)), end == std::string_view::npos ? "/" : ""};
    if (end != std::string_view::npos)
        asked.target = (rest[end] == '?' ? "/" : "") + std::string(rest.substr(end));
    if (!pages::normalizedHost(asked.host)) return badUrl("has no valid host.");
    return asked;
}

json fileJson(pages::Service& service, const pages::DeploymentRow& row, const pages::Asset& asset) {
    const auto key = asset.key.hex();
    std::string path;
    // Files with the same bytes share a key: the answer is the same whichever of them is named.
    if (const auto files = service.files(row))
        for (const auto& file : *files)
            if (file.key == key) {
                path = file.path;
                break;
            }
    return {{"path", path}, {"size", asset.size}, {"content_type", asset.contentType}, {"key", key}};
}

Outcome explain(pages::Service& service, const http::Request& request) {
    const auto deployment = service.deployment(request.params[1], request.params[2]);
    if (!deployment) return tl::unexpected(deployment.error());
    const auto& row = deployment->row;
    const auto asked = askedBy(request.queryValue("url").value_or(""),
                               request.place.urlOf(row.shortId + '.' + deployment->subdomain + ".localhost"));
    if (!asked) return tl::unexpected(asked.error());
    const auto site = service.loadSite(row.key);
    if (!site) return tl::unexpected(site.error());
    const std::string method(request.queryValue("method").value_or("GET"));
    pages::AssetRequest wanted;
    wanted.method = method;
    wanted.target = asked->target;
    wanted.host = asked->host;
    const auto host = pages::normalizedHost(asked->host).value_or("");
    const auto route = service.route(host);
    pages::Trace steps;
    if (route && route->deployment != row.key)
        steps.push_back("The host " + host +
                        " shows another deployment now; this is what this one would answer");
    const bool runsWorker = (*site)->runsWorker(asked->target);
    if (runsWorker)
        steps.push_back("The Worker of the site answers; what follows is what env.ASSETS gives it");
    const auto found = pages::lookUp((*site)->rules(!route || route->preview), wanted, &steps);
    return answer({{"url", asked->scheme + asked->host + asked->target},
                   {"method", method},
                   {"runs_worker", runsWorker},
                   {"status", found.status},
                   {"headers", found.headers},
                   {"file", found.asset ? fileJson(service, row, *found.asset) : json(nullptr)},
                   {"body", found.text},
                   {"steps", steps}});
}

}  // namespace

void addPagesRuleRoutes(Routes& routes, PagesContext& pages) {
    using http::Method;
    const std::string one = "/stepwell/pages/projects/{project}/deployments/{deployment}";
    routes.handle(Method::get, one + "/rules", need::readPages, noBody, onPages(pages, getRules));
    routes.handle(Method::post, "/stepwell/pages/rules", need::readPages, largestRuleBody,
                  onPages(pages, checkRules));
    routes.handle(Method::get, one + "/explain", need::readPages, noBody, onPages(pages, explain));
}

}  // namespace stepwell::engine::rest
