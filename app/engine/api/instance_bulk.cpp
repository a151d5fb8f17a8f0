#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "models/api/identifiers.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <mutex>

/// Deleting instances, and ending many of them: endpoints 14-17 and 19 of the reference.
namespace stepwell::engine::rest {

namespace {

constexpr std::size_t largestBatch = 100;

/// The ids of a batch; duplicates count and stay.
api::Result<std::vector<std::string>> readIds(const nlohmann::json& list, std::string_view what) {
    if (!list.is_array() || list.empty() || list.size() > largestBatch)
        return badRequest(std::string(what) + " must be a list of 1 to 100 instance ids.");
    std::vector<std::string> ids;
    for (const auto& item : list) {
        if (!item.is_string() || !api::isInstanceId(item.get_ref<const std::string&>()))
            return badRequest(
                "(instance.invalid_id) " + item.dump() +
                " is no instance id: 1 to 271 letters, digits or any of , */#_-. Nothing was done.");
        ids.push_back(item.get<std::string>());
    }
    return ids;
}

// --- delete
// ------------------------------------------------------------------------------------------------------

/// Gathers the replies of one batch. Replies come one after the other.
struct Deletion {
    explicit Deletion(http::ExchangePtr origin)
        : exchange(std::move(origin)) {}
    void add(const std::string& id, const Reply& reply) {
        const std::lock_guard lock(mutex);
        if (reply)
            outcomes.emplace(id, std::nullopt);
        else
            outcomes.emplace(id, reply.error());
        if (--open > 0) return;
        exchange->respond(answer());
    }
    http::Response answer() const {
        const auto& first = outcomes.at(ids.front());
        if (first && first->code == api::code::workflowNotFound) return http::failure(*first);
        return http::success([this](http::JsonWriter& json) {
            json.object().array("deleted");
            for (const auto& id : ids)
                if (!outcomes.at(id)) json.object().text("id", id).endObject();
            json.endArray().array("errors");
            for (const auto& id : ids)
                if (const auto& error = outcomes.at(id))
                    json.object()
                        .text("id", id)
                        .number("code", error->code)
                        .text("message", error->message)
                        .endObject();
            json.endArray().endObject();
        });
    }

    http::ExchangePtr exchange;
    std::vector<std::string> ids;  ///< as asked
    std::mutex mutex;
    std::size_t open = 0;                                       ///< guarded by mutex once shared
    std::map<std::string, std::optional<api::Error>> outcomes;  ///< guarded by mutex
};

api::Result<std::vector<std::string>> readDeletion(const http::Request& request) {
    const auto body = parseObject(request.body, "The body");
    if (!body) return tl::unexpected(body.error());
    return readIds(body->value("instances", nlohmann::json()), "instances");
}

void deleteBatch(Engine& engine, const http::ExchangePtr& exchange) {
    auto ids = readDeletion(exchange->request());
    if (!ids) return exchange->respond(http::failure(ids.error()));
    const auto deletion = std::make_shared<Deletion>(exchange);
    deletion->ids = *ids;
    std::sort(ids->begin(), ids->end());
    ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
    deletion->open = ids->size();
    const auto workflow = exchange->request().params[1];
    for (const auto& id : *ids)
        engine.submit(DeleteInstance{workflow, id},
                      [deletion, id](const Reply& reply) { deletion->add(id, reply); });
}

http::Response deletedAnswer(const std::string& id, const Answer& answer) {
    return http::success([&](http::JsonWriter& json) {
        json.object().text("instanceId", id).time("timestamp", std::get<Done>(answer).time).endObject();
    });
}

// --- terminate
// ---------------------------------------------------------------------------------------------------

std::string_view startWord(const Termination& termination) {
    return termination.running ? "already_running" : "ok";
}

void terminateBatch(Engine& engine, const http::ExchangePtr& exchange) {
    const auto& request = exchange->request();
    if (auto ok = checkJson(request.body, "The body"); !ok)
        return exchange->respond(http::failure(ok.error()));
    auto ids = readIds(parseBounded<nlohmann::json>(request.body), "The body");
    if (!ids) return exchange->respond(http::failure(ids.error()));
    submit(engine, exchange, TerminateBatch{request.params[1], std::move(*ids)}, [](const Answer& answer) {
        const auto& termination = std::get<Termination>(answer);
        return http::success([&](http::JsonWriter& json) {
            json.object()
                .text("status", startWord(termination))
                .number("instancesTerminated", termination.terminated)
                .endObject();
        });
    });
}

void terminateAll(Engine& engine, const http::ExchangePtr& exchange) {
    const auto& request = exchange->request();
    TerminateAll command{request.params[1], std::nullopt};
    if (const auto text = request.queryValue("status")) {
        command.status = api::statusFrom(*text);
        if (!command.status || api::isFinal(*command.status) || *command.status == api::Status::rollingBack)
            return exchange->respond(
                http::failure({400, api::code::badBody,
                               "Query parameter status must be one of queued, running, paused, "
                               "waitingForPause, waiting."}));
    }
    submit(engine, exchange, std::move(command), [](const Answer& answer) {
        return http::success([&](http::JsonWriter& json) {
            json.object().text("status", startWord(std::get<Termination>(answer))).endObject();
        });
    });
}

http::Response runningAnswer(const Answer& answer) {
    const bool running = std::get<Termination>(answer).running;
    return http::success([&](http::JsonWriter& json) {
        json.object().text("status", running ? "running" : "not_running").endObject();
    });
}

}  // namespace

void addInstanceBulkRoutes(Routes& routes) {
    auto& engine = routes.context().engine;
    constexpr auto instances = "/workflows/{name}/instances";
    const auto below = [&](const char* path) { return std::string(instances) + path; };
    routes.handle(http::Method::post, below("/batch/delete"), need::editWorkflows, jsonBody,
                  [&engine](const http::ExchangePtr& exchange) { deleteBatch(engine, exchange); });
    routes.handle(http::Method::post, below("/batch/terminate"), need::editWorkflows, jsonBody,
                  [&engine](const http::ExchangePtr& exchange) { terminateBatch(engine, exchange); });
    routes.handle(http::Method::put, below("/terminate"), need::editWorkflows, noBody,
                  [&engine](const http::ExchangePtr& exchange) { terminateAll(engine, exchange); });
    routes.handle(http::Method::get, below("/terminate"), need::readWorkflows, noBody,
                  [&engine](const http::ExchangePtr& exchange) {
                      submit(engine, exchange, AskTermination{exchange->request().params[1]}, runningAnswer);
                  });
    routes.handle(http::Method::remove, below("/{instance}"), need::editWorkflows, noBody,
                  [&engine](const http::ExchangePtr& exchange) {
                      const auto& params = exchange->request().params;
                      submit(engine, exchange, DeleteInstance{params[1], params[2]},
                             [id = params[2]](const Answer& answer) { return deletedAnswer(id, answer); });
                  });
}

}  // namespace stepwell::engine::rest
