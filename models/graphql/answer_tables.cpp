#include "models/graphql/answer.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace stepwell::graphql {
namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t mostTables = 50;
constexpr std::size_t mostColumns = 200;
constexpr std::size_t mostRows = 50000;
constexpr std::size_t mostSeries = 24;
constexpr int deepest = 40;

bool isListOfObjects(const json& value) {
    return value.is_array() && !value.empty() && value.front().is_object();
}

Cell cellOf(const json& value) {
    if (value.is_null()) return {};
    if (value.is_boolean()) return {Cell::Kind::truth, value.dump(), 0};
    if (value.is_number()) return {Cell::Kind::number, value.dump(), value.get<double>()};
    if (value.is_string()) return {Cell::Kind::word, value.get<std::string>(), 0};
    return {Cell::Kind::word, value.dump(), 0};
}

class TableMaker {
  public:
    explicit TableMaker(std::string path) { table_.path = std::move(path); }

    void addRow(const json& object) {
        if (table_.rows.size() == mostRows) {
            ++table_.left;
            return;
        }
        table_.rows.emplace_back(table_.columns.size());
        add(object, {}, 0);
    }

    AnswerTable take() {
        for (auto& row : table_.rows)
            row.resize(table_.columns.size());
        for (std::size_t i = 0; i < table_.columns.size(); ++i)
            describe(i);
        return std::move(table_);
    }

  private:
    void add(const json& value, const std::string& name, int depth) {
        if (!value.is_object() || depth > deepest) return put(name, cellOf(value));
        for (const auto& [key, inside] : value.items())
            add(inside, name.empty() ? key : name + "." + key, depth + 1);
    }

    void put(const std::string& name, Cell cell) {
        const auto known = columns_.find(name);
        std::size_t column = table_.columns.size();
        if (known != columns_.end()) {
            column = known->second;
        } else {
            if (column == mostColumns) return;
            columns_.emplace(name, column);
            table_.columns.push_back({name, false, false, false});
        }
        auto& row = table_.rows.back();
        if (row.size() <= column) row.resize(column + 1);
        row[column] = std::move(cell);
    }

    void describe(std::size_t index) {
        Column& column = table_.columns[index];
        bool any = false;
        bool numbers = true;
        bool times = true;
        for (const auto& row : table_.rows) {
            const Cell& cell = row[index];
            if (cell.kind == Cell::Kind::none) continue;
            any = true;
            numbers = numbers && cell.kind == Cell::Kind::number;
            times = times && cell.kind == Cell::Kind::word && api::fromIso(cell.text).has_value();
        }
        column.numeric = any && numbers;
        column.temporal = any && times;
        column.identifies = any && !numbers && !times;
    }

    AnswerTable table_;
    std::map<std::string, std::size_t> columns_;
};

/// Whether the rows of a list are themselves places that lead on, as `accounts` are.
bool leadsOn(const json& list) {
    return std::all_of(list.begin(), list.end(), [](const json& row) {
        return row.is_object() && std::any_of(row.begin(), row.end(), [](const json& value) {
                   return isListOfObjects(value) || (value.is_array() && value.empty());
               });
    });
}

void collect(const json& value, const std::string& path, int depth, std::vector<AnswerTable>& tables) {
    if (depth > deepest || tables.size() >= mostTables) return;
    const auto below = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
    if (isListOfObjects(value) && !leadsOn(value)) {
        TableMaker maker(path);
        for (const auto& row : value)
            maker.addRow(row);
        return tables.push_back(maker.take());
    }
    if (value.is_array())
        for (std::size_t i = 0; i < value.size(); ++i)
            collect(value[i], below(std::to_string(i)), depth + 1, tables);
    if (value.is_object())
        for (const auto& [key, inside] : value.items())
            collect(inside, below(key), depth + 1, tables);
}

/// The object that the answer's single-entry objects lead to, as one row.
void collectObject(const json& data, std::vector<AnswerTable>& tables) {
    const json* at = &data;
    std::string path;
    for (int depth = 0; depth < deepest && at->is_object() && at->size() == 1; ++depth) {
        const auto only = at->begin();
        if (!only.value().is_object()) break;
        path = path.empty() ? only.key() : path + "." + only.key();
        at = &only.value();
    }
    if (!at->is_object() || at->empty()) return;
    TableMaker maker(path);
    maker.addRow(*at);
    tables.push_back(maker.take());
}

std::string seriesName(const AnswerTable& table, const std::vector<Cell>& row, std::size_t measure,
                       bool single) {
    std::string name;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (table.columns[i].identifies) name += (name.empty() ? "" : " · ") + row[i].text;
    if (name.empty()) return table.columns[measure].name;
    return single ? name : name + " · " + table.columns[measure].name;
}

}  // namespace

std::vector<AnswerTable> tablesOf(std::string_view answer) {
    std::vector<AnswerTable> tables;
    const json parsed = parseBounded<json>(answer);
    if (!parsed.is_object()) return tables;
    const auto data = parsed.find("data");
    if (data == parsed.end()) return tables;
    collect(*data, {}, 0, tables);
    if (tables.empty()) collectObject(*data, tables);
    std::stable_sort(tables.begin(), tables.end(),
                     [](const auto& a, const auto& b) { return a.rows.size() > b.rows.size(); });
    return tables;
}

std::optional<AnswerChart> chartOf(const AnswerTable& table, std::optional<std::size_t> measure) {
    const auto& columns = table.columns;
    const auto time =
        std::find_if(columns.begin(), columns.end(), [](const auto& one) { return one.temporal; });
    if (time == columns.end()) return std::nullopt;
    const auto timeAt = static_cast<std::size_t>(time - columns.begin());
    std::vector<std::size_t> measures;
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].numeric && (!measure || *measure == i)) measures.push_back(i);
    if (measures.empty()) return std::nullopt;

    std::map<api::Time, std::size_t> places;
    for (const auto& row : table.rows)
        if (const auto at = api::fromIso(row[timeAt].text)) places.emplace(*at, 0);
    AnswerChart chart;
    for (auto& [at, place] : places) {
        place = chart.times.size();
        chart.times.push_back(at);
    }
    std::map<std::string, AnswerSeries> series;
    for (const auto& row : table.rows) {
        const auto at = api::fromIso(row[timeAt].text);
        if (!at) continue;
        for (const std::size_t one : measures) {
            if (row[one].kind != Cell::Kind::number) continue;
            const std::string name = seriesName(table, row, one, measures.size() == 1);
            auto& line = series.try_emplace(name, AnswerSeries{name, {}}).first->second;
            line.values.resize(chart.times.size());
            auto& value = line.values[places.at(*at)];
            value = value.value_or(0) + row[one].number;
        }
    }
    for (auto& [name, line] : series)
        chart.series.push_back(std::move(line));
    const auto sum = [](const AnswerSeries& one) {
        double all = 0;
        for (const auto& value : one.values)
            all += value.value_or(0);
        return all;
    };
    std::stable_sort(chart.series.begin(), chart.series.end(),
                     [&](const auto& a, const auto& b) { return sum(a) > sum(b); });
    if (chart.series.size() > mostSeries) {
        chart.left = chart.series.size() - mostSeries;
        chart.series.resize(mostSeries);
    }
    if (chart.series.empty()) return std::nullopt;
    return chart;
}

}  // namespace stepwell::graphql
