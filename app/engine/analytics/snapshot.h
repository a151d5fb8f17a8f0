#pragma once

#include "app/engine/analytics/analytics.h"
#include "app/engine/analytics/executor.h"

#include <mutex>

namespace stepwell::engine::analytics {

/// Makes snapshots, and keeps connections that none uses now. Outlives its snapshots. Any thread.
class SnapshotMaker {
  public:
    SnapshotMaker(const AnalyticsOptions& options, const Dictionary& dictionary);
    api::Result<std::unique_ptr<Snapshot>> snapshot();

  private:
    friend class LocalSnapshot;
    struct Reader {
        std::unique_ptr<Sqlite> db;
        std::unique_ptr<Sqlite> log;  ///< null when there is no log
    };

    api::Result<Reader> take();
    void give(Reader reader);

    std::filesystem::path m_database;
    std::filesystem::path m_log;
    const Dictionary& m_dictionary;
    std::mutex m_mutex;
    std::vector<Reader> m_idle;  ///< guarded by m_mutex
};

}  // namespace stepwell::engine::analytics
