#pragma once

#include "app/engine/store/sqlite.h"
#include "history.h"

#include <filesystem>
#include <fstream>

namespace stepwell::bench {

/// The same events as rows of a plain SQLite table, as one would keep them without any thought; beside it, as
/// text, for other databases.
class PlainTable {
  public:
    explicit PlainTable(const std::filesystem::path& file);
    void add(const HistoryEvent& event);
    void finish();
    /// The example query: hours of one workflow; returns count and sum over all of them.
    std::pair<std::int64_t, std::int64_t> example(std::int64_t from, std::int64_t to,
                                                  const std::string& workflow);
    void addIndex();
    /// Exact wall times of one workflow's successes, sorted.
    std::vector<std::int64_t> wallTimes(const std::string& workflow);
    std::int64_t bytes();

  private:
    std::unique_ptr<engine::Sqlite> m_db;
    std::ofstream m_text;
    std::int64_t m_rows = 0;
};

}  // namespace stepwell::bench
