#pragma once

#include "app/engine/analytics/batch.h"
#include "app/engine/analytics/sketch.h"

#include <array>

/// Cells of rollups: what the rows of one stretch of time and one set of words and numbers add up to.
namespace stepwell::engine::analytics {

/// Which measures of a table cells hold.
struct CellShape {
    explicit CellShape(const TableSpec& table);
    std::vector<Column> measures;
    std::vector<Column> sketched;  ///< of those
};

inline constexpr std::size_t mostMeasures = 8;
inline constexpr std::size_t mostSketched = 3;
/// Lead, bucket of time, and the other keys.
inline constexpr std::size_t keyParts = mostKeys + 1;

/// `parts[0]` is the lead's word, or Dictionary::none; `parts[1]` the number of the bucket, counted from 1970
/// in the length of the grain; then the other keys of the cuboid: words by number, or integers.
struct CellKey {
    std::array<std::int64_t, keyParts> parts{};
    friend auto operator<=>(const CellKey&, const CellKey&) = default;
};

/// Where a cuboid's key columns are in a cell's key.
constexpr std::size_t partOfKey(std::size_t key) {
    return key == 0 ? 0 : key + 1;
}

struct Cell {
    CellKey key;
    std::int64_t count = 0;
    std::array<std::int64_t, mostMeasures> sums{};
    std::array<std::int64_t, mostSketched> least{absent, absent, absent};
    std::array<std::int64_t, mostSketched> greatest{absent, absent, absent};
    std::array<Sketch, mostSketched> sketches;

    /// Adds everything but the sketches.
    void addNumbers(const Cell& other);
    void addSketches(const Cell& other);
    void addValue(std::size_t sketch, std::int64_t value, std::uint16_t bucket);
};

/// Cells by their keys.
class CellMap {
  public:
    Cell& at(const CellKey& key) { return m_cells[position(key)]; }
    std::size_t position(const CellKey& key);  ///< of its cell, which is made when there is none
    std::vector<Cell>& cells() { return m_cells; }
    const std::vector<Cell>& cells() const { return m_cells; }
    std::size_t size() const { return m_cells.size(); }

  private:
    void grow();

    std::vector<Cell> m_cells;
    std::vector<std::uint32_t> m_slots;  ///< position in m_cells, from 1 on; 0: free
};

/// The cells of one lead and period as they are stored, column by column, in order of bucket and keys.
struct CellBlock {
    bool hasOther = false;  ///< some words stand together under `otherWord`
    std::size_t count = 0;
    std::vector<std::int64_t> buckets;            ///< as in CellKey
    std::vector<std::vector<std::int64_t>> keys;  ///< after lead and bucket
    std::vector<std::int64_t> counts;
    std::vector<std::vector<std::int64_t>> sums;      ///< as CellShape::measures
    std::vector<std::vector<std::int64_t>> least;     ///< as CellShape::sketched
    std::vector<std::vector<std::int64_t>> greatest;  ///< the same
};

/// What a reader wants of a block besides buckets, keys and counts, by position in the shape.
struct BlockParts {
    std::array<bool, mostMeasures> sums{};
    std::array<bool, mostSketched> extremes{};
};
BlockParts everyPart();

/// Two blobs: numbers, and sketches, of cells in order.
struct CellBlobs {
    std::string numbers;
    std::string sketches;
};
/// Fewer bytes, where that is worth it; reading packed ones takes longer.
void packBlobs(CellBlobs& blobs);
/// Whole again, packed or not; false when they are damaged.
bool unpackBlobs(CellBlobs& blobs);
/// `otherKeys` counts the keys after the lead.
CellBlobs writeBlock(std::span<const Cell> cells, bool hasOther, const CellShape& shape,
                     std::size_t otherKeys);
/// False when the bytes are not such a block.
bool readBlock(std::string_view numbers, const CellShape& shape, std::size_t otherKeys,
               const BlockParts& parts, CellBlock& block);
/// Sketches of one sketched measure, cell by cell, as Sketch::write wrote them.
bool readSketches(std::string_view sketches, std::size_t sketch, std::size_t cells,
                  std::vector<std::string_view>& parts);
/// Cells again, with all that they hold.
bool readCells(const CellBlobs& blobs, const CellShape& shape, std::size_t otherKeys, std::uint32_t lead,
               std::vector<Cell>& cells, bool& hasOther);

}  // namespace stepwell::engine::analytics
