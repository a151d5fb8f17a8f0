#pragma once

#include "app/engine/analytics/filter.h"
#include "app/engine/analytics/store.h"

namespace stepwell::engine::analytics {

/// A part of the range of a query, and what it is answered from.
struct Piece {
    std::int64_t from = 0;
    std::int64_t to = 0;
    const CuboidSpec* cuboid = nullptr;  ///< null: from rows
    Grain grain = Grain::instant;
};

/// What a query needs of a rollup.
struct Needs {
    std::array<bool, mostColumns> columns{};  ///< dimensions that it groups or filters by
    Grain grain = Grain::day;                 ///< coarsest cells that tell enough of the time
    bool rowsOnly = false;                    ///< it looks at what only rows have
};
api::Result<Needs> needsOf(const Query& query, const CompiledFilter& filter, const TableSpec& table);

/// Covers [from, to) in order of time: the coarsest cells that are exact in the middle, finer ones at the
/// edges, rows for what is left.
std::vector<Piece> plan(const TableSpec& table, const Needs& needs, std::int64_t from, std::int64_t to,
                        Store& store);

}  // namespace stepwell::engine::analytics
