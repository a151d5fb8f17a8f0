#include "app/engine/analytics/row_keys.h"

#include <algorithm>

namespace stepwell::engine::analytics {

namespace {

constexpr std::uint64_t mostDirect = 1U << 16;
constexpr std::uint64_t mostNumbered = std::uint64_t{1} << 62;
constexpr std::size_t firstSlots = 1'024;

}  // namespace

RowKeys::RowKeys(const Batch& batch, const std::vector<Column>& keys, std::int64_t length,
                 Dictionary& dictionary)
    : m_batch(batch)
    , m_length(length) {
    const auto [first, last] = std::minmax_element(batch.times.begin(), batch.times.end());
    m_firstBucket = *first / length;
    m_buckets = static_cast<std::uint64_t>(*last / length - m_firstBucket) + 1;
    auto count = m_buckets;
    for (const auto column : keys) {
        const auto& data = batch.columns[column];
        Part part;
        part.values = data.values;
        for (const auto& word : data.words)
            part.numbers.push_back(dictionary.add(word));
        const auto [least, most] = std::minmax_element(data.values.begin(), data.values.end());
        part.least = *least;
        part.width = static_cast<std::uint64_t>(*most) - static_cast<std::uint64_t>(*least) + 1;
        m_isNumbered = m_isNumbered && part.width != 0 && count <= mostNumbered / part.width;
        if (m_isNumbered) count *= part.width;
        m_parts.push_back(std::move(part));
    }
    m_isDirect = m_isNumbered && count <= mostDirect;
    m_slots.assign(m_isDirect ? count : firstSlots, 0);
    if (!m_isDirect) m_numbers.resize(firstSlots);
}

CellKey RowKeys::keyOf(std::size_t row) const {
    CellKey key;
    key.parts[1] = m_batch.times[row] / m_length;
    for (std::size_t k = 0; k < m_parts.size(); ++k) {
        const auto value = m_parts[k].values[row];
        key.parts[partOfKey(k)] =
            m_parts[k].numbers.empty() ? value : m_parts[k].numbers[static_cast<std::size_t>(value)];
    }
    return key;
}

std::size_t RowKeys::cellOf(std::size_t row, CellMap& cells) {
    if (!m_isNumbered) return cells.position(keyOf(row));
    auto number = static_cast<std::uint64_t>(m_batch.times[row] / m_length - m_firstBucket);
    for (const auto& part : m_parts)
        number = number * part.width + static_cast<std::uint64_t>(part.values[row] - part.least);
    auto& slot = slotOf(number);
    if (slot == 0) {
        slot = static_cast<std::uint32_t>(cells.position(keyOf(row)) + 1);
        return slot - 1;
    }
    return slot - 1;
}

std::uint32_t& RowKeys::slotOf(std::uint64_t number) {
    if (m_isDirect) return m_slots[number];
    if (m_used * 2 >= m_slots.size()) grow();
    const auto mask = m_slots.size() - 1;
    for (auto at = static_cast<std::size_t>(number * 0x9E3779B97F4A7C15 >> 32) & mask;;
         at = (at + 1) & mask) {
        if (m_slots[at] != 0 && m_numbers[at] != number) continue;
        if (m_slots[at] == 0) {
            m_numbers[at] = number;
            ++m_used;  // the caller fills it
        }
        return m_slots[at];
    }
}

void RowKeys::grow() {
    const auto numbers = std::move(m_numbers);
    const auto slots = std::move(m_slots);
    m_slots.assign(slots.size() * 2, 0);
    m_numbers.assign(slots.size() * 2, 0);
    m_used = 0;
    for (std::size_t i = 0; i < slots.size(); ++i)
        if (slots[i] != 0) slotOf(numbers[i]) = slots[i];
}

}  // namespace stepwell::engine::analytics
