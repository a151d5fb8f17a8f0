#include "app/engine/analytics/graphql_filter.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace stepwell::engine::datasets {

namespace {

using analytics::Filter;
using analytics::Operator;
using Json = nlohmann::json;

constexpr std::array<std::pair<std::string_view, Operator>, 10> operators{{
    {"", Operator::eq},
    {"neq", Operator::neq},
    {"in", Operator::in},
    {"notin", Operator::notIn},
    {"gt", Operator::gt},
    {"lt", Operator::lt},
    {"geq", Operator::geq},
    {"leq", Operator::leq},
    {"like", Operator::like},
    {"notlike", Operator::notLike},
}};
/// Clocks differ, and clients round their bounds.
constexpr std::chrono::hours slack{24};
constexpr api::Milliseconds instant{1};

/// A condition by its name in the filter: "datetimeHour_geq". Names of dimensions have no underscore.
struct Condition {
    const Dimension* dimension = nullptr;
    Operator op = Operator::eq;
};

Condition conditionOf(const Dataset& dataset, std::string_view name) {
    const auto end = std::min(name.find('_'), name.size());
    const auto suffix = name.substr(std::min(end + 1, name.size()));
    Condition condition;
    condition.dimension = dataset.dimension(name.substr(0, end));
    for (const auto& [text, op] : operators)
        if (text == suffix) condition.op = op;
    return condition;
}

analytics::Value valueOf(const Dimension& dimension, const Json& json) {
    if (dimension.kind == DimensionKind::word) return json.get<std::string>();
    if (dimension.kind == DimensionKind::time)
        return api::fromIso(json.get_ref<const std::string&>())
            .value_or(api::Time{})
            .time_since_epoch()
            .count();
    if (!json.is_number_unsigned()) return json.get<std::int64_t>();  // of a variable of another type
    // Beyond what any row has, and so as good as the greatest number.
    constexpr auto greatest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return static_cast<std::int64_t>(std::min(json.get<std::uint64_t>(), greatest));
}

Filter filterOf(const Condition& condition, const Json& json) {
    std::vector<analytics::Value> values;
    if (json.is_array()) {
        for (const auto& item : json)
            values.push_back(valueOf(*condition.dimension, item));
    } else {
        values.push_back(valueOf(*condition.dimension, json));
    }
    const auto& dimension = *condition.dimension;
    return dimension.kind == DimensionKind::time
               ? Filter::time(dimension.grain, condition.op, std::move(values))
               : Filter::column(dimension.column, condition.op, std::move(values));
}

/// All conditions of an object; what is null is not asked for.
Filter treeOf(const Dataset& dataset, const Json& object) {
    std::vector<Filter> parts;
    for (const auto& [name, value] : object.items()) {
        if (value.is_null()) continue;
        if (name != "AND" && name != "OR") {
            parts.push_back(filterOf(conditionOf(dataset, name), value));
            continue;
        }
        std::vector<Filter> below;
        for (const auto& item : value)
            below.push_back(treeOf(dataset, item));
        parts.push_back(name == "AND" ? Filter::all(std::move(below)) : Filter::any(std::move(below)));
    }
    return Filter::all(std::move(parts));
}

/// The time that one condition on a truncated time leaves.
void narrow(Conditions& conditions, const Dimension& dimension, Operator op, const Json& json) {
    const api::Time time{api::Milliseconds{std::get<std::int64_t>(valueOf(dimension, json))}};
    const auto length =
        dimension.grain == analytics::Grain::instant ? instant : analytics::lengthOf(dimension.grain);
    const auto floor =
        dimension.grain == analytics::Grain::instant ? time : analytics::truncate(time, dimension.grain);
    const auto ceiling = floor == time ? floor : floor + length;
    const auto after = [&](api::Time from) { conditions.from = std::max(conditions.from, from); };
    const auto before = [&](api::Time to) { conditions.to = std::min(conditions.to, to); };
    if (op == Operator::geq || op == Operator::eq) after(ceiling);
    if (op == Operator::gt) after(floor + length);
    if (op == Operator::lt) before(ceiling);
    if (op == Operator::leq || op == Operator::eq) before(floor + length);
}

std::string seconds(std::chrono::seconds time) {
    return std::to_string(time.count()) + "s";
}

tl::unexpected<graphql::Error> refused(std::string message) {
    return graphql::refuse({std::move(message), {}, {}, 400, {}});
}

}  // namespace

graphql::Result<Conditions> readFilter(const Dataset& dataset, const Json& filter, api::Time since,
                                       api::Time now) {
    const api::Time never{api::Milliseconds{std::numeric_limits<std::int64_t>::min()}};
    Conditions conditions{{}, never, now + slack};
    if (filter.is_object()) {
        conditions.filter = treeOf(dataset, filter);
        for (const auto& [name, value] : filter.items()) {
            if (value.is_null() || value.is_array() || value.is_object()) continue;
            const auto condition = conditionOf(dataset, name);
            if (condition.dimension != nullptr && condition.dimension->kind == DimensionKind::time)
                narrow(conditions, *condition.dimension, condition.op, value);
        }
    }
    if (conditions.from == never) conditions.from = std::max(since, now - dataset.notOlderThan);
    conditions.filter = Filter::all({dataset.base, std::move(conditions.filter)});
    if (conditions.from >= conditions.to) return conditions;
    if (conditions.from < now - dataset.notOlderThan - slack)
        return refused("cannot request data older than " + seconds(dataset.notOlderThan));
    const auto width =
        std::chrono::ceil<std::chrono::seconds>(std::min(conditions.to, now) - conditions.from);
    if (width > dataset.maxDuration + 2 * slack)
        return refused("query time range is too large. Time range can't be wider than " +
                       seconds(dataset.maxDuration) + ", but it's " + seconds(width));
    return conditions;
}

}  // namespace stepwell::engine::datasets
