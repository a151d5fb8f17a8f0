#pragma once

#include "app/engine/analytics/store.h"

namespace stepwell::engine::analytics {

/// Makes rollups of rows: each row goes into the cells of every cuboid and grain of its table, once. Within
/// one transaction of the store.
class Roller {
  public:
    Roller(Store& store, Dictionary& dictionary, api::Time now)
        : m_store(store)
        , m_dictionary(dictionary)
        , m_now(now) {}

    /// Gathers rows; nothing is written yet.
    void add(const Batch& batch);
    /// Writes what was gathered. Cells older than what is kept of them by now are not made any more.
    void write();
    /// Removes cells that are older than what is kept of them, and packs those that are complete.
    void expire();
    /// By number in the dictionary: whether a rollup has the word.
    std::vector<bool> usedWords();

  private:
    struct Made {
        const CuboidSpec* cuboid = nullptr;
        Grain grain = Grain::hour;
        CellMap cells;
    };
    /// Of each table, the cells that are made of rows; all others are made of these, of which there are
    /// fewer.
    using Bases = std::vector<Made>;

    static Bases basesOf(const TableSpec& table);
    std::int64_t moveHorizon(const CuboidSpec& cuboid, const GrainRule& rule);
    void fromRows(const Batch& batch, Made& made);
    static void fromCells(const CellMap& from, const CuboidSpec& cuboid, Grain grain, Made& made);
    void writeTable(Bases& bases);
    void write(Made& made, std::int64_t horizon);
    void merge(const RollupKey& key, const CuboidSpec& cuboid, std::span<Cell> fresh);
    bool boundWords(std::size_t part, std::span<const Cell> old, std::span<Cell> fresh) const;
    void removeBefore(const CuboidSpec& cuboid, Grain grain, std::int64_t horizon);
    void pack(const CuboidSpec& cuboid, Grain grain);

    Store& m_store;
    Dictionary& m_dictionary;
    api::Time m_now;
    std::array<Bases, tableCount> m_bases;
    const TableSpec* m_table = nullptr;  ///< that is written
};

}  // namespace stepwell::engine::analytics
