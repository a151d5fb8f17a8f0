#include "fake_backend.h"
#include "models/text.h"

#include <algorithm>

namespace stepwell::test {

namespace {

bool matches(const api::SiteDeployment& row, const api::SiteDeploymentQuery& query) {
    if (query.environment && row.environment != *query.environment) return false;
    if (!query.branch.empty() && row.branch != query.branch) return false;
    const auto has = [&](const std::string& text) { return text.find(query.text) != std::string::npos; };
    return has(row.id) || has(row.branch) || has(row.commitHash) || has(row.commitMessage);
}

QString described(const api::SiteDeploymentQuery& query) {
    auto text = QStringLiteral("siteDeployments %1 page=%2").arg(toQt(query.project)).arg(query.page);
    if (query.environment) text += " env=" + toQt(std::string(api::toString(*query.environment)));
    if (!query.branch.empty()) text += " branch=" + toQt(query.branch);
    if (!query.text.empty()) text += " text=" + toQt(query.text);
    return text;
}

}  // namespace

api::SiteDeployment* FakeBackend::findSite(const std::string& project, const std::string& id) {
    auto& list = siteDeploymentLists[project];
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto& row) { return row.id == id; });
    return found == list.end() ? nullptr : &*found;
}

void FakeBackend::replySite(const QString& call, const api::SiteDeployment* found, QObject* context,
                            Done<api::SiteDeployment> done) {
    if (found)
        reply<api::SiteDeployment>(call, context, std::move(done), *found);
    else
        reply<api::SiteDeployment>(call, context, std::move(done),
                                   api::fail(404, 8000009, "Deployment not found."));
}

void FakeBackend::siteProjects(QObject* context, Done<std::vector<api::SiteProject>> done) {
    reply<std::vector<api::SiteProject>>(QStringLiteral("siteProjects"), context, std::move(done),
                                         siteProjectList);
}

void FakeBackend::siteProject(const std::string& name, QObject* context, Done<api::SiteProject> done) {
    const auto found = std::find_if(siteProjectList.begin(), siteProjectList.end(),
                                    [&](const auto& project) { return project.name == name; });
    api::Result<api::SiteProject> answer = api::fail(404, 8000007, "Project not found.");
    if (found != siteProjectList.end()) answer = *found;
    reply<api::SiteProject>("siteProject " + toQt(name), context, std::move(done), std::move(answer));
}

void FakeBackend::createSiteProject(const api::NewSiteProject& project, QObject* context,
                                    Done<api::SiteProject> done) {
    api::SiteProject made;
    made.name = project.name;
    made.productionBranch = project.productionBranch;
    siteProjectList.push_back(made);
    reply<api::SiteProject>("createSiteProject " + toQt(project.name), context, std::move(done), made);
}

void FakeBackend::changeSiteProject(const std::string& name, const api::SiteProjectChange& change,
                                    QObject* context, Done<api::SiteProject> done) {
    siteChanges.push_back(change);
    const auto found = std::find_if(siteProjectList.begin(), siteProjectList.end(),
                                    [&](const auto& project) { return project.name == name; });
    api::Result<api::SiteProject> answer = api::fail(404, 8000007, "Project not found.");
    if (found != siteProjectList.end()) {
        if (change.productionBranch) found->productionBranch = *change.productionBranch;
        for (const auto& [config, variables] : {std::pair{&found->production, &change.production},
                                                std::pair{&found->preview, &change.preview}}) {
            for (const auto& removed : variables->removed)
                std::erase_if(config->variables, [&](const auto& one) { return one.name == removed; });
            for (const auto& set : variables->set) {
                std::erase_if(config->variables, [&](const auto& one) { return one.name == set.name; });
                config->variables.push_back({set.name, set.secret ? std::string() : set.value, set.secret});
            }
        }
        answer = *found;
    }
    reply<api::SiteProject>("changeSiteProject " + toQt(name), context, std::move(done), std::move(answer));
}

void FakeBackend::deleteSiteProject(const std::string& name, QObject* context, Done<void> done) {
    std::erase_if(siteProjectList, [&](const auto& project) { return project.name == name; });
    reply<void>("deleteSiteProject " + toQt(name), context, std::move(done), {});
}

void FakeBackend::siteDeployments(const api::SiteDeploymentQuery& query, QObject* context,
                                  Done<api::SiteDeploymentList> done) {
    api::SiteDeploymentList list;
    if (siteDeploymentSource) {
        list = siteDeploymentSource(query);
    } else {
        list.filters = true;
        const auto from = std::int64_t{query.page - 1} * query.perPage;
        for (const auto& row : siteDeploymentLists[query.project]) {
            if (!matches(row, query)) continue;
            if (list.total >= from && list.total < from + query.perPage) list.rows.push_back(row);
            ++list.total;
        }
    }
    reply<api::SiteDeploymentList>(described(query), context, std::move(done), std::move(list));
}

void FakeBackend::siteDeployment(const std::string& project, const std::string& id, QObject* context,
                                 Done<api::SiteDeployment> done) {
    replySite("siteDeployment " + toQt(project) + ' ' + toQt(id), findSite(project, id), context,
              std::move(done));
}

void FakeBackend::deleteSiteDeployment(const std::string& project, const std::string& id,
                                       SiteDeletion deletion, QObject* context, Done<void> done) {
    std::erase_if(siteDeploymentLists[project], [&](const auto& row) { return row.id == id; });
    auto call = "deleteSiteDeployment " + toQt(project) + ' ' + toQt(id);
    if (deletion == SiteDeletion::withAliases) call += QStringLiteral(" force");
    reply<void>(call, context, std::move(done), {});
}

void FakeBackend::rollBackSite(const std::string& project, const std::string& id, QObject* context,
                               Done<api::SiteDeployment> done) {
    auto* found = findSite(project, id);
    if (found) {
        for (auto& row : siteDeploymentLists[project])
            row.live = row.id == id;
        for (auto& one : siteProjectList)
            if (one.name == project) one.live = *found;
    }
    replySite("rollBackSite " + toQt(project) + ' ' + toQt(id), found, context, std::move(done));
}

void FakeBackend::retrySiteDeployment(const std::string& project, const std::string& id, QObject* context,
                                      Done<api::SiteDeployment> done) {
    auto& list = siteDeploymentLists[project];
    if (const auto* found = findSite(project, id)) {
        auto again = *found;
        again.id = "again-" + std::to_string(list.size());
        again.shortId = again.id;
        list.insert(list.begin(), again);
        return replySite("retrySiteDeployment " + toQt(project) + ' ' + toQt(id), &list.front(), context,
                         std::move(done));
    }
    replySite("retrySiteDeployment " + toQt(project) + ' ' + toQt(id), nullptr, context, std::move(done));
}

void FakeBackend::siteDeploymentLog(const std::string& project, const std::string& id, QObject* context,
                                    Done<std::vector<api::SiteLogLine>> done) {
    reply<std::vector<api::SiteLogLine>>("siteDeploymentLog " + toQt(project) + ' ' + toQt(id), context,
                                         std::move(done), siteLogs[id]);
}

void FakeBackend::siteRules(const std::string& project, const std::string& deployment, QObject* context,
                            Done<api::SiteRules> done) {
    reply<api::SiteRules>("siteRules " + toQt(project) + ' ' + toQt(deployment), context, std::move(done),
                          siteRuleSets[deployment]);
}

void FakeBackend::checkSiteRules(const std::string&, const std::string&, QObject* context,
                                 Done<api::SiteRules> done) {
    reply<api::SiteRules>("checkSiteRules", context, std::move(done), checkedSiteRules);
}

void FakeBackend::explainSite(const std::string& project, const std::string& deployment,
                              const std::string& url, QObject* context, Done<api::SiteExplanation> done) {
    auto answer = siteExplanations[url];
    if (answer.url.empty()) answer.url = url;
    reply<api::SiteExplanation>("explainSite " + toQt(project) + ' ' + toQt(deployment) + ' ' + toQt(url),
                                context, std::move(done), std::move(answer));
}

void FakeBackend::visitSite(const std::string& url, QObject* context, Done<api::SiteResponse> done) {
    reply<api::SiteResponse>("visitSite " + toQt(url), context, std::move(done), siteResponses[url]);
}

void FakeBackend::siteRequests(const std::string& project, const std::string& deployment, std::int64_t after,
                               QObject* context, Done<api::SiteRequestList> done) {
    auto answer = siteRequestLists[deployment];
    std::erase_if(answer.rows, [&](const auto& request) { return request.id <= after; });
    reply<api::SiteRequestList>("siteRequests " + toQt(project) + ' ' + toQt(deployment), context,
                                std::move(done), std::move(answer));
}

void FakeBackend::siteDomains(const std::string& project, QObject* context,
                              Done<std::vector<api::SiteDomain>> done) {
    reply<std::vector<api::SiteDomain>>("siteDomains " + toQt(project), context, std::move(done),
                                        siteDomainLists[project]);
}

void FakeBackend::addSiteDomain(const std::string& project, const std::string& name, QObject* context,
                                Done<void> done) {
    siteDomainLists[project].push_back({name, "active", {}, sample::baseTime()});
    reply<void>("addSiteDomain " + toQt(project) + ' ' + toQt(name), context, std::move(done), {});
}

void FakeBackend::deleteSiteDomain(const std::string& project, const std::string& name, QObject* context,
                                   Done<void> done) {
    std::erase_if(siteDomainLists[project], [&](const auto& domain) { return domain.name == name; });
    reply<void>("deleteSiteDomain " + toQt(project) + ' ' + toQt(name), context, std::move(done), {});
}

}  // namespace stepwell::test
