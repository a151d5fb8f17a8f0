#include "app/engine/analytics/planner.h"

#include <algorithm>

namespace stepwell::engine::analytics {

namespace {

tl::unexpected<api::Error> bad(const std::string& what) {
    return api::fail(400, api::code::badBody, what);
}

/// Without overflow at the far ends of time.
std::int64_t floorTo(std::int64_t time, std::int64_t length) {
    return time / length * length;
}

std::int64_t ceilTo(std::int64_t time, std::int64_t length) {
    const auto floor = floorTo(time, length);
    return floor == time ? floor : floor + length;
}

bool fits(const CuboidSpec& cuboid, const Needs& needs) {
    for (std::size_t column = 0; column < needs.columns.size(); ++column)
        if (needs.columns[column] &&
            std::find(cuboid.key.begin(), cuboid.key.end(), column) == cuboid.key.end())
            return false;
    return true;
}

class Planner {
  public:
    Planner(const TableSpec& table, const Needs& needs, Store& store)
        : m_table(table)
        , m_needs(needs)
        , m_store(store) {}

    /// `coarsest` and finer are tried.
    void cover(std::int64_t from, std::int64_t to, int coarsest) {
        if (from >= to) return;
        for (int grain = coarsest; grain > static_cast<int>(Grain::instant); --grain) {
            const auto part = best(from, to, static_cast<Grain>(grain));
            if (!part) continue;
            cover(from, part->from, grain - 1);
            m_pieces.push_back(*part);
            cover(part->to, to, grain - 1);
            return;
        }
        m_pieces.push_back({from, to, nullptr, Grain::instant});
    }
    std::vector<Piece> take() { return std::move(m_pieces); }

  private:
    /// The longest stretch of whole cells, by the cuboid with the fewest of them.
    std::optional<Piece> best(std::int64_t from, std::int64_t to, Grain grain) {
        const auto length = lengthOf(grain).count();
        std::optional<Piece> found;
        for (const auto& cuboid : m_table.cuboids) {
            const bool hasGrain = std::any_of(cuboid.grains.begin(), cuboid.grains.end(),
                                              [grain](const GrainRule& rule) { return rule.grain == grain; });
            if (!hasGrain || !fits(cuboid, m_needs)) continue;
            const auto begin = ceilTo(std::max(from, m_store.horizon(cuboid.id, grain)), length);
            const auto end = floorTo(to, length);
            if (begin < end && (!found || begin < found->from)) found = Piece{begin, end, &cuboid, grain};
        }
        return found;
    }

    const TableSpec& m_table;
    const Needs& m_needs;
    Store& m_store;
    std::vector<Piece> m_pieces;
};

}  // namespace

api::Result<Needs> needsOf(const Query& query, const CompiledFilter& filter, const TableSpec& table) {
    Needs needs;
    needs.columns = filter.uses();
    needs.grain = std::min(filter.grain(), query.bucket.value_or(Grain::day));
    for (const auto column : query.groupBy) {
        if (column >= table.columns.size() || table.columns[column].isMeasure)
            return bad("table " + std::string(table.name) + " cannot be grouped by its column " +
                       std::to_string(column));
        needs.columns[column] = true;
    }
    for (const auto& asked : query.measures) {
        if (asked.column >= table.columns.size() || !table.columns[asked.column].isMeasure)
            return bad("table " + std::string(table.name) + " has no measure " +
                       std::to_string(asked.column));
        if (!asked.quantiles.empty() && !table.columns[asked.column].isSketched)
            return bad("there are no quantiles of " + std::string(table.columns[asked.column].name));
    }
    for (const auto& order : query.order) {
        const bool isKey = order.by == Order::By::key;
        const bool isPlain = order.by == Order::By::bucket || order.by == Order::By::count;
        if (!isPlain && order.index >= (isKey ? query.groupBy.size() : query.measures.size()))
            return bad("the order names something that the query does not ask for");
        if (order.by == Order::By::quantile && order.quantile >= query.measures[order.index].quantiles.size())
            return bad("the order names a quantile that the query does not ask for");
    }
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        needs.rowsOnly = needs.rowsOnly || (needs.columns[i] && table.columns[i].isMeasure);
    return needs;
}

std::vector<Piece> plan(const TableSpec& table, const Needs& needs, std::int64_t from, std::int64_t to,
                        Store& store) {
    Planner planner(table, needs, store);
    planner.cover(from, to, needs.rowsOnly ? 0 : static_cast<int>(needs.grain));
    return planner.take();
}

}  // namespace stepwell::engine::analytics
