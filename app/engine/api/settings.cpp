#include "app/engine/api/body.h"
#include "app/engine/api/context.h"
#include "app/engine/core/retention.h"
#include "models/api/identifiers.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

/// Settings of the account and event triggers of scripts: endpoints 5, 6 and 25 of the reference.
namespace stepwell::engine::rest {

namespace {

using Json = nlohmann::json;

constexpr std::size_t mostTriggers = 100;
constexpr int highestLimit = 1'000'000;
constexpr std::string_view noEventSources =
    "Event triggers are kept and returned, but there are no event sources here: nothing fires them.";

http::Response settingsAnswer(const Answer& answer) {
    const auto& account = std::get<AccountRow>(answer);
    return http::success([&](http::JsonWriter& json) {
        json.object()
            .object("default_retention")
            .number("success_retention", account.successRetention.count())
            .number("error_retention", account.errorRetention.count())
            .endObject()
            .object("stepwell")
            .number("concurrency", account.concurrency)
            .number("creation_rate", account.creationRate)
            .number("workflow_creation_rate", account.workflowCreationRate)
            .endObject()
            .endObject();
    });
}

api::Result<void> readLimits(const Json& limits, ChangeAccount& change) {
    if (!limits.is_object()) return badRequest("stepwell must be an object.");
    const std::array fields = {std::pair("concurrency", &change.concurrency),
                               std::pair("creation_rate", &change.creationRate),
                               std::pair("workflow_creation_rate", &change.workflowCreationRate)};
    for (const auto& [name, field] : fields) {
        const auto it = limits.find(name);
        if (it == limits.end()) continue;
        if (!it->is_number_integer() || *it < 0 || *it > highestLimit)
            return badRequest(std::string("stepwell.") + name +
                              " must be a whole number from 0 (no limit) to 1000000.");
        *field = it->get<int>();
    }
    return {};
}

api::Result<ChangeAccount> readSettings(const http::Request& request) {
    const auto body = parseObject(request.body, "The body");
    if (!body) return tl::unexpected(body.error());
    ChangeAccount change;
    if (const auto limits = body->find("stepwell"); limits != body->end())
        if (auto ok = readLimits(*limits, change); !ok) return tl::unexpected(ok.error());
    const auto it = body->find("default_retention");
    if (it == body->end()) return change;
    if (auto ok = checkRetention(*it, "default_retention"); !ok) return tl::unexpected(ok.error());
    const auto retention = retentionOf(it->dump());
    change.successRetention = retention.success;
    change.errorRetention = retention.error;
    return change;
}

// --- triggers
// ----------------------------------------------------------------------------------------------------

bool isName(const Json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() && !it->get_ref<const std::string&>().empty() &&
           it->get_ref<const std::string&>().size() <= 255;
}

bool isTarget(const Json& target) {
    return target.is_object() && target.value("type", Json()) == "workflow" &&
           isName(target, "workflow_name") && isName(target, "script_name");
}

bool isTrigger(const Json& item) {
    if (!item.is_object() || !isName(item, "type")) return false;
    const auto targets = item.find("targets");
    return targets != item.end() && targets->is_array() &&
           std::all_of(targets->begin(), targets->end(), isTarget);
}

/// A list, or an object that holds it under `triggers`.
api::Result<std::string> readTriggers(const http::Request& request) {
    if (auto ok = checkJson(request.body, "The body"); !ok) return tl::unexpected(ok.error());
    auto body = parseBounded<Json>(request.body);
    if (body.is_object()) body = body.value("triggers", Json());
    if (!body.is_array() || body.size() > mostTriggers || !std::all_of(body.begin(), body.end(), isTrigger))
        return badRequest(
            "triggers must be a list of at most 100 {\"type\", \"filter\"?, \"targets\": [{\"type\": "
            "\"workflow\", \"workflow_name\", \"script_name\"}]}.");
    return body.dump();
}

http::Response triggersAnswer(const std::string& script, const Answer& answer) {
    const auto& triggers = std::get<Triggers>(answer);
    const auto write = [&](http::JsonWriter& json) {
        json.object().text("script_name", script).raw("triggers", triggers.items).endObject();
    };
    return triggers.items == "[]" ? http::success(write) : http::success(write, noEventSources);
}

void changeTriggers(Engine& engine, const http::ExchangePtr& exchange, ChangeTriggers::Change change) {
    using Change = ChangeTriggers::Change;
    const auto& request = exchange->request();
    ChangeTriggers command{request.params[1], change, "[]"};
    if (change == Change::replace || change == Change::add) {
        auto items = readTriggers(request);
        if (!items) return exchange->respond(http::failure(items.error()));
        command.items = std::move(*items);
    }
    submit(engine, exchange, std::move(command), [script = request.params[1], change](const Answer& answer) {
        if (change != Change::remove) return triggersAnswer(script, answer);
        return http::success([&](http::JsonWriter& json) {
            json.object().number("deleted", std::get<Triggers>(answer).removed).endObject();
        });
    });
}

}  // namespace

void addSettingsRoutes(Routes& routes) {
    auto& engine = routes.context().engine;
    routes.handle(http::Method::get, "/workflows/settings", need::readWorkflows, noBody,
                  [&engine](const http::ExchangePtr& exchange) {
                      submit(engine, exchange, ChangeAccount{}, settingsAnswer);
                  });
    routes.handle(http::Method::patch, "/workflows/settings", need::editWorkflows, jsonBody,
                  [&engine](const http::ExchangePtr& exchange) {
                      auto change = readSettings(exchange->request());
                      if (!change) return exchange->respond(http::failure(change.error()));
                      submit(engine, exchange, *change, settingsAnswer);
                  });
    using Change = ChangeTriggers::Change;
    const auto add = [&](http::Method method, access::Need need, Change change) {
        routes.handle(method, "/triggers/{script}", need, jsonBody,
                      [&engine, change](const http::ExchangePtr& exchange) {
                          changeTriggers(engine, exchange, change);
                      });
    };
    add(http::Method::get, need::readWorkers, Change::none);
    add(http::Method::put, need::editWorkers, Change::replace);
    add(http::Method::patch, need::editWorkers, Change::add);
    add(http::Method::remove, need::editWorkers, Change::remove);
}

}  // namespace stepwell::engine::rest
