#include "app/engine/analytics/tables.h"

#include <algorithm>
#include <array>

namespace stepwell::engine::analytics {

namespace {

using std::chrono::hours;

constexpr auto word = ColumnKind::word;
constexpr auto integer = ColumnKind::integer;
constexpr hours days(int count) {
    return hours{24 * count};
}
constexpr hours years(int count) {
    return days(366 * count);
}

ColumnSpec dimension(std::string_view name, ColumnKind kind = word) {
    return {name, kind, false, false};
}
ColumnSpec measure(std::string_view name) {
    return {name, integer, true, false};
}
ColumnSpec sketched(std::string_view name) {
    return {name, integer, true, true};
}

/// For charts of minutes up to years.
std::vector<GrainRule> everyGrain() {
    return {{Grain::minute, days(2)},
            {Grain::fifteenMinutes, days(31)},
            {Grain::hour, days(400)},
            {Grain::day, years(5)}};
}
/// The same of one workflow each: where charts of the last week end, quarters of an hour are made of rows.
/// They would take more room than all other rollups.
std::vector<GrainRule> everyGrainOfMany() {
    return {{Grain::minute, days(2)},
            {Grain::fifteenMinutes, days(8)},
            {Grain::hour, days(400)},
            {Grain::day, years(5)}};
}
/// Of many words: hours only of the last days.
std::vector<GrainRule> coarseGrains() {
    return {{Grain::hour, days(8)}, {Grain::day, days(400)}};
}

TableSpec workflowEventsSpec() {
    using namespace workflow_events;
    return {TableId::workflowEvents,
            "workflowEvents",
            {dimension("workflowName"), dimension("instanceId"), dimension("stepName"),
             dimension("eventType"), dimension("stepCount", integer), sketched("wallTime"),
             sketched("cpuTime"), measure("retryCount"), measure("steps"), measure("allSteps")},
            {{1, {eventType}, std::nullopt, everyGrain()},
             {2, {workflowName, eventType}, std::nullopt, everyGrainOfMany(), true},
             // Steps of all workflows together, for as long as rows are kept by the hour.
             {17, {eventType, stepName}, stepName, {{Grain::hour, days(32)}, {Grain::day, days(400)}}},
             {3, {workflowName, stepName, eventType}, stepName, coarseGrains(), true}}};
}

TableSpec queueWaitSpec() {
    using namespace queue_wait;
    return {
        TableId::queueWait,
        "queueWait",
        {dimension("workflowName"), sketched("queueWait")},
        {{4, {}, std::nullopt, everyGrain()}, {5, {workflowName}, std::nullopt, everyGrainOfMany(), true}}};
}

TableSpec queueDepthSpec() {
    using namespace queue_depth;
    return {
        TableId::queueDepth,
        "queueDepth",
        {dimension("workflowName"), sketched("depth")},
        {{6, {}, std::nullopt, everyGrain()}, {7, {workflowName}, std::nullopt, everyGrainOfMany(), true}}};
}

TableSpec blockedSpec() {
    using namespace blocked;
    return {TableId::blocked,
            "blocked",
            {dimension("workflowName"), dimension("blockedReason")},
            {{8, {blockedReason}, std::nullopt, everyGrain()},
             {9, {workflowName, blockedReason}, std::nullopt, everyGrainOfMany(), true}}};
}

TableSpec invocationsSpec() {
    using namespace invocations;
    return {TableId::invocations,
            "invocations",
            {dimension("kind"), dimension("scriptName"), dimension("scriptVersion"), dimension("status"),
             dimension("eventType"), sketched("wallTime"), sketched("cpuTime"), sketched("responseBodySize"),
             measure("subrequests"), measure("errors")},
            {{10, {kind, status, eventType}, std::nullopt, everyGrain()},
             {11,
              {scriptName, kind, scriptVersion, status, eventType},
              scriptVersion,
              {{Grain::fifteenMinutes, days(8)}, {Grain::hour, days(100)}, {Grain::day, days(400)}}}}};
}

TableSpec siteRequestsSpec() {
    using namespace site_requests;
    return {TableId::siteRequests,
            "siteRequests",
            {dimension("host"), dimension("projectName"), dimension("environment"), dimension("method"),
             dimension("path"), dimension("status", integer), dimension("cacheStatus"),
             dimension("contentType"), sketched("bytes"), sketched("duration")},
            {{12, {projectName, status, cacheStatus}, std::nullopt, everyGrain()},
             {13, {projectName, path, status}, path, coarseGrains()},
             {14,
              {projectName, environment, host, method, status, cacheStatus, contentType},
              host,
              coarseGrains()}}};
}

TableSpec subrequestsSpec() {
    using namespace subrequests;
    return {TableId::subrequests,
            "subrequests",
            {dimension("scriptName"), dimension("workflowName"), dimension("hostname"),
             dimension("status", integer), dimension("outcome"), measure("requestBytes"),
             measure("responseBytes"), sketched("duration")},
            {{15, {outcome, status}, std::nullopt, everyGrain()},
             {16,
              {scriptName, workflowName, hostname, status, outcome},
              hostname,
              {{Grain::fifteenMinutes, days(8)}, {Grain::hour, days(100)}, {Grain::day, days(400)}}}}};
}

const std::array<TableSpec, tableCount>& specs() {
    static const std::array<TableSpec, tableCount> all = {
        workflowEventsSpec(), queueWaitSpec(),    queueDepthSpec(), blockedSpec(),
        invocationsSpec(),    siteRequestsSpec(), subrequestsSpec()};
    return all;
}

}  // namespace

api::Milliseconds lengthOf(Grain grain) {
    using std::chrono::minutes;
    switch (grain) {
    case Grain::instant:
        break;
    case Grain::minute:
        return minutes{1};
    case Grain::fiveMinutes:
        return minutes{5};
    case Grain::fifteenMinutes:
        return minutes{15};
    case Grain::hour:
        return hours{1};
    case Grain::day:
        return hours{24};
    }
    return api::Milliseconds{1};
}

api::Time truncate(api::Time time, Grain grain) {
    const auto length = lengthOf(grain).count();
    const auto count = time.time_since_epoch().count();
    const auto rest = count % length;
    return api::Time{api::Milliseconds{count - (rest < 0 ? rest + length : rest)}};
}

std::optional<Column> TableSpec::column(std::string_view columnName) const {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].name == columnName) return static_cast<Column>(i);
    return std::nullopt;
}

std::size_t TableSpec::dimensions() const {
    return static_cast<std::size_t>(
        std::count_if(columns.begin(), columns.end(), [](const auto& column) { return !column.isMeasure; }));
}

const TableSpec& tableSpec(TableId table) {
    return specs()[static_cast<std::size_t>(table)];
}

std::span<const TableSpec> allTables() {
    return specs();
}

}  // namespace stepwell::engine::analytics
