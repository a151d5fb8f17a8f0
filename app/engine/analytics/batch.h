#pragma once

#include "app/engine/analytics/tables.h"

#include <array>
#include <deque>
#include <string>
#include <unordered_map>

namespace stepwell::engine::analytics {

/// A column of rows in memory. Of a word column the values are positions in `words`.
struct ColumnData {
    std::vector<std::string> words;
    std::vector<std::int64_t> values;
};

/// Some rows of a table, column by column; a column that was not asked for is empty.
struct Batch {
    TableId table = TableId::workflowEvents;
    std::size_t rows = 0;
    std::vector<std::int64_t> times;  ///< milliseconds since 1970
    std::vector<ColumnData> columns;
};

/// A measure that a row has no value of.
inline constexpr std::int64_t absent = -1;

/// Rows [from, to) of a batch that has every column, with the words that they need.
Batch slice(const Batch& batch, std::size_t from, std::size_t to);

/// Gathers rows of one table.
class BatchBuilder {
  public:
    explicit BatchBuilder(TableId table);
    TableId table() const { return m_batch.table; }
    std::size_t rows() const { return m_batch.rows; }
    const Batch& batch() const { return m_batch; }

    /// A row; then `word` or `value` for each column.
    void row(std::int64_t time);
    void word(Column column, std::string_view text);
    /// A number, or what `code` says of a word.
    void value(Column column, std::int64_t value) { m_batch.columns[column].values.push_back(value); }
    std::int64_t code(Column column, std::string_view text);
    std::int64_t codeOfUuid(Column column, std::string_view bytes);  ///< the same, of its 16 bytes
    /// All rows of another batch, which has every column.
    void append(const Batch& other);
    /// What was gathered; the builder begins anew.
    Batch take();
    void clear();  ///< the same, and keeps the memory

  private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using Uuid = std::array<std::uint64_t, 2>;
    struct UuidHash {
        std::size_t operator()(const Uuid& uuid) const { return uuid[0] ^ uuid[1] * 0x9E3779B97F4A7C15; }
    };
    struct Codes {
        std::unordered_map<std::string, std::int64_t, TextHash, std::equal_to<>> texts;
        std::unordered_map<Uuid, std::int64_t, UuidHash> uuids;
    };

    Batch m_batch;
    std::vector<Codes> m_codes;
};

/// Rows of all tables out of chunks of MetricRows.
class RowSorter {
  public:
    RowSorter();
    /// False when the bytes are not such rows; those before the damage are taken.
    bool take(std::string_view chunk);
    BatchBuilder& of(TableId table) { return m_builders[static_cast<std::size_t>(table)]; }
    std::size_t rows() const;
    void clear();  ///< keeps the memory

  private:
    struct Known {
        std::uint64_t chunk = 0;
        std::int64_t code = 0;
    };
    std::int64_t codeOf(BatchBuilder& builder, Column column, const MetricReader::Word& word);

    std::vector<BatchBuilder> m_builders;
    std::uint64_t m_chunk = 0;  ///< counts chunks from 1 on; codes of others are not valid
    std::array<std::array<std::vector<Known>, mostMetricColumns>, metricTables> m_codes;
};

/// A column in bytes, and back. `rows` is what the batch says.
std::string writeWords(const ColumnData& column);
bool readWords(std::string_view bytes, std::size_t rows, ColumnData& column);

}  // namespace stepwell::engine::analytics
