#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "app/engine/api/event_hub.h"
#include "app/engine/api/metrics.h"
#include "app/engine/api/query.h"

#include <limits>

/// Our own routes; see EXTENSIONS.md.
namespace stepwell::engine::rest {

namespace {

std::string_view levelName(int level) {
    constexpr std::array<std::string_view, 5> names = {"debug", "log", "info", "warn", "error"};
    return names.at(static_cast<std::size_t>(std::clamp(level, 0, 4)));
}

http::Response shown(const EngineHealth& state) {
    return http::success([&](http::JsonWriter& json) {
        json.object()
            .text("version", STEPWELL_VERSION)
            .time("started_on", state.started)
            .number("scripts", state.scripts)
            .number("runtimes", state.runtimes.processes)
            .number("resident_bytes", state.runtimes.residentBytes + residentBytes())
            .real("steps_per_second", state.stepsPerSecond)
            .number("live_instances", state.liveInstances)
            .number("commits", state.commits)
            .number("steps_completed", state.stepsCompleted)
            .flag("sandboxed", state.sandbox.sandboxed)
            .flag("can_run", state.sandbox.usable)
            .text("sandbox_message", state.sandbox.message)
            .text("storage_error", state.storageError)
            .endObject();
    });
}

http::Response logList(const std::vector<LogRow>& rows) {
    return http::success([&](http::JsonWriter& json) {
        json.array();
        for (const auto& row : rows)
            json.object()
                .number("id", row.key)
                .number("step_index", row.step)
                .text("level", levelName(row.level))
                .time("time", row.time)
                .text("text", row.text)
                .endObject();
        json.endArray();
    });
}

/// Of the handlers of a Worker, or of an instance.
Outcome logs(const Engine& engine, Reader& reader, const http::Request& request) {
    const std::string scriptName(request.queryValue("script").value_or(""));
    const std::string workflowName(request.queryValue("workflow").value_or(""));
    const std::string instanceId(request.queryValue("instance").value_or(""));
    if (scriptName.empty() && (workflowName.empty() || instanceId.empty()))
        return badRequest("Query parameters workflow and instance are both needed, or script.");
    const auto step = numberQuery(request, "step", -1, -1, std::numeric_limits<std::int32_t>::max());
    if (!step) return tl::unexpected(step.error());
    const auto after = numberQuery(request, "after", 0, 0, std::numeric_limits<std::int64_t>::max());
    if (!after) return tl::unexpected(after.error());
    const auto limit = numberQuery(request, "limit", 500, 1, 1000);
    if (!limit) return tl::unexpected(limit.error());
    if (!scriptName.empty()) {
        const auto script = reader.script(scriptName);
        if (!script) return tl::unexpected(script.error());
        return logList(engine.handlerLogs(script->name, *after, static_cast<int>(*limit)));
    }
    const auto workflow = findWorkflow(reader, workflowName);
    if (!workflow) return tl::unexpected(workflow.error());
    const auto instance = reader.instance(workflow->key, instanceId);
    if (!instance) return tl::unexpected(instance.error());
    std::optional<std::int32_t> only;
    if (request.queryValue("step")) only = static_cast<std::int32_t>(*step);
    const auto rows = reader.logs(instance->key, only, *after, static_cast<int>(*limit));
    if (!rows) return tl::unexpected(rows.error());
    return logList(*rows);
}

}  // namespace

void addExtensionRoutes(Routes& routes, std::function<EngineHealth()> health) {
    auto& context = routes.context();
    routes.handle(http::Method::get, "/stepwell/health", need::anyToken, noBody,
                  [health = std::move(health)](const http::ExchangePtr& exchange) {
                      exchange->respond(shown(health()));
                  });
    auto& lines = routes.handle(
        http::Method::get, "/stepwell/logs", need::readWorkflows, noBody,
        reading(context, [&engine = context.engine](Reader& reader, const http::Request& request) {
            return logs(engine, reader, request);
        }));
    // Those of handlers, and those of instances.
    lines.needOf = [](const http::Request& request) {
        return request.queryValue("script").value_or("").empty() ? need::readWorkflows : need::readWorkers;
    };
    routes.handle(http::Method::get, "/stepwell/events", need::readWorkflows, noBody,
                  [&events = context.events](const http::ExchangePtr& exchange) { events.open(exchange); });
}

}  // namespace stepwell::engine::rest
