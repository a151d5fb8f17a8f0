#include "app/engine/analytics/roller.h"

#include "app/engine/analytics/row_keys.h"

#include <algorithm>
#include <unordered_set>

namespace stepwell::engine::analytics {

namespace {

std::int64_t millis(api::Milliseconds length) {
    return length.count();
}

std::optional<std::size_t> partOf(const CuboidSpec& cuboid, Column column) {
    const auto at = std::find(cuboid.key.begin(), cuboid.key.end(), column);
    if (at == cuboid.key.end()) return std::nullopt;
    return partOfKey(static_cast<std::size_t>(at - cuboid.key.begin()));
}

bool covers(const CuboidSpec& cuboid, const CuboidSpec& other) {
    return std::all_of(other.key.begin(), other.key.end(),
                       [&](Column column) { return partOf(cuboid, column).has_value(); });
}

std::size_t otherKeys(const CuboidSpec& cuboid) {
    return cuboid.key.empty() ? 0 : cuboid.key.size() - 1;
}

/// Rows of a time may come so much later.
constexpr std::chrono::hours lateness{2};

/// The first period that is not over by now.
std::int64_t openPeriod(Grain grain, api::Time now) {
    return std::max<std::int64_t>(0, (now - lateness).time_since_epoch() / periodOf(grain));
}

/// Minutes are not kept for long enough that it would be worth it.
bool isPacked(const CuboidSpec& cuboid, Grain grain) {
    return cuboid.isPacked && grain > Grain::minute;
}

/// Calls `use` with each lead that has cells.
template <class Use>
void forEachLead(Store& store, const CuboidSpec& cuboid, Grain grain, const Use& use) {
    const RollupKey last{cuboid.id, grain, UINT32_MAX, INT64_MAX};
    RollupKey at{cuboid.id, grain, 0, 0};
    while (const auto found = store.nextRollup(at.packed(), last.packed())) {
        use(found->lead);
        at.lead = found->lead + 1;
        if (!store.ok()) return;
    }
}

}  // namespace

std::int64_t Roller::moveHorizon(const CuboidSpec& cuboid, const GrainRule& rule) {
    const auto period = millis(periodOf(rule.grain));
    const auto oldest = (m_now - rule.keep).time_since_epoch().count();
    const auto wanted = std::max<std::int64_t>(0, oldest / period * period);
    const auto stored = m_store.horizon(cuboid.id, rule.grain);
    if (wanted > stored) m_store.setHorizon(cuboid.id, rule.grain, wanted);
    return std::max(wanted, stored);
}

/// A cuboid that has all the keys of others is kept as fine as any of them while rows are gathered, so that
/// each row is looked up once.
Roller::Bases Roller::basesOf(const TableSpec& table) {
    Bases bases;
    for (auto cuboid = table.cuboids.rbegin(); cuboid != table.cuboids.rend(); ++cuboid) {
        const bool isCovered = std::any_of(bases.begin(), bases.end(),
                                           [&](const Made& base) { return covers(*base.cuboid, *cuboid); });
        if (isCovered) continue;
        auto& base = bases.emplace_back();
        base.cuboid = &*cuboid;
        base.grain = Grain::day;
        for (const auto& other : table.cuboids)
            if (covers(*cuboid, other)) base.grain = std::min(base.grain, other.grains.front().grain);
    }
    return bases;
}

void Roller::add(const Batch& batch) {
    if (batch.rows == 0) return;
    auto& bases = m_bases[static_cast<std::size_t>(batch.table)];
    if (bases.empty()) bases = basesOf(tableSpec(batch.table));
    for (auto& base : bases)
        fromRows(batch, base);
}

void Roller::write() {
    for (auto& bases : m_bases)
        if (!bases.empty()) writeTable(bases);
}

void Roller::writeTable(Bases& bases) {
    const auto at = static_cast<std::size_t>(&bases - m_bases.data());
    m_table = &tableSpec(static_cast<TableId>(at));
    std::vector<Made> all;
    std::vector<std::int64_t> horizons;
    for (auto cuboid = m_table->cuboids.rbegin(); cuboid != m_table->cuboids.rend(); ++cuboid)
        for (const auto& rule : cuboid->grains) {
            horizons.push_back(moveHorizon(*cuboid, rule));
            const Made* source = nullptr;
            const auto consider = [&](const Made& from) {
                if (from.grain <= rule.grain && covers(*from.cuboid, *cuboid) &&
                    (source == nullptr || from.cells.size() < source->cells.size()))
                    source = &from;
            };
            for (const auto& base : bases)
                consider(base);
            for (const auto& one : all)
                consider(one);
            Made made;
            made.cuboid = &*cuboid;
            made.grain = rule.grain;
            fromCells(source->cells, *source->cuboid, source->grain, made);
            all.push_back(std::move(made));
        }
    bases.clear();
    for (std::size_t i = 0; i < all.size() && m_store.ok(); ++i)
        write(all[i], horizons[i]);
}

void Roller::fromRows(const Batch& batch, Made& made) {
    const CellShape shape(tableSpec(batch.table));
    RowKeys keys(batch, made.cuboid->key, millis(lengthOf(made.grain)), m_dictionary);
    for (std::size_t i = 0; i < batch.rows; ++i) {
        auto& cell = made.cells.cells()[keys.cellOf(i, made.cells)];
        ++cell.count;
        for (std::size_t m = 0; m < shape.measures.size(); ++m)
            cell.sums[m] += std::max<std::int64_t>(0, batch.columns[shape.measures[m]].values[i]);
        for (std::size_t s = 0; s < shape.sketched.size(); ++s) {
            const auto value = batch.columns[shape.sketched[s]].values[i];
            if (value != absent) cell.addValue(s, value, sketch::bucketOf(value));
        }
    }
}

void Roller::fromCells(const CellMap& from, const CuboidSpec& cuboid, Grain grain, Made& made) {
    const auto ratio = millis(lengthOf(made.grain)) / millis(lengthOf(grain));
    std::vector<std::size_t> parts;
    for (const auto column : made.cuboid->key)
        parts.push_back(*partOf(cuboid, column));
    for (const auto& cell : from.cells()) {
        CellKey key;
        key.parts[1] = cell.key.parts[1] / ratio;
        for (std::size_t k = 0; k < parts.size(); ++k)
            key.parts[partOfKey(k)] = cell.key.parts[parts[k]];
        auto& to = made.cells.at(key);
        to.addNumbers(cell);
        to.addSketches(cell);
    }
}

void Roller::write(Made& made, std::int64_t horizon) {
    auto& cells = made.cells.cells();
    const auto length = millis(lengthOf(made.grain));
    const auto period = millis(periodOf(made.grain));
    std::erase_if(cells, [&](const Cell& cell) { return cell.key.parts[1] * length < horizon; });
    std::sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) { return a.key < b.key; });
    const auto rollupOf = [&](const Cell& cell) {
        return RollupKey{made.cuboid->id, made.grain, static_cast<std::uint32_t>(cell.key.parts[0]),
                         cell.key.parts[1] * length / period};
    };
    for (std::size_t i = 0; i < cells.size();) {
        const auto key = rollupOf(cells[i]);
        auto end = i + 1;
        while (end < cells.size() && rollupOf(cells[end]).packed() == key.packed())
            ++end;
        merge(key, *made.cuboid, std::span(cells).subspan(i, end - i));
        i = end;
    }
}

/// Words that there is no room for become `otherWord`; true when there are such.
bool Roller::boundWords(std::size_t part, std::span<const Cell> old, std::span<Cell> fresh) const {
    std::unordered_set<std::int64_t> words;
    for (const auto& cell : old)
        words.insert(cell.key.parts[part]);
    bool hasOther = false;
    for (auto& cell : fresh) {
        auto& word = cell.key.parts[part];
        if (words.contains(word)) continue;
        if (words.size() < mostWords) {
            words.insert(word);
            continue;
        }
        word = Dictionary::other;
        hasOther = true;
    }
    return hasOther;
}

void Roller::merge(const RollupKey& key, const CuboidSpec& cuboid, std::span<Cell> fresh) {
    const CellShape shape(*m_table);
    const auto others = otherKeys(cuboid);
    std::vector<Cell> cells;
    bool hasOther = false;
    const auto blobs = m_store.rollup(key, true);
    if (blobs && !readCells(*blobs, shape, others, key.lead, cells, hasOther))
        return m_store.damaged("a rollup");
    if (cuboid.open) hasOther |= boundWords(*partOf(cuboid, *cuboid.open), cells, fresh);
    if (m_dictionary.isFull())
        for (std::size_t k = 0; k < cuboid.key.size(); ++k)
            if (m_table->columns[cuboid.key[k]].kind == ColumnKind::word)
                hasOther |= std::any_of(fresh.begin(), fresh.end(), [part = partOfKey(k)](const Cell& cell) {
                    return cell.key.parts[part] == Dictionary::other;
                });
    cells.insert(cells.end(), std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
    std::stable_sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) { return a.key < b.key; });
    std::size_t kept = 0;
    for (std::size_t i = 1; i < cells.size(); ++i) {
        if (cells[i].key == cells[kept].key) {
            cells[kept].addNumbers(cells[i]);
            cells[kept].addSketches(cells[i]);
        } else if (++kept != i) {
            cells[kept] = std::move(cells[i]);
        }
    }
    cells.resize(kept + 1);
    auto written = writeBlock(cells, hasOther, shape, others);
    if (isPacked(cuboid, key.grain) && key.period < openPeriod(key.grain, m_now)) packBlobs(written);
    m_store.putRollup(key, written);
}

void Roller::removeBefore(const CuboidSpec& cuboid, Grain grain, std::int64_t horizon) {
    const auto periods = horizon / millis(periodOf(grain));
    if (periods == 0) return;
    forEachLead(m_store, cuboid, grain, [&](std::uint32_t lead) {
        const RollupKey begin{cuboid.id, grain, lead, 0};
        const RollupKey end{cuboid.id, grain, lead, periods - 1};
        m_store.removeRollups(begin.packed(), end.packed());
    });
}

/// Of the periods that have come to an end since it was last done.
void Roller::pack(const CuboidSpec& cuboid, Grain grain) {
    const auto name = "packed_" + std::to_string(cuboid.id) + '_' + std::to_string(static_cast<int>(grain));
    const auto from = m_store.number(name);
    const auto to = openPeriod(grain, m_now);
    if (!isPacked(cuboid, grain) || from >= to) return;
    forEachLead(m_store, cuboid, grain, [&](std::uint32_t lead) {
        const RollupKey begin{cuboid.id, grain, lead, from};
        const RollupKey end{cuboid.id, grain, lead, to - 1};
        m_store.packRollups(begin.packed(), end.packed());
    });
    m_store.setNumber(name, to);
}

void Roller::expire() {
    for (const auto& table : allTables())
        for (const auto& cuboid : table.cuboids)
            for (const auto& rule : cuboid.grains) {
                removeBefore(cuboid, rule.grain, moveHorizon(cuboid, rule));
                pack(cuboid, rule.grain);
                if (!m_store.ok()) return;
            }
}

std::vector<bool> Roller::usedWords() {
    std::vector<bool> isUsed(m_dictionary.size(), false);
    const auto use = [&isUsed](std::int64_t word) {
        if (word >= 0 && static_cast<std::size_t>(word) < isUsed.size())
            isUsed[static_cast<std::size_t>(word)] = true;
    };
    CellBlock block;
    for (const auto& table : allTables()) {
        const CellShape shape(table);
        for (const auto& cuboid : table.cuboids) {
            const RollupKey first{cuboid.id, Grain::instant, 0, 0};
            const RollupKey last{cuboid.id, Grain::day, UINT32_MAX, INT64_MAX};
            m_store.rollups(
                first.packed(), last.packed(), false, [&](const RollupKey& key, const CellBlobs& blobs) {
                    use(key.lead);
                    if (!readBlock(blobs.numbers, shape, otherKeys(cuboid), {}, block))
                        m_store.damaged("a rollup");
                    for (std::size_t k = 1; k < cuboid.key.size() && m_store.ok(); ++k)
                        if (table.columns[cuboid.key[k]].kind == ColumnKind::word)
                            std::for_each(block.keys[k - 1].begin(), block.keys[k - 1].end(), use);
                    return m_store.ok();
                });
        }
    }
    return isUsed;
}

}  // namespace stepwell::engine::analytics
