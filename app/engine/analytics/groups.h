#pragma once

#include "app/engine/analytics/cells.h"
#include "app/engine/analytics/filter.h"

namespace stepwell::engine::analytics {

/// Words of one query by numbers: those of the dictionary, and others from `firstOwn` on.
class QueryWords {
  public:
    static constexpr std::int64_t firstOwn = std::int64_t{1} << 32;

    explicit QueryWords(const Dictionary& dictionary)
        : m_dictionary(dictionary) {}
    std::int64_t number(const std::string& text);
    std::string text(std::int64_t number) const;

  private:
    const Dictionary& m_dictionary;
    std::unordered_map<std::string, std::int64_t> m_numbers;
    std::vector<std::string> m_own;
};

/// The groups of a query while its rows and cells are added up.
class Groups {
  public:
    Groups(const Query& query, const TableSpec& table, const Dictionary& dictionary);

    /// Rows of which `mask` says so.
    void addRows(const Batch& batch, const std::vector<std::uint8_t>& mask);
    /// Cells of one block. `input` has their columns; `sketches` are those of the sketched measures that are
    /// asked for, in the order of `sketchesAsked`.
    void addCells(const FilterInput& input, const CellBlock& block, const std::vector<std::uint8_t>& mask,
                  const std::vector<std::vector<std::string_view>>& sketches);
    /// Positions in CellShape::sketched.
    const std::vector<std::size_t>& sketchesAsked() const { return m_sketchesAsked; }
    const BlockParts& parts() const { return m_parts; }
    bool ok() const { return m_ok; }  ///< false: a sketch was damaged

    Answer answer();

  private:
    struct Sum {
        std::int64_t sum = 0;
        std::int64_t least = absent;
        std::int64_t greatest = absent;
        SketchSum sketch;
    };
    struct Measure {
        std::size_t position = 0;  ///< in CellShape::measures
        std::optional<std::size_t> sketched;
        std::optional<std::size_t> asked;  ///< in m_sketchesAsked
        Column column = 0;
    };

    std::size_t groupOf(const std::int64_t* key);
    void grow();
    std::uint64_t hashOf(const std::int64_t* key) const;
    static void addExtremes(Sum& sum, std::int64_t least, std::int64_t greatest);
    Group groupAt(std::size_t group) const;
    bool isKeyOf(std::size_t group, const std::int64_t* key) const {
        const auto* own = &m_keys[group * m_width];
        for (std::size_t i = 0; i < m_width; ++i)
            if (own[i] != key[i]) return false;
        return true;
    }
    std::vector<std::int64_t> wordRanks(std::size_t key) const;
    std::vector<std::int64_t> ranksBy(const Order& order) const;
    std::vector<std::uint32_t> sorted() const;

    const Query& m_query;
    const TableSpec& m_table;
    QueryWords m_words;
    std::size_t m_width;  ///< numbers of a key: the bucket's time, then those of groupBy
    std::int64_t m_bucket = 0;
    std::vector<Measure> m_measures;
    std::vector<std::size_t> m_sketchesAsked;
    BlockParts m_parts;
    bool m_ok = true;

    std::vector<std::int64_t> m_keys;
    std::vector<std::int64_t> m_counts;
    std::vector<Sum> m_sums;  ///< of each group as many as measures
    std::vector<std::uint32_t> m_slots;
    std::size_t m_last = 0;  ///< group of the row before, often that of the next one
};

}  // namespace stepwell::engine::analytics
