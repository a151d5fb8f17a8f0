#pragma once

#include "models/api/site.h"

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace stepwell {

/// The loaded stretches of a long list, by pages of `Size` rows; pages may have holes. At most `capacity`
/// pages are kept, the one not read for the longest goes first. A row has an `id`.
template <class Row, int Size>
class RowCache {
  public:
    static constexpr int pageSize = Size;

    explicit RowCache(std::size_t capacity)
        : m_capacity(capacity) {}

    /// Null for a row that is not here. Counts as a read of its page.
    const Row* row(std::int64_t row);
    /// The same without counting as a read.
    const Row* peek(std::int64_t row) const;
    /// Every row of the page is here, up to `total`.
    bool isWhole(int page, std::int64_t total) const;
    /// Replaces a page.
    void put(int page, std::vector<Row> rows);
    /// Moves every row by this many places; those that leave at the top are dropped.
    void shift(std::int64_t by);
    /// Drops rows from `total` on.
    void cutAt(std::int64_t total);
    void clear();
    std::size_t size() const { return m_pages.size(); }
    /// Where the row of this id is, -1 when it is not here.
    std::int64_t locate(const std::string& id) const;

    /// Something changed that may concern every page: all of them are outdated until they are put again.
    void outdate() { ++m_epoch; }
    bool isOutdated(int page) const;

  private:
    using Rows = std::vector<std::optional<Row>>;
    struct Entry {
        Rows rows;
        std::list<int>::iterator age;
        std::uint64_t epoch = 0;
    };
    Entry& entry(int page);
    void trim();

    std::size_t m_capacity;
    std::uint64_t m_epoch = 0;
    std::unordered_map<int, Entry> m_pages;
    std::list<int> m_ages;  ///< read last at the front
};

using PageCache = RowCache<api::InstanceSummary, 100>;
using SitePageCache = RowCache<api::SiteDeployment, 25>;

extern template class RowCache<api::InstanceSummary, 100>;
extern template class RowCache<api::SiteDeployment, 25>;

}  // namespace stepwell
