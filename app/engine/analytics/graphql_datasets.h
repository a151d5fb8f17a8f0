#pragma once

#include "app/engine/analytics/query.h"

#include <string>
#include <vector>

/// The data sets of the GraphQL API as data: which table, which dimensions and metrics under which names,
/// which bounds. Types, filters, orders and `settings` of the schema are made from this, and so are the
/// queries to the tables.
namespace stepwell::engine::datasets {

enum class DimensionKind : std::uint8_t { word, integer, time };

/// A field to group and to filter by.
struct Dimension {
    std::string name;
    DimensionKind kind = DimensionKind::word;
    analytics::Column column = 0;                        ///< of a word or integer
    analytics::Grain grain = analytics::Grain::instant;  ///< of a time; `day` is a date
    std::string description;
};

enum class Aggregate : std::uint8_t {
    count,
    countOfWord,
    sum,
    knownSum,  ///< a sum that is nothing when no row has a value
    average,
    least,
    greatest,
    quantile,
    interval,
    unknown,  ///< never measured: always nothing, so that queries of it are taken
};

/// A number of a group of rows.
struct Metric {
    std::string group;  ///< "sum", "avg", "max", "min", "quantiles"
    std::string name;
    Aggregate aggregate = Aggregate::sum;
    analytics::Column column = 0;
    double divisor = 1;   ///< from the table's unit to the one told
    double quantile = 0;  ///< 0 to 1
    std::string description;
    bool isReal = false;    ///< of a sum: with a fraction
    std::string word = {};  ///< rows whose `column` is this are counted

    /// Not null, whatever rows there are.
    bool isAlwaysKnown() const { return aggregate != Aggregate::knownSum && aggregate != Aggregate::unknown; }
    /// Counts of some words are asked for beside the groups, which cannot be sorted by them.
    bool isSortable() const {
        return aggregate != Aggregate::interval && aggregate != Aggregate::countOfWord &&
               aggregate != Aggregate::unknown;
    }
};

/// A field of a raw row that is no dimension.
struct RawMeasure {
    std::string name;
    analytics::Column column = 0;
    double divisor = 1;
    std::string description;
};

struct Dataset {
    std::string name;
    std::string description;
    analytics::TableId table = analytics::TableId::workflowEvents;
    analytics::Filter base;  ///< which rows of the table belong to it
    std::vector<Dimension> dimensions;
    std::vector<Metric> metrics;       ///< of groups
    std::vector<RawMeasure> measures;  ///< of raw rows
    bool isRaw = false;                ///< rows, not groups
    std::int64_t maxPageSize = 10'000;
    std::int64_t maxNumberOfFields = 100;
    std::chrono::seconds notOlderThan{0};
    std::chrono::seconds maxDuration{0};

    const Dimension* dimension(std::string_view wanted) const;
    /// "sum_wallTime".
    const Metric* metric(std::string_view groupAndName) const;
    /// As `settings` lists them: "count", "sum_wallTime", "dimensions_datetimeHour".
    std::vector<std::string> availableFields() const;
};

const std::vector<Dataset>& allDatasets();

/// What descriptions begin with where the original has no such field.
inline constexpr const char* extensionMark = "Extension: ";

}  // namespace stepwell::engine::datasets
