#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "models/api/cron.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

/// Crons of a Worker, which run its scheduled handler.
namespace stepwell::engine::rest {

using nlohmann::json;

namespace {

constexpr std::size_t mostSchedules = 100;

Outcome listSchedules(Reader& reader, const http::Request& request) {
    const auto script = reader.script(request.params[1]);
    if (!script) return tl::unexpected(script.error());
    const auto rows = reader.schedules(script->key);
    if (!rows) return tl::unexpected(rows.error());
    return http::success([&](http::JsonWriter& out) {
        out.object().array("schedules");
        for (const auto& row : *rows) {
            out.object()
                .text("cron", row.cron)
                .time("created_on", row.created)
                .time("modified_on", row.created);
            out.object("stepwell").time("next_run", row.next).endObject().endObject();
        }
        out.endArray().endObject();
    });
}

api::Result<PutSchedules> readPut(const http::Request& request, api::Time now) {
    if (auto ok = checkJson(request.body, "The body"); !ok) return tl::unexpected(ok.error());
    const auto list = parseBounded<json>(request.body);
    if (!list.is_array() || list.size() > mostSchedules)
        return badRequest("The body must be a list of at most 100 {\"cron\": text}.");
    PutSchedules put;
    put.script = request.params[1];
    for (const auto& item : list) {
        if (!item.is_object() || !item.contains("cron") || !item["cron"].is_string())
            return badRequest("Every schedule must be an object with a text \"cron\".");
        put.crons.push_back(item["cron"].get<std::string>());
    }
    if (const auto fine = api::checkCrons(put.crons, now); !fine) return tl::unexpected(fine.error());
    return put;
}

void putSchedules(Context& context, const http::ExchangePtr& exchange) {
    auto put = readPut(exchange->request(), context.now());
    if (!put) return exchange->respond(http::failure(put.error()));
    submit(context.engine, exchange, *put, [sent = *put](const Answer& answer) {
        return http::success([&](http::JsonWriter& out) {
            out.object().array("schedules");
            for (const auto& cron : sent.crons) {
                out.object().text("cron", cron).time("created_on", std::get<Done>(answer).time);
                out.time("modified_on", std::get<Done>(answer).time).endObject();
            }
            out.endArray().endObject();
        });
    });
}

}  // namespace

void addScheduleRoutes(Routes& routes) {
    auto& context = routes.context();
    routes.read("/workers/scripts/{script}/schedules", need::readWorkers, listSchedules);
    routes.handle(http::Method::put, "/workers/scripts/{script}/schedules", need::editWorkers, jsonBody,
                  [&context](const http::ExchangePtr& exchange) { putSchedules(context, exchange); });
}

}  // namespace stepwell::engine::rest
