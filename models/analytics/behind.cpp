#include "models/analytics/behind.h"

#include "models/analytics/page_rows.h"
#include "models/json/bounded_json.h"
#include "models/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace stepwell::analytics {

namespace {

using nlohmann::json;

const QString restKey = QStringLiteral("(rest)");

/// JSON texts of strings are texts of GraphQL too.
std::string quoted(const QString& text) {
    return json(text.toStdString()).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string listOf(const QStringList& words) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : ", ") + quoted(word);
    return "[" + text + "]";
}

/// `field` is the series, or none of those that the chart shows by name.
std::string seriesIs(const char* field, const Chart& chart, const Spot& spot) {
    if (spot.series.isEmpty()) return {};
    if (spot.series != restKey) return std::string(", ") + field + ": " + quoted(spot.series);
    QStringList others;
    for (const auto& series : chart.series)
        if (series.key != restKey) others.append(series.key);
    return std::string(", ") + field + "_notin: " + listOf(others);
}

QString nameOf(const Chart& chart, const Spot& spot) {
    for (const auto& series : chart.series)
        if (series.key == spot.series) return series.name;
    return spot.series;
}

GraphqlQuery document(const PageAsk& ask, const Spot& spot, const std::string& lists) {
    return {
        "query Behind($accountTag: string!, $from: Time!, $to: Time!) {\n  viewer {\n    accounts(filter: "
        "{ accountTag: $accountTag }) {\n" +
            lists + "    }\n  }\n}\n",
        json{{"accountTag", ask.account}, {"from", api::toIso(spot.from)}, {"to", api::toIso(spot.to)}}.dump(
            2),
        "Behind"};
}

std::string filterText(const std::string& more) {
    return "{ datetime_geq: $from, datetime_lt: $to" + more + " }";
}

/// What of the events the chart counts.
struct Events {
    std::string filter;
    QString words;
    std::optional<api::Status> status = {};
};

std::optional<Events> eventsOf(const Chart& chart, const Spot& spot) {
    const QString& id = spot.chart;
    const auto ofStep = [&](const char* types, const QString& what) {
        const QString name = nameOf(chart, spot);
        return Events{std::string(", ") + types + seriesIs("stepName", chart, spot),
                      name.isEmpty() ? what : QObject::tr("%1: %2").arg(what, name)};
    };
    if (id == QLatin1String("outcomes")) {
        Events events{", eventType: " + quoted(spot.series), nameOf(chart, spot)};
        if (spot.series == QLatin1String("WORKFLOW_SUCCESS")) events.status = api::Status::complete;
        if (spot.series == QLatin1String("WORKFLOW_FAILURE")) events.status = api::Status::errored;
        if (spot.series == QLatin1String("WORKFLOW_TERMINATED")) events.status = api::Status::terminated;
        return events;
    }
    if (id == QLatin1String("retries"))
        return ofStep(R"(eventType: "ATTEMPT_FAILURE")", QObject::tr("Failed attempts"));
    if (id == QLatin1String("failures"))
        return ofStep(R"(eventType: "STEP_FAILURE")", QObject::tr("Failed steps"));
    if (id == QLatin1String("steps"))
        return ofStep(R"(eventType_in: ["STEP_SUCCESS", "STEP_FAILURE"])", QObject::tr("Steps"));
    if (id == QLatin1String("events")) return Events{", eventType: " + quoted(spot.series), spot.series};
    if (id == QLatin1String("wall") || id == QLatin1String("cpu") || id == QLatin1String("success"))
        return Events{R"(, eventType_in: ["WORKFLOW_SUCCESS", "WORKFLOW_FAILURE", "WORKFLOW_TERMINATED"])",
                      QObject::tr("Instances that ended")};
    return std::nullopt;
}

Behind behindEvents(const PageAsk& ask, const Facts& facts, const Spot& spot, const Events& events) {
    const std::string groups = "workflowsAdaptiveGroups";
    const std::string filter = filterText(events.filter + nameFilter(groups, ask.filter, facts));
    const std::string lists =
        "      behind: workflowsAdaptive(\n        limit: " + std::to_string(behindAtMost) +
        "\n        filter: " + filter +
        "\n        orderBy: [datetime_DESC]\n      ) { datetime workflowName instanceId eventType stepName "
        "wallTime }\n"
        "      total: " +
        groups + "(\n        limit: 1\n        filter: " + filter + "\n      ) { count }\n";
    return {Behind::Kind::events, events.words, events.status, document(ask, spot, lists)};
}

/// Of charts whose points are counts of something without an instance.
struct Groups {
    const char* dataset;
    std::vector<const char*> dimensions;
    std::vector<const char*> measures;
    std::string filter;
};

/// "2xx" is a range of numbers.
std::string statusFilter(const QString& series) {
    if (series.size() != 3 || !series[0].isDigit()) return {};
    const int from = series[0].digitValue() * 100;
    return ", edgeResponseStatus_geq: " + std::to_string(from) +
           ", edgeResponseStatus_lt: " + std::to_string(from + 100);
}

std::optional<Groups> groupsOf(const Chart& chart, const Spot& spot) {
    const QString& id = spot.chart;
    const auto site = [](std::string filter) {
        return Groups{"httpRequestsAdaptiveGroups",
                      {"projectName", "clientRequestHTTPHost", "clientRequestPath", "edgeResponseStatus",
                       "cacheStatus"},
                      {"sum_edgeResponseBytes", "avg_requestDuration"},
                      std::move(filter)};
    };
    const auto outbound = [](std::string filter) {
        return Groups{"workersSubrequestsAdaptiveGroups",
                      {"hostname", "workflowName", "scriptName", "httpResponseStatus", "requestOutcome"},
                      {"avg_duration"},
                      std::move(filter)};
    };
    if (id == QLatin1String("siteStatus")) return site(statusFilter(spot.series));
    if (id == QLatin1String("siteTimes") || id == QLatin1String("cacheHits")) return site({});
    if (id == QLatin1String("siteBytes")) return site(seriesIs("cacheStatus", chart, spot));
    if (id == QLatin1String("paths")) return site(", clientRequestPath: " + quoted(spot.series));
    if (id == QLatin1String("hosts")) return outbound(seriesIs("hostname", chart, spot));
    if (id == QLatin1String("hostTimes")) return outbound({});
    if (id == QLatin1String("queueDepth"))
        return Groups{"workflowsQueueDepthAdaptiveGroups", {"workflowName"}, {"max_depth", "avg_depth"}, {}};
    if (id == QLatin1String("queueWait"))
        return Groups{"workflowsQueueWaitAdaptiveGroups",
                      {"workflowName"},
                      {"avg_queueWait", "quantiles_queueWaitP99"},
                      {}};
    if (id == QLatin1String("blocked"))
        return Groups{"workflowsBlockedReasonAdaptiveGroups",
                      {"workflowName", "blockedReason"},
                      {},
                      seriesIs("blockedReason", chart, spot)};
    return std::nullopt;
}

std::optional<Behind> behindGroups(const PageAsk& ask, const Facts& facts, const Spot& spot,
                                   const Groups& groups, const QString& words) {
    const std::string dataset = groups.dataset;
    if (!facts.has(dataset)) return std::nullopt;
    std::string selection = "count";
    for (const std::string measure : groups.measures)
        if (facts.has(dataset, measure)) {
            const auto split = measure.find('_');
            selection += " " + measure.substr(0, split) + " { " + measure.substr(split + 1) + " }";
        }
    std::string dimensions;
    for (const std::string dimension : groups.dimensions)
        if (facts.has(dataset, "dimensions_" + dimension)) dimensions += " " + dimension;
    if (!dimensions.empty()) selection += " dimensions {" + dimensions + " }";
    const std::string lists =
        "      behind: " + dataset + "(\n        limit: " + std::to_string(behindAtMost) +
        "\n        filter: " + filterText(groups.filter + nameFilter(dataset, ask.filter, facts)) +
        "\n        orderBy: [count_DESC]\n      ) { " + selection + " }\n";
    return Behind{Behind::Kind::groups, words, {}, document(ask, spot, lists)};
}

}  // namespace

bool leadsOn(const QString& chart) {
    Spot spot;
    spot.chart = chart;
    spot.series = QStringLiteral("any");
    return eventsOf({}, spot) || groupsOf({}, spot);
}

std::optional<Behind> behindOf(const PageAsk& ask, const Facts& facts, const Chart& chart, const Spot& spot) {
    if (const auto events = eventsOf(chart, spot)) return behindEvents(ask, facts, spot, *events);
    const auto groups = groupsOf(chart, spot);
    if (!groups) return std::nullopt;
    const QString name = nameOf(chart, spot);
    return behindGroups(ask, facts, spot, *groups,
                        name.isEmpty() || name == chart.title ? chart.title
                                                              : QObject::tr("%1: %2").arg(chart.title, name));
}

api::Result<BehindRows> behindRowsFrom(const api::GraphqlAnswer& answer) {
    if (const auto refused = api::refusal(answer)) return api::fail(*refused);
    const auto parsed = parseBounded<json>(answer.json);
    const auto& account = accountOf(parsed);
    if (!account.is_object())
        return api::fail(answer.http, api::code::internal,
                         "The backend answered without the data of this account.");
    const Rows rows(account);
    BehindRows found;
    for (const auto& row : rows.of("behind")) {
        const auto word = [&](const char* name) {
            const auto at = row.find(name);
            return at != row.end() && at->is_string() ? toQt(at->get_ref<const std::string&>()) : QString();
        };
        const auto wall = row.find("wallTime");
        found.rows.push_back({api::fromIso(word("datetime").toStdString()).value_or(api::Time{}),
                              word("workflowName"), word("instanceId"), word("eventType"), word("stepName"),
                              wall != row.end() && wall->is_number() ? wall->get<double>() : 0});
    }
    for (const auto& row : rows.of("total"))
        found.total += countOf(row);
    found.total = std::max(found.total, static_cast<double>(found.rows.size()));
    return found;
}

}  // namespace stepwell::analytics
