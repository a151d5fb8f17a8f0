#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "app/engine/api/instance_create.h"
#include "app/engine/api/query.h"
#include "models/api/identifiers.h"
#include "models/api/time.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <set>
#include <tuple>

/// Creating an instance with steps that another one made; see EXTENSIONS.md.
namespace stepwell::engine::rest {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t reproduceBody = 32 * 1024 * 1024;
constexpr std::size_t mostSteps = 10'000;
constexpr std::size_t deepestValue = 512;
constexpr std::size_t longestOrigin = 300;
constexpr std::size_t longestError = 16 * 1024;

tl::unexpected<api::Error> badStep(std::size_t index, const std::string& what) {
    return badRequest("steps[" + std::to_string(index) + "]: " + what);
}

std::optional<api::StepKind> kindOf(const Json& step) {
    const auto type = step.value("type", Json("do"));
    if (type == "do" || type == "step") return api::StepKind::step;
    if (type == "sleep" || type == "sleepUntil") return api::StepKind::sleep;
    if (type == "waitForEvent") return api::StepKind::waitForEvent;
    return std::nullopt;
}

/// A value of the driver protocol; undefined where there is none.
api::Result<std::string> valueOf(const Json& holder, const char* key) {
    const auto it = holder.find(key);
    if (it == holder.end()) return "u";
    auto value = "j" + it->dump(-1, ' ', false, Json::error_handler_t::replace);
    if (value.size() - 1 > largestValue)
        return api::fail(
            413, api::code::tooLarge,
            std::string(key) + " has " + std::to_string(value.size() - 1) +
                " bytes; the limit is 1 MiB. Leave this step and those after it out: they run anew.");
    return value;
}

std::string textOf(const Json& holder, const char* key) {
    const auto it = holder.find(key);
    return it != holder.end() && it->is_string() ? it->get<std::string>() : std::string();
}

api::Result<void> takeEvent(const Json& step, RecordedStep& recorded) {
    const auto it = step.find("event");
    if (it == step.end() || !it->is_object())
        return badRequest(
            "a waitForEvent has an event: {\"type\", \"payload\", \"timestamp\"}, or an error.");
    recorded.eventType = textOf(*it, "type");
    if (!api::isEventType(recorded.eventType)) return badRequest("event.type is not a type of an event.");
    const auto time = api::fromIso(textOf(*it, "timestamp"));
    if (!time) return badRequest("event.timestamp must be a time like 2026-01-31T12:00:00.000Z.");
    recorded.eventTime = *time;
    auto payload = valueOf(*it, "payload");
    if (!payload) return tl::unexpected(payload.error());
    recorded.value = std::move(*payload);
    return {};
}

api::Result<void> takeEnd(const Json& step, RecordedStep& recorded) {
    if (const auto it = step.find("error"); it != step.end() && !it->is_null()) {
        if (!it->is_object()) return badRequest("error must be {\"name\", \"message\"}.");
        recorded.errorName = textOf(*it, "name");
        if (recorded.errorName.empty()) recorded.errorName = "Error";
        recorded.errorMessage = textOf(*it, "message");
        if (recorded.errorName.size() + recorded.errorMessage.size() > longestError)
            return badRequest("the error is longer than 16 KiB.");
        return {};
    }
    if (recorded.kind == api::StepKind::waitForEvent) return takeEvent(step, recorded);
    if (recorded.kind != api::StepKind::step) return {};
    auto value = valueOf(step, "output");
    if (!value) return tl::unexpected(value.error());
    recorded.value = std::move(*value);
    return {};
}

api::Result<RecordedStep> readStep(const Json& step) {
    if (!step.is_object()) return badRequest("must be an object.");
    const auto kind = kindOf(step);
    if (!kind) return badRequest("type must be do, sleep or waitForEvent.");
    RecordedStep recorded;
    recorded.kind = *kind;
    recorded.name = textOf(step, "name");
    if (!step.contains("name") || !step["name"].is_string() || !api::isStepName(recorded.name))
        return badRequest("name must be the name of the step without its counter, at most 256 characters.");
    if (const auto it = step.find("count"); it != step.end()) {
        const bool fits = it->is_number_integer() && it->get<std::int64_t>() >= 1 &&
                          it->get<std::int64_t>() <= std::int64_t{mostSteps};
        if (!fits) return badRequest("count must be a whole number from 1 to 10000.");
        recorded.count = it->get<int>();
    }
    if (auto taken = takeEnd(step, recorded); !taken) return tl::unexpected(taken.error());
    return recorded;
}

api::Result<std::vector<RecordedStep>> readSteps(const Json& list) {
    if (!list.is_array() || list.size() > mostSteps)
        return badRequest("steps must be a list of at most 10000 steps.");
    std::vector<RecordedStep> steps;
    std::set<std::tuple<api::StepKind, std::string, int>> seen;
    for (std::size_t i = 0; i < list.size(); ++i) {
        auto step = readStep(list[i]);
        if (!step) {
            auto error = step.error();
            error.message = "steps[" + std::to_string(i) + "]: " + error.message;
            return api::fail(std::move(error));
        }
        const bool sleeps = step->kind == api::StepKind::sleep;
        if (!sleeps && !seen.insert({step->kind, step->name, step->count}).second)
            return badStep(i, "\"" + step->name + "\" with this count is in the list already.");
        steps.push_back(std::move(*step));
    }
    return steps;
}

struct Reproduction {
    CreateInstance create;
    std::string version;  ///< UUID; empty: the latest
};

api::Result<Reproduction> readReproduction(std::string_view text) {
    auto create = readCreate(text);
    if (!create) return tl::unexpected(create.error());
    Reproduction result{std::move(*create), {}};
    if (http::trimmed(text).empty()) return result;
    if (nestsDeeperThan(text, deepestValue)) return badRequest("The body is nested too deep.");
    const auto body = parseBounded<Json>(text);
    if (!body.is_object()) return badRequest("The body must be a JSON object.");
    if (const auto it = body.find("version_id"); it != body.end() && !it->is_null()) {
        if (!it->is_string()) return badRequest("version_id must be the id of a version of the workflow.");
        result.version = it->get<std::string>();
    }
    result.create.origin = textOf(body, "origin");
    if (result.create.origin.size() > longestOrigin) return badRequest("origin is longer than 300 bytes.");
    if (const auto it = body.find("steps"); it != body.end()) {
        auto steps = readSteps(*it);
        if (!steps) return tl::unexpected(steps.error());
        result.create.recorded = std::move(*steps);
    }
    return result;
}

/// Names the version by its key. Runs on a reader thread.
api::Result<CreateInstance> resolved(Reader& reader, const http::Request& request) {
    auto read = readReproduction(request.body);
    if (!read) return tl::unexpected(read.error());
    read->create.workflow = request.params[1];
    if (read->version.empty()) return std::move(read->create);
    const auto workflow = findWorkflow(reader, request.params[1]);
    if (!workflow) return tl::unexpected(workflow.error());
    const auto version = reader.version(workflow->key, read->version);
    if (!version) return tl::unexpected(version.error());
    read->create.version = version->key;
    return std::move(read->create);
}

}  // namespace

void addReproduceRoutes(Routes& routes) {
    auto& context = routes.context();
    routes.handle(http::Method::post, "/stepwell/workflows/{name}/reproduce", need::editWorkflows,
                  reproduceBody, [&context](const http::ExchangePtr& exchange) {
                      context.readers.post(
                          [&engine = context.engine, exchange](const api::Result<Reader*>& reader) {
                              if (!reader) return exchange->respond(http::failure(reader.error()));
                              auto create = resolved(**reader, exchange->request());
                              if (!create) return exchange->respond(http::failure(create.error()));
                              const auto steps = create->recorded.size();
                              submit(engine, exchange, std::move(*create), [steps](const Answer& answer) {
                                  return http::success([&](http::JsonWriter& json) {
                                      const auto& created = std::get<InstanceCreated>(answer);
                                      json.object()
                                          .text("id", created.id)
                                          .text("status", api::toString(created.status))
                                          .text("version_id", created.versionUuid)
                                          .text("workflow_id", created.workflowUuid)
                                          .text("trigger_source", api::toString(created.trigger))
                                          .number("recorded_steps", static_cast<std::int64_t>(steps))
                                          .endObject();
                                  });
                              });
                          });
                  });
}

}  // namespace stepwell::engine::rest
