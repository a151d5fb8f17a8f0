#include "models/analytics/page_data.h"

#include "models/analytics/cost_usage.h"
#include "models/analytics/page_charts.h"
#include "models/json/bounded_json.h"
#include "models/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace stepwell::analytics {

namespace {

using nlohmann::json;

std::optional<double> known(double value) {
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

Totals totalsFrom(const Rows& rows, const Facts& facts, bool before) {
    const auto alias = [&](const char* name) { return before ? beforeAlias(name) : std::string(name); };
    Totals totals;
    for (const auto& row : rows.of(alias("events"))) {
        totals.events[dimensionOf(row, "eventType")] += countOf(row);
        const auto add = [&](std::optional<double>& sum, const char* field) {
            if (const auto value = known(numberOf(row, field))) sum = sum.value_or(0) + *value;
        };
        add(totals.retries, "sum_retryCount");
        add(totals.steps, "sum_stepCount");
    }
    const auto& times = rows.of(alias("times"));
    if (times.empty()) return totals;
    const auto ms = [&](const char* field) {
        const double unit = facts.millisecondsPer("workflowsAdaptiveGroups", field);
        return known(numberOf(times.front(), field) * unit);
    };
    totals.cpuTime = ms("sum_cpuTime");
    totals.wallMean = ms("avg_wallTime");
    totals.wallP50 = ms("quantiles_wallTimeP50");
    totals.wallP99 = ms("quantiles_wallTimeP99");
    return totals;
}

bool isEstimated(const Rows& rows) {
    const auto& events = rows.of("events");
    return std::any_of(events.begin(), events.end(),
                       [](const json& row) { return numberOf(row, "avg_sampleInterval") > 1; });
}

}  // namespace

double Totals::count(const std::string& event) const {
    const auto found = events.find(event);
    return found == events.end() ? 0 : found->second;
}

std::optional<double> Totals::successRate() const {
    const double good = count("WORKFLOW_SUCCESS");
    const double all = good + count("WORKFLOW_FAILURE") + count("WORKFLOW_TERMINATED");
    return all > 0 ? std::optional(100 * good / all) : std::nullopt;
}

bool PageData::hasData() const {
    return std::any_of(charts.begin(), charts.end(), [](const auto& chart) { return chart->hasData(); });
}

const Chart* PageData::chart(const QString& id) const {
    for (const auto& chart : charts)
        if (chart->id == id) return chart.get();
    return nullptr;
}

Usage usageOf(Usage all, const PageFilter& filter) {
    if (filter == PageFilter{}) return all;
    std::erase_if(all.loads, [&](const Load& load) {
        const auto& names = load.kind == LoadKind::workflow ? filter.workflows : filter.scripts;
        return !names.contains(toQt(load.name));
    });
    all.busiestDayRequests = 0;
    all.busiestDaySteps = 0;
    all.longestStepCpu = 0;
    return all;
}

api::Result<PageData> pageDataFrom(const PageAsk& ask, const Facts& facts, const api::GraphqlAnswer& answer,
                                   api::Time now) {
    if (const auto refused = api::refusal(answer)) return api::fail(*refused);
    const auto parsed = parseBounded<json>(answer.json);
    const auto& account = accountOf(parsed);
    if (!account.is_object())
        return api::fail(answer.http, api::code::internal,
                         "The backend answered without the data of this account.");
    const Rows rows(account);
    PageData data;
    data.window = ask.window;
    data.filter = ask.filter;
    data.compared = ask.compare;
    data.takenAt = now;
    data.totals = totalsFrom(rows, facts, false);
    data.before = totalsFrom(rows, facts, true);
    data.estimated = isEstimated(rows);
    data.query = pageQuery(ask, facts);
    if (canAskForCost(facts))
        data.usage = usageOf(usageIn(account, ask.window.from, std::min(ask.window.to, now)), ask.filter);
    data.charts = chartsFrom({ask, facts, rows, now});
    return data;
}

}  // namespace stepwell::analytics
