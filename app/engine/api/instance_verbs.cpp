#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "models/api/identifiers.h"

#include <nlohmann/json.hpp>

#include <limits>

/// What can be done to an instance: endpoints 21 and 22 of the reference.
namespace stepwell::engine::rest {

namespace {

api::Result<void> checkAddress(const http::Request& request) {
    if (!api::isWorkflowName(request.params[1]))
        return api::fail(404, api::code::workflowNotFound, "workflows.api.error.workflow.not_found");
    if (!api::isInstanceId(request.params[2]))
        return api::fail(404, api::code::instanceNotFound, "workflows.api.error.instance.not_found");
    return {};
}

api::Result<api::StepKind> kindIn(const nlohmann::json& from) {
    const auto it = from.find("type");
    if (it == from.end() || *it == "do") return api::StepKind::step;
    if (*it == "sleep") return api::StepKind::sleep;
    if (*it == "waitForEvent") return api::StepKind::waitForEvent;
    return badRequest("from.type must be do, sleep or waitForEvent.");
}

api::Result<RestartInstance::From> readFrom(const nlohmann::json& from) {
    if (!from.is_object() || !from.contains("name") || !from["name"].is_string())
        return badRequest("from must be an object with the name of a step.");
    RestartInstance::From start;
    start.name = from["name"].get<std::string>();
    if (start.name.empty() || !api::isStepName(start.name))
        return badRequest("from.name must be a step name of 1 to 256 characters, without its counter.");
    if (const auto it = from.find("count"); it != from.end()) {
        const bool whole = it->is_number_integer() && it->get<std::int64_t>() >= 1 &&
                           it->get<std::int64_t>() <= std::numeric_limits<int>::max();
        if (!whole) return badRequest("from.count must be a whole number of at least 1.");
        start.count = it->get<int>();
    }
    const auto kind = kindIn(from);
    if (!kind) return tl::unexpected(kind.error());
    start.kind = *kind;
    return start;
}

api::Result<Request> readVerb(const http::Request& request) {
    if (auto ok = checkAddress(request); !ok) return tl::unexpected(ok.error());
    const auto body = parseObject(request.body, "The body");
    if (!body) return tl::unexpected(body.error());
    const auto& workflow = request.params[1];
    const auto& id = request.params[2];
    const auto status = body->value("status", nlohmann::json());
    if (status == "pause") return PauseInstance{workflow, id};
    if (status == "resume") return ResumeInstance{workflow, id};
    if (status == "terminate") {
        if (body->contains("rollback") && !(*body)["rollback"].is_boolean())
            return badRequest("rollback must be true or false.");
        return TerminateInstance{workflow, id, body->value("rollback", false)};
    }
    if (status != "restart") return badRequest("status must be pause, resume, terminate or restart.");
    RestartInstance restart{workflow, id, std::nullopt};
    if (const auto it = body->find("from"); it != body->end() && !it->is_null()) {
        auto from = readFrom(*it);
        if (!from) return tl::unexpected(from.error());
        restart.from = std::move(*from);
    }
    return restart;
}

/// For the audit log.
std::string verbName(const http::Request& request) {
    const auto verb = readVerb(request);
    if (!verb) return {};
    if (std::holds_alternative<PauseInstance>(*verb)) return "pause";
    if (std::holds_alternative<ResumeInstance>(*verb)) return "resume";
    return std::holds_alternative<TerminateInstance>(*verb) ? "terminate" : "restart";
}

http::Response statusAnswer(const Answer& answer) {
    const auto& changed = std::get<InstanceChanged>(answer);
    return http::success([&](http::JsonWriter& json) {
        json.object()
            .text("status", api::toString(changed.status))
            .time("timestamp", changed.time)
            .endObject();
    });
}

api::Result<std::string> payloadValue(std::string_view body) {
    if (http::trimmed(body).empty()) return "u";
    if (auto ok = checkJson(body, "The payload"); !ok) return tl::unexpected(ok.error());
    auto value = "j" + minified(body);
    if (value.size() - 1 > largestValue)
        return api::fail(413, api::code::tooLarge,
                         "The payload is " + std::to_string(value.size() - 1) +
                             " bytes; the limit is 1 MiB. Store the data elsewhere and send a reference.");
    return value;
}

api::Result<SendEvent> readEvent(const http::Request& request) {
    if (auto ok = checkAddress(request); !ok) return tl::unexpected(ok.error());
    if (!api::isEventType(request.params[3]))
        return badRequest("An event type is 1 to 100 letters, digits, - or _, and does not start with -.");
    auto payload = payloadValue(request.body);
    if (!payload) return tl::unexpected(payload.error());
    return SendEvent{request.params[1], request.params[2], request.params[3], std::move(*payload)};
}

http::Response eventAnswer(const std::string& id, const Answer& answer) {
    const auto* changed = std::get_if<InstanceChanged>(&answer);
    const auto* done = std::get_if<Done>(&answer);
    return http::success([&](http::JsonWriter& json) {
        json.object().text("instanceId", id);
        json.time("timestamp", changed != nullptr ? changed->time
                               : done != nullptr  ? done->time
                                                  : api::Time());
        json.endObject();
    });
}

}  // namespace

void addInstanceVerbRoutes(Routes& routes) {
    auto& engine = routes.context().engine;
    auto& status = routes.handle(http::Method::patch, "/workflows/{name}/instances/{instance}/status",
                                 need::editWorkflows, jsonBody, [&engine](const http::ExchangePtr& exchange) {
                                     auto verb = readVerb(exchange->request());
                                     if (!verb) return exchange->respond(http::failure(verb.error()));
                                     submit(engine, exchange, std::move(*verb), statusAnswer);
                                 });
    status.action = verbName;
    routes.handle(http::Method::post, "/workflows/{name}/instances/{instance}/events/{type}",
                  need::editWorkflows, jsonBody, [&engine](const http::ExchangePtr& exchange) {
                      auto event = readEvent(exchange->request());
                      if (!event) return exchange->respond(http::failure(event.error()));
                      submit(engine, exchange, std::move(*event),
                             [id = exchange->request().params[2]](const Answer& answer) {
                                 return eventAnswer(id, answer);
                             });
                  });
}

}  // namespace stepwell::engine::rest
