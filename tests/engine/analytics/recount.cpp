#include "recount.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace stepwell::engine::analytics {

namespace {

bool isLike(const std::string& text, const std::string& pattern, std::size_t t = 0, std::size_t p = 0) {
    if (p == pattern.size()) return t == text.size();
    if (pattern[p] != '%')
        return t < text.size() && text[t] == pattern[p] && isLike(text, pattern, t + 1, p + 1);
    for (auto at = t; at <= text.size(); ++at)
        if (isLike(text, pattern, at, p + 1)) return true;
    return false;
}

bool holds(const Filter& filter, const PlainRow& row) {
    const auto part = [&row](const Filter& one) { return holds(one, row); };
    if (filter.kind == Filter::Kind::all) return std::all_of(filter.parts.begin(), filter.parts.end(), part);
    if (filter.kind == Filter::Kind::any) return std::any_of(filter.parts.begin(), filter.parts.end(), part);
    Value value;
    if (const auto* column = std::get_if<Column>(&filter.field.of))
        value = row.values[*column];
    else
        value = truncate(api::Time{api::Milliseconds{row.time}}, std::get<Grain>(filter.field.of))
                    .time_since_epoch()
                    .count();
    const bool isIn = std::find(filter.values.begin(), filter.values.end(), value) != filter.values.end();
    switch (filter.op) {
    case Operator::eq:
    case Operator::in:
        return isIn;
    case Operator::neq:
    case Operator::notIn:
        return !isIn;
    case Operator::gt:
        return value > filter.values[0];
    case Operator::lt:
        return value < filter.values[0];
    case Operator::geq:
        return value >= filter.values[0];
    case Operator::leq:
        return value <= filter.values[0];
    case Operator::like:
        return isLike(std::get<std::string>(value), std::get<std::string>(filter.values[0]));
    case Operator::notLike:
        return !isLike(std::get<std::string>(value), std::get<std::string>(filter.values[0]));
    }
    return false;
}

std::string shown(const Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    return text != nullptr ? *text : std::to_string(std::get<std::int64_t>(value));
}

std::string shown(const Group& group) {
    std::string text = group.bucket ? api::toIso(*group.bucket) : "all";
    for (const auto& value : group.key)
        text += "|" + shown(value);
    return text + " count " + std::to_string(group.count);
}

bool isNear(double got, double wanted) {
    return std::abs(got - wanted) <= 0.01 * wanted + 1e-9;
}

std::string difference(const MeasureAnswer& got, const MeasureAnswer& wanted) {
    if (got.sum != wanted.sum)
        return "sum " + std::to_string(got.sum) + " instead of " + std::to_string(wanted.sum);
    if (got.least != wanted.least || got.greatest != wanted.greatest) return "other extremes";
    if (got.quantiles.size() != wanted.quantiles.size()) return "other number of quantiles";
    for (std::size_t i = 0; i < got.quantiles.size(); ++i)
        if (!isNear(got.quantiles[i], wanted.quantiles[i]))
            return "quantile " + std::to_string(got.quantiles[i]) + " instead of " +
                   std::to_string(wanted.quantiles[i]);
    return {};
}

/// A word that the column has, or one that it has not.
Value someValue(std::mt19937_64& random, const ColumnSpec& column) {
    if (column.name == "eventType")
        return std::string(random() % 2 == 0 ? "STEP_SUCCESS" : "WORKFLOW_SUCCESS");
    if (column.kind == ColumnKind::integer)
        return static_cast<std::int64_t>(column.name == "status" ? 200 + 204 * (random() % 2) : random() % 4);
    constexpr std::array words = {"orders",    "billing", "mail-daily", "charge", "",
                                  "GET",       "blog",    "hit",        "sleep",  "nothing",
                                  "100% sure", "/page7",  "order-200",  "item 7"};
    return std::string(words[random() % words.size()]);
}

Filter randomCondition(std::mt19937_64& random, const TableSpec& table, std::int64_t span) {
    if (random() % 4 == 0) {
        const auto time = worldNow - static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(span));
        const auto grain = static_cast<Grain>(random() % 6);
        const auto op = static_cast<Operator>(random() % 8);
        const auto at = random() % 2 == 0 ? time : time / 3'600'000 * 3'600'000;
        return Filter::time(grain, op, {at});
    }
    const auto column = static_cast<Column>(random() % table.dimensions());
    const auto& spec = table.columns[column];
    const auto op = static_cast<Operator>(random() % (spec.kind == ColumnKind::word ? 10 : 8));
    std::vector<Value> values = {someValue(random, spec)};
    if (op == Operator::in || op == Operator::notIn)
        for (auto i = random() % 3; i > 0; --i)
            values.push_back(someValue(random, spec));
    if (op == Operator::like || op == Operator::notLike) {
        constexpr std::array patterns = {"%", "mail-%", "%a%e%", "%SUCCESS", "100%", "%ge1%", "orders"};
        values = {std::string(patterns[random() % patterns.size()])};
    }
    return Filter::column(column, op, values);
}

Filter randomFilter(std::mt19937_64& random, const TableSpec& table, std::int64_t span, int depth) {
    if (depth == 0 || random() % 3 == 0) return randomCondition(random, table, span);
    std::vector<Filter> parts;
    for (auto i = random() % 3; i > 0; --i)
        parts.push_back(randomFilter(random, table, span, depth - 1));
    return random() % 3 == 0 && !parts.empty() ? Filter::any(parts) : Filter::all(parts);
}

void randomRange(std::mt19937_64& random, std::int64_t span, api::Time& from, api::Time& to) {
    auto begin = worldNow - static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(span));
    auto end = begin + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(span));
    if (random() % 3 == 0) {
        begin = begin / dayLength * dayLength;
        end = end / dayLength * dayLength;
    }
    from = api::Time{api::Milliseconds{begin}};
    to = api::Time{api::Milliseconds{end}};
}

TableId someTable(std::mt19937_64& random) {
    constexpr std::array tables = {TableId::workflowEvents, TableId::workflowEvents, TableId::workflowEvents,
                                   TableId::siteRequests,   TableId::queueWait,      TableId::blocked};
    return tables[random() % tables.size()];
}

/// No value is told as 0.
Value told(const Value& value) {
    return value == Value(absent) ? Value(std::int64_t{0}) : value;
}

bool isAsked(const PlainRow& row, TableId table, api::Time from, api::Time to) {
    return row.table == table && row.time >= from.time_since_epoch().count() &&
           row.time < to.time_since_epoch().count();
}

}  // namespace

Answer recount(const std::vector<PlainRow>& rows, const Query& query) {
    const auto& table = tableSpec(query.table);
    std::map<std::pair<std::optional<api::Time>, std::vector<Value>>, std::vector<const PlainRow*>> groups;
    for (const auto& row : rows) {
        if (!isAsked(row, query.table, query.from, query.to) || !holds(query.filter, row)) continue;
        std::optional<api::Time> bucket;
        if (query.bucket) bucket = truncate(api::Time{api::Milliseconds{row.time}}, *query.bucket);
        std::vector<Value> key;
        for (const auto column : query.groupBy)
            key.push_back(row.values[column]);
        groups[{bucket, key}].push_back(&row);
    }
    Answer answer;
    for (const auto& [key, members] : groups) {
        Group group;
        group.bucket = key.first;
        group.key = key.second;
        group.count = static_cast<std::int64_t>(members.size());
        for (const auto& asked : query.measures) {
            std::vector<std::int64_t> values;
            for (const auto* row : members)
                if (const auto value = std::get<std::int64_t>(row->values[asked.column]); value != absent)
                    values.push_back(value);
            std::sort(values.begin(), values.end());
            MeasureAnswer measure;
            for (const auto value : values)
                measure.sum += value;
            if (!values.empty() && table.columns[asked.column].isSketched) {
                measure.least = values.front();
                measure.greatest = values.back();
                for (const auto q : asked.quantiles)
                    measure.quantiles.push_back(static_cast<double>(
                        values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))]));
            }
            group.measures.push_back(std::move(measure));
        }
        answer.groups.push_back(std::move(group));
    }
    const auto sortedBy = [&](const Group& group, const Order& order) -> double {
        if (order.by == Order::By::count) return static_cast<double>(group.count);
        return static_cast<double>(group.measures[order.index].sum);
    };
    std::stable_sort(answer.groups.begin(), answer.groups.end(), [&](const Group& a, const Group& b) {
        for (const auto& order : query.order) {
            const auto [x, y] = std::pair(sortedBy(a, order), sortedBy(b, order));
            if (x != y) return (x < y) != order.isDescending;
        }
        return false;
    });
    answer.isCut = answer.groups.size() > query.limit;
    if (answer.isCut) answer.groups.resize(query.limit);
    return answer;
}

namespace {

std::string shown(const Filter& filter) {
    if (filter.kind != Filter::Kind::condition) {
        std::string text = filter.kind == Filter::Kind::all ? "all(" : "any(";
        for (const auto& part : filter.parts)
            text += shown(part) + ",";
        return text + ")";
    }
    const auto* column = std::get_if<Column>(&filter.field.of);
    auto text = column != nullptr
                    ? "column " + std::to_string(*column)
                    : "time " + std::to_string(static_cast<int>(std::get<Grain>(filter.field.of)));
    text += " op " + std::to_string(static_cast<int>(filter.op));
    for (const auto& value : filter.values)
        text += " " + shown(value);
    return text;
}

}  // namespace

std::string shown(const Query& query) {
    std::string text = std::string(tableSpec(query.table).name) + " " + api::toIso(query.from) + " to " +
                       api::toIso(query.to);
    if (query.bucket) text += ", bucket " + std::to_string(static_cast<int>(*query.bucket));
    for (const auto column : query.groupBy)
        text += ", by " + std::to_string(column);
    return text + ", " + shown(query.filter) + ", limit " + std::to_string(query.limit);
}

RowAnswer relist(const std::vector<PlainRow>& rows, const RowQuery& query) {
    std::vector<PlainRow> found;
    for (const auto& row : rows)
        if (isAsked(row, query.table, query.from, query.to) && holds(query.filter, row)) found.push_back(row);
    std::stable_sort(found.begin(), found.end(), [&](const PlainRow& a, const PlainRow& b) {
        for (const auto& order : query.order) {
            const auto x = order.column ? told(a.values[*order.column]) : Value(a.time);
            const auto y = order.column ? told(b.values[*order.column]) : Value(b.time);
            if (x != y) return (x < y) != order.isDescending;
        }
        return a.time < b.time;
    });
    RowAnswer answer;
    answer.isCut = found.size() > query.limit;
    if (answer.isCut) found.resize(query.limit);
    for (const auto& row : found) {
        Row& listed = answer.rows.emplace_back();
        listed.time = api::Time{api::Milliseconds{row.time}};
        for (const auto column : query.columns) {
            listed.values.push_back(told(row.values[column]));
        }
    }
    return answer;
}

std::string difference(const Answer& got, const Answer& wanted) {
    for (std::size_t i = 0; i < std::max(got.groups.size(), wanted.groups.size()); ++i) {
        if (i >= got.groups.size()) return "missing: " + shown(wanted.groups[i]);
        if (i >= wanted.groups.size()) return "too much: " + shown(got.groups[i]);
        const auto& a = got.groups[i];
        const auto& b = wanted.groups[i];
        if (a.bucket != b.bucket || a.key != b.key || a.count != b.count)
            return shown(a) + " instead of " + shown(b);
        for (std::size_t m = 0; m < b.measures.size(); ++m)
            if (const auto text = difference(a.measures[m], b.measures[m]); !text.empty())
                return shown(a) + ": " + text;
    }
    return got.isCut == wanted.isCut ? "" : "isCut differs";
}

std::string difference(const RowAnswer& got, const RowAnswer& wanted) {
    if (got.rows.size() != wanted.rows.size())
        return std::to_string(got.rows.size()) + " rows instead of " + std::to_string(wanted.rows.size());
    for (std::size_t i = 0; i < got.rows.size(); ++i)
        if (got.rows[i].time != wanted.rows[i].time || got.rows[i].values != wanted.rows[i].values)
            return "row " + std::to_string(i) + " differs";
    return got.isCut == wanted.isCut ? "" : "isCut differs";
}

Query randomQuery(std::mt19937_64& random, std::int64_t span) {
    Query query;
    query.table = someTable(random);
    const auto& table = tableSpec(query.table);
    randomRange(random, span, query.from, query.to);
    if (random() % 3 != 0) query.bucket = static_cast<Grain>(random() % 6);
    for (std::size_t column = 0; column < table.dimensions(); ++column)
        if (random() % 4 == 0) query.groupBy.push_back(static_cast<Column>(column));
    if (random() % 3 != 0) query.filter = randomFilter(random, table, span, 2);
    for (auto column = table.dimensions(); column < table.columns.size(); ++column) {
        if (random() % 2 == 0) continue;
        query.measures.push_back({static_cast<Column>(column), {}});
        if (table.columns[column].isSketched && random() % 2 == 0)
            query.measures.back().quantiles = {0.5, 0.99, 0.0, 1.0};
    }
    if (random() % 2 == 0) query.order.push_back({Order::By::count, 0, 0, random() % 2 == 0});
    if (random() % 4 == 0 && !query.measures.empty())
        query.order.push_back({Order::By::sum, 0, 0, random() % 2 == 0});
    query.limit = random() % 3 == 0 ? 5 : 100'000;
    return query;
}

RowQuery randomRowQuery(std::mt19937_64& random, std::int64_t span) {
    RowQuery query;
    query.table = someTable(random);
    const auto& table = tableSpec(query.table);
    randomRange(random, span, query.from, query.to);
    if (random() % 2 == 0) query.filter = randomFilter(random, table, span, 2);
    for (std::size_t column = 0; column < table.columns.size(); ++column)
        if (random() % 2 == 0) query.columns.push_back(static_cast<Column>(column));
    if (random() % 3 != 0) query.order.push_back({std::nullopt, random() % 2 == 0});
    if (random() % 3 == 0)
        query.order.push_back({static_cast<Column>(random() % table.columns.size()), random() % 2 == 0});
    query.limit = random() % 3 == 0 ? 100'000 : 1 + random() % 50;
    return query;
}

}  // namespace stepwell::engine::analytics
