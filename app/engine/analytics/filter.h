#pragma once

#include "app/engine/analytics/batch.h"
#include "app/engine/analytics/dictionary.h"
#include "app/engine/analytics/query.h"

#include <array>

namespace stepwell::engine::analytics {

inline constexpr std::size_t mostColumns = mostMetricColumns;

/// What a filter looks at: rows, or cells of a rollup, column by column.
struct FilterInput {
    std::size_t rows = 0;
    std::span<const std::int64_t> times;  ///< milliseconds since 1970; of a cell, when it begins
    /// A value for each row, or one for all of them.
    std::array<std::span<const std::int64_t>, mostColumns> columns;
    /// What the values of word columns stand for: positions here, or else numbers of the dictionary.
    std::array<const std::vector<std::string>*, mostColumns> words{};
    const Dictionary* dictionary = nullptr;
};

/// A filter that was checked against its table, ready to be asked. One thread.
class CompiledFilter {
  public:
    /// Errors name the column or operator that does not fit.
    static api::Result<CompiledFilter> compile(const Filter& filter, const TableSpec& table);

    /// The range that conditions on times at the top leave of [from, to).
    std::int64_t from(std::int64_t otherwise) const { return std::max(otherwise, m_from); }
    std::int64_t to(std::int64_t otherwise) const { return std::min(otherwise, m_to); }
    /// Columns that are looked at.
    const std::array<bool, mostColumns>& uses() const { return m_uses; }
    /// The coarsest grain whose cells tell enough of the time.
    Grain grain() const { return m_grain; }

    /// Keeps those of `mask` for which the filter holds; `mask` has a byte for each row, 0 or 1.
    void narrow(const FilterInput& input, std::vector<std::uint8_t>& mask) const;
    /// Words that a column may have by the conditions at the top; nothing when they do not name any.
    std::optional<std::vector<std::string>> onlyWords(Column column) const;
    /// False when conditions at the top rule this word out.
    bool mayBe(Column column, const std::string& word) const;

  private:
    struct Node {
        Filter::Kind kind = Filter::Kind::all;
        std::vector<Node> parts;
        Field field;
        Operator op = Operator::eq;
        std::vector<std::int64_t> numbers;
        std::vector<std::string> texts;
        mutable std::vector<std::int8_t> known;  ///< by number of the dictionary: -1 not asked yet
    };

    static api::Result<Node> build(const Filter& filter, const TableSpec& table, int depth);
    static api::Result<Node> condition(const Filter& filter, const TableSpec& table);
    void takeTimes(Node& top);
    bool takeTime(const Node& node);
    void note(const Node& node);
    static bool holds(const Node& node, std::int64_t value);
    static bool holds(const Node& node, std::string_view text);
    static void ask(const Node& node, const FilterInput& input, std::vector<std::uint8_t>& mask);
    static void askCondition(const Node& node, const FilterInput& input, std::vector<std::uint8_t>& mask);
    static void askWords(const Node& node, const FilterInput& input, Column column,
                         std::vector<std::uint8_t>& mask);

    Node m_top;
    std::int64_t m_from = 0;
    std::int64_t m_to = INT64_MAX;
    std::array<bool, mostColumns> m_uses{};
    Grain m_grain = Grain::day;
};

}  // namespace stepwell::engine::analytics
