#include "models/analytics/facts.h"

#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace stepwell::analytics {

namespace {

using nlohmann::json;

constexpr std::array datasets = {
    "workflowsAdaptiveGroups",          "workflowsQueueDepthAdaptiveGroups",
    "workflowsQueueWaitAdaptiveGroups", "workflowsBlockedReasonAdaptiveGroups",
    "httpRequestsAdaptiveGroups",       "workersSubrequestsAdaptiveGroups",
    "workersInvocationsAdaptive",       "pagesFunctionsInvocationsAdaptiveGroups"};
constexpr std::array blocks = {"", "sum", "avg", "max", "quantiles", "dimensions"};

std::string capitalised(std::string text) {
    if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    return text;
}

std::string typeName(const std::string& dataset, const std::string& block) {
    return "Account" + capitalised(dataset) + capitalised(block);
}

std::string aliasOf(const std::string& dataset, const std::string& block) {
    return block.empty() ? dataset : dataset + "_" + block;
}

const json& at(const json& object, const std::string& key) {
    static const json nothing;
    if (!object.is_object()) return nothing;
    const auto found = object.find(key);
    return found == object.end() ? nothing : *found;
}

std::string textAt(const json& object, const char* key) {
    const auto& value = at(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::optional<std::int64_t> numberAt(const json& object, const char* key) {
    const auto& value = at(object, key);
    if (!value.is_number_integer() || value.get<double>() <= 0 || value.get<double>() > 1e12)
        return std::nullopt;
    return value.get<std::int64_t>();
}

/// "in microseconds" makes 0.001.
std::optional<double> unitIn(std::string description) {
    std::transform(description.begin(), description.end(), description.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto says = [&](const char* word) { return description.find(word) != std::string::npos; };
    if (says("microsecond")) return 0.001;
    if (says("millisecond")) return 1.0;
    return says("nanosecond") ? std::optional(0.000'001) : std::nullopt;
}

void takeFields(DatasetFacts& facts, const std::string& block, const json& type) {
    const auto& fields = at(type, "fields");
    if (!fields.is_array()) return;
    for (const auto& field : fields) {
        const auto name = textAt(field, "name");
        if (name.empty()) continue;
        const auto key = block.empty() ? name : block + "_" + name;
        facts.fields.insert(key);
        if (const auto unit = unitIn(textAt(field, "description"))) facts.units[key] = *unit;
    }
}

}  // namespace

bool Facts::has(const std::string& dataset) const {
    const auto found = datasets.find(dataset);
    return found != datasets.end() && found->second.enabled;
}

bool Facts::has(const std::string& dataset, const std::string& field) const {
    return has(dataset) && datasets.at(dataset).fields.contains(field);
}

double Facts::millisecondsPer(const std::string& dataset, const std::string& field) const {
    const auto found = datasets.find(dataset);
    if (found == datasets.end()) return 1;
    const auto unit = found->second.units.find(field);
    return unit == found->second.units.end() ? 1 : unit->second;
}

Facts documentedFacts() {
    Facts facts;
    facts.datasets["workflowsAdaptiveGroups"].fields = {"count",
                                                        "sum_wallTime",
                                                        "sum_cpuTime",
                                                        "sum_stepCount",
                                                        "sum_retryCount",
                                                        "avg_wallTime",
                                                        "avg_cpuTime",
                                                        "dimensions_workflowName",
                                                        "dimensions_stepName",
                                                        "dimensions_eventType",
                                                        "dimensions_date",
                                                        "dimensions_datetimeMinute",
                                                        "dimensions_datetimeFiveMinutes",
                                                        "dimensions_datetimeFifteenMinutes",
                                                        "dimensions_datetimeHour"};
    return facts;
}

GraphqlQuery schemaQuery() {
    std::string document = "query Schema {\n";
    for (const std::string dataset : datasets)
        for (const std::string block : blocks)
            document += "  " + aliasOf(dataset, block) + ": __type(name: \"" + typeName(dataset, block) +
                        "\") { fields { name description } }\n";
    return {document + "}\n", {}, "Schema"};
}

api::Result<Facts> factsFrom(const api::GraphqlAnswer& answer) {
    if (const auto refused = api::refusal(answer)) return api::fail(*refused);
    const auto parsed = parseBounded<json>(answer.json);
    const auto& data = at(parsed, "data");
    if (!data.is_object())
        return api::fail(answer.http, api::code::internal, "The backend did not tell its schema.");
    Facts facts;
    for (const std::string dataset : datasets) {
        if (!at(data, dataset).is_object()) continue;
        auto& one = facts.datasets[dataset];
        for (const std::string block : blocks)
            takeFields(one, block, at(data, aliasOf(dataset, block)));
    }
    return facts;
}

GraphqlQuery settingsQuery(const Facts& facts, const std::string& account) {
    std::string document =
        "query Settings($accountTag: string!) {\n  viewer {\n    accounts(filter: { accountTag: "
        "$accountTag }) {\n      settings {\n";
    for (const auto& [dataset, one] : facts.datasets)
        document += "        " + dataset + " { enabled maxDuration maxPageSize notOlderThan }\n";
    document += "      }\n    }\n  }\n}\n";
    return {std::move(document), json{{"accountTag", account}}.dump(), "Settings"};
}

void takeSettings(Facts& facts, const api::GraphqlAnswer& answer) {
    if (api::refusal(answer)) return;
    const auto parsed = parseBounded<json>(answer.json);
    const auto& accounts = at(at(at(parsed, "data"), "viewer"), "accounts");
    if (!accounts.is_array() || accounts.empty()) return;
    const auto& settings = at(accounts.front(), "settings");
    const auto least = [](auto& limit, std::optional<std::int64_t> seconds) {
        if (!seconds) return;
        const api::Milliseconds told = std::chrono::seconds(*seconds);
        limit = limit ? std::min(*limit, told) : told;
    };
    for (auto& [dataset, one] : facts.datasets) {
        const auto& told = at(settings, dataset);
        if (!told.is_object()) continue;
        const auto& enabled = at(told, "enabled");
        one.enabled = !enabled.is_boolean() || enabled.get<bool>();
        if (const auto size = numberAt(told, "maxPageSize"))
            one.pageSize = static_cast<int>(std::min<std::int64_t>(*size, one.pageSize));
        if (!one.enabled) continue;
        least(facts.limits.oldest, numberAt(told, "notOlderThan"));
        least(facts.limits.longest, numberAt(told, "maxDuration"));
    }
}

}  // namespace stepwell::analytics
