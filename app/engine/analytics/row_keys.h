#pragma once

#include "app/engine/analytics/cells.h"
#include "app/engine/analytics/dictionary.h"

namespace stepwell::engine::analytics {

/// Finds the cell of each row of a batch. A row's key is one number made of its columns' small ones, which is
/// looked up faster than a CellKey.
class RowKeys {
  public:
    /// `length` is that of the buckets of time, milliseconds. Words are added to the dictionary.
    RowKeys(const Batch& batch, const std::vector<Column>& keys, std::int64_t length, Dictionary& dictionary);
    /// Position in `cells`, where one is made when there is none.
    std::size_t cellOf(std::size_t row, CellMap& cells);

  private:
    struct Part {
        std::span<const std::int64_t> values;
        std::vector<std::int64_t> numbers;  ///< of words, in the dictionary; empty: the value itself
        std::int64_t least = 0;
        std::uint64_t width = 1;  ///< values are from `least` on, fewer than this
    };
    CellKey keyOf(std::size_t row) const;
    std::uint32_t& slotOf(std::uint64_t number);
    void grow();

    const Batch& m_batch;
    std::int64_t m_length;
    std::int64_t m_firstBucket = 0;
    std::uint64_t m_buckets = 1;
    std::vector<Part> m_parts;
    bool m_isNumbered = true;  ///< keys fit a number
    bool m_isDirect = false;   ///< the number is the slot
    std::vector<std::uint64_t> m_numbers;
    std::vector<std::uint32_t> m_slots;  ///< position of the cell, from 1 on; 0: none yet
    std::size_t m_used = 0;
};

}  // namespace stepwell::engine::analytics
