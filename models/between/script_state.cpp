#include "models/between/script_state.h"

#include "models/client/bodies.h"
#include "models/client/form.h"
#include "models/client/parse.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace stepwell::between {

using client::Response;
using json = nlohmann::ordered_json;
namespace read = client::detail;

namespace {

constexpr int workflowsAtOnce = 100;
constexpr int mostWorkflowPages = 100;

/// What goes with an upload beside code and bindings. `usage_model` and `tags` are the account's own affair.
constexpr std::array settingKeys = {
    "compatibility_date", "compatibility_flags", "placement", "limits", "observability", "logpush",
    "tail_consumers"};

bool saysNothing(const json& value) {
    return value.is_null() || (value.is_structured() && value.empty()) || value == false;
}

std::string settingsOf(const json& result) {
    auto settings = json::object();
    for (const char* key : settingKeys)
        if (const auto& value = read::at(result, key); !saysNothing(value)) settings[key] = value;
    return read::dump(settings);
}

}  // namespace

const ScriptBinding* ScriptState::binding(const std::string& name) const {
    const auto found =
        std::find_if(bindings.begin(), bindings.end(), [&](const auto& one) { return one.name == name; });
    return found == bindings.end() ? nullptr : &*found;
}

api::Result<ScriptState> ScriptClient::state(const std::string& script) {
    ScriptState state;
    const auto exists = readContent(script, state);
    if (!exists) return tl::unexpected(exists.error());
    state.exists = *exists;
    if (state.exists) {
        if (auto ok = readSettings(script, state); !ok) return tl::unexpected(ok.error());
        if (auto ok = readCrons(script, state); !ok) return tl::unexpected(ok.error());
        if (auto ok = readSplit(script, state); !ok) return tl::unexpected(ok.error());
    }
    if (auto ok = readWorkflows(script, state); !ok) return tl::unexpected(ok.error());
    return state;
}

/// False: there is no such script.
api::Result<bool> ScriptClient::readContent(const std::string& script, ScriptState& state) {
    auto get = m_link.request("GET", m_link.routes().scriptContent(script));
    get.wantsHeaders = true;
    const auto response = m_link.ask(std::move(get));
    if (!response) return tl::unexpected(response.error());
    if (response->status != 200) {
        const auto refused = read::envelope(*response);
        const auto error = refused ? api::Error{response->status, api::code::internal,
                                                "The backend did not give out the code of the script."}
                                   : refused.error();
        if (error.code == api::code::scriptNotFound) return false;
        if (error.code == api::code::noRoute)
            return api::fail(error.http, error.code,
                             m_link.end().name +
                                 " does not give out the code of scripts: it runs an older release. "
                                 "Update it first.");
        return api::fail(error);
    }
    // What is no form is a script of the older format, alone.
    if (!response->contentType.starts_with("multipart/")) return true;
    auto parts = client::parseForm(*response);
    if (!parts) return tl::unexpected(parts.error());
    for (auto& part : *parts)
        state.modules.push_back({part.name, part.contentType, std::move(part.bytes)});
    state.mainModule = client::headerOf(*response, "cf-entrypoint");
    if (state.mainModule.empty() && !state.modules.empty()) state.mainModule = state.modules.front().name;
    std::sort(state.modules.begin(), state.modules.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return true;
}

api::Result<void> ScriptClient::readSettings(const std::string& script, ScriptState& state) {
    const auto response = m_link.get(m_link.routes().script(script) + "/settings");
    if (!response) return tl::unexpected(response.error());
    const auto answer = read::envelope(*response, read::listIn("bindings"));
    if (!answer) return tl::unexpected(answer.error());
    const auto& result = read::at(*answer, "result");
    state.settingsJson = settingsOf(result);
    for (const auto& binding : read::at(result, "bindings")) {
        if (!binding.is_object()) continue;
        auto shown = binding;
        ScriptBinding made{read::text(binding, "name"), read::text(binding, "type"), {}};
        if (made.isSecret()) shown.erase("text");
        made.json = read::dump(shown);
        state.bindings.push_back(std::move(made));
    }
    std::sort(state.bindings.begin(), state.bindings.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return {};
}

api::Result<void> ScriptClient::readCrons(const std::string& script, ScriptState& state) {
    const auto response = m_link.get(m_link.routes().crons(script));
    if (!response) return tl::unexpected(response.error());
    const auto crons = client::parseCrons(*response);
    if (!crons) return tl::unexpected(crons.error());
    for (const auto& cron : *crons)
        state.crons.push_back(cron.cron);
    std::sort(state.crons.begin(), state.crons.end());
    return {};
}

/// The newest deployment is the first. Who does not tell of them has one version at a time, or hides it.
api::Result<void> ScriptClient::readSplit(const std::string& script, ScriptState& state) {
    const auto response = m_link.get(m_link.routes().deployments(script));
    if (!response) return tl::unexpected(response.error());
    const auto answer = read::envelope(*response);
    if (!answer && answer.error().http >= 400 && answer.error().http < 500) return {};
    if (!answer) return tl::unexpected(answer.error());
    const auto& deployments = read::at(read::at(*answer, "result"), "deployments");
    if (!deployments.is_array() || deployments.empty()) return {};
    for (const auto& version : read::at(deployments.front(), "versions")) {
        const auto& share = read::at(version, "percentage");
        if (share.is_number() && share.get<double>() > 0)
            state.split.push_back({read::text(version, "version_id"), share.get<double>()});
    }
    if (state.split.size() < 2) state.split.clear();
    return {};
}

api::Result<void> ScriptClient::readWorkflows(const std::string& script, ScriptState& state) {
    for (int page = 1; page <= mostWorkflowPages; ++page) {
        const auto url =
            m_link.routes().workflows() +
            client::query({{"page", std::to_string(page)}, {"per_page", std::to_string(workflowsAtOnce)}});
        const auto response = m_link.get(url);
        if (!response) return tl::unexpected(response.error());
        auto list = client::parseWorkflows(*response);
        if (!list) return tl::unexpected(list.error());
        const auto count = list->rows.size();
        std::move(list->rows.begin(), list->rows.end(), std::back_inserter(state.allWorkflows));
        if (count < static_cast<std::size_t>(workflowsAtOnce)) break;
        // What is not seen might be taken from another script without a word.
        if (page == mostWorkflowPages)
            return api::fail(
                0, api::code::unsupported,
                "This backend has more workflows than a promotion looks through (10,000): deploy "
                "the script with wrangler instead.");
    }
    if (!state.exists) return {};
    for (const auto& workflow : state.allWorkflows) {
        if (workflow.scriptName != script) continue;
        auto one = workflowOf(workflow);
        if (!one) return tl::unexpected(one.error());
        state.workflows.push_back(std::move(*one));
    }
    std::sort(state.workflows.begin(), state.workflows.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return {};
}

/// Limits and the like are told with its newest version.
api::Result<ScriptWorkflow> ScriptClient::workflowOf(const api::Workflow& workflow) {
    const auto url =
        m_link.routes().versions(workflow.name) + client::query({{"page", "1"}, {"per_page", "1"}});
    const auto response = m_link.get(url);
    if (!response) return tl::unexpected(response.error());
    const auto versions = client::parseVersions(*response);
    if (!versions) return tl::unexpected(versions.error());
    auto settings = versions->rows.empty() ? api::WorkflowSettings{} : versions->rows.front().settings;
    settings.crons.clear();
    for (const auto& schedule : workflow.schedules)
        settings.crons.push_back(schedule.cron);
    return ScriptWorkflow{workflow.name, workflow.className, client::settingsJson(settings)};
}

api::Result<void> ScriptClient::upload(const std::string& script, const std::string& metadataJson,
                                       const std::vector<ScriptModule>& modules, client::Progress progress) {
    auto put = m_link.request("PUT", m_link.routes().script(script));
    put.parts.push_back({"metadata", {}, "application/json", metadataJson});
    for (const auto& module : modules)
        put.parts.push_back({module.name, module.name, module.contentType, module.bytes});
    const auto response = m_link.ask(std::move(put), std::move(progress));
    if (!response) return tl::unexpected(response.error());
    return client::parseNothing(*response);
}

api::Result<void> ScriptClient::putWorkflow(const ScriptWorkflow& workflow, const std::string& script) {
    auto body = client::declarationBody(workflow.className, script, workflow.settingsJson);
    if (!body) return tl::unexpected(body.error());
    auto put = m_link.request("PUT", m_link.routes().workflow(workflow.name));
    put.body = std::move(*body);
    const auto response = m_link.ask(std::move(put));
    if (!response) return tl::unexpected(response.error());
    return client::parseNothing(*response);
}

api::Result<void> ScriptClient::setCrons(const std::string& script, const std::vector<std::string>& crons) {
    auto put = m_link.request("PUT", m_link.routes().crons(script));
    put.body = client::cronsBody(crons);
    const auto response = m_link.ask(std::move(put));
    if (!response) return tl::unexpected(response.error());
    return client::parseNothing(*response);
}

}  // namespace stepwell::between
