#include "app/engine/analytics/graphql_rows.h"

#include "app/engine/analytics/graphql_schema.h"

#include <cmath>
#include <map>

namespace stepwell::engine::datasets {

namespace {

using graphql::ObjectRef;
using graphql::Output;
using graphql::Selected;

/// Objects that stand for one metric of a row have its number above that of the row.
constexpr int metricShift = 32;
constexpr std::size_t rowMask = (std::size_t{1} << metricShift) - 1;

Output textOf(const analytics::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return std::string_view(*text);
    return static_cast<std::uint64_t>(std::max<std::int64_t>(std::get<std::int64_t>(value), 0));
}

std::uint64_t rounded(std::int64_t value, double divisor) {
    if (value <= 0) return 0;
    return divisor == 1 ? static_cast<std::uint64_t>(value)
                        : static_cast<std::uint64_t>(std::llround(static_cast<double>(value) / divisor));
}

Output scaled(const std::optional<std::int64_t>& value, double divisor) {
    return value ? Output(static_cast<double>(*value) / divisor) : Output();
}

/// A time as its dimension tells it.
std::string_view timeOf(std::string& scratch, api::Time time, analytics::Grain grain) {
    if (grain != analytics::Grain::instant) time = analytics::truncate(time, grain);
    scratch = timeText(time);
    if (grain == analytics::Grain::day) scratch.resize(std::string_view("2026-01-01").size());
    return scratch;
}

}  // namespace

std::vector<std::int64_t> countsOf(const analytics::Answer& all, const analytics::Answer& some) {
    std::map<std::pair<std::optional<api::Time>, std::vector<analytics::Value>>, std::int64_t> counts;
    for (const auto& group : some.groups)
        counts[{group.bucket, group.key}] = group.count;
    std::vector<std::int64_t> found;
    found.reserve(all.groups.size());
    for (const auto& group : all.groups) {
        const auto count = counts.find({group.bucket, group.key});
        found.push_back(count == counts.end() ? 0 : count->second);
    }
    return found;
}

std::string timeText(api::Time time) {
    auto text = api::toIso(time);
    constexpr std::string_view none = ".000Z";
    if (text.ends_with(none)) text.replace(text.size() - none.size(), none.size(), "Z");
    return text;
}

graphql::Result<Output> GroupRows::value(std::size_t index, const Selected& selected, graphql::Arena&) {
    const auto tag = selected.field->tag;
    const auto& group = answer_.groups[index & rowMask];
    if (tag >= tag::bounded - 1)
        return ObjectRef{this, index | (static_cast<std::size_t>(tag - tag::bounded + 2) << metricShift)};
    if (tag >= tag::metric) return metric(index & rowMask, static_cast<std::size_t>(tag - tag::metric));
    if (tag >= tag::dimension) return dimension(group, static_cast<std::size_t>(tag - tag::dimension));
    switch (tag) {
    case tag::count:
        return static_cast<std::uint64_t>(group.count);
    case tag::level:
        return 1.0;
    case tag::estimate:
    case tag::lower:
    case tag::upper:
    case tag::sampleSize:
        return bounded(index, tag);
    default:
        return ObjectRef{this, index};
    }
}

Output GroupRows::dimension(const analytics::Group& group, std::size_t index) {
    const auto& dimension = dataset_.dimensions[index];
    if (dimension.kind != DimensionKind::time) return textOf(group.key[question_.keys[index]]);
    return timeOf(scratch_, group.bucket.value_or(api::Time{}), dimension.grain);
}

Output GroupRows::metric(std::size_t row, std::size_t index) const {
    const auto& metric = dataset_.metrics[index];
    const auto& group = answer_.groups[row];
    if (metric.aggregate == Aggregate::count) return static_cast<std::uint64_t>(group.count);
    if (metric.aggregate == Aggregate::interval) return 1.0;
    if (metric.aggregate == Aggregate::unknown) return Output();
    const auto place = question_.metrics[index];
    if (metric.aggregate == Aggregate::countOfWord)
        return static_cast<std::uint64_t>(counts_[place.measure][row]);
    const auto& measure = group.measures[place.measure];
    switch (metric.aggregate) {
    case Aggregate::knownSum:
        return measure.least ? Output(rounded(measure.sum, metric.divisor)) : Output();
    case Aggregate::average:
        return static_cast<double>(measure.sum) / metric.divisor /
               static_cast<double>(std::max<std::int64_t>(group.count, 1));
    case Aggregate::least:
        return scaled(measure.least, metric.divisor);
    case Aggregate::greatest:
        return scaled(measure.greatest, metric.divisor);
    case Aggregate::quantile:
        return place.quantile < measure.quantiles.size()
                   ? Output(measure.quantiles[place.quantile] / metric.divisor)
                   : Output();
    default:
        return metric.isReal ? Output(static_cast<double>(measure.sum) / metric.divisor)
                             : Output(rounded(measure.sum, metric.divisor));
    }
}

Output GroupRows::bounded(std::size_t index, int tag) const {
    const auto row = index & rowMask;
    const auto which = index >> metricShift;  // 1: the count, then the metrics
    if (tag == tag::sampleSize || which == 1) return static_cast<std::uint64_t>(answer_.groups[row].count);
    return metric(row, which - 2);
}

graphql::Result<Output> RawRows::value(std::size_t index, const Selected& selected, graphql::Arena&) {
    const auto tag = selected.field->tag;
    const auto& row = answer_.rows[index];
    if (tag == tag::endTimestamp) return timeOf(scratch_, row.time, analytics::Grain::instant);
    if (tag >= tag::measure) {
        const auto number = static_cast<std::size_t>(tag - tag::measure);
        const auto& value = std::get<std::int64_t>(row.values[question_.measures[number]]);
        return rounded(value, dataset_.measures[number].divisor);
    }
    const auto number = static_cast<std::size_t>(tag - tag::dimension);
    const auto& dimension = dataset_.dimensions[number];
    if (dimension.kind == DimensionKind::time) return timeOf(scratch_, row.time, dimension.grain);
    return textOf(row.values[question_.dimensions[number]]);
}

}  // namespace stepwell::engine::datasets
