#include "models/page_cache.h"

#include <algorithm>

namespace stepwell {

template <class Row, int Size>
const Row* RowCache<Row, Size>::row(std::int64_t row) {
    const auto found = m_pages.find(static_cast<int>(row / pageSize));
    if (found == m_pages.end()) return nullptr;
    m_ages.splice(m_ages.begin(), m_ages, found->second.age);
    return peek(row);
}

template <class Row, int Size>
const Row* RowCache<Row, Size>::peek(std::int64_t row) const {
    const auto found = m_pages.find(static_cast<int>(row / pageSize));
    if (row < 0 || found == m_pages.end()) return nullptr;
    const auto& slot = found->second.rows[static_cast<std::size_t>(row % pageSize)];
    return slot ? &*slot : nullptr;
}

template <class Row, int Size>
bool RowCache<Row, Size>::isWhole(int page, std::int64_t total) const {
    const std::int64_t first = std::int64_t{page} * pageSize;
    const auto found = m_pages.find(page);
    if (found == m_pages.end()) return false;
    const auto count = std::clamp<std::int64_t>(total - first, 0, pageSize);
    return std::all_of(found->second.rows.begin(), found->second.rows.begin() + count,
                       [](const auto& slot) { return slot.has_value(); });
}

template <class Row, int Size>
typename RowCache<Row, Size>::Entry& RowCache<Row, Size>::entry(int page) {
    const auto [found, fresh] = m_pages.try_emplace(page);
    if (fresh) {
        m_ages.push_front(page);
        found->second.age = m_ages.begin();
        found->second.rows.resize(pageSize);
    }
    return found->second;
}

template <class Row, int Size>
void RowCache<Row, Size>::put(int page, std::vector<Row> rows) {
    auto& kept = entry(page);
    kept.rows.assign(pageSize, std::nullopt);
    kept.epoch = m_epoch;
    const auto count = std::min<std::size_t>(rows.size(), pageSize);
    for (std::size_t i = 0; i < count; ++i)
        kept.rows[i] = std::move(rows[i]);
    m_ages.splice(m_ages.begin(), m_ages, kept.age);
    trim();
}

template <class Row, int Size>
void RowCache<Row, Size>::trim() {
    while (m_pages.size() > m_capacity) {
        m_pages.erase(m_ages.back());
        m_ages.pop_back();
    }
}

template <class Row, int Size>
void RowCache<Row, Size>::shift(std::int64_t by) {
    auto old = std::move(m_pages);
    const auto ages = std::move(m_ages);
    clear();
    // Oldest first, so that the order of reading survives.
    for (auto age = ages.rbegin(); age != ages.rend(); ++age) {
        auto& rows = old.at(*age).rows;
        for (int place = 0; place < pageSize; ++place) {
            const std::int64_t row = std::int64_t{*age} * pageSize + place + by;
            auto& slot = rows[static_cast<std::size_t>(place)];
            if (!slot || row < 0) continue;
            auto& target = entry(static_cast<int>(row / pageSize));
            target.epoch = old.at(*age).epoch;
            target.rows[static_cast<std::size_t>(row % pageSize)] = std::move(slot);
        }
    }
    trim();
}

template <class Row, int Size>
void RowCache<Row, Size>::cutAt(std::int64_t total) {
    for (auto it = m_pages.begin(); it != m_pages.end();) {
        const std::int64_t first = std::int64_t{it->first} * pageSize;
        if (first >= total) {
            m_ages.erase(it->second.age);
            it = m_pages.erase(it);
            continue;
        }
        for (std::int64_t place = total - first; place < pageSize; ++place)
            it->second.rows[static_cast<std::size_t>(place)].reset();
        ++it;
    }
}

template <class Row, int Size>
void RowCache<Row, Size>::clear() {
    m_pages.clear();
    m_ages.clear();
}

template <class Row, int Size>
std::int64_t RowCache<Row, Size>::locate(const std::string& id) const {
    for (const auto& [page, kept] : m_pages)
        for (std::size_t place = 0; place < kept.rows.size(); ++place)
            if (kept.rows[place] && kept.rows[place]->id == id)
                return std::int64_t{page} * pageSize + static_cast<std::int64_t>(place);
    return -1;
}

template <class Row, int Size>
bool RowCache<Row, Size>::isOutdated(int page) const {
    const auto found = m_pages.find(page);
    return found != m_pages.end() && found->second.epoch < m_epoch;
}

template class RowCache<api::InstanceSummary, 100>;
template class RowCache<api::SiteDeployment, 25>;

}  // namespace stepwell
