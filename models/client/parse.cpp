#include "models/client/parse.h"

#include "models/api/duration.h"
#include "models/client/other_fields.h"
#include "models/client/other_name.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace stepwell::client {

using json = nlohmann::ordered_json;  // what users wrote keeps its order
using namespace detail;

namespace detail {

const json& at(const json& object, const char* key) {
    static const json nothing;
    if (!object.is_object()) return nothing;
    const auto found = object.find(key);
    return found == object.end() ? nothing : *found;
}

std::string text(const json& object, const char* key) {
    const auto& value = at(object, key);
    if (value.is_string()) return value.get<std::string>();
    return value.is_number() ? dump(value) : std::string();
}

std::int64_t integer(const json& object, const char* key, std::int64_t otherwise) {
    const auto& value = at(object, key);
    if (value.is_number_integer()) return value.get<std::int64_t>();
    if (!value.is_number()) return otherwise;
    const double real = value.get<double>();
    return std::abs(real) < 9e15 ? std::llround(real) : otherwise;
}

double number(const json& object, const char* key) {
    const auto& value = at(object, key);
    return value.is_number() ? value.get<double>() : 0.0;
}

bool flag(const json& object, const char* key, bool otherwise) {
    const auto& value = at(object, key);
    return value.is_boolean() ? value.get<bool>() : otherwise;
}

std::optional<api::Time> time(const json& object, const char* key) {
    const auto& value = at(object, key);
    if (value.is_string()) return api::fromIso(value.get_ref<const std::string&>());
    if (value.is_number() && number(object, key) > 0)
        return api::Time{api::Milliseconds{integer(object, key)}};
    return std::nullopt;
}

std::optional<api::NamedError> namedError(const json& value) {
    if (value.is_string()) return api::NamedError{"Error", value.get<std::string>(), {}};
    if (!value.is_object()) return std::nullopt;
    return api::NamedError{text(value, "name"), text(value, "message"), text(value, "stack")};
}

api::Status status(const json& object, const char* key) {
    return api::statusFrom(text(object, key)).value_or(api::Status::unknown);
}

std::string dump(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<std::string> jsonText(const json& value) {
    if (value.is_null()) return std::nullopt;
    if (!value.is_string()) return dump(value);
    const auto& string = value.get_ref<const std::string&>();
    if (json::accept(string) || string.ends_with("[truncated output]")) return string;
    return dump(value);
}

api::LogLevel levelFrom(std::string_view name) {
    if (name == "debug" || name == "trace") return api::LogLevel::debug;
    if (name == "info") return api::LogLevel::info;
    if (name == "warn") return api::LogLevel::warn;
    return name == "error" ? api::LogLevel::error : api::LogLevel::log;
}

}  // namespace detail

namespace {

/// Applies `parse` to the result of an envelope.
template <class T, class Parse>
api::Result<T> fromResult(const Response& response, Need need, Parse parse) {
    const auto answer = envelope(response, need);
    if (!answer) return api::fail(answer.error());
    return parse(at(*answer, "result"));
}

template <class T, class Parse>
api::Result<Page<T>> pageFrom(const Response& response, Parse parse) {
    const auto answer = envelope(response, aList);
    if (!answer) return api::fail(answer.error());
    Page<T> page;
    for (const auto& row : at(*answer, "result"))
        if (row.is_object()) page.rows.push_back(parse(row));
    page.total = integer(at(*answer, "result_info"), "total_count", -1);
    const auto& info = at(*answer, "result_info");
    page.cursor = text(info, "cursor");
    if (const auto& both = at(info, "cursors"); page.cursor.empty() && both.is_object()) {
        page.cursor = text(both, "after");
        page.cursorBack = text(both, "before");
    }
    return page;
}

std::array<std::int64_t, 24> hours(const json& list) {
    std::array<std::int64_t, 24> result{};
    if (!list.is_array()) return result;
    for (std::size_t i = 0; i < std::min<std::size_t>(24, list.size()); ++i)
        if (list[i].is_number()) result.at(i) = list[i].get<std::int64_t>();
    return result;
}

std::optional<api::Milliseconds> milliseconds(const json& object, const char* key) {
    if (!at(object, key).is_number()) return std::nullopt;
    return api::Milliseconds{integer(object, key)};
}

std::optional<api::WorkflowActivity> activity(const json& extension) {
    const auto& hourly = at(extension, "hourly");
    if (!hourly.is_object()) return std::nullopt;
    api::WorkflowActivity result;
    result.created = hours(at(hourly, "created"));
    result.errored = hours(at(hourly, "errored"));
    result.p50 = milliseconds(at(extension, "duration_ms"), "p50");
    result.p99 = milliseconds(at(extension, "duration_ms"), "p99");
    return result;
}

void readCounts(const json& counts, api::Workflow& workflow) {
    if (!counts.is_object()) return;
    for (const auto& [name, count] : counts.items()) {
        if (!count.is_number()) continue;
        const auto number = count.get<std::int64_t>();
        if (const auto known = api::statusFrom(name))
            workflow.counts[*known] = number;
        else if (number != 0)
            workflow.otherCounts[name] = number;
    }
}

api::Workflow workflowFrom(const json& item) {
    api::Workflow workflow;
    workflow.id = text(item, "id");
    workflow.name = text(item, "name");
    workflow.className = text(item, "class_name");
    workflow.scriptName = text(item, "script_name");
    workflow.createdOn = time(item, "created_on");
    workflow.modifiedOn = time(item, "modified_on");
    workflow.triggeredOn = time(item, "triggered_on");
    readCounts(at(item, "instances"), workflow);
    if (const auto& schedules = at(item, "schedules"); schedules.is_array())
        for (const auto& schedule : schedules)
            workflow.schedules.push_back({text(schedule, "cron"), time(schedule, "next_instance")});
    const auto& extension = at(item, "stepwell");
    workflow.activity = activity(extension);
    workflow.versionNumber = static_cast<int>(integer(extension, "version_number"));
    return workflow;
}

/// Milliseconds from some, duration texts from others.
std::optional<api::Milliseconds> durationOf(const json& object, const char* key) {
    if (at(object, key).is_string()) return api::parseDuration(text(object, key));
    return milliseconds(object, key);
}

api::Retention retentionFrom(const json& object) {
    return {durationOf(object, "success_retention"), durationOf(object, "error_retention")};
}

std::optional<std::int64_t> limitFrom(const json& object, const char* key) {
    if (!at(object, key).is_number()) return std::nullopt;
    return integer(object, key);
}

api::Version versionFrom(const json& item) {
    api::Version version;
    version.id = text(item, "id");
    version.workflowId = text(item, "workflow_id");
    version.className = text(item, "class_name");
    version.createdOn = time(item, "created_on");
    version.number = static_cast<int>(integer(at(item, "stepwell"), "number"));
    version.scriptVersionId = text(at(item, "stepwell"), "script_version_id");
    version.settings.stepLimit = limitFrom(at(item, "limits"), "steps");
    version.settings.concurrencyLimit = limitFrom(at(item, "concurrency"), "limit");
    version.settings.retention = retentionFrom(at(item, "default_retention"));
    version.otherFields =
        otherFields(item, {"id", "workflow_id", "class_name", "created_on", "modified_on", "has_dag",
                           "language", "limits", "concurrency", "default_retention", "graph", "stepwell"});
    return version;
}

api::StepKind kindFrom(const std::string& name) {
    if (name == "sleep") return api::StepKind::sleep;
    return name == "waitForEvent" ? api::StepKind::waitForEvent : api::StepKind::step;
}

api::StepState stateFrom(const std::string& name) {
    if (name == "complete") return api::StepState::complete;
    if (name == "errored") return api::StepState::errored;
    return name == "retrying" ? api::StepState::retrying : api::StepState::running;
}

std::vector<api::StepGlimpse> glimpseFrom(const json& list) {
    std::vector<api::StepGlimpse> result;
    if (!list.is_array()) return result;
    for (const auto& entry : list) {
        if (!entry.is_array() || entry.size() < 3 || !entry[0].is_string() || !entry[1].is_string()) continue;
        const auto ms = entry[2].is_number() ? std::llround(entry[2].get<double>()) : 0;
        result.push_back({kindFrom(entry[0]), stateFrom(entry[1]), api::Milliseconds{ms}});
        if (result.size() == 24) break;
    }
    return result;
}

std::optional<int> optionalInt(const json& object, const char* key) {
    if (!at(object, key).is_number()) return std::nullopt;
    return static_cast<int>(integer(object, key));
}

api::InstanceSummary summaryFrom(const json& item) {
    api::InstanceSummary row;
    row.id = text(item, "id");
    row.workflowId = text(item, "workflow_id");
    row.versionId = text(item, "version_id");
    row.status = status(item, "status");
    if (row.status == api::Status::unknown) row.otherStatus = otherName(text(item, "status"));
    row.trigger = api::triggerSourceFrom(text(item, "trigger_source"));
    if (row.trigger == api::TriggerSource::unknown)
        row.otherTrigger = otherName(text(item, "trigger_source"));
    row.createdOn = time(item, "created_on");
    row.modifiedOn = time(item, "modified_on");
    row.startedOn = time(item, "started_on");
    row.endedOn = time(item, "ended_on");
    const auto& extension = at(item, "stepwell");
    row.stepCount = optionalInt(extension, "step_count");
    row.retries = optionalInt(extension, "retries");
    row.glimpse = glimpseFrom(at(extension, "glimpse"));
    row.versionNumber = static_cast<int>(integer(extension, "version_number"));
    row.sleeping = flag(extension, "sleeping", false);
    return row;
}

api::EngineHealth healthFrom(const json& item) {
    api::EngineHealth health;
    health.version = text(item, "version");
    health.startedOn = time(item, "started_on");
    health.scripts = static_cast<int>(integer(item, "scripts"));
    health.runtimes = static_cast<int>(integer(item, "runtimes"));
    health.residentBytes = integer(item, "resident_bytes");
    health.stepsPerSecond = number(item, "steps_per_second");
    health.sandboxed = flag(item, "sandboxed", true);
    health.canRun = flag(item, "can_run", true);
    health.sandboxMessage = text(item, "sandbox_message");
    health.storageError = text(item, "storage_error");
    return health;
}

}  // namespace

api::Result<void> parseNothing(const Response& response) {
    return fromResult<void>(response, anything, [](const json&) { return api::Result<void>{}; });
}

api::Result<Page<api::Workflow>> parseWorkflows(const Response& response) {
    return pageFrom<api::Workflow>(response, workflowFrom);
}

api::Result<api::Workflow> parseWorkflow(const Response& response) {
    return fromResult<api::Workflow>(response, keyed("name"), workflowFrom);
}

api::Result<Page<api::Version>> parseVersions(const Response& response) {
    return pageFrom<api::Version>(response, versionFrom);
}

api::Result<Page<api::InstanceSummary>> parseInstances(const Response& response) {
    return pageFrom<api::InstanceSummary>(response, summaryFrom);
}

api::Result<std::string> parseStepOutput(const Response& response) {
    if (response.status == 200 && response.contentType.starts_with("application/octet-stream"))
        return "\"[ReadableStream (binary): " + std::to_string(response.body.size()) + " bytes]\"";
    return fromResult<std::string>(response, anObject, [&](const json& result) -> api::Result<std::string> {
        if (!result.contains("output") && !result.contains("status"))
            return api::fail(response.status, api::code::internal, "The backend sent no output of the step.");
        return jsonText(at(result, "output")).value_or("null");
    });
}

api::Result<std::vector<api::LogLine>> parseLogs(const Response& response) {
    return fromResult<std::vector<api::LogLine>>(response, aList, [](const json& result) {
        std::vector<api::LogLine> lines;
        for (const auto& item : result)
            lines.push_back({integer(item, "id"), static_cast<int>(integer(item, "step_index", -1)),
                             levelFrom(text(item, "level")), time(item, "time").value_or(api::Time{}),
                             text(item, "text")});
        return lines;
    });
}

api::Result<api::EngineHealth> parseHealth(const Response& response) {
    return fromResult<api::EngineHealth>(response, anObject, healthFrom);
}

api::Result<std::string> parseCreatedId(const Response& response) {
    return fromResult<std::string>(response, anything, [](const json& result) { return text(result, "id"); });
}

api::Result<api::Status> parseStatusChange(const Response& response) {
    return fromResult<api::Status>(response, anything,
                                   [](const json& result) { return status(result, "status"); });
}

api::Result<std::vector<api::Schedule>> parseCrons(const Response& response) {
    return fromResult<std::vector<api::Schedule>>(response, listIn("schedules"), [](const json& result) {
        std::vector<api::Schedule> crons;
        for (const auto& item : at(result, "schedules"))
            crons.push_back({text(item, "cron"), time(at(item, "stepwell"), "next_run")});
        return crons;
    });
}

api::Result<api::Retention> parseAccountRetention(const Response& response) {
    return fromResult<api::Retention>(response, anObject, [](const json& result) {
        return retentionFrom(at(result, "default_retention"));
    });
}

api::Result<Deleted> parseDeleted(const Response& response) {
    return fromResult<Deleted>(response, anObject, [](const json& result) {
        Deleted deleted;
        if (const auto& done = at(result, "deleted"); done.is_array())
            for (const auto& item : done)
                deleted.ids.push_back(text(item, "id"));
        if (const auto& errors = at(result, "errors"); errors.is_array())
            for (const auto& item : errors)
                deleted.errors.emplace_back(
                    text(item, "id"),
                    humanMessage(static_cast<int>(integer(item, "code")), text(item, "message")));
        return deleted;
    });
}

std::optional<api::LiveEvent> parseLiveEvent(std::string_view data) {
    const auto item = parseBounded<json>(data);
    if (!item.is_object() || !at(item, "type").is_string()) return std::nullopt;
    api::LiveEvent event;
    event.sequence = integer(item, "seq");
    event.time = time(item, "time").value_or(api::Time{});
    event.type = text(item, "type");
    event.workflow = text(item, "workflow");
    event.instance = text(item, "instance");
    event.stepName = text(item, "stepName");
    return event;
}

std::optional<std::int64_t> parseResetSequence(std::string_view data) {
    const auto item = parseBounded<json>(data);
    if (!at(item, "sequence").is_number()) return std::nullopt;
    return integer(item, "sequence");
}

}  // namespace stepwell::client
