#include "app/engine/analytics/cells.h"

#include "app/engine/analytics/packed.h"

#include <algorithm>

namespace stepwell::engine::analytics {

namespace {

constexpr std::uint8_t blockVersion = 1;
// First bytes of packed blobs; no other begins so.
constexpr char packedNumbers = 2;
constexpr char packedSketches = 0;
constexpr std::size_t firstSlots = 1'024;
constexpr std::size_t mostCells = 1U << 22;  ///< of a block: more is no block

std::uint64_t hashOf(const CellKey& key) {
    std::uint64_t hash = 0x9E3779B97F4A7C15;
    for (const auto part : key.parts) {
        hash ^= static_cast<std::uint64_t>(part);
        hash *= 0xBF58476D1CE4E5B9;
        hash ^= hash >> 29;
    }
    return hash;
}

void addLeast(std::int64_t& least, std::int64_t value) {
    if (value != absent) least = least == absent ? value : std::min(least, value);
}

/// A column with its length before it, so that a reader can pass over it.
template <class Value>
void writePart(std::string& out, std::span<const Cell> cells, std::vector<std::int64_t>& scratch,
               const Value& value) {
    scratch.clear();
    for (const auto& cell : cells)
        scratch.push_back(value(cell));
    std::string column;
    writeColumn(column, scratch);
    ByteWriter(out).text(column);
}

bool readPart(ByteReader& reader, std::size_t count, bool isWanted, std::vector<std::int64_t>& values) {
    const auto bytes = reader.text();
    if (!isWanted) return reader.ok();
    return reader.ok() && readColumn(bytes, count, values);
}

}  // namespace

CellShape::CellShape(const TableSpec& table) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (!table.columns[i].isMeasure) continue;
        measures.push_back(static_cast<Column>(i));
        if (table.columns[i].isSketched) sketched.push_back(static_cast<Column>(i));
    }
}

void Cell::addNumbers(const Cell& other) {
    count += other.count;
    for (std::size_t i = 0; i < mostMeasures; ++i)
        sums[i] += other.sums[i];
    for (std::size_t i = 0; i < mostSketched; ++i) {
        addLeast(least[i], other.least[i]);
        greatest[i] = std::max(greatest[i], other.greatest[i]);
    }
}

void Cell::addSketches(const Cell& other) {
    for (std::size_t i = 0; i < mostSketched; ++i)
        sketches[i].merge(other.sketches[i]);
}

void Cell::addValue(std::size_t sketch, std::int64_t value, std::uint16_t bucket) {
    addLeast(least[sketch], value);
    greatest[sketch] = std::max(greatest[sketch], value);
    sketches[sketch].add(bucket);
}

std::size_t CellMap::position(const CellKey& key) {
    if (m_cells.size() * 2 >= m_slots.size()) grow();
    const auto mask = m_slots.size() - 1;
    for (auto slot = hashOf(key) & mask;; slot = (slot + 1) & mask) {
        auto& position = m_slots[slot];
        if (position == 0) {
            position = static_cast<std::uint32_t>(m_cells.size() + 1);
            m_cells.emplace_back().key = key;
            return position - 1;
        }
        if (m_cells[position - 1].key == key) return position - 1;
    }
}

void CellMap::grow() {
    m_slots.assign(std::max(firstSlots, m_slots.size() * 2), 0);
    const auto mask = m_slots.size() - 1;
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        auto slot = hashOf(m_cells[i].key) & mask;
        while (m_slots[slot] != 0)
            slot = (slot + 1) & mask;
        m_slots[slot] = static_cast<std::uint32_t>(i + 1);
    }
}

namespace {

void packOne(std::string& blob, char mark) {
    auto packed = mark + pack(blob);
    if (packed.size() > 1 && packed.size() < blob.size()) blob = std::move(packed);
}

bool unpackOne(std::string& blob, char mark) {
    if (blob.empty() || blob.front() != mark) return true;
    std::string bytes;
    if (!unpack(std::string_view(blob).substr(1), bytes)) return false;
    blob = std::move(bytes);
    return true;
}

}  // namespace

void packBlobs(CellBlobs& blobs) {
    packOne(blobs.numbers, packedNumbers);
    packOne(blobs.sketches, packedSketches);
}

bool unpackBlobs(CellBlobs& blobs) {
    return unpackOne(blobs.numbers, packedNumbers) && unpackOne(blobs.sketches, packedSketches);
}

BlockParts everyPart() {
    BlockParts parts;
    parts.sums.fill(true);
    parts.extremes.fill(true);
    return parts;
}

CellBlobs writeBlock(std::span<const Cell> cells, bool hasOther, const CellShape& shape,
                     std::size_t otherKeys) {
    CellBlobs blobs;
    ByteWriter writer(blobs.numbers);
    writer.byte(blockVersion);
    writer.byte(hasOther ? 1 : 0);
    writer.number(cells.size());
    std::vector<std::int64_t> scratch;
    scratch.reserve(cells.size());
    for (std::size_t i = 0; i <= otherKeys; ++i)
        writePart(blobs.numbers, cells, scratch, [i](const Cell& cell) { return cell.key.parts[i + 1]; });
    writePart(blobs.numbers, cells, scratch, [](const Cell& cell) { return cell.count; });
    for (std::size_t i = 0; i < shape.measures.size(); ++i)
        writePart(blobs.numbers, cells, scratch, [i](const Cell& cell) { return cell.sums[i]; });
    for (std::size_t i = 0; i < shape.sketched.size(); ++i) {
        writePart(blobs.numbers, cells, scratch, [i](const Cell& cell) { return cell.least[i]; });
        // Where there is one value, it is both; the distance is short in any case.
        writePart(blobs.numbers, cells, scratch,
                  [i](const Cell& cell) { return cell.greatest[i] - cell.least[i]; });
    }
    ByteWriter sketches(blobs.sketches);
    for (std::size_t i = 0; i < shape.sketched.size(); ++i) {
        std::string bytes;
        scratch.clear();
        for (const auto& cell : cells) {
            const auto before = bytes.size();
            cell.sketches[i].write(bytes);
            scratch.push_back(static_cast<std::int64_t>(bytes.size() - before));
        }
        std::string lengths;
        writeColumn(lengths, scratch);
        sketches.text(lengths);
        sketches.text(bytes);
    }
    return blobs;
}

bool readBlock(std::string_view numbers, const CellShape& shape, std::size_t otherKeys,
               const BlockParts& parts, CellBlock& block) {
    ByteReader reader(numbers);
    if (reader.byte() != blockVersion) return false;
    block.hasOther = reader.byte() != 0;
    block.count = reader.number();
    if (!reader.ok() || block.count > mostCells) return false;
    const auto count = block.count;
    block.keys.resize(otherKeys);
    block.sums.resize(shape.measures.size());
    block.least.resize(shape.sketched.size());
    block.greatest.resize(shape.sketched.size());
    bool ok = readPart(reader, count, true, block.buckets);
    for (auto& key : block.keys)
        ok = ok && readPart(reader, count, true, key);
    ok = ok && readPart(reader, count, true, block.counts);
    for (std::size_t i = 0; i < block.sums.size(); ++i)
        ok = ok && readPart(reader, count, parts.sums[i], block.sums[i]);
    for (std::size_t i = 0; i < block.least.size(); ++i) {
        const bool isWanted = parts.extremes[i];
        ok = ok && readPart(reader, count, isWanted, block.least[i]) &&
             readPart(reader, count, isWanted, block.greatest[i]);
        if (!ok || !isWanted) continue;
        for (std::size_t j = 0; j < count; ++j)
            block.greatest[i][j] += block.least[i][j];
    }
    return ok;
}

bool readSketches(std::string_view sketches, std::size_t sketch, std::size_t cells,
                  std::vector<std::string_view>& parts) {
    ByteReader reader(sketches);
    for (std::size_t i = 0; i < sketch; ++i) {
        reader.text();
        reader.text();
    }
    std::vector<std::int64_t> lengths;
    const auto packed = reader.text();
    ByteReader bytes(reader.text());
    if (!reader.ok() || !readColumn(packed, cells, lengths)) return false;
    parts.clear();
    for (const auto length : lengths)
        parts.push_back(bytes.raw(static_cast<std::uint64_t>(length)));
    return bytes.ok();
}

bool readCells(const CellBlobs& blobs, const CellShape& shape, std::size_t otherKeys, std::uint32_t lead,
               std::vector<Cell>& cells, bool& hasOther) {
    CellBlock block;
    if (!readBlock(blobs.numbers, shape, otherKeys, everyPart(), block)) return false;
    hasOther = block.hasOther;
    cells.resize(block.count);
    for (std::size_t i = 0; i < block.count; ++i) {
        auto& cell = cells[i];
        cell.key.parts[0] = lead;
        cell.key.parts[1] = block.buckets[i];
        for (std::size_t j = 0; j < otherKeys; ++j)
            cell.key.parts[j + 2] = block.keys[j][i];
        cell.count = block.counts[i];
        for (std::size_t j = 0; j < block.sums.size(); ++j)
            cell.sums[j] = block.sums[j][i];
        for (std::size_t j = 0; j < block.least.size(); ++j) {
            cell.least[j] = block.least[j][i];
            cell.greatest[j] = block.greatest[j][i];
        }
    }
    std::vector<std::string_view> parts;
    for (std::size_t j = 0; j < shape.sketched.size(); ++j) {
        if (!readSketches(blobs.sketches, j, block.count, parts)) return false;
        for (std::size_t i = 0; i < block.count; ++i)
            if (!cells[i].sketches[j].mergeFrom(parts[i])) return false;
    }
    return true;
}

}  // namespace stepwell::engine::analytics
