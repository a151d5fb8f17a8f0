#pragma once

#include "models/api/error.h"
#include "models/api/time.h"
#include "models/graphql/lexer.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What came back: its errors as marks in the text, its lists as tables.
namespace stepwell::graphql {

/// An error of the answer and the stretch of the text that it is about.
struct Mark {
    std::string message;
    std::size_t begin = 0;
    std::size_t end = 0;  ///< begin == end: the answer names no place
    bool placed() const { return end > begin; }
    friend bool operator==(const Mark&, const Mark&) = default;
};

/// The errors of an answer, each at its first location or, where it has none, at the field that its path ends
/// in. Cloudflare's answers carry paths only. At most 100.
std::vector<Mark> marksOf(std::string_view answer, std::string_view document);

/// One value of a table. Numbers keep the words of the answer, so that none is rounded.
struct Cell {
    enum class Kind { none, word, number, truth };
    Kind kind = Kind::none;
    std::string text;
    double number = 0;
    friend bool operator==(const Cell&, const Cell&) = default;
};

struct Column {
    std::string name;         ///< "sum.wallTime"
    bool numeric = false;     ///< every value that is there is a number
    bool temporal = false;    ///< every value that is there is a date or a time
    bool identifies = false;  ///< words that are not times: they split a chart into series
};

/// A list of objects in the answer, one row for each, nested objects as dotted columns.
struct AnswerTable {
    std::string path;  ///< "viewer.accounts.0.wallTime"
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows;  ///< as many cells as columns
    std::size_t left = 0;                 ///< rows of the answer beyond the bound
};

/// All lists of objects that lie nowhere inside another such list's rows, the largest first; where there is
/// none, the objects that hold values. Bounded to 50 tables of 200 columns and 50,000 rows.
std::vector<AnswerTable> tablesOf(std::string_view answer);

/// A table as lines over time, which only those have that have a time and a number.
struct AnswerSeries {
    std::string name;
    std::vector<std::optional<double>> values;  ///< one for each time; nothing: no row
};
struct AnswerChart {
    std::vector<api::Time> times;  ///< ascending, each once
    std::vector<AnswerSeries> series;
    std::size_t left = 0;  ///< series beyond the bound
};
/// Words in other columns split a measure into series, named "orders · count". Rows of one time and series
/// are added up. At most 24 series, those with the largest sums. `measure`: index of a numeric column;
/// nothing: all.
std::optional<AnswerChart> chartOf(const AnswerTable& table,
                                   std::optional<std::size_t> measure = std::nullopt);

}  // namespace stepwell::graphql
