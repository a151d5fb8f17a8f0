#include "models/analytics/page_charts.h"

#include "models/analytics/chart_parts.h"
#include "models/text.h"

#include <nlohmann/json.hpp>

namespace stepwell::analytics {

namespace {

using nlohmann::json;

constexpr std::size_t barsAtMost = 64;

const char* const workflows = "workflowsAdaptiveGroups";

/// A chart over time; its buckets are those of the node, put together to bars where it has bars.
Chart overTime(const ChartSource& source, const char* alias, ChartKind kind, const Grid& grid) {
    Chart chart;
    chart.kind = kind;
    chart.starts = grid.starts();
    chart.width = grid.width();
    chart.newestIsOpen = grid.isOpen(source.now);
    chart.query = pageQuery(source.ask, source.facts, {alias});
    return chart;
}

Grid gridOf(const ChartSource& source, const char* alias, bool bars) {
    const auto width = bucketWidthOf(*nodeNamed(alias), source.ask.window);
    return Grid(source.ask.window, width, bars ? barsAtMost : 0);
}

Chart outcomes(const ChartSource& source) {
    const Grid grid = gridOf(source, "outcomes", true);
    Chart chart = overTime(source, "outcomes", ChartKind::stackedBars, grid);
    chart.id = QStringLiteral("outcomes");
    chart.title = QObject::tr("Instances by outcome");
    chart.subtitle = perWords(grid.width());
    const CountBy counts(source, "outcomes", grid,
                         [](const json& row) { return dimensionOf(row, "eventType"); });
    chart.series = {counts.series("WORKFLOW_SUCCESS", QObject::tr("Complete"), Tone::complete),
                    counts.series("WORKFLOW_FAILURE", QObject::tr("Errored"), Tone::errored),
                    counts.series("WORKFLOW_TERMINATED", QObject::tr("Terminated"), Tone::terminated)};
    return chart;
}

Chart success(const ChartSource& source) {
    const Grid grid = gridOf(source, "outcomes", false);
    Chart chart = overTime(source, "outcomes", ChartKind::lines, grid);
    chart.id = QStringLiteral("success");
    chart.title = QObject::tr("Success rate");
    chart.subtitle = QObject::tr("of instances that ended");
    chart.unit = Unit::percent;
    const CountBy counts(source, "outcomes", grid,
                         [](const json& row) { return dimensionOf(row, "eventType"); });
    chart.series = {shareOf(counts, {"WORKFLOW_SUCCESS"},
                            {"WORKFLOW_SUCCESS", "WORKFLOW_FAILURE", "WORKFLOW_TERMINATED"})};
    chart.series[0].key = QStringLiteral("success");
    chart.series[0].name = QObject::tr("Success rate");
    return chart;
}

struct TimesWords {
    const char* id;
    QString title;
    QString subtitle;
    const char* alias;
    const char* measure;  ///< "wallTime"
    std::vector<int> percentiles;
};

Chart times(const ChartSource& source, const TimesWords& words) {
    const Grid grid = gridOf(source, words.alias, false);
    Chart chart = overTime(source, words.alias, ChartKind::lines, grid);
    chart.id = QLatin1String(words.id);
    chart.title = words.title;
    chart.subtitle = words.subtitle;
    chart.unit = Unit::milliseconds;
    chart.series = percentileSeries(source, words.alias, grid, words.measure, words.percentiles);
    return chart;
}

/// Charts by step are kept by whole days of UTC, wherever the person is.
QString stepWords(const Grid& grid) {
    return grid.width() == std::chrono::hours(24) ? QObject::tr("per UTC day") : perWords(grid.width());
}

Chart retries(const ChartSource& source) {
    const Grid grid = gridOf(source, "retries", false);
    Chart chart = overTime(source, "retries", ChartKind::lines, grid);
    chart.id = QStringLiteral("retries");
    chart.title = QObject::tr("Retries by step");
    const CountBy counts(
        source, "retries", grid, [](const json& row) { return dimensionOf(row, "stepName"); },
        "sum_retryCount");
    chart.series = counts.largest(4);
    chart.subtitle = chart.series.empty() || chart.series[0].tone == Tone::rest
                         ? stepWords(grid)
                         : QObject::tr("%1 leads, %2").arg(chart.series[0].name, stepWords(grid));
    return chart;
}

/// Bars of the largest few of whatever the rows are told apart by.
Chart largestBars(const ChartSource& source, const char* id, const QString& title, const char* alias,
                  const char* dimension) {
    const Grid grid = gridOf(source, alias, true);
    Chart chart = overTime(source, alias, ChartKind::stackedBars, grid);
    chart.id = QLatin1String(id);
    chart.title = title;
    chart.subtitle = nodeNamed(alias)->grain == Grain::steps ? stepWords(grid) : perWords(grid.width());
    const CountBy counts(source, alias, grid,
                         [dimension](const json& row) { return dimensionOf(row, dimension); });
    chart.series = counts.largest(4);
    return chart;
}

Chart queueDepth(const ChartSource& source) {
    const Grid grid = gridOf(source, "queueDepth", false);
    Chart chart = overTime(source, "queueDepth", ChartKind::lines, grid);
    chart.id = QStringLiteral("queueDepth");
    chart.title = QObject::tr("Queue depth");
    chart.subtitle = QObject::tr("waiting instances of one workflow; a gap where none came or went");
    chart.series = {measured(source, "queueDepth", grid, "max_depth", QObject::tr("Deepest"), Tone::second),
                    measured(source, "queueDepth", grid, "avg_depth", QObject::tr("Mean"), Tone::first)};
    return chart;
}

std::string statusClass(const json& row) {
    const auto status = dimensionOf(row, "edgeResponseStatus");
    return status.size() == 3 ? status.substr(0, 1) + "xx" : "other";
}

Chart siteStatuses(const ChartSource& source) {
    const Grid grid = gridOf(source, "sites", true);
    Chart chart = overTime(source, "sites", ChartKind::stackedBars, grid);
    chart.id = QStringLiteral("siteStatus");
    chart.title = QObject::tr("Site requests by status");
    chart.subtitle = perWords(grid.width());
    const CountBy counts(source, "sites", grid, statusClass);
    chart.series = counts.those({{"2xx", Tone::complete},
                                 {"3xx", Tone::second},
                                 {"4xx", Tone::waiting},
                                 {"5xx", Tone::errored},
                                 {"other", Tone::rest}});
    return chart;
}

std::string cacheWord(const json& row) {
    const auto word = dimensionOf(row, "cacheStatus");
    return word.empty() ? "none" : word;
}

Chart cacheHits(const ChartSource& source) {
    const Grid grid = gridOf(source, "sites", false);
    Chart chart = overTime(source, "sites", ChartKind::lines, grid);
    chart.id = QStringLiteral("cacheHits");
    chart.title = QObject::tr("Cache hits");
    chart.subtitle = QObject::tr("of site requests for files");
    chart.unit = Unit::percent;
    const CountBy counts(source, "sites", grid, cacheWord);
    const std::vector<std::string> good = {"hit", "revalidated", "stale", "updating"};
    auto all = good;
    all.insert(all.end(), {"miss", "expired"});
    chart.series = {shareOf(counts, good, all)};
    chart.series[0].key = QStringLiteral("hits");
    chart.series[0].name = QObject::tr("Cache hits");
    return chart;
}

Chart siteBytes(const ChartSource& source) {
    const Grid grid = gridOf(source, "sites", true);
    Chart chart = overTime(source, "sites", ChartKind::stackedBars, grid);
    chart.id = QStringLiteral("siteBytes");
    chart.title = QObject::tr("Site bytes");
    chart.subtitle = QObject::tr("sent, by cache status, %1").arg(perWords(grid.width()));
    chart.unit = Unit::bytes;
    chart.series = CountBy(source, "sites", grid, cacheWord, "sum_edgeResponseBytes").largest(4);
    return chart;
}

Chart stepTimes(const ChartSource& source) {
    Chart chart = ranking(source, "steps", "stepName");
    chart.id = QStringLiteral("steps");
    chart.title = QObject::tr("Step durations");
    chart.unit = Unit::milliseconds;
    chart.series = rankedTimes(source, "steps", "wallTime", {50, 99});
    chart.subtitle = chart.series.size() > 1 ? QObject::tr("p50 and p99 of those that took most time in all")
                                             : QObject::tr("mean of those that took most time in all");
    return chart;
}

Chart counted(const ChartSource& source, const char* id, const QString& title, const QString& subtitle,
              const char* alias, const char* dimension) {
    Chart chart = ranking(source, alias, dimension);
    chart.id = QLatin1String(id);
    chart.title = title;
    chart.subtitle = subtitle;
    chart.series = {rankedCounts(source, alias, title)};
    return chart;
}

}  // namespace

std::vector<std::shared_ptr<const Chart>> chartsFrom(const ChartSource& source) {
    std::vector<std::shared_ptr<const Chart>> charts;
    const auto add = [&](const char* alias, const auto& make) {
        const auto* node = nodeNamed(alias);
        if (node == nullptr || !canAsk(*node, source.ask.window, source.facts)) return;
        Chart chart = make();
        if (!source.ask.compare)
            for (auto& series : chart.series)
                series.before.clear();
        charts.push_back(std::make_shared<const Chart>(std::move(chart)));
    };
    const auto can = [&](const char* field) { return source.facts.has(workflows, field); };
    add("outcomes", [&] { return outcomes(source); });
    add("durations", [&] {
        return times(source, {"wall",
                              QObject::tr("Wall time"),
                              QObject::tr("from start to end"),
                              "durations",
                              "wallTime",
                              {50, 90, 99}});
    });
    if (can("sum_retryCount")) add("retries", [&] { return retries(source); });
    add("durations", [&] {
        return times(source, {"cpu",
                              QObject::tr("CPU time"),
                              QObject::tr("per instance"),
                              "durations",
                              "cpuTime",
                              {50, 90, 99}});
    });
    add("outcomes", [&] { return success(source); });
    add("failures", [&] {
        return largestBars(source, "failures", QObject::tr("Failures by step"), "failures", "stepName");
    });
    add("steps", [&] { return stepTimes(source); });
    add("blocked", [&] {
        return largestBars(source, "blocked", QObject::tr("Why instances wait"), "blocked", "blockedReason");
    });
    add("queueDepth", [&] { return queueDepth(source); });
    add("queueWait", [&] {
        return times(source, {"queueWait",
                              QObject::tr("Queue wait"),
                              QObject::tr("until a slot was free"),
                              "queueWait",
                              "queueWait",
                              {50, 99}});
    });
    add("hosts", [&] {
        return largestBars(source, "hosts", QObject::tr("Outbound requests by host"), "hosts", "hostname");
    });
    add("hostTimes", [&] {
        return times(source, {"hostTimes",
                              QObject::tr("Outbound response time"),
                              QObject::tr("of all hosts"),
                              "hostTimes",
                              "duration",
                              {50, 99}});
    });
    add("sites", [&] { return siteStatuses(source); });
    add("siteTimes", [&] {
        return times(source, {"siteTimes",
                              QObject::tr("Site response time"),
                              QObject::tr("of all requests"),
                              "siteTimes",
                              "requestDuration",
                              {50, 99}});
    });
    add("paths", [&] {
        return counted(source, "paths", QObject::tr("Site requests by path"), QObject::tr("most requested"),
                       "paths", "clientRequestPath");
    });
    add("sites", [&] { return cacheHits(source); });
    add("sites", [&] { return siteBytes(source); });
    add("events", [&] {
        return counted(source, "events", QObject::tr("Event mix"), QObject::tr("what happened most"),
                       "events", "eventType");
    });
    return charts;
}

}  // namespace stepwell::analytics
