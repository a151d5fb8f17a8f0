#include "models/client/parse_explorer.h"

#include "models/client/parse.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::client {

using json = nlohmann::ordered_json;
using namespace detail;

namespace {

/// `bindings` holds lists by kind: {"kv":[{id, bindingName}], "workflows":[{id, bindingName, className}]}.
std::vector<api::Binding> bindingsFrom(const json& kinds) {
    std::vector<api::Binding> bindings;
    if (!kinds.is_object()) return bindings;
    for (const auto& [kind, list] : kinds.items()) {
        if (!list.is_array()) continue;
        for (const auto& item : list)
            bindings.push_back({text(item, "bindingName"), kind, text(item, "id")});
    }
    return bindings;
}

ExplorerWorker workerFrom(const json& item) {
    ExplorerWorker worker{
        text(item, "name"), flag(item, "isSelf", false), bindingsFrom(at(item, "bindings")), {}};
    if (const auto& crons = at(at(item, "triggers"), "crons"); crons.is_array())
        for (const auto& cron : crons)
            if (cron.is_string()) worker.crons.push_back(cron.get<std::string>());
    return worker;
}

}  // namespace

api::Result<std::vector<ExplorerWorker>> parseExplorerWorkers(const Response& response) {
    const auto answer = envelope(response);
    if (!answer) return api::fail(answer.error());
    std::vector<ExplorerWorker> workers;
    if (const auto& list = at(*answer, "result"); list.is_array())
        for (const auto& item : list)
            if (item.is_object()) workers.push_back(workerFrom(item));
    return workers;
}

std::string ownName(const std::vector<ExplorerWorker>& workers) {
    const auto own =
        std::find_if(workers.begin(), workers.end(), [](const auto& worker) { return worker.isSelf; });
    return own == workers.end() ? std::string() : own->name;
}

}  // namespace stepwell::client
