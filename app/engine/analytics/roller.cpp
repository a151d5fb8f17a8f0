#include "app/engine/analytics/roller.h"

#include <algorithm>
#include <unordered_set>

namespace stepwell::engine::analytics {

namespace {

std::int64_t millis(api::Milliseconds length) {
    return length.count();
}

/// Positions of a cuboid's key columns in a cell's key: the lead comes first, the bucket second.
std::size_t partOf(std::size_t key) {
    return key == 0 ? 0 : key + 1;
}

std::optional<std::size_t> partOf(const CuboidSpec& cuboid, Column column) {
    const auto at = std::find(cuboid.key.begin(), cuboid.key.end(), column);
    if (at == cuboid.key.end()) return std::nullopt;
    return partOf(static_cast<std::size_t>(at - cuboid.key.begin()));
}

bool covers(const CuboidSpec& cuboid, const CuboidSpec& other) {
    return std::all_of(other.key.begin(), other.key.end(),
                       [&](Column column) { return partOf(cuboid, column).has_value(); });
}

std::size_t otherKeys(const CuboidSpec& cuboid) {
    return cuboid.key.empty() ? 0 : cuboid.key.size() - 1;
}

}  // namespace

std::int64_t Roller::moveHorizon(const CuboidSpec& cuboid, const GrainRule& rule, api::Time now) {
    const auto period = millis(periodOf(rule.grain));
    const auto oldest = (now - rule.keep).time_since_epoch().count();
    const auto wanted = std::max<std::int64_t>(0, oldest / period * period);
    const auto stored = m_store.horizon(cuboid.id, rule.grain);
    if (wanted > stored) m_store.setHorizon(cuboid.id, rule.grain, wanted);
    return std::max(wanted, stored);
}

void Roller::add(const Batch& batch, api::Time now) {
    if (batch.rows == 0) return;
    m_table = &tableSpec(batch.table);
    const auto newest = *std::max_element(batch.times.begin(), batch.times.end());
    std::vector<Made> all;
    std::vector<std::int64_t> horizons;
    // The cuboid with most keys comes first, and of each its finest grain: the others are made of its cells,
    // of which there are fewer than rows.
    for (auto cuboid = m_table->cuboids.rbegin(); cuboid != m_table->cuboids.rend(); ++cuboid) {
        for (const auto& rule : cuboid->grains) {
            const auto horizon = moveHorizon(*cuboid, rule, now);
            if (newest < horizon) continue;
            Made made;
            made.cuboid = &*cuboid;
            made.grain = rule.grain;
            std::optional<std::size_t> source;
            for (std::size_t i = 0; i < all.size(); ++i)
                if (all[i].grain <= rule.grain && covers(*all[i].cuboid, *cuboid) &&
                    (!source || all[i].cells.size() < all[*source].cells.size()))
                    source = i;
            if (source)
                fromCells(all[*source].cells, *all[*source].cuboid, all[*source].grain, made);
            else
                fromRows(batch, made);
            all.push_back(std::move(made));
            horizons.push_back(horizon);
        }
    }
    for (std::size_t i = 0; i < all.size(); ++i)
        write(all[i], horizons[i]);
}

void Roller::fromRows(const Batch& batch, Made& made) {
    const CellShape shape(*m_table);
    const auto& keys = made.cuboid->key;
    std::vector<std::vector<std::int64_t>> numbers(keys.size());  // of words
    for (std::size_t k = 0; k < keys.size(); ++k)
        for (const auto& word : batch.columns[keys[k]].words)
            numbers[k].push_back(m_dictionary.add(word));
    const auto length = millis(lengthOf(made.grain));
    for (std::size_t i = 0; i < batch.rows; ++i) {
        CellKey key;
        key.parts[1] = batch.times[i] / length;
        for (std::size_t k = 0; k < keys.size(); ++k) {
            const auto value = batch.columns[keys[k]].values[i];
            const bool isWord = m_table->columns[keys[k]].kind == ColumnKind::word;
            key.parts[partOf(k)] = isWord ? numbers[k][static_cast<std::size_t>(value)] : value;
        }
        auto& cell = made.cells.at(key);
        ++cell.count;
        for (std::size_t m = 0; m < shape.measures.size(); ++m)
            cell.sums[m] += std::max<std::int64_t>(0, batch.columns[shape.measures[m]].values[i]);
        for (std::size_t s = 0; s < shape.sketched.size(); ++s)
            cell.addValue(s, batch.columns[shape.sketched[s]].values[i]);
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
            key.parts[partOf(k)] = cell.key.parts[parts[k]];
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
    if (m_dictionary.size() >= Dictionary::mostWords)
        for (std::size_t k = 0; k < cuboid.key.size(); ++k)
            if (m_table->columns[cuboid.key[k]].kind == ColumnKind::word)
                hasOther |= std::any_of(fresh.begin(), fresh.end(), [part = partOf(k)](const Cell& cell) {
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
    m_store.putRollup(key, writeBlock(cells, hasOther, shape, others));
}

void Roller::expire(api::Time now) {
    for (const auto& table : allTables())
        for (const auto& cuboid : table.cuboids)
            for (const auto& rule : cuboid.grains) {
                const auto horizon = moveHorizon(cuboid, rule, now);
                const auto periods = horizon / millis(periodOf(rule.grain));
                if (periods == 0) continue;
                const RollupKey last{cuboid.id, rule.grain, UINT32_MAX, INT64_MAX};
                RollupKey at{cuboid.id, rule.grain, 0, 0};
                while (const auto found = m_store.nextRollup(at.packed(), last.packed())) {
                    RollupKey begin{cuboid.id, rule.grain, found->lead, 0};
                    RollupKey end{cuboid.id, rule.grain, found->lead, periods - 1};
                    m_store.removeRollups(begin.packed(), end.packed());
                    at = {cuboid.id, rule.grain, found->lead + 1, 0};
                    if (!m_store.ok()) return;
                }
            }
}

}  // namespace stepwell::engine::analytics
