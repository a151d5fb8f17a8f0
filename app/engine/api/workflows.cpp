#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "app/engine/api/query.h"
#include "app/engine/api/unique.h"
#include "models/api/cron.h"
#include "models/api/identifiers.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

/// Workflows and their versions: endpoints 1-4, 7 and 8 of the reference.
namespace stepwell::engine::rest {

namespace {

constexpr std::size_t mostSchedules = 100;

void writeHours(http::JsonWriter& json, std::string_view key, const std::array<std::int64_t, 24>& hours) {
    json.array(key);
    for (const auto count : hours)
        json.number(count);
    json.endArray();
}

void writeExtension(http::JsonWriter& json, const WorkflowRow& row, const ActivityRow& activity) {
    json.object("stepwell").number("version_number", row.latestNumber).object("hourly");
    writeHours(json, "created", activity.created);
    writeHours(json, "errored", activity.errored);
    json.endObject();
    if (activity.p50 && activity.p99)
        json.object("duration_ms")
            .number("p50", activity.p50->count())
            .number("p99", activity.p99->count())
            .endObject();
    else
        json.null("duration_ms");
    json.endObject();
}

void writeNames(http::JsonWriter& json, const WorkflowRow& row) {
    json.text("id", row.uuid)
        .text("name", row.name)
        .text("class_name", row.className)
        .text("script_name", row.scriptName)
        .time("created_on", row.created)
        .time("modified_on", row.modified)
        .time("triggered_on", row.triggered);
}

/// With the time each of them fires next.
void writeSchedules(http::JsonWriter& json, const std::string& text, api::Time now) {
    const auto settings = parseBounded<nlohmann::json>(text);
    if (!settings.is_object() || !settings.contains("schedules") || settings["schedules"].empty()) return;
    json.array("schedules");
    for (const auto& item : settings["schedules"]) {
        const auto cron = api::Cron::parse(item.value("cron", ""));
        if (!cron) continue;
        json.object().text("cron", item.value("cron", "")).time("next_instance", cron->next(now)).endObject();
    }
    json.endArray();
}

struct WorkflowView {
    WorkflowRow row;
    StatusCounts counts;
    ActivityRow activity;
    api::Time now{};
};

void writeWorkflow(http::JsonWriter& json, const WorkflowView& view) {
    json.object();
    writeNames(json, view.row);
    json.object("instances");
    for (const auto status : api::allStatuses) {
        const auto count = view.counts.find(status);
        json.number(api::toString(status), count == view.counts.end() ? 0 : count->second);
    }
    json.endObject();
    writeSchedules(json, view.row.settings, view.now);
    writeExtension(json, view.row, view.activity);
    json.endObject();
}

api::Result<WorkflowView> viewOf(Reader& reader, WorkflowRow row, api::Time now) {
    auto counts = reader.counts(row.key);
    if (!counts) return tl::unexpected(counts.error());
    auto activity = reader.activity(row.key, now);
    if (!activity) return tl::unexpected(activity.error());
    return WorkflowView{std::move(row), std::move(*counts), *activity, now};
}

Outcome listWorkflows(Reader& reader, const http::Request& request, api::Time now) {
    const auto page = numberQuery(request, "page", 1, 1, 1'000'000);
    if (!page) return tl::unexpected(page.error());
    const auto size = numberQuery(request, "per_page", 10, 1, 100);
    if (!size) return tl::unexpected(size.error());
    const std::string search(request.queryValue("search").value_or(""));
    if (!search.empty() && !api::isWorkflowName(search))
        return badRequest("Query parameter search must be 1 to 64 letters, digits, - or _.");
    auto listed = reader.workflows({static_cast<int>(*page), static_cast<int>(*size)}, search);
    if (!listed) return tl::unexpected(listed.error());
    std::vector<WorkflowView> views;
    for (auto& row : listed->rows) {
        auto view = viewOf(reader, std::move(row), now);
        if (!view) return tl::unexpected(view.error());
        views.push_back(std::move(*view));
    }
    const http::ResultInfo info{static_cast<std::int64_t>(views.size()), *size, listed->total, *page,
                                std::nullopt};
    return http::success(
        [&](http::JsonWriter& json) {
            json.array();
            for (const auto& view : views)
                writeWorkflow(json, view);
            json.endArray();
        },
        info);
}

Outcome getWorkflow(Reader& reader, const http::Request& request, api::Time now) {
    auto row = findWorkflow(reader, request.params[1]);
    if (!row) return tl::unexpected(row.error());
    auto view = viewOf(reader, std::move(*row), now);
    if (!view) return tl::unexpected(view.error());
    return http::success([&](http::JsonWriter& json) { writeWorkflow(json, *view); });
}

// --- PUT
// ---------------------------------------------------------------------------------------------------------

api::Result<std::string> nameIn(const nlohmann::json& body, const char* key) {
    const auto it = body.find(key);
    if (it == body.end() || !it->is_string() || it->get_ref<const std::string&>().empty() ||
        it->get_ref<const std::string&>().size() > 255)
        return badRequest(std::string(key) + " must be a text of 1 to 255 characters.");
    return it->get<std::string>();
}

api::Result<void> checkPositive(const nlohmann::json& body, const char* object, const char* key) {
    const auto it = body.find(object);
    if (it == body.end()) return {};
    if (!it->is_object()) return badRequest(std::string(object) + " must be an object.");
    const auto value = it->find(key);
    if (value == it->end() || (value->is_number_integer() && value->get<std::int64_t>() >= 1)) return {};
    return badRequest(std::string(object) + "." + key + " must be a whole number of at least 1.");
}

api::Result<void> checkSchedules(const nlohmann::json& schedules) {
    if (!schedules.is_array() || schedules.size() > mostSchedules)
        return badRequest("schedules must be a list of at most 100 {\"cron\": text}.");
    std::vector<std::string> crons;
    for (const auto& item : schedules) {
        if (!item.is_object() || !item.contains("cron") || !item["cron"].is_string())
            return badRequest("schedules must be a list of {\"cron\": text of 1 to 256 characters}.");
        crons.push_back(item["cron"].get<std::string>());
    }
    return api::checkCrons(crons, std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now()));
}

api::Result<void> checkSettings(const nlohmann::json& body) {
    if (auto ok = checkPositive(body, "limits", "steps"); !ok) return ok;
    if (auto ok = checkPositive(body, "concurrency", "limit"); !ok) return ok;
    if (const auto it = body.find("schedules"); it != body.end())
        if (auto ok = checkSchedules(*it); !ok) return ok;
    if (const auto it = body.find("default_retention"); it != body.end())
        if (auto ok = checkRetention(*it, "default_retention"); !ok) return ok;
    if (const auto it = body.find("jurisdiction");
        it != body.end() && *it != "eu" && *it != "us" && *it != "fedramp")
        return badRequest("jurisdiction must be eu, us or fedramp.");
    return {};
}

api::Result<PutWorkflow> readPut(const http::Request& request) {
    if (!api::isWorkflowName(request.params[1]))
        return badRequest("A workflow name is 1 to 64 letters, digits, - or _, and does not start with -.");
    const auto body = parseObject(request.body, "The body");
    if (!body) return tl::unexpected(body.error());
    auto className = nameIn(*body, "class_name");
    if (!className) return tl::unexpected(className.error());
    auto scriptName = nameIn(*body, "script_name");
    if (!scriptName) return tl::unexpected(scriptName.error());
    if (auto ok = checkSettings(*body); !ok) return tl::unexpected(ok.error());
    nlohmann::json settings = nlohmann::json::object();
    for (const char* key : {"limits", "concurrency", "schedules", "default_retention", "jurisdiction"})
        if (body->contains(key)) settings[key] = (*body)[key];
    PutWorkflow put;
    put.name = request.params[1];
    put.className = std::move(*className);
    put.scriptName = std::move(*scriptName);
    put.settings = settings.dump();
    put.uuid = newUuid();
    put.versionUuid = newUuid();
    return put;
}

http::Response putAnswer(const Answer& answer) {
    const auto& put = std::get<WorkflowPut>(answer);
    return http::success([&](http::JsonWriter& json) {
        json.object();
        writeNames(json, put.workflow);
        json.text("version_id", put.versionUuid)
            .number("is_deleted", 0)
            .number("terminator_running", put.terminating ? 1 : 0)
            .endObject();
    });
}

http::Response deleteAnswer(const Answer&) {
    return http::success(
        [](http::JsonWriter& json) { json.object().text("status", "ok").flag("success", true).endObject(); });
}

// --- versions
// ----------------------------------------------------------------------------------------------------

void copySettings(http::JsonWriter& json, const std::string& text) {
    const auto settings = parseBounded<nlohmann::json>(text);
    if (!settings.is_object()) return;
    for (const char* key : {"limits", "default_retention", "concurrency"})
        if (settings.contains(key)) json.raw(key, settings[key].dump());
}

/// UUIDs of the script versions that workflow versions run. Very old ones may be missing.
using ScriptUuids = std::map<ScriptVersionKey, std::string>;
ScriptUuids scriptUuids(Reader& reader, const WorkflowRow& workflow) {
    ScriptUuids uuids;
    const auto script = reader.script(workflow.scriptName);
    if (!script) return uuids;
    const auto versions = reader.scriptVersions(script->key);
    if (!versions) return uuids;
    for (const auto& version : *versions)
        uuids.emplace(version.key, version.uuid);
    return uuids;
}

struct VersionView {
    WorkflowVersionRow version;
    bool lacksGraph = false;
};
api::Result<VersionView> viewOf(Reader& reader, WorkflowVersionRow row) {
    const auto lacks = reader.lacksGraph(row.script, row.className);
    if (!lacks) return tl::unexpected(lacks.error());
    return VersionView{std::move(row), *lacks};
}

void writeVersion(http::JsonWriter& json, const WorkflowRow& workflow, const VersionView& view,
                  const ScriptUuids& scripts) {
    const auto& row = view.version;
    json.object()
        .text("id", row.uuid)
        .text("workflow_id", workflow.uuid)
        .text("class_name", row.className)
        .time("created_on", row.created)
        .time("modified_on", row.created)
        .flag("has_dag", !view.lacksGraph)
        .text("language", "javascript");
    copySettings(json, row.settings);
    json.object("stepwell").number("number", row.number);
    const auto script = scripts.find(row.script);
    if (script != scripts.end())
        json.text("script_version_id", script->second);
    else
        json.null("script_version_id");
    json.endObject().endObject();
}

Outcome listVersions(Reader& reader, const http::Request& request) {
    const auto page = numberQuery(request, "page", 1, 1, 1'000'000);
    if (!page) return tl::unexpected(page.error());
    const auto size = numberQuery(request, "per_page", 50, 1, 100);
    if (!size) return tl::unexpected(size.error());
    const auto workflow = findWorkflow(reader, request.params[1]);
    if (!workflow) return tl::unexpected(workflow.error());
    const auto listed = reader.versions(workflow->key, {static_cast<int>(*page), static_cast<int>(*size)});
    if (!listed) return tl::unexpected(listed.error());
    std::vector<VersionView> views;
    for (const auto& row : listed->rows) {
        auto view = viewOf(reader, row);
        if (!view) return tl::unexpected(view.error());
        views.push_back(std::move(*view));
    }
    const auto scripts = scriptUuids(reader, *workflow);
    const http::ResultInfo info{static_cast<std::int64_t>(views.size()), *size, listed->total, *page,
                                std::nullopt};
    return http::success(
        [&](http::JsonWriter& json) {
            json.array();
            for (const auto& view : views)
                writeVersion(json, *workflow, view, scripts);
            json.endArray();
        },
        info);
}

Outcome getVersion(Reader& reader, const http::Request& request) {
    const auto found = findVersion(reader, request);
    if (!found) return tl::unexpected(found.error());
    const auto view = viewOf(reader, found->version);
    if (!view) return tl::unexpected(view.error());
    const auto scripts = scriptUuids(reader, found->workflow);
    return http::success(
        [&](http::JsonWriter& json) { writeVersion(json, found->workflow, *view, scripts); });
}

}  // namespace

void addWorkflowRoutes(Routes& routes) {
    auto& engine = routes.context().engine;
    const auto now = routes.context().now;
    routes.read("/workflows", need::readWorkflows, [now](Reader& reader, const http::Request& request) {
        return listWorkflows(reader, request, now());
    });
    routes.read(
        "/workflows/{name}", need::readWorkflows,
        [now](Reader& reader, const http::Request& request) { return getWorkflow(reader, request, now()); });
    routes.handle(http::Method::put, "/workflows/{name}", need::editWorkflows, jsonBody,
                  [&engine](const http::ExchangePtr& exchange) {
                      auto put = readPut(exchange->request());
                      if (!put) return exchange->respond(http::failure(put.error()));
                      submit(engine, exchange, std::move(*put), putAnswer);
                  });
    routes.handle(http::Method::remove, "/workflows/{name}", need::editWorkflows, noBody,
                  [&engine](const http::ExchangePtr& exchange) {
                      submit(engine, exchange, DeleteWorkflow{exchange->request().params[1]}, deleteAnswer);
                  });
    routes.read("/workflows/{name}/versions", need::readWorkflows, listVersions);
    routes.read("/workflows/{name}/versions/{version}", need::readWorkflows, getVersion);
}

}  // namespace stepwell::engine::rest
