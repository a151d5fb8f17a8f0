#include "app/engine/analytics/graphql_datasets.h"

#include <algorithm>

namespace stepwell::engine::datasets {

namespace {

using analytics::Column;
using analytics::Filter;
using analytics::Grain;
using analytics::Operator;
using analytics::TableId;

constexpr std::chrono::hours rowsKept{31 * 24};
constexpr std::chrono::hours groupsKept{400 * 24};
constexpr double perMillisecond = 1'000;  // tables have microseconds
/// A Worker has 128 MB, so that a gigabyte-second is this many microseconds.
constexpr double perGigabyteSecond = 1'000'000 / 0.128;
const std::string extension = extensionMark;

Dimension word(std::string name, Column column, std::string description) {
    return {std::move(name), DimensionKind::word, column, Grain::instant, std::move(description)};
}
Dimension integer(std::string name, Column column, std::string description) {
    return {std::move(name), DimensionKind::integer, column, Grain::instant, std::move(description)};
}

void addTimes(Dataset& dataset) {
    const auto add = [&](const char* name, Grain grain, const char* description) {
        dataset.dimensions.push_back({name, DimensionKind::time, 0, grain, description});
    };
    add("date", Grain::day, "The day in UTC.");
    add("datetime", Grain::instant, "The moment, UTC, to the millisecond.");
    add("datetimeMinute", Grain::minute, "The moment, truncated to the minute.");
    add("datetimeFiveMinutes", Grain::fiveMinutes, "The moment, truncated to five minutes.");
    add("datetimeFifteenMinutes", Grain::fifteenMinutes, "The moment, truncated to fifteen minutes.");
    add("datetimeHour", Grain::hour, "The moment, truncated to the hour.");
}

void addSum(Dataset& dataset, std::string name, Column column, double divisor, std::string description) {
    dataset.metrics.push_back(
        {"sum", std::move(name), Aggregate::sum, column, divisor, 0, std::move(description)});
}

/// A sum that counts rows.
void addCount(Dataset& dataset, std::string name, std::string description) {
    dataset.metrics.push_back({"sum", std::move(name), Aggregate::count, 0, 1, 0, std::move(description)});
}

/// In the table's unit; nothing when no row of the group has a value.
void addKnownSum(Dataset& dataset, std::string name, Column column, std::string description) {
    dataset.metrics.push_back(
        {"sum", std::move(name), Aggregate::knownSum, column, 1, 0, std::move(description)});
}

void addUnknown(Dataset& dataset, std::string name, std::string description) {
    dataset.metrics.push_back({"sum", std::move(name), Aggregate::unknown, 0, 1, 0, std::move(description)});
}

void addAverage(Dataset& dataset, std::string name, Column column, double divisor, std::string description) {
    dataset.metrics.push_back(
        {"avg", std::move(name), Aggregate::average, column, divisor, 0, std::move(description)});
}

void addExtremes(Dataset& dataset, const std::string& name, Column column, double divisor,
                 const std::string& mark, const std::string& unit) {
    dataset.metrics.push_back({"max", name, Aggregate::greatest, column, divisor, 0,
                               mark + "The greatest of the rows that have a value, " + unit + "."});
    dataset.metrics.push_back({"min", name, Aggregate::least, column, divisor, 0,
                               mark + "The least of the rows that have a value, " + unit + "."});
}

void addQuantiles(Dataset& dataset, const std::string& name, Column column, double divisor,
                  const std::string& mark, const std::string& unit) {
    const std::vector<std::pair<const char*, double>> levels{
        {"25", 0.25}, {"50", 0.5}, {"75", 0.75}, {"90", 0.9}, {"95", 0.95}, {"99", 0.99}, {"999", 0.999}};
    for (const auto& [digits, level] : levels)
        dataset.metrics.push_back({"quantiles", name + "P" + digits, Aggregate::quantile, column, divisor,
                                   level,
                                   mark + "Quantile " + std::to_string(level).substr(0, 5) +
                                       " of the rows that have a value, " + unit + ", within 1 %."});
}

Dataset grouped(std::string name, TableId table, std::string description) {
    Dataset dataset;
    dataset.name = std::move(name);
    dataset.table = table;
    dataset.description = std::move(description);
    dataset.notOlderThan = groupsKept;
    dataset.maxDuration = groupsKept;
    return dataset;
}

/// Once all else is there.
Dataset finished(Dataset dataset) {
    addTimes(dataset);
    if (!dataset.isRaw)
        dataset.metrics.push_back({"avg", "sampleInterval", Aggregate::interval, 0, 1, 0,
                                   "Events that one row stands for: always 1, nothing is sampled here."});
    return dataset;
}

void addWorkflowDimensions(Dataset& dataset) {
    using namespace analytics::workflow_events;
    dataset.dimensions = {
        word("workflowName", workflowName, "The name of the workflow."),
        word("instanceId", instanceId, "The id of the instance."),
        word("stepName", stepName, "The name of the step; empty for events of the workflow itself."),
        word("eventType", eventType, "What happened: WORKFLOW_START, STEP_SUCCESS, ATTEMPT_FAILURE, ..."),
        integer("stepCount", stepCount,
                "Ordinal of the step in its instance, from 1 on; 0 for events of the workflow itself."),
    };
}

Dataset workflowRows() {
    using namespace analytics::workflow_events;
    auto dataset = grouped("workflowsAdaptive", TableId::workflowEvents,
                           "Events of workflows and their steps, one row each.");
    dataset.isRaw = true;
    dataset.notOlderThan = rowsKept;
    dataset.maxDuration = rowsKept;
    addWorkflowDimensions(dataset);
    dataset.measures = {
        {"wallTime", wallTime, perMillisecond, "Elapsed time of what ended, milliseconds; 0 for starts."},
        {"cpuTime", cpuTime, perMillisecond, "CPU time of what ended, milliseconds; 0 for starts."},
        {"retryCount", retryCount, 1, "1 for the start of an attempt after the first, else 0."},
        {"allStepCount", allSteps, 1, "1 for the end of a step, sleep or wait, else 0."},
    };
    return finished(std::move(dataset));
}

Dataset workflowGroups() {
    using namespace analytics::workflow_events;
    auto dataset = grouped("workflowsAdaptiveGroups", TableId::workflowEvents,
                           "Events of workflows and their steps, aggregated. Only events that end something "
                           "carry times: filter by eventType to tell workflows, steps and attempts apart.");
    addWorkflowDimensions(dataset);
    addSum(dataset, "wallTime", wallTime, perMillisecond, "Elapsed time of what ended, milliseconds.");
    addSum(dataset, "cpuTime", cpuTime, perMillisecond, "CPU time of what ended, milliseconds.");
    addSum(dataset, "stepCount", steps, 1, "Steps that ended, number.");
    addSum(dataset, "allStepCount", allSteps, 1, "Steps, sleeps and waits that ended, number.");
    addSum(dataset, "retryCount", retryCount, 1, "Attempts after the first one of a step, number.");
    addSum(dataset, "executionDuration", wallTime, perGigabyteSecond,
           "Elapsed time of what ended with the 128 MB of a Worker, gigabyte-seconds.");
    dataset.metrics.back().isReal = true;
    addUnknown(dataset, "storageRate", "Rate of stored bytes: not measured, always null.");
    addAverage(dataset, "wallTime", wallTime, perMillisecond, "Elapsed time per event, milliseconds.");
    addAverage(dataset, "cpuTime", cpuTime, perMillisecond, "CPU time per event, milliseconds.");
    addAverage(dataset, "retryCount", retryCount, 1, extension + "Retries per event, number.");
    for (const auto& [name, column] : {std::pair("wallTime", wallTime), std::pair("cpuTime", cpuTime)}) {
        addExtremes(dataset, name, column, perMillisecond, extension, "milliseconds");
        addQuantiles(dataset, name, column, perMillisecond, extension, "milliseconds");
    }
    return finished(std::move(dataset));
}

Dataset queueWaits() {
    using namespace analytics::queue_wait;
    auto dataset = grouped("workflowsQueueWaitAdaptiveGroups", TableId::queueWait,
                           "How long instances waited for a slot: one row each time one left the queue.");
    dataset.dimensions = {word("workflowName", workflowName, "The name of the workflow.")};
    addSum(dataset, "queueWait", queueWait, perMillisecond, "Time in the queue, milliseconds.");
    addAverage(dataset, "queueWait", queueWait, perMillisecond,
               "Time in the queue per instance, milliseconds.");
    addExtremes(dataset, "queueWait", queueWait, perMillisecond, "", "milliseconds");
    addQuantiles(dataset, "queueWait", queueWait, perMillisecond, extension, "milliseconds");
    return finished(std::move(dataset));
}

Dataset queueDepths() {
    using namespace analytics::queue_depth;
    auto dataset = grouped("workflowsQueueDepthAdaptiveGroups", TableId::queueDepth,
                           "How many instances waited for a slot: one row each time that changed.");
    dataset.dimensions = {word("workflowName", workflowName, "The name of the workflow.")};
    addAverage(dataset, "depth", depth, 1, "Waiting instances, number, of the samples.");
    addExtremes(dataset, "depth", depth, 1, "", "waiting instances, number");
    return finished(std::move(dataset));
}

Dataset blockedReasons() {
    using namespace analytics::blocked;
    auto dataset = grouped("workflowsBlockedReasonAdaptiveGroups", TableId::blocked,
                           "Why instances were not running: one row each time one began to wait.");
    dataset.dimensions = {
        word("workflowName", workflowName, "The name of the workflow."),
        word("blockedReason", blockedReason, "concurrency, creationRate, sleep, event, retry or paused."),
    };
    return finished(std::move(dataset));
}

void addInvocationMetrics(Dataset& dataset) {
    using namespace analytics::invocations;
    addCount(dataset, "requests", "Invocations, number.");
    addSum(dataset, "errors", errors, 1, "Invocations that failed, number.");
    addUnknown(dataset, "subrequests",
               "Requests that the code made: not measured for each invocation, always null. "
               "workersSubrequestsAdaptiveGroups counts them by script.");
    addKnownSum(dataset, "responseBodySize", responseBodySize,
                "Size of the bodies answered, bytes; null where it is not measured.");
    addSum(dataset, "wallTime", wallTime, 1, "Elapsed time, microseconds.");
    addSum(dataset, "requestDuration", wallTime, 1,
           "Time from the request to the end of its answer, microseconds: the elapsed time, since the engine "
           "is next to the code.");
    addKnownSum(dataset, "cpuTimeUs", cpuTime,
                "CPU time, microseconds; null: the runtime does not tell that of single invocations.");
    addSum(dataset, "duration", wallTime, perGigabyteSecond,
           "Elapsed time with the 128 MB of a Worker, gigabyte-seconds.");
    dataset.metrics.back().isReal = true;
    addCount(dataset, "clientDisconnects", "Invocations whose client went away, number.");
    dataset.metrics.back().aggregate = Aggregate::countOfWord;
    dataset.metrics.back().column = status;
    dataset.metrics.back().word = "clientDisconnected";
    addExtremes(dataset, "cpuTime", cpuTime, 1, "", "microseconds");
    addExtremes(dataset, "wallTime", wallTime, 1, "", "microseconds");
    addQuantiles(dataset, "cpuTime", cpuTime, 1, "", "microseconds");
    addQuantiles(dataset, "wallTime", wallTime, 1, "", "microseconds");
    addQuantiles(dataset, "duration", wallTime, perGigabyteSecond, "", "gigabyte-seconds");
    addQuantiles(dataset, "requestDuration", wallTime, 1, "", "microseconds");
    addQuantiles(dataset, "responseBodySize", responseBodySize, 1, "", "bytes");
}

Filter kindIs(const char* wanted) {
    return Filter::column(analytics::invocations::kind, Operator::eq, {std::string(wanted)});
}

Dimension statusOfInvocation() {
    return word("status", analytics::invocations::status,
                "success, clientDisconnected, scriptThrewException, exceededResources, internalError, ...");
}

Dataset workerInvocations() {
    using namespace analytics::invocations;
    auto dataset = grouped("workersInvocationsAdaptive", TableId::invocations,
                           "Invocations of the handlers of Workers, aggregated. Times are microseconds.");
    dataset.base = kindIs("worker");
    dataset.dimensions = {
        word("scriptName", scriptName, "The name of the script."),
        word("scriptVersion", scriptVersion, "The id of the script's version."),
        statusOfInvocation(),
        word("eventType", eventType, extension + "fetch or scheduled."),
    };
    addInvocationMetrics(dataset);
    return finished(std::move(dataset));
}

Dataset pagesInvocations() {
    using namespace analytics::invocations;
    auto dataset = grouped("pagesFunctionsInvocationsAdaptiveGroups", TableId::invocations,
                           "Invocations of the code of sites, aggregated. Times are microseconds.");
    dataset.base = kindIs("pages");
    dataset.dimensions = {
        word("scriptName", scriptName, "The name of the project."),
        word("projectName", scriptName, "The name of the project."),
        statusOfInvocation(),
    };
    addInvocationMetrics(dataset);
    return finished(std::move(dataset));
}

Dataset siteRequests() {
    using namespace analytics::site_requests;
    auto dataset = grouped("httpRequestsAdaptiveGroups", TableId::siteRequests,
                           extension + "Requests to sites, aggregated; the original has them below zones.");
    dataset.dimensions = {
        word("clientRequestHTTPHost", host, "The host that was asked."),
        word("clientRequestHTTPMethodName", method, "The method, GET for example."),
        word("clientRequestPath", path, "The path that was asked for."),
        integer("edgeResponseStatus", status, "The HTTP status of the answer."),
        word("cacheStatus", cacheStatus,
             "hit: not changed, or from memory; miss: from the disk; dynamic: by the site's code; none."),
        word("edgeResponseContentTypeName", contentType, "The content type of the answer."),
        word("projectName", projectName, extension + "The name of the project."),
        word("environment", environment, extension + "production or preview."),
    };
    addSum(dataset, "edgeResponseBytes", bytes, 1, "Bytes answered.");
    addUnknown(dataset, "visits", "Page views that come from elsewhere: not measured, always null.");
    addAverage(dataset, "requestDuration", duration, perMillisecond,
               extension + "Time to answer, milliseconds.");
    addExtremes(dataset, "requestDuration", duration, perMillisecond, extension, "milliseconds");
    addQuantiles(dataset, "requestDuration", duration, perMillisecond, extension, "milliseconds");
    return finished(std::move(dataset));
}

Dataset subrequestGroups() {
    using namespace analytics::subrequests;
    auto dataset = grouped("workersSubrequestsAdaptiveGroups", TableId::subrequests,
                           "Requests that Workers and workflows made to the outside, aggregated.");
    dataset.dimensions = {
        word("hostname", hostname, "The host that was asked."),
        integer("httpResponseStatus", status, "The HTTP status of the answer; 0: there was none."),
        word("scriptName", scriptName, "The name of the script."),
        word("workflowName", workflowName, extension + "The name of the workflow; empty: no workflow."),
        word("requestOutcome", outcome, "How it ended."),
    };
    addCount(dataset, "subrequests", "Requests, number.");
    addSum(dataset, "requestBodySize", requestBytes, 1, "Size of the bodies sent, bytes.");
    addSum(dataset, "responseBodySize", responseBytes, 1, "Size of the bodies received, bytes.");
    addAverage(dataset, "duration", duration, perMillisecond,
               extension + "Time to the answer, milliseconds.");
    addExtremes(dataset, "duration", duration, perMillisecond, extension, "milliseconds");
    addQuantiles(dataset, "duration", duration, perMillisecond, extension, "milliseconds");
    return finished(std::move(dataset));
}

}  // namespace

const Dimension* Dataset::dimension(std::string_view wanted) const {
    const auto found = std::find_if(dimensions.begin(), dimensions.end(),
                                    [&](const Dimension& one) { return one.name == wanted; });
    return found == dimensions.end() ? nullptr : &*found;
}

const Metric* Dataset::metric(std::string_view groupAndName) const {
    const auto found = std::find_if(metrics.begin(), metrics.end(), [&](const Metric& one) {
        return groupAndName.starts_with(one.group) &&
               groupAndName.substr(one.group.size()).starts_with('_') &&
               groupAndName.substr(one.group.size() + 1) == one.name;
    });
    return found == metrics.end() ? nullptr : &*found;
}

std::vector<std::string> Dataset::availableFields() const {
    std::vector<std::string> fields;
    if (!isRaw) fields.emplace_back("count");
    for (const auto& one : dimensions)
        fields.push_back(isRaw ? one.name : "dimensions_" + one.name);
    for (const auto& one : metrics)
        fields.push_back(one.group + '_' + one.name);
    for (const auto& one : measures)
        fields.push_back(one.name);
    return fields;
}

const std::vector<Dataset>& allDatasets() {
    static const std::vector<Dataset> all{workflowRows(),     workflowGroups(), queueWaits(),
                                          queueDepths(),      blockedReasons(), workerInvocations(),
                                          pagesInvocations(), siteRequests(),   subrequestGroups()};
    return all;
}

}  // namespace stepwell::engine::datasets
