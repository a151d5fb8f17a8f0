#include "app/engine/binding_calls.h"

#include "app/engine/instance_events.h"
#include "models/api/duration.h"
#include "models/api/identifiers.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

namespace stepwell::engine {

using Json = nlohmann::json;
using Operation = BindingCall::Operation;

namespace {

constexpr std::size_t mostCalls = 1'000;
constexpr std::size_t mostInstances = 100;
constexpr std::size_t mostFilters = 64;
/// The module that calls sends at most 1,000 of them, or 100 instances; each has a few values.
constexpr std::size_t mostCommas = 500'000;
constexpr std::size_t largestValue = 4 << 20;  ///< as the module writes it, its own notation included
constexpr std::string_view eventsKey = "{\"events\":";

tl::unexpected<api::Error> invalid(std::string message) {
    return api::fail(400, api::code::badBody, std::move(message));
}

/// What is at `key`; null where there is nothing.
const Json& member(const Json& object, const char* key) {
    static const Json nothing;
    const auto it = object.find(key);
    return it != object.end() ? *it : nothing;
}

/// The body as a value. User code shares its JSON object with the module that calls, so that a body may be
/// anything.
Json parsedCall(const std::string& body) {
    if (hasMoreCommasThan(body, mostCommas)) return Json(Json::value_t::discarded);
    return parseBounded<Json>(body);
}

/// Whether a value can be kept and shown: the JSON in it is written as it is into answers of the API.
bool isKeepable(std::string_view value) {
    if (value.empty() || value == "u" || value.starts_with('d')) return value.size() <= largestValue;
    if (value.front() != 'j' || value.size() > largestValue) return false;
    const auto text = value.substr(1);
    return !nestsDeeperThan(text, deepestJson) && Json::accept(text);
}

std::string textOf(const Json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

bool isRetention(const Json& value) {
    if (value.is_number()) return value.get<double>() > 0;
    const auto duration = value.is_string() ? api::parseDuration(value.get<std::string>()) : std::nullopt;
    return duration && duration->count() > 0;
}

api::Result<std::string> readRetention(const Json& item) {
    const auto retention = item.find("retention");
    if (retention == item.end() || retention->is_null()) return "{}";
    Json read = Json::object();
    for (const char* key : {"success_retention", "error_retention"}) {
        if (!retention->is_object() || !retention->contains(key)) continue;
        if (!isRetention((*retention)[key]))
            return invalid(
                "(body) The retention of an instance must be a positive number of milliseconds or a "
                "duration like \"7 days\"");
        read[key] = (*retention)[key];
    }
    return read.dump();
}

api::Result<CreateInstance> readInstance(const Json& item) {
    if (!item.is_object()) return invalid("(body) Provided argument is invalid");
    CreateInstance create;
    create.id = textOf(item, "id");
    if (!api::isNewInstanceId(create.id)) return invalid("Workflow instance has invalid id");
    create.params = textOf(item, "params");
    if (!isKeepable(create.params)) return invalid("(body) The params of an instance are not understood");
    auto retention = readRetention(item);
    if (!retention) return tl::unexpected(retention.error());
    create.retention = std::move(*retention);
    return create;
}

api::Result<Operation> readCreate(const Json& call) {
    const auto& list = member(call, "instances");
    if (!list.is_array() || list.empty() || list.size() > mostInstances)
        return invalid("batchCreate only supports 100 instances at a time");
    CreateInstances create;
    for (const auto& item : list) {
        auto instance = readInstance(item);
        if (!instance) return tl::unexpected(instance.error());
        create.instances.push_back(std::move(*instance));
    }
    return create;
}

api::Result<Operation> readRestart(const Json& call, const std::string& id) {
    RestartInstance restart{{}, id, std::nullopt};
    const auto& from = member(call, "from");
    if (from.is_null()) return restart;
    const auto type = from.is_object() ? from.value("type", Json("do")) : Json();
    const auto count = from.is_object() ? from.value("count", Json(1)) : Json();
    const bool known = type == "do" || type == "sleep" || type == "waitForEvent";
    if (!known || !count.is_number_integer() || count.get<std::int64_t>() < 1 ||
        count.get<std::int64_t>() > 1'000'000 || !api::isStepName(textOf(from, "name")))
        return invalid("(body) Provided argument is invalid");
    RestartInstance::From point{textOf(from, "name"), count.get<int>()};
    if (type == "sleep") point.kind = api::StepKind::sleep;
    if (type == "waitForEvent") point.kind = api::StepKind::waitForEvent;
    restart.from = std::move(point);
    return restart;
}

api::Result<Operation> readEvent(const Json& call, const std::string& id) {
    SendEvent event{{}, id, textOf(call, "type"), textOf(call, "payload")};
    if (!api::isEventType(event.type))
        return invalid("(workflow.invalid_event_type) Provided event type is invalid");
    if (!isKeepable(event.payload)) return invalid("(body) The payload of an event is not understood");
    if (event.payload.empty()) event.payload.assign(1, 'u');
    return event;
}

/// The options of `subscribe`: where in the events to begin, and which are wanted.
api::Result<EventsCall> readSubscription(const Json& call) {
    EventsCall events;
    const auto invalidOptions = [] { return invalid("Invalid Workflow subscription options"); };
    const auto& cursor = member(call, "cursor");
    const auto& filter = member(call, "filter");
    const bool fromStart = cursor.is_null();
    if (!fromStart && (!cursor.is_number_integer() || cursor.get<std::int64_t>() < 0))
        return invalidOptions();
    if (!filter.is_null() && (!filter.is_array() || filter.size() > mostFilters)) return invalidOptions();
    events.cursor = fromStart ? 0 : cursor.get<std::int64_t>();
    for (const auto& type : filter) {
        if (!type.is_string() || !InstanceEvents::isType(type.get_ref<const std::string&>()))
            return invalidOptions();
        events.filter.push_back(type.get<std::string>());
    }
    return events;
}

api::Result<Operation> readOperation(const Json& call) {
    const auto op = textOf(call, "op");
    const auto id = textOf(call, "id");
    if (op == "create") return readCreate(call);
    if (op == "subscribe") {
        if (const auto read = readSubscription(call); !read) return tl::unexpected(read.error());
    }
    if (op == "get" || op == "status" || op == "subscribe") return GetInstance{{}, id};
    if (op == "pause") return PauseInstance{{}, id};
    if (op == "resume") return ResumeInstance{{}, id};
    if (op == "terminate") return TerminateInstance{{}, id, member(call, "rollback") == true};
    if (op == "delete") return DeleteInstance{{}, id};
    if (op == "restart") return readRestart(call, id);
    if (op == "event") return readEvent(call, id);
    return invalid("Workflow bindings know no call \"" + op + "\"");
}

Json errorJson(const api::Error& error) {
    return {{"code", error.code}, {"message", error.message}};
}

Json namedError(const std::string& name, const std::string& message) {
    return {{"name", name.empty() ? "Error" : name}, {"message", message}};
}

void writeFound(Json& json, const InstanceRow& row) {
    // An instance that undoes its steps still runs, as far as user code is told.
    const bool undoing = row.status == api::Status::rollingBack;
    json["status"] = api::toString(undoing ? api::Status::running : row.status);
    if (row.rollback == Rollback::complete) json["rollback"] = {{"outcome", "complete"}, {"error", nullptr}};
    if (row.rollback == Rollback::failed)
        json["rollback"] = {{"outcome", "failed"},
                            {"error", namedError(row.rollbackErrorName, row.rollbackErrorMessage)}};
    if (row.status == api::Status::complete && !row.output.empty()) json["output"] = row.output;
    if (row.status == api::Status::errored) json["error"] = namedError(row.errorName, row.errorMessage);
}

Json answerJson(const BindingAnswer& answer) {
    auto json = Json::object();
    if (answer.error) {
        json["refused"] = errorJson(*answer.error);
        return json;
    }
    if (answer.found) writeFound(json, *answer.found);
    for (const auto& error : answer.created)
        json["created"].push_back(error ? Json{{"error", errorJson(*error)}} : Json::object());
    return json;
}

}  // namespace

api::Result<CallBindings> readCalls(ScriptVersionKey caller, const std::string& body) {
    const auto json = parsedCall(body);
    const auto& list = json.is_object() ? member(json, "calls") : json;
    if (!list.is_array() || list.size() > mostCalls)
        return invalid("The calls of a binding are not understood");
    CallBindings calls;
    calls.caller = caller;
    for (const auto& call : list) {
        if (!call.is_object()) return invalid("A call of a binding is not an object");
        calls.calls.push_back({textOf(call, "binding"), readOperation(call)});
    }
    return calls;
}

bool isEventsCall(const std::string& body) {
    return body.starts_with(eventsKey);
}

api::Result<EventsCall> readEventsCall(ScriptVersionKey caller, const std::string& body) {
    const auto json = parsedCall(body);
    const auto& call = json.is_object() ? member(json, "events") : json;
    if (!call.is_object()) return invalid("The call of a binding is not understood");
    auto events = readSubscription(call);
    if (!events) return events;
    events->find.caller = caller;
    events->find.calls.push_back({textOf(call, "binding"), GetInstance{{}, textOf(call, "id")}});
    return events;
}

CallAnswer writeRefusal(const api::Error& error) {
    return {200, Json{{"refused", errorJson(error)}}.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

CallAnswer writeAnswers(const Reply& reply) {
    const auto* answers = reply ? std::get_if<BindingAnswers>(&*reply) : nullptr;
    if (answers == nullptr) return {reply ? 500 : reply.error().http, reply ? "" : reply.error().message};
    auto list = Json::array();
    for (const auto& answer : answers->answers)
        list.push_back(answerJson(answer));
    return {200, Json{{"answers", std::move(list)}}.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

}  // namespace stepwell::engine
