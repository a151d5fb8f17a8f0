#include "app/engine/core/core.h"
#include "app/engine/core/refusals.h"
#include "app/engine/core/script_metadata.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::engine {

namespace {

constexpr int purgedPerTurn = 500;

bool lists(const std::string& jsonArray, const std::string& name) {
    const auto json = parseBounded<nlohmann::json>(jsonArray);
    return json.is_array() && std::find(json.begin(), json.end(), nlohmann::json(name)) != json.end();
}

std::vector<std::string> cronsIn(const std::string& settings) {
    std::vector<std::string> crons;
    if (settings.find("\"schedules\"") == std::string::npos) return crons;
    const auto json = parseBounded<nlohmann::json>(settings);
    if (!json.is_object() || !json.contains("schedules") || !json["schedules"].is_array()) return crons;
    for (const auto& item : json["schedules"])
        if (item.is_object() && item.contains("cron") && item["cron"].is_string())
            crons.push_back(item["cron"].get<std::string>());
    return crons;
}

}  // namespace

Reply Core::handle(const PutWorkflow& request) {
    const auto script = m_transaction->script(request.scriptName);
    if (!script) return noScript(request.scriptName);
    const auto deployed = m_transaction->deployedVersion(script->key);
    if (!deployed) return noScript(request.scriptName);
    if (!lists(deployed->entrypoints, request.className))
        return api::fail(400, api::code::scriptInvalid,
                         "Worker \"" + request.scriptName + "\" exports no class \"" + request.className +
                             "\" that extends WorkflowEntrypoint; export it from the Worker's main module");
    auto row = m_transaction->workflow(request.name).value_or(WorkflowRow{});
    if (!row.key) {
        row.uuid = request.uuid;
        row.name = request.name;
        row.created = m_now;
    }
    const auto latest = row.latest ? m_transaction->workflowVersion(row.latest) : std::nullopt;
    const bool same = latest && latest->script == deployed->key && latest->className == request.className &&
                      latest->settings == request.settings && row.scriptName == request.scriptName;
    row.className = request.className;
    row.scriptName = request.scriptName;
    row.settings = request.settings;
    row.modified = m_now;
    m_transaction->putWorkflow(row);
    std::string versionUuid = same ? latest->uuid : request.versionUuid;
    if (!same) {
        WorkflowVersionRow version;
        version.uuid = request.versionUuid;
        version.workflow = row.key;
        version.script = deployed->key;
        version.className = request.className;
        version.created = m_now;
        version.settings = request.settings;
        m_transaction->insertWorkflowVersion(version);
        row.latest = version.key;
        row.latestNumber = version.number;
        m_transaction->putWorkflow(row);
    }
    setSchedules(row.key, {}, cronsIn(request.settings));
    forgetWorkflow(row.name);
    publish(event("workflow_changed", row.name));
    const bool terminating = m_terminations.contains(row.key);
    return Answer{WorkflowPut{std::move(row), std::move(versionUuid), terminating}};
}

void Core::removeWorkflow(WorkflowRow& row) {
    for (const auto& schedule : m_transaction->schedules(row.key, {}))
        m_transaction->removeSchedule(schedule.key);
    m_nextSchedule = m_transaction->nextSchedule();
    std::vector<InstanceKey> gone;
    for (const auto& [key, instance] : m_live)
        if (instance.row.workflow == row.key) gone.push_back(key);
    for (const auto key : gone) {
        auto* instance = live(key);
        if (instance == nullptr) continue;
        dropRun(*instance);
        leaveMemory(*instance);
    }
    m_backlog.erase(row.key);
    m_queued.erase(row.key);
    m_queuedBefore.erase(row.key);
    m_runningTotal -= m_running[row.key];
    m_running.erase(row.key);
    publish(event("workflow_deleted", row.name));
    forgetWorkflow(row.name);
    row.deleted = true;
    row.name = "deleted:" + row.uuid;  // frees the name while its instances are removed bit by bit
    m_transaction->putWorkflow(row);
    m_purging = true;
}

Reply Core::handle(const DeleteWorkflow& request) {
    auto row = m_transaction->workflow(request.name);
    if (!row)
        return api::fail(404, api::code::workflowNotFound,
                         "workflows.api.error.workflow.not_found: no workflow is called \"" + request.name +
                             "\"");
    removeWorkflow(*row);
    return Answer{Done{m_now}};
}

void Core::purgeSome() {
    if (!m_purging) return;
    int room = purgedPerTurn;
    const auto keys = m_transaction->deletedWorkflows();
    for (const auto key : keys) {
        m_terminations.erase(key);
        const int removed = m_transaction->purgeInstances(key, room);
        room -= removed;
        if (room <= 0) return;
        m_transaction->removeWorkflow(key);
        std::erase_if(m_counts, [key](const auto& entry) { return entry.first.workflow == key; });
        std::erase_if(m_activity, [key](const auto& entry) { return entry.first.first == key; });
        m_triggered.erase(key);
    }
    m_purging = false;
}

/// What is deployed is what new instances run, so the script's workflows get a version that points to it.
void Core::deploy(const ScriptRow& script, const ScriptVersionRow& version, const std::string& uuid,
                  const std::string& annotations) {
    DeploymentRow deployment;
    deployment.uuid = uuid;
    deployment.script = script.key;
    deployment.versionUuid = version.uuid;
    deployment.created = m_now;
    deployment.annotations = annotations;
    m_transaction->insertDeployment(deployment);
    for (auto& row : m_transaction->workflowsOf(script.name))
        followDeployment(std::move(row), version, uuid);
}

void Core::followDeployment(WorkflowRow row, const ScriptVersionRow& version, const std::string& deployment) {
    const auto latest = m_transaction->workflowVersion(row.latest);
    if (latest && latest->script == version.key) return;
    // A class that is gone keeps its last code until the workflow is declared anew.
    if (!lists(version.entrypoints, row.className)) return;
    WorkflowVersionRow fresh;
    fresh.uuid = derivedUuid(deployment, row.uuid);
    fresh.workflow = row.key;
    fresh.script = version.key;
    fresh.className = row.className;
    fresh.created = m_now;
    fresh.settings = row.settings;
    m_transaction->insertWorkflowVersion(fresh);
    row.latest = fresh.key;
    row.latestNumber = fresh.number;
    row.modified = m_now;
    m_transaction->putWorkflow(row);
    forgetWorkflow(row.name);
    publish(event("workflow_changed", row.name));
}

Reply Core::handle(const PutScriptVersion& request) {
    auto script = m_transaction->script(request.script).value_or(ScriptRow{});
    if (!script.key) {
        script.name = request.script;
        script.tag = request.scriptTag;
        script.created = m_now;
    }
    script.modified = m_now;
    m_transaction->putScript(script);
    auto version = request.version;
    version.script = script.key;
    version.scriptName = request.script;
    version.created = m_now;
    m_transaction->insertScriptVersion(version);
    if (request.deploy) deploy(script, version, request.deploymentUuid, request.annotations);
    return Answer{
        ScriptVersionPut{std::move(version), request.deploy ? request.deploymentUuid : std::string{}}};
}

Reply Core::handle(const PutGraphs& request) {
    for (const auto& graph : request.graphs)
        m_transaction->putGraph(request.version, graph);
    return Answer{Done{m_now}};
}

Reply Core::handle(const EditSecrets& request) {
    auto script = m_transaction->script(request.script);
    if (!script) return noScript(request.script);
    auto version = m_transaction->deployedVersion(script->key);
    if (!version) return noScript(request.script);
    auto metadata = withSecrets(version->metadata, request.changes);
    if (!metadata) return tl::unexpected(metadata.error());
    constexpr auto annotations = R"({"workers/triggered_by":"secret"})";
    version->key = {};
    version->uuid = request.versionUuid;
    version->metadata = std::move(*metadata);
    version->created = script->modified = m_now;
    m_transaction->putScript(*script);
    m_transaction->insertScriptVersion(*version);
    deploy(*script, *version, request.deploymentUuid, annotations);
    return Answer{ScriptVersionPut{std::move(*version), request.deploymentUuid}};
}

Reply Core::handle(const DeployScriptVersion& request) {
    const auto script = m_transaction->script(request.script);
    if (!script) return noScript(request.script);
    auto version = m_transaction->scriptVersion(script->key, request.versionUuid);
    if (!version)
        return api::fail(404, api::code::versionNotFound,
                         "Worker \"" + request.script + "\" has no version \"" + request.versionUuid + "\"");
    deploy(*script, *version, request.deploymentUuid, request.annotations);
    return Answer{ScriptVersionPut{std::move(*version), request.deploymentUuid}};
}

Reply Core::handle(const PatchScript& request) {
    auto script = m_transaction->script(request.script);
    if (!script) return noScript(request.script);
    if (request.settings) script->settings = *request.settings;
    if (request.subdomainEnabled) script->subdomainEnabled = *request.subdomainEnabled;
    if (request.previewsEnabled) script->previewsEnabled = *request.previewsEnabled;
    script->modified = m_now;
    m_transaction->putScript(*script);
    return Answer{Done{m_now}};
}

Reply Core::handle(const DeleteScript& request) {
    const auto script = m_transaction->script(request.script);
    if (!script) return noScript(request.script);
    for (auto& row : m_transaction->workflowsOf(request.script))
        removeWorkflow(row);
    m_transaction->removeScript(script->key);
    m_transaction->putTriggers(request.script, "[]");
    m_nextSchedule = m_transaction->nextSchedule();
    return Answer{Done{m_now}};
}

}  // namespace stepwell::engine
