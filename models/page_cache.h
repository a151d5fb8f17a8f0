#pragma once

#include "models/api/types.h"

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

namespace stepwell {

/// Pages of instance rows by number from 0, at most `capacity` of them; the one not read for the longest goes
/// first.
class PageCache {
  public:
    using Rows = std::vector<api::InstanceSummary>;

    explicit PageCache(std::size_t capacity)
        : m_capacity(capacity) {}

    /// Null when absent. Counts as a read.
    const Rows* find(int page);
    /// Null when absent. Not a read.
    const Rows* peek(int page) const;
    void put(int page, Rows rows);
    void clear();
    std::size_t size() const { return m_pages.size(); }
    /// Page and place of an instance, {-1, -1} when it is not here.
    std::pair<int, int> locate(const std::string& id) const;
    /// Keeps only pages from `first` to `last`.
    void keepOnly(int first, int last);

  private:
    struct Entry {
        Rows rows;
        std::list<int>::iterator age;
    };
    std::size_t m_capacity;
    std::unordered_map<int, Entry> m_pages;
    std::list<int> m_ages;  ///< read last at the front
};

}  // namespace stepwell
