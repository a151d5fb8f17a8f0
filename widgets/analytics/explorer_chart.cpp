#include "widgets/analytics/explorer_chart.h"

#include "models/text.h"

#include <QObject>

#include <algorithm>

namespace stepwell {
namespace {

constexpr std::size_t mostLines = 4;

using analytics::gap;
using analytics::Tone;

/// The usual distance of the times: the shortest one, since buckets without rows are left out of answers.
api::Milliseconds widthOf(const std::vector<api::Time>& times) {
    api::Milliseconds width = times[1] - times[0];
    for (std::size_t i = 2; i < times.size(); ++i)
        width = std::min(width, times[i] - times[i - 1]);
    return width;
}

analytics::Series seriesOf(const graphql::AnswerSeries& from, Tone tone) {
    analytics::Series series{toQt(from.name), toQt(from.name), tone, {}, {}};
    for (const auto& value : from.values)
        series.values.push_back(value.value_or(gap));
    return series;
}

void addUp(analytics::Series& into, const graphql::AnswerSeries& from) {
    for (std::size_t i = 0; i < from.values.size(); ++i)
        if (from.values[i])
            into.values[i] = *from.values[i] + (into.values[i] == into.values[i] ? into.values[i] : 0);
}

/// Fields tell no unit; their names do, in Cloudflare's schema as in ours.
analytics::Unit unitOf(const std::string& name) {
    const QString word = toQt(name).section(QLatin1Char('.'), -1);
    if (word.contains(QLatin1String("wallTime")) || word.contains(QLatin1String("cpuTime")) ||
        word.contains(QLatin1String("queueWait")))
        return word.endsWith(QLatin1String("Us")) ? analytics::Unit::count : analytics::Unit::milliseconds;
    return word.contains(QLatin1String("Bytes")) || word.contains(QLatin1String("BodySize"))
               ? analytics::Unit::bytes
               : analytics::Unit::count;
}

}  // namespace

std::shared_ptr<const analytics::Chart> explorerChart(const graphql::AnswerTable& table,
                                                      std::size_t measure) {
    const auto lines = graphql::chartOf(table, measure);
    if (!lines || lines->times.size() < 2) return nullptr;
    auto chart = std::make_shared<analytics::Chart>();
    chart->id = QStringLiteral("explorer");
    chart->title = toQt(table.columns[measure].name);
    chart->subtitle = toQt(table.path).section(QLatin1Char('.'), -1);
    chart->kind = analytics::ChartKind::lines;
    chart->unit = unitOf(table.columns[measure].name);
    chart->starts = lines->times;
    chart->width = widthOf(lines->times);
    const std::size_t own = lines->series.size() > mostLines ? mostLines - 1 : lines->series.size();
    for (std::size_t i = 0; i < own; ++i)
        chart->series.push_back(seriesOf(lines->series[i], static_cast<Tone>(i)));
    if (own < lines->series.size()) {
        auto rest = seriesOf(lines->series[own], Tone::rest);
        rest.key = QStringLiteral("rest");
        rest.name = analytics::othersText(lines->series.size() - own + lines->left);
        for (std::size_t i = own + 1; i < lines->series.size(); ++i)
            addUp(rest, lines->series[i]);
        chart->series.push_back(std::move(rest));
    }
    return chart;
}

}  // namespace stepwell
