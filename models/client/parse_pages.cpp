#include "models/client/parse_pages.h"

#include "models/client/parse.h"
#include "models/client/parse_list.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::client {

using json = nlohmann::ordered_json;
using namespace detail;

namespace {

std::optional<std::int64_t> count(const json& object, const char* key) {
    if (!at(object, key).is_number()) return std::nullopt;
    return integer(object, key);
}

std::vector<api::SiteVariable> variablesFrom(const json& object) {
    std::vector<api::SiteVariable> variables;
    if (!object.is_object()) return variables;
    for (const auto& [name, variable] : object.items()) {
        if (!variable.is_object()) continue;
        const bool secret = text(variable, "type") == "secret_text";
        variables.push_back({name, secret ? std::string() : text(variable, "value"), secret});
    }
    std::sort(variables.begin(), variables.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return variables;
}

api::SiteConfig configFrom(const json& object) {
    return {variablesFrom(at(object, "env_vars")), text(object, "compatibility_date"),
            textsOf(at(object, "compatibility_flags"))};
}

api::SiteStage stageFrom(const json& object) {
    return {text(object, "name"), text(object, "status"), time(object, "started_on"),
            time(object, "ended_on")};
}

api::SiteDeployment deploymentFrom(const json& item) {
    api::SiteDeployment deployment;
    deployment.id = text(item, "id");
    deployment.shortId = text(item, "short_id");
    if (deployment.shortId.empty()) deployment.shortId = deployment.id.substr(0, 8);
    deployment.projectName = text(item, "project_name");
    deployment.environment = text(item, "environment") == "preview" ? api::SiteEnvironment::preview
                                                                    : api::SiteEnvironment::production;
    deployment.url = text(item, "url");
    deployment.aliases = textsOf(at(item, "aliases"));
    deployment.createdOn = time(item, "created_on");
    deployment.latestStage = stageFrom(at(item, "latest_stage"));
    deployment.stages = listOf<api::SiteStage>(at(item, "stages"), stageFrom);
    const auto& trigger = at(item, "deployment_trigger");
    deployment.trigger = text(trigger, "type");
    const auto& metadata = at(trigger, "metadata");
    deployment.branch = text(metadata, "branch");
    deployment.commitHash = text(metadata, "commit_hash");
    deployment.commitMessage = text(metadata, "commit_message");
    deployment.commitDirty = flag(metadata, "commit_dirty", false);
    deployment.usesFunctions = flag(item, "uses_functions", false);
    deployment.variables = variablesFrom(at(item, "env_vars"));
    const auto& extension = at(item, "stepwell");
    deployment.files = count(extension, "files");
    deployment.bytes = count(extension, "bytes");
    if (at(extension, "live").is_boolean()) deployment.live = flag(extension, "live", false);
    if (at(extension, "newest_of_branch").is_boolean())
        deployment.newestOfBranch = flag(extension, "newest_of_branch", false);
    return deployment;
}

std::optional<api::SiteDeployment> deploymentOrNone(const json& item) {
    if (!item.is_object()) return std::nullopt;
    return deploymentFrom(item);
}

/// Hosts come without a scheme. Those of this machine speak http, all others https.
std::string urlOfHost(const std::string& host) {
    if (host.empty()) return {};
    const auto name = host.substr(0, host.find(':'));
    const bool local = name == "localhost" || name.ends_with(".localhost");
    return (local ? "http://" : "https://") + host;
}

api::SiteProject projectFrom(const json& item) {
    api::SiteProject project;
    project.id = text(item, "id");
    project.name = text(item, "name");
    project.subdomain = text(item, "subdomain");
    // Only the server knows whether it speaks TLS.
    project.url = text(at(item, "stepwell"), "url");
    if (project.url.empty()) project.url = urlOfHost(project.subdomain);
    project.domains = textsOf(at(item, "domains"));
    project.productionBranch = text(item, "production_branch");
    project.createdOn = time(item, "created_on");
    const auto& configs = at(item, "deployment_configs");
    project.production = configFrom(at(configs, "production"));
    project.preview = configFrom(at(configs, "preview"));
    project.live = deploymentOrNone(at(item, "canonical_deployment"));
    project.latest = deploymentOrNone(at(item, "latest_deployment"));
    project.usesFunctions = flag(item, "uses_functions", false);
    project.fromGit = at(item, "source").is_object();
    const auto& extension = at(item, "stepwell");
    project.productionCount = count(extension, "production_count");
    project.previewCount = count(extension, "preview_count");
    if (const auto& requests = at(extension, "requests"); requests.is_object())
        project.requests = api::SiteRequests{integer(requests, "total"), integer(requests, "errors")};
    return project;
}

api::SiteDomain domainFrom(const json& item) {
    auto message = text(at(item, "verification_data"), "error_message");
    if (message.empty()) message = text(at(item, "validation_data"), "error_message");
    return {text(item, "name"), text(item, "status"), std::move(message), time(item, "created_on")};
}

template <class T, class Read>
api::Result<T> fromResult(const Response& response, Need need, Read read) {
    const auto answer = envelope(response, need);
    if (!answer) return api::fail(answer.error());
    return read(at(*answer, "result"));
}

std::string dumped(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json variablesBody(const api::SiteProjectChange::Variables& change) {
    auto variables = json::object();
    for (const auto& name : change.removed)
        variables[name] = nullptr;
    for (const auto& variable : change.set)
        variables[variable.name] = {{"type", variable.secret ? "secret_text" : "plain_text"},
                                    {"value", variable.value}};
    return variables;
}

}  // namespace

api::Result<Page<api::SiteProject>> parseSiteProjects(const Response& response) {
    const auto answer = envelope(response, aList);
    if (!answer) return api::fail(answer.error());
    Page<api::SiteProject> page;
    page.rows = listOf<api::SiteProject>(at(*answer, "result"), projectFrom);
    page.total = integer(at(*answer, "result_info"), "total_count", -1);
    return page;
}

api::Result<api::SiteProject> parseSiteProject(const Response& response) {
    return fromResult<api::SiteProject>(response, keyed("name"), projectFrom);
}

api::Result<api::SiteDeploymentList> parseSiteDeployments(const Response& response) {
    const auto answer = envelope(response, aList);
    if (!answer) return api::fail(answer.error());
    api::SiteDeploymentList list;
    list.rows = listOf<api::SiteDeployment>(at(*answer, "result"), deploymentFrom);
    const auto& info = at(*answer, "result_info");
    list.total = integer(info, "total_count", -1);
    list.filters = list.rows.empty() || list.rows.front().files.has_value();
    return list;
}

api::Result<api::SiteDeployment> parseSiteDeployment(const Response& response) {
    return fromResult<api::SiteDeployment>(response, keyed("id"), deploymentFrom);
}

api::Result<std::vector<api::SiteDomain>> parseSiteDomains(const Response& response) {
    using List = std::vector<api::SiteDomain>;
    return fromResult<List>(response, aList,
                            [](const json& list) { return listOf<api::SiteDomain>(list, domainFrom); });
}

api::Result<std::vector<api::SiteLogLine>> parseSiteLog(const Response& response) {
    using List = std::vector<api::SiteLogLine>;
    return fromResult<List>(response, listIn("data"), [](const json& result) {
        return listOf<api::SiteLogLine>(at(result, "data"), [](const json& item) {
            return api::SiteLogLine{time(item, "ts"), text(item, "line")};
        });
    });
}

std::string newSiteProjectBody(const api::NewSiteProject& project) {
    return dumped({{"name", project.name}, {"production_branch", project.productionBranch}});
}

std::string siteProjectChangeBody(const api::SiteProjectChange& change) {
    auto body = json::object();
    if (change.productionBranch) body["production_branch"] = *change.productionBranch;
    for (const auto& [name, variables] :
         {std::pair{"production", &change.production}, {"preview", &change.preview}})
        if (!variables->set.empty() || !variables->removed.empty())
            body["deployment_configs"][name]["env_vars"] = variablesBody(*variables);
    return dumped(body);
}

std::string siteRulesBody(const std::string& headers, const std::string& redirects) {
    return dumped({{"headers", headers}, {"redirects", redirects}});
}

std::string siteDomainBody(const std::string& name) {
    return dumped({{"name", name}});
}

}  // namespace stepwell::client
