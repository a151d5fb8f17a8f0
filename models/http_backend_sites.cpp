#include "models/client/parse_pages.h"
#include "models/http_backend_private.h"
#include "models/list_loader.h"
#include "models/listed_total.h"

namespace stepwell {

using client::encoded;
using client::query;
using client::Response;

namespace {

/// What every backend takes for projects.
constexpr int projectsPerPage = 10;
/// Files of sites are at most 25 MiB; what a Worker sends may be longer.
constexpr std::size_t largestVisit = 64 * 1024 * 1024;

std::string deploymentsQuery(const api::SiteDeploymentQuery& wanted) {
    std::vector<std::pair<std::string, std::string>> pairs{{"page", std::to_string(wanted.page)},
                                                           {"per_page", std::to_string(wanted.perPage)}};
    if (wanted.environment) pairs.emplace_back("env", api::toString(*wanted.environment));
    if (!wanted.branch.empty()) pairs.emplace_back("stepwell_branch", wanted.branch);
    if (!wanted.text.empty()) pairs.emplace_back("stepwell_text", wanted.text);
    return query(pairs);
}

/// Of a backend that passes over what it does not know, which would show the wrong rows.
api::Result<api::SiteDeploymentList> checked(api::Result<api::SiteDeploymentList> list,
                                             const api::SiteDeploymentQuery& wanted) {
    if (!list) return list;
    if (!list->filters && !(wanted.branch.empty() && wanted.text.empty()))
        return api::fail(0, api::code::noRoute,
                         "This backend cannot search deployments by branch or text. Clear these filters.");
    const auto rows = static_cast<std::int64_t>(list->rows.size());
    const auto counted =
        listedTotal(list->total, std::int64_t{wanted.page - 1} * wanted.perPage, rows, rows < wanted.perPage);
    list->totalIsExact = counted.isExact;
    list->total = counted.total;
    return list;
}

}  // namespace

void HttpBackend::siteProjects(QObject* context, Done<std::vector<api::SiteProject>> done) {
    loadList<api::SiteProject>(*d->link, d->request("GET", d->routes.siteProjects()),
                               client::parseSiteProjects, d->noteCut(PagedList::sites),
                               d->deliverTo<std::vector<api::SiteProject>>(context, std::move(done)),
                               projectsPerPage);
}

void HttpBackend::siteProject(const std::string& name, QObject* context, Done<api::SiteProject> done) {
    d->call(d->request("GET", d->routes.siteProject(name)), context, std::move(done),
            client::parseSiteProject);
}

void HttpBackend::createSiteProject(const api::NewSiteProject& project, QObject* context,
                                    Done<api::SiteProject> done) {
    d->call(d->request("POST", d->routes.siteProjects(), client::newSiteProjectBody(project)), context,
            std::move(done), client::parseSiteProject);
}

void HttpBackend::changeSiteProject(const std::string& name, const api::SiteProjectChange& change,
                                    QObject* context, Done<api::SiteProject> done) {
    d->call(d->request("PATCH", d->routes.siteProject(name), client::siteProjectChangeBody(change)), context,
            std::move(done), client::parseSiteProject);
}

void HttpBackend::deleteSiteProject(const std::string& name, QObject* context, Done<void> done) {
    d->call(d->request("DELETE", d->routes.siteProject(name)), context, std::move(done),
            client::parseNothing);
}

void HttpBackend::siteDeployments(const api::SiteDeploymentQuery& wanted, QObject* context,
                                  Done<api::SiteDeploymentList> done) {
    d->call(d->request("GET", d->routes.siteDeployments(wanted.project) + deploymentsQuery(wanted)), context,
            std::move(done), [wanted](const Response& response) {
                return checked(client::parseSiteDeployments(response), wanted);
            });
}

void HttpBackend::siteDeployment(const std::string& project, const std::string& id, QObject* context,
                                 Done<api::SiteDeployment> done) {
    d->call(d->request("GET", d->routes.siteDeployment(project, id)), context, std::move(done),
            client::parseSiteDeployment);
}

void HttpBackend::deleteSiteDeployment(const std::string& project, const std::string& id,
                                       SiteDeletion deletion, QObject* context, Done<void> done) {
    auto url = d->routes.siteDeployment(project, id);
    if (deletion == SiteDeletion::withAliases) url += query({{"force", "true"}});
    d->call(d->request("DELETE", std::move(url)), context, std::move(done), client::parseNothing);
}

void HttpBackend::rollBackSite(const std::string& project, const std::string& id, QObject* context,
                               Done<api::SiteDeployment> done) {
    d->call(d->request("POST", d->routes.siteDeployment(project, id) + "/rollback"), context, std::move(done),
            client::parseSiteDeployment);
}

void HttpBackend::retrySiteDeployment(const std::string& project, const std::string& id, QObject* context,
                                      Done<api::SiteDeployment> done) {
    d->call(d->request("POST", d->routes.siteDeployment(project, id) + "/retry"), context, std::move(done),
            client::parseSiteDeployment);
}

void HttpBackend::siteDeploymentLog(const std::string& project, const std::string& id, QObject* context,
                                    Done<std::vector<api::SiteLogLine>> done) {
    d->call(d->request("GET", d->routes.siteDeployment(project, id) + "/history/logs"), context,
            std::move(done), client::parseSiteLog);
}

void HttpBackend::siteRules(const std::string& project, const std::string& deployment, QObject* context,
                            Done<api::SiteRules> done) {
    d->call(d->request("GET", d->routes.siteRules(project, deployment)), context, std::move(done),
            client::parseSiteRules);
}

void HttpBackend::checkSiteRules(const std::string& headers, const std::string& redirects, QObject* context,
                                 Done<api::SiteRules> done) {
    d->call(d->request("POST", d->routes.siteRuleCheck(), client::siteRulesBody(headers, redirects)), context,
            std::move(done), client::parseSiteRules);
}

void HttpBackend::explainSite(const std::string& project, const std::string& deployment,
                              const std::string& url, QObject* context, Done<api::SiteExplanation> done) {
    d->call(d->request("GET", d->routes.siteExplanation(project, deployment) + query({{"url", url}})),
            context, std::move(done), client::parseSiteExplanation);
}

void HttpBackend::visitSite(const std::string& url, QObject* context, Done<api::SiteResponse> done) {
    auto request = d->request("GET", url);
    request.bearerToken.clear();
    request.wantsHeaders = true;
    request.storeKey.clear();
    request.largestResponse = largestVisit;
    d->call(std::move(request), context, std::move(done),
            [](const Response& response) -> api::Result<api::SiteResponse> {
                api::SiteResponse visit{response.status, {}, static_cast<std::int64_t>(response.body.size())};
                for (const auto& header : response.headers)
                    visit.headers.emplace_back(header.name, header.value);
                return visit;
            });
}

void HttpBackend::siteRequests(const std::string& project, const std::string& deployment, std::int64_t after,
                               QObject* context, Done<api::SiteRequestList> done) {
    std::vector<std::pair<std::string, std::string>> pairs{{"limit", "1000"}};
    if (after >= 0) pairs.emplace_back("after", std::to_string(after));
    d->call(d->request("GET", d->routes.siteRequests(project, deployment) + query(pairs)), context,
            std::move(done), client::parseSiteRequests);
}

void HttpBackend::siteDomains(const std::string& project, QObject* context,
                              Done<std::vector<api::SiteDomain>> done) {
    d->call(d->request("GET", d->routes.siteDomains(project)), context, std::move(done),
            client::parseSiteDomains);
}

void HttpBackend::addSiteDomain(const std::string& project, const std::string& name, QObject* context,
                                Done<void> done) {
    d->call(d->request("POST", d->routes.siteDomains(project), client::siteDomainBody(name)), context,
            std::move(done), client::parseNothing);
}

void HttpBackend::deleteSiteDomain(const std::string& project, const std::string& name, QObject* context,
                                   Done<void> done) {
    d->call(d->request("DELETE", d->routes.siteDomains(project) + "/" + encoded(name)), context,
            std::move(done), client::parseNothing);
}

}  // namespace stepwell
