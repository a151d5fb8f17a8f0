#include "models/analytics/chart_parts.h"

#include "models/text.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace stepwell::analytics {

namespace {

using nlohmann::json;

constexpr std::array tones = {Tone::first, Tone::second, Tone::third, Tone::fourth};
constexpr std::size_t rankedAtMost = 8;

QString shownName(const std::string& word) {
    return word.empty() ? QObject::tr("(no name)") : toQt(word);
}

void add(std::vector<double>& to, const std::vector<double>& what) {
    for (std::size_t i = 0; i < to.size(); ++i)
        to[i] += what[i];
}

QString percentileName(int percentile) {
    return QStringLiteral("p%1").arg(percentile);
}

std::string percentileField(const std::string& measure, int percentile) {
    return "quantiles_" + measure + "P" + std::to_string(percentile);
}

}  // namespace

CountBy::CountBy(const ChartSource& source, const char* alias, const Grid& grid, const WordOf& wordOf,
                 const std::string& field)
    : zeros_(grid.zeros()) {
    for (const bool before : {false, true}) {
        for (const auto& row : source.rows.of(before ? beforeAlias(alias) : std::string(alias))) {
            const auto index = grid.indexOf(row, before);
            const double value = field.empty() ? countOf(row) : numberOf(row, field);
            if (!index || !std::isfinite(value)) continue;
            auto& sums = sums_[wordOf(row)];
            if (sums.now.empty()) sums = {zeros_, zeros_, 0};
            (before ? sums.before : sums.now)[*index] += value;
            if (!before) sums.total += value;
        }
    }
}

const std::vector<double>& CountBy::values(const std::string& word, bool before) const {
    const auto found = sums_.find(word);
    if (found == sums_.end()) return zeros_;
    return before ? found->second.before : found->second.now;
}

Series CountBy::series(const std::string& word, const QString& name, Tone tone) const {
    return {toQt(word), name, tone, values(word, false), values(word, true)};
}

std::vector<Series> CountBy::those(const std::vector<std::pair<std::string, Tone>>& words) const {
    std::vector<Series> found;
    for (const auto& [word, tone] : words)
        if (sums_.contains(word)) found.push_back(series(word, shownName(word), tone));
    return found;
}

std::vector<Series> CountBy::largest(std::size_t most) const {
    std::vector<std::pair<double, std::string>> order;
    for (const auto& [word, sums] : sums_)
        if (sums.total > 0) order.emplace_back(sums.total, word);
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    std::vector<Series> found;
    for (std::size_t i = 0; i < std::min(most, order.size()); ++i)
        found.push_back(series(order[i].second, shownName(order[i].second), tones.at(i % tones.size())));
    if (order.size() <= most) return found;
    Series rest{QStringLiteral("(rest)"), othersText(order.size() - most), Tone::rest, zeros_, zeros_};
    for (std::size_t i = most; i < order.size(); ++i) {
        add(rest.values, values(order[i].second, false));
        add(rest.before, values(order[i].second, true));
    }
    found.push_back(std::move(rest));
    return found;
}

Series shareOf(const CountBy& counts, const std::vector<std::string>& good,
               const std::vector<std::string>& all) {
    Series series;
    for (const bool before : {false, true}) {
        auto& values = before ? series.before : series.values;
        for (std::size_t i = 0; i < counts.size(); ++i) {
            double part = 0;
            double whole = 0;
            for (const auto& word : good)
                part += counts.values(word, before)[i];
            for (const auto& word : all)
                whole += counts.values(word, before)[i];
            values.push_back(whole > 0 ? 100 * part / whole : gap);
        }
    }
    return series;
}

Series measured(const ChartSource& source, const char* alias, const Grid& grid, const std::string& field,
                const QString& name, Tone tone) {
    const double unit = source.facts.millisecondsPer(nodeNamed(alias)->dataset, field);
    Series series{QString::fromStdString(field), name, tone, grid.gaps(), grid.gaps()};
    for (const bool before : {false, true})
        for (const auto& row : source.rows.of(before ? beforeAlias(alias) : std::string(alias)))
            if (const auto index = grid.indexOf(row, before))
                (before ? series.before : series.values)[*index] = numberOf(row, field) * unit;
    return series;
}

std::vector<Series> percentileSeries(const ChartSource& source, const char* alias, const Grid& grid,
                                     const std::string& measure, const std::vector<int>& percentiles) {
    std::vector<Series> found;
    for (std::size_t i = 0; i < percentiles.size(); ++i) {
        const auto field = percentileField(measure, percentiles[i]);
        if (!source.facts.has(nodeNamed(alias)->dataset, field)) continue;
        found.push_back(measured(source, alias, grid, field, percentileName(percentiles[i]), tones.at(i)));
        found.back().key = percentileName(percentiles[i]);
    }
    if (found.empty())
        found = {measured(source, alias, grid, "avg_" + measure, QObject::tr("Mean"), Tone::first)};
    return found;
}

Chart ranking(const ChartSource& source, const char* alias, const std::string& dimension) {
    Chart chart;
    chart.kind = ChartKind::ranking;
    chart.query = pageQuery(source.ask, source.facts, {alias});
    for (const auto& row : source.rows.of(alias))
        if (chart.categories.size() < rankedAtMost)
            chart.categories.push_back(shownName(dimensionOf(row, dimension)));
    return chart;
}

namespace {

Series ranked(const ChartSource& source, const char* alias, Series series,
              const std::function<double(const json&)>& value) {
    for (const auto& row : source.rows.of(alias))
        if (series.values.size() < rankedAtMost) series.values.push_back(value(row));
    return series;
}

}  // namespace

Series rankedCounts(const ChartSource& source, const char* alias, const QString& name) {
    return ranked(source, alias, {QStringLiteral("count"), name}, countOf);
}

std::vector<Series> rankedTimes(const ChartSource& source, const char* alias, const std::string& measure,
                                const std::vector<int>& percentiles) {
    const std::string dataset = nodeNamed(alias)->dataset;
    std::vector<Series> found;
    const auto addField = [&](const std::string& field, const QString& name, Tone tone) {
        const double unit = source.facts.millisecondsPer(dataset, field);
        found.push_back(ranked(source, alias, {name, name, tone},
                               [&](const json& row) { return numberOf(row, field) * unit; }));
    };
    for (std::size_t i = 0; i < percentiles.size(); ++i) {
        const auto field = percentileField(measure, percentiles[i]);
        if (source.facts.has(dataset, field)) addField(field, percentileName(percentiles[i]), tones.at(i));
    }
    if (found.empty()) addField("avg_" + measure, QObject::tr("Mean"), Tone::first);
    return found;
}

}  // namespace stepwell::analytics
