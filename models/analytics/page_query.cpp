#include "models/analytics/page_query.h"

#include "models/analytics/cost.h"
#include "models/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <map>

namespace stepwell::analytics {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* workflowEvents = "workflowsAdaptiveGroups";
constexpr const char* siteRequests = "httpRequestsAdaptiveGroups";
constexpr const char* subrequests = "workersSubrequestsAdaptiveGroups";
constexpr const char* ended =
    R"(eventType_in: ["WORKFLOW_SUCCESS", "WORKFLOW_FAILURE", "WORKFLOW_TERMINATED"])";
constexpr int namesAtMost = 200;

/// `["a", "b"]`: JSON texts of strings are texts of GraphQL too.
std::string listOf(const QStringList& names) {
    json list = json::array();
    for (const auto& name : names)
        if (list.size() < namesAtMost) list.push_back(name.toStdString());
    return list.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string nameFilter(const std::string& dataset, const PageFilter& filter, const Facts& facts) {
    const auto has = [&](const char* dimension) {
        return facts.has(dataset, std::string("dimensions_") + dimension);
    };
    std::string text;
    const auto add = [&](const char* field, const QStringList& names) {
        if (!names.isEmpty() && has(field)) text += ", " + std::string(field) + "_in: " + listOf(names);
    };
    if (dataset == siteRequests) {
        add("projectName", filter.scripts);
        return text;
    }
    add("workflowName", filter.workflows);
    if (dataset == subrequests) add("scriptName", filter.scripts);
    return text;
}

namespace {

/// "sum { retryCount wallTime }" for every block that has something.
std::string selectionOf(const Node& node, const std::string& bucket, const Facts& facts) {
    std::vector<std::pair<std::string, std::string>> blocks;
    const auto add = [&](const std::string& block, const std::string& field) {
        const auto same =
            std::find_if(blocks.begin(), blocks.end(), [&](const auto& one) { return one.first == block; });
        if (same == blocks.end())
            blocks.emplace_back(block, field);
        else
            same->second += " " + field;
    };
    for (const std::string field : node.fields) {
        const auto split = field.find('_');
        if (facts.has(node.dataset, field)) add(field.substr(0, split), field.substr(split + 1));
    }
    if (!bucket.empty()) add("dimensions", "t: " + bucket);
    for (const std::string dimension : node.dimensions)
        add("dimensions", dimension);
    std::string text = "count";
    for (const auto& [block, fields] : blocks)
        text += " " + block + " { " + fields + " }";
    return text;
}

std::string nodeText(const Node& node, const PageAsk& ask, const Facts& facts, bool before) {
    const auto bucket = bucketOf(node, ask.window);
    const int pageSize = facts.datasets.at(node.dataset).pageSize;
    const int limit = node.limit > 0 ? std::min(node.limit, pageSize) : pageSize;
    std::string text =
        "      " + (before ? beforeAlias(node.alias) : std::string(node.alias)) + ": " + node.dataset + "(\n";
    text += "        limit: " + std::to_string(limit) + "\n";
    // Whole days: what is told apart by the day is kept for longer than parts of days are.
    const bool byDay = bucket == "date";
    text += "        filter: { ";
    if (byDay)
        text += before ? "date_geq: $beforeFromDay, date_leq: $beforeToDay"
                       : "date_geq: $fromDay, date_leq: $toDay";
    else
        text += before ? "datetime_geq: $beforeFrom, datetime_lt: $beforeTo"
                       : "datetime_geq: $from, datetime_lt: $to";
    if (node.filter[0] != '\0') text += ", " + std::string(node.filter);
    text += nameFilter(node.dataset, ask.filter, facts) + " }\n";
    if (node.order[0] != '\0')
        text += "        orderBy: [" + std::string(node.order) + "]\n";
    else if (!bucket.empty())
        text += "        orderBy: [" + bucket + "_ASC]\n";
    return text + "      ) { " + selectionOf(node, bucket, facts) + " }\n";
}

std::string dayOf(api::Time time) {
    return api::toIso(time).substr(0, std::string_view("2026-01-01").size());
}

bool uses(const std::string& nodes, const std::string& variable) {
    const std::string name = "$" + variable;
    for (auto at = nodes.find(name); at != std::string::npos; at = nodes.find(name, at + 1))
        if (std::isalnum(static_cast<unsigned char>(nodes[at + name.size()])) == 0) return true;
    return false;
}

/// Declares and gives those times that the nodes use, and no others: those would be refused.
void addTimes(const std::string& nodes, const Window& window, std::string& head, json& variables) {
    const auto add = [&](const std::string& name, const char* type, const std::string& value) {
        if (!uses(nodes, name)) return;
        head += ", $" + name + ": " + type;
        variables[name] = value;
    };
    for (const bool before : {false, true}) {
        const auto range = before ? window.before() : window;
        const std::string from = before ? "beforeFrom" : "from";
        const std::string to = before ? "beforeTo" : "to";
        add(from, "Time!", api::toIso(range.from));
        add(to, "Time!", api::toIso(range.to));
        add(from + "Day", "Date!", dayOf(range.from));
        add(to + "Day", "Date!", dayOf(range.to - 1ms));
    }
}

}  // namespace

const std::vector<Node>& pageNodes() {
    static const std::vector<Node> nodes = {
        {"events",
         workflowEvents,
         Grain::whole,
         "",
         {"eventType"},
         {"sum_retryCount", "sum_stepCount", "avg_sampleInterval"},
         "count_DESC",
         100,
         true},
        {"times",
         workflowEvents,
         Grain::whole,
         ended,
         {},
         {"sum_cpuTime", "avg_wallTime", "quantiles_wallTimeP50", "quantiles_wallTimeP99"},
         "",
         0,
         true},
        {"outcomes", workflowEvents, Grain::page, ended, {"eventType"}, {}, "", 0, false},
        {"durations",
         workflowEvents,
         Grain::page,
         ended,
         {},
         {"avg_wallTime", "avg_cpuTime", "quantiles_wallTimeP50", "quantiles_wallTimeP90",
          "quantiles_wallTimeP99", "quantiles_cpuTimeP50", "quantiles_cpuTimeP90", "quantiles_cpuTimeP99"},
         "",
         0,
         false},
        {"steps",
         workflowEvents,
         Grain::whole,
         R"(eventType_in: ["STEP_SUCCESS", "STEP_FAILURE"])",
         {"stepName"},
         {"sum_wallTime", "avg_wallTime", "quantiles_wallTimeP50", "quantiles_wallTimeP99"},
         "sum_wallTime_DESC",
         8,
         false},
        {"retries",
         workflowEvents,
         Grain::steps,
         R"(eventType: "ATTEMPT_START")",
         {"stepName"},
         {"sum_retryCount"},
         "sum_retryCount_DESC",
         0,
         false},
        {"failures",
         workflowEvents,
         Grain::steps,
         R"(eventType: "STEP_FAILURE")",
         {"stepName"},
         {},
         "count_DESC",
         0,
         false},
        {"queueDepth",
         "workflowsQueueDepthAdaptiveGroups",
         Grain::page,
         "",
         {},
         {"avg_depth", "max_depth"},
         "",
         0,
         false},
        {"queueWait",
         "workflowsQueueWaitAdaptiveGroups",
         Grain::page,
         "",
         {},
         {"avg_queueWait", "quantiles_queueWaitP50", "quantiles_queueWaitP99"},
         "",
         0,
         false},
        {"blocked",
         "workflowsBlockedReasonAdaptiveGroups",
         Grain::page,
         "",
         {"blockedReason"},
         {},
         "",
         0,
         false},
        {"sites",
         siteRequests,
         Grain::page,
         "",
         {"edgeResponseStatus", "cacheStatus"},
         {"sum_edgeResponseBytes"},
         "",
         0,
         false},
        {"siteTimes",
         siteRequests,
         Grain::page,
         "",
         {},
         {"quantiles_requestDurationP50", "quantiles_requestDurationP99", "avg_requestDuration"},
         "",
         0,
         false},
        {"paths", siteRequests, Grain::whole, "", {"clientRequestPath"}, {}, "count_DESC", 8, false},
        // There may be many: by the hour, those of a month would be more rows than an answer has.
        {"hosts", subrequests, Grain::steps, "", {"hostname"}, {}, "count_DESC", 0, false},
        {"hostTimes",
         subrequests,
         Grain::page,
         "",
         {},
         {"avg_duration", "quantiles_durationP50", "quantiles_durationP99"},
         "",
         0,
         false},
    };
    return nodes;
}

const Node* nodeNamed(const std::string& alias) {
    for (const auto& node : pageNodes())
        if (alias == node.alias) return &node;
    return nullptr;
}

std::string bucketOf(const Node& node, const Window& window) {
    if (node.grain == Grain::whole) return {};
    if (node.grain == Grain::page || window.length() <= 12h) return dimensionOf(window.bucket);
    return window.length() <= 48h ? dimensionOf(Bucket::hour) : "date";
}

api::Milliseconds bucketWidthOf(const Node& node, const Window& window) {
    if (node.grain == Grain::page || window.length() <= 12h) return widthOf(window.bucket);
    return window.length() <= 48h ? 1h : 24h;
}

bool canAsk(const Node& node, const Window& window, const Facts& facts) {
    const auto bucket = bucketOf(node, window);
    if (!facts.has(node.dataset)) return false;
    if (!bucket.empty() && !facts.has(node.dataset, "dimensions_" + bucket)) return false;
    return std::all_of(node.dimensions.begin(), node.dimensions.end(), [&](const char* dimension) {
        return facts.has(node.dataset, std::string("dimensions_") + dimension);
    });
}

GraphqlQuery pageQuery(const PageAsk& ask, const Facts& facts, const std::vector<std::string>& aliases) {
    std::string nodes;
    for (const auto& node : pageNodes()) {
        const bool wanted =
            aliases.empty() || std::find(aliases.begin(), aliases.end(), node.alias) != aliases.end();
        if (!wanted || !canAsk(node, ask.window, facts)) continue;
        nodes += nodeText(node, ask, facts, false);
        // A total of the period before belongs to the page; a chart by itself shows it only when it is
        // compared.
        const bool before =
            ask.compare ? node.before || node.grain != Grain::whole : node.before && aliases.empty();
        if (before) nodes += nodeText(node, ask, facts, true);
    }
    if (nodes.empty()) return {};
    if (aliases.empty() && canAskForCost(facts))
        nodes += usageFields(facts.has(workflowEvents, "max_cpuTime"));
    std::string head = "query Analytics($accountTag: string!";
    json variables{{"accountTag", ask.account}};
    addTimes(nodes, ask.window, head, variables);
    return {head + ") {\n  viewer {\n    accounts(filter: { accountTag: $accountTag }) {\n" + nodes +
                "    }\n  }\n}\n",
            variables.dump(2), "Analytics"};
}

bool canAskForCost(const Facts& facts) {
    return facts.has(workflowEvents, "sum_allStepCount") && facts.has("workersInvocationsAdaptive") &&
           facts.has("pagesFunctionsInvocationsAdaptiveGroups");
}

std::string beforeAlias(const std::string& alias) {
    return alias + "Before";
}

}  // namespace stepwell::analytics
