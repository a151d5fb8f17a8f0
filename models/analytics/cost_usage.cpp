#include "models/analytics/cost_usage.h"

#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace stepwell::analytics {
namespace {

using nlohmann::json;

double numberAt(const json& row, const char* group, const char* key) {
    const json* at = &row;
    if (group != nullptr) {
        const auto found = row.find(group);
        if (found == row.end() || !found->is_object()) return 0;
        at = &*found;
    }
    const auto value = at->find(key);
    return value != at->end() && value->is_number() ? std::max(0.0, value->get<double>()) : 0;
}

bool isToldAt(const json& row, const char* group, const char* key) {
    const auto found = row.find(group);
    if (found == row.end() || !found->is_object()) return false;
    const auto value = found->find(key);
    return value != found->end() && value->is_number();
}

std::string wordAt(const json& row, const char* key) {
    const auto group = row.find("dimensions");
    if (group == row.end() || !group->is_object()) return {};
    const auto value = group->find(key);
    return value != group->end() && value->is_string() ? value->get<std::string>() : std::string();
}

/// The objects of the list `alias`; none when it is not there.
std::vector<const json*> rowsOf(const json& account, const char* alias) {
    std::vector<const json*> rows;
    const auto list = account.find(alias);
    if (list == account.end() || !list->is_array()) return rows;
    for (const auto& row : *list)
        if (row.is_object()) rows.push_back(&row);
    return rows;
}

/// The same CPU time is told three times, by the ends of attempts, of steps and of instances; what still runs
/// is missing at the upper levels, and not every service fills all of them. The fullest level counts.
struct CpuLevels {
    std::array<double, 3> sums{};
    void add(const std::string& event, double cpu) {
        if (event.find("ATTEMPT_") != std::string::npos)
            sums[0] += cpu;
        else if (event.find("STEP_") != std::string::npos)
            sums[1] += cpu;
        else
            sums[2] += cpu;
    }
    double most() const { return *std::max_element(sums.begin(), sums.end()); }
};

void readWorkflows(const json& account, Usage& usage) {
    struct Sums {
        Load load;
        CpuLevels cpu;
    };
    std::map<std::string, Sums> byName;
    for (const json* row : rowsOf(account, "costWork")) {
        const std::string name = wordAt(*row, "workflowName");
        const std::string event = wordAt(*row, "eventType");
        auto& sums = byName[name];
        sums.load.name = name;
        if (event == "WORKFLOW_START") sums.load.requests += numberAt(*row, nullptr, "count");
        sums.load.steps += numberAt(*row, "sum", "allStepCount");
        sums.cpu.add(event, numberAt(*row, "sum", "cpuTime"));
        if (event.find("ATTEMPT_") != std::string::npos)
            usage.longestStepCpu = std::max(usage.longestStepCpu, numberAt(*row, "max", "cpuTime"));
    }
    for (auto& [name, sums] : byName) {
        sums.load.cpu = sums.cpu.most();
        if (sums.load.requests + sums.load.cpu + sums.load.steps > 0) usage.loads.push_back(sums.load);
    }
}

void readScripts(const json& account, const char* alias, LoadKind kind, Usage& usage) {
    for (const json* row : rowsOf(account, alias)) {
        Load load{kind,
                  wordAt(*row, "scriptName"),
                  numberAt(*row, "sum", "requests"),
                  numberAt(*row, "sum", "cpuTimeUs") / 1000,
                  0,
                  isToldAt(*row, "sum", "cpuTimeUs")};
        if (load.requests > 0) usage.loads.push_back(std::move(load));
    }
}

void readDays(const json& account, Usage& usage) {
    struct Day {
        double requests = 0;
        double steps = 0;
    };
    std::map<std::string, Day> days;
    for (const json* row : rowsOf(account, "costDays")) {
        auto& day = days[wordAt(*row, "date")];
        if (wordAt(*row, "eventType") == "WORKFLOW_START") day.requests += numberAt(*row, nullptr, "count");
        day.steps += numberAt(*row, "sum", "allStepCount");
    }
    for (const char* alias : {"costWorkerDays", "costSiteDays"})
        for (const json* row : rowsOf(account, alias))
            days[wordAt(*row, "date")].requests += numberAt(*row, "sum", "requests");
    for (const auto& [date, day] : days) {
        usage.busiestDayRequests = std::max(usage.busiestDayRequests, day.requests);
        usage.busiestDaySteps = std::max(usage.busiestDaySteps, day.steps);
    }
}

std::string firstError(const json& answer) {
    const auto errors = answer.find("errors");
    if (errors == answer.end() || !errors->is_array() || errors->empty()) return {};
    const auto& first = errors->front();
    if (!first.is_object() || !first.contains("message") || !first["message"].is_string())
        return "The server tells no reason.";
    return first["message"].get<std::string>();
}

}  // namespace

std::string usageFields(bool extended) {
    const std::string range = "(limit: 10000, filter: { datetime_geq: $from, datetime_lt: $to })";
    const auto part = [&](const std::string& alias, const std::string& dataset, const std::string& fields) {
        return "      " + alias + ": " + dataset + range + " { " + fields + " }\n";
    };
    const std::string workflows = "workflowsAdaptiveGroups";
    const std::string workers = "workersInvocationsAdaptive";
    const std::string sites = "pagesFunctionsInvocationsAdaptiveGroups";
    const std::string longest = extended ? "max { cpuTime } " : "";
    return part("costWork", workflows,
                "count sum { cpuTime allStepCount } " + longest + "dimensions { workflowName eventType }") +
           part("costDays", workflows, "count sum { allStepCount } dimensions { date eventType }") +
           part("costWorkers", workers, "sum { requests cpuTimeUs } dimensions { scriptName }") +
           part("costWorkerDays", workers, "sum { requests } dimensions { date }") +
           part("costSites", sites, "sum { requests } dimensions { scriptName }") +
           part("costSiteDays", sites, "sum { requests } dimensions { date }");
}

std::string usageDocument(bool extended) {
    return "query Usage($accountTag: string!, $from: Time!, $to: Time!) {\n  viewer {\n"
           "    accounts(filter: { accountTag: $accountTag }) {\n" +
           usageFields(extended) + "    }\n  }\n}\n";
}

std::string usageVariables(const std::string& account, api::Time from, api::Time to) {
    return json{{"accountTag", account}, {"from", api::toIso(from)}, {"to", api::toIso(to)}}.dump(
        -1, ' ', false, json::error_handler_t::replace);
}

api::Result<Usage> usageFrom(std::string_view text, api::Time from, api::Time to) {
    const json answer = parseBounded<json>(text);
    if (!answer.is_object())
        return api::fail(0, api::code::badBody, "The answer to the usage query is no JSON object.");
    if (auto reason = firstError(answer); !reason.empty())
        return api::fail(0, api::code::badBody, "The usage is not told: " + reason);
    const json* account = nullptr;
    if (const auto data = answer.find("data"); data != answer.end() && data->is_object()) {
        const json::json_pointer place("/viewer/accounts/0");
        if (data->contains(place)) account = &data->at(place);
    }
    if (account == nullptr || !account->is_object())
        return api::fail(0, api::code::badBody, "The answer to the usage query names no account.");
    return usageIn(*account, from, to);
}

Usage usageIn(const json& account, api::Time from, api::Time to) {
    Usage usage;
    usage.from = from;
    usage.to = to;
    readWorkflows(account, usage);
    readScripts(account, "costWorkers", LoadKind::worker, usage);
    readScripts(account, "costSites", LoadKind::pages, usage);
    readDays(account, usage);
    return usage;
}

}  // namespace stepwell::analytics
