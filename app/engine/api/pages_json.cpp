#include "app/engine/api/pages_json.h"

#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

namespace stepwell::engine::rest {

namespace {

using nlohmann::json;
using pages::Environment;

/// The value of a secret never leaves.
json withoutSecrets(json variables) {
    for (auto& [name, variable] : variables.items())
        if (variable.is_object() && variable.value("type", "") == "secret_text") variable["value"] = "";
    return variables;
}

json shownConfig(json config) {
    config["env_vars"] = withoutSecrets(config.value("env_vars", json::object()));
    if (!config.contains("compatibility_flags")) config["compatibility_flags"] = json::array();
    return config;
}

json objectOf(const std::string& text) {
    auto value = parseBounded<json>(text);
    return value.is_object() ? value : json::object();
}

json shownBuild(const std::string& text) {
    json build{{"build_command", nullptr},
               {"destination_dir", nullptr},
               {"root_dir", nullptr},
               {"web_analytics_tag", nullptr},
               {"web_analytics_token", nullptr}};
    build.update(objectOf(text));
    return build;
}

std::string environmentName(Environment environment) {
    return environment == Environment::production ? "production" : "preview";
}

json stage(const char* name, const std::string& time) {
    return {{"name", name}, {"status", "success"}, {"started_on", time}, {"ended_on", time}};
}

json stages(const std::string& time) {
    auto all = json::array();
    for (const char* name : {"queued", "initialize", "clone_repo", "build", "deploy"})
        all.push_back(stage(name, time));
    return all;
}

bool usesFunctions(const pages::DeploymentRow& row) {
    return row.workerKind != pages::WorkerKind::none;
}

}  // namespace

json shown(const pages::DeploymentView& deployment, const http::Place& place) {
    const auto& row = deployment.row;
    const auto time = api::toIso(row.created);
    auto aliases = json(nullptr);
    for (const auto& alias : deployment.aliases)
        aliases.push_back(place.urlOf(alias));
    return {
        {"id", row.uuid},
        {"short_id", row.shortId},
        {"project_id", deployment.projectUuid},
        {"project_name", deployment.projectName},
        {"environment", environmentName(row.environment)},
        {"url", place.urlOf(row.shortId + '.' + deployment.subdomain + ".localhost")},
        {"aliases", std::move(aliases)},
        {"created_on", time},
        {"modified_on", time},
        {"latest_stage", stage("deploy", time)},
        {"stages", stages(time)},
        {"deployment_trigger",
         {{"type", "ad_hoc"},
          {"metadata",
           {{"branch", row.branch},
            {"commit_hash", row.commitHash},
            {"commit_message", row.commitMessage},
            {"commit_dirty", row.commitDirty}}}}},
        {"build_config", shownBuild(deployment.buildConfig)},
        {"env_vars", withoutSecrets(objectOf(row.config).value("env_vars", json::object()))},
        {"source", nullptr},
        {"is_skipped", false},
        {"uses_functions", usesFunctions(row)},
        {"production_branch", deployment.productionBranch},
        {"stepwell",
         {{"files", row.files},
          {"bytes", row.bytes},
          {"live", deployment.live},
          {"newest_of_branch", deployment.newestOfBranch}}},
    };
}

json shown(const pages::ProjectView& project, const http::Place& place) {
    const auto& row = project.row;
    const auto stored = row.subdomain + ".localhost";
    const auto subdomain = place.hostOf(stored);
    auto domains = json::array({subdomain});
    for (const auto& domain : project.domains)
        domains.push_back(domain.name);
    const auto configs = objectOf(row.configs);
    const auto shownOrNull = [&](const std::optional<pages::DeploymentView>& deployment) {
        return deployment ? shown(*deployment, place) : json(nullptr);
    };
    json value{
        {"id", row.uuid},
        {"name", row.name},
        {"subdomain", subdomain},
        {"domains", std::move(domains)},
        {"production_branch", row.productionBranch},
        {"created_on", api::toIso(row.created)},
        {"build_config", shownBuild(row.buildConfig)},
        {"deployment_configs",
         {{"production", shownConfig(configs.value("production", json::object()))},
          {"preview", shownConfig(configs.value("preview", json::object()))}}},
        {"canonical_deployment", shownOrNull(project.canonical)},
        {"latest_deployment", shownOrNull(project.latest)},
        {"framework", ""},
        {"framework_version", ""},
        {"production_script_name", "pages-worker--" + row.name + "-production"},
        {"preview_script_name", "pages-worker--" + row.name + "-preview"},
        {"uses_functions", project.latest && usesFunctions(project.latest->row)},
        {"stepwell",
         {{"url", place.urlOf(stored)},
          {"production_count", row.productionCount},
          {"preview_count", row.previewCount}}},
    };
    // Clients take any `source`, null too in some of them, for a connection to Git.
    if (auto source = parseBounded<json>(row.source); source.is_object()) value["source"] = std::move(source);
    return value;
}

json shown(const pages::DomainRow& domain) {
    return {
        {"id", domain.uuid},
        {"domain_id", domain.uuid},
        {"name", domain.name},
        {"status", "active"},
        {"zone_tag", ""},
        {"certificate_authority", "google"},
        {"created_on", api::toIso(domain.created)},
        {"validation_data", {{"method", "http"}, {"status", "active"}}},
        {"verification_data", {{"status", "active"}}},
        {"stepwell", {{"branch", domain.branch}}},
    };
}

json shownLog(const pages::DeploymentRow& deployment) {
    const auto ts = api::toIso(deployment.created);
    const auto lines = parseBounded<json>(deployment.log);
    auto data = json::array();
    if (lines.is_array())
        for (const auto& line : lines)
            data.push_back({{"ts", ts}, {"line", line}});
    return {{"total", data.size()}, {"includes_container_logs", false}, {"data", std::move(data)}};
}

json shownFiles(const std::vector<pages::ManifestEntry>& files) {
    auto shown = json::object();
    for (const auto& file : files)
        shown[file.path] = file.key;
    return shown;
}

}  // namespace stepwell::engine::rest
