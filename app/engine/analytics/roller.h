#pragma once

#include "app/engine/analytics/store.h"

namespace stepwell::engine::analytics {

/// Makes rollups of rows: each row goes into the cells of every cuboid and grain of its table, once. Within
/// one transaction of the store.
class Roller {
  public:
    Roller(Store& store, Dictionary& dictionary)
        : m_store(store)
        , m_dictionary(dictionary) {}

    /// Cells older than what is kept of them by now are not made any more.
    void add(const Batch& batch, api::Time now);
    /// Removes cells that are older than what is kept of them.
    void expire(api::Time now);

  private:
    struct Made {
        const CuboidSpec* cuboid = nullptr;
        Grain grain = Grain::hour;
        CellMap cells;
    };

    std::int64_t moveHorizon(const CuboidSpec& cuboid, const GrainRule& rule, api::Time now);
    void fromRows(const Batch& batch, Made& made);
    static void fromCells(const CellMap& from, const CuboidSpec& cuboid, Grain grain, Made& made);
    void write(Made& made, std::int64_t horizon);
    void merge(const RollupKey& key, const CuboidSpec& cuboid, std::span<Cell> fresh);
    bool boundWords(std::size_t part, std::span<const Cell> old, std::span<Cell> fresh) const;

    Store& m_store;
    Dictionary& m_dictionary;
    const TableSpec* m_table = nullptr;  ///< of the batch at hand
};

}  // namespace stepwell::engine::analytics
