#pragma once

#include "app/engine/analytics/tables.h"
#include "models/api/error.h"

#include <memory>
#include <string>
#include <variant>

/// Questions to the tables, and answers.
namespace stepwell::engine::analytics {

using Value = std::variant<std::int64_t, std::string>;

/// What a condition looks at: a column, or the time of the row, truncated to a grain.
struct Field {
    std::variant<Column, Grain> of = Column{0};
};

/// `like`: % stands for any text, everything else for itself; case counts.
enum class Operator : std::uint8_t { eq, neq, in, notIn, gt, lt, geq, leq, like, notLike };

/// A tree of conditions. `all` of no parts holds for every row, `any` of no parts for none.
struct Filter {
    enum class Kind : std::uint8_t { all, any, condition };
    Kind kind = Kind::all;
    std::vector<Filter> parts;

    // Of a condition:
    Field field;
    Operator op = Operator::eq;
    /// `in` and `notIn`: any number; else one. Strings for words, integers for integers; for times, integers:
    /// milliseconds since 1970. Words compare by their bytes.
    std::vector<Value> values;

    static Filter all(std::vector<Filter> parts);
    static Filter any(std::vector<Filter> parts);
    static Filter column(Column column, Operator op, std::vector<Value> values);
    static Filter time(Grain grain, Operator op, std::vector<Value> values);
};

/// A measure that an answer is to have.
struct MeasureAsked {
    Column column = 0;
    std::vector<double> quantiles;  ///< 0 to 1; only of measures that are sketched
};

/// What to sort by; `index` counts groupBy or measures of the query.
struct Order {
    enum class By : std::uint8_t { bucket, key, count, sum, average, least, greatest, quantile };
    By by = By::bucket;
    std::size_t index = 0;
    std::size_t quantile = 0;  ///< counts the quantiles of the measure
    bool isDescending = false;
};

struct Query {
    TableId table = TableId::workflowEvents;
    api::Time from{};  ///< inclusive
    api::Time to{};    ///< exclusive
    /// Also group by time. Conditions on times at the top of the filter narrow the range by themselves.
    std::optional<Grain> bucket;
    std::vector<Column> groupBy;  ///< dimensions
    Filter filter;
    std::vector<MeasureAsked> measures;
    std::vector<Order> order;    ///< then by bucket and keys, ascending
    std::size_t limit = 10'000;  ///< groups of the answer
};

struct MeasureAnswer {
    std::int64_t sum = 0;
    /// Of rows that have a value; nothing when none has. Only of measures that are sketched.
    std::optional<std::int64_t> least;
    std::optional<std::int64_t> greatest;
    std::vector<double> quantiles;  ///< as asked, within 1 % of the exact ones; empty when no row has a value
};

struct Group {
    std::optional<api::Time> bucket;
    std::vector<Value> key;  ///< as groupBy
    std::int64_t count = 0;
    std::vector<MeasureAnswer> measures;  ///< as asked
};

struct Answer {
    std::vector<Group> groups;  ///< none when no row matched, also without groupBy
    bool isCut = false;         ///< there are more than the limit
    // Of how it was made:
    std::int64_t cellsRead = 0;
    std::int64_t rowsRead = 0;
};

/// Sorting of rows: a column, or the exact time.
struct RowOrder {
    std::optional<Column> column;
    bool isDescending = false;
};

struct RowQuery {
    TableId table = TableId::workflowEvents;
    api::Time from{};
    api::Time to{};
    Filter filter;
    std::vector<Column> columns;
    std::vector<RowOrder> order;  ///< then by time and in the order of their making
    std::size_t limit = 10'000;
};

struct Row {
    api::Time time{};
    std::vector<Value> values;  ///< as columns; measures without a value are 0
};

struct RowAnswer {
    std::vector<Row> rows;
    bool isCut = false;
};

/// All of one moment. One thread at a time; several questions to one snapshot agree with each other.
class Snapshot {
  public:
    virtual ~Snapshot() = default;
    /// Errors name what is wrong with the query: an unknown column, an operator that the column does not
    /// have, a range whose rows are no longer kept; or the file that cannot be read.
    virtual api::Result<Answer> run(const Query& query) = 0;
    virtual api::Result<RowAnswer> rows(const RowQuery& query) = 0;
    /// Rows are kept from here on, and so every query from here on can be answered. Queries of whole hours or
    /// days may go back further.
    virtual api::Time rowsSince() const = 0;
    /// Another one of exactly the same moment, for another thread; null when something was written since, or
    /// it cannot be made. May be called by any thread, and must go first.
    virtual std::unique_ptr<Snapshot> twin() const = 0;
};

}  // namespace stepwell::engine::analytics
