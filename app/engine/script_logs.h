#pragma once

#include "app/engine/store/rows.h"

#include <deque>
#include <map>
#include <mutex>

namespace stepwell::engine {

/// The last lines that the handlers of each script logged. In memory only, bounded. Thread-safe.
class ScriptLogs {
  public:
    void add(const std::string& script, LogRow row);
    /// Those with a greater id than `after`, oldest first.
    std::vector<LogRow> list(const std::string& script, std::int64_t after, int limit) const;

  private:
    struct Ring {
        std::deque<LogRow> rows;
        std::size_t bytes = 0;
    };

    mutable std::mutex m_mutex;
    std::map<std::string, Ring> m_rings;  ///< guarded by m_mutex, as is the id
    std::int64_t m_lastId = 0;
};

}  // namespace stepwell::engine
