#pragma once

#include "app/engine/analytics/snapshot.h"
#include "app/engine/analytics/writer.h"

#include <QTemporaryDir>

#include <random>

/// Analytics under test, and beside it the same rows as plain values.
namespace stepwell::engine::analytics {

struct PlainRow {
    TableId table = TableId::workflowEvents;
    std::int64_t time = 0;
    std::vector<Value> values;  ///< all columns; measures without a value are -1
};

inline constexpr std::int64_t worldNow = 1'790'000'123'456;  ///< some day in 2026
inline constexpr std::int64_t dayLength = 86'400'000;

/// Some row; `span` is how long before worldNow it may be.
PlainRow randomRow(std::mt19937_64& random, std::int64_t span);
/// One of a step or path that is among very many.
PlainRow rowOfMany(std::mt19937_64& random, std::int64_t span);

class World {
  public:
    World();
    ~World();

    /// Commits a turn with these rows to the log.
    void turn(const std::vector<PlainRow>& rows);
    /// Commits them to the log of a database that fails before the commit: nothing stays.
    void failedTurn(const std::vector<PlainRow>& rows);
    void fold();
    /// Has no room for all that is to be written: does some, and fails.
    bool foldWithoutRoom();
    bool rollWithoutRoom();
    void roll();
    void trim();
    void expire(std::chrono::hours keepRows);
    /// All that was not written is gone, as after a kill, and what was begun is undone.
    void crash();

    Writer& writer() { return *m_writer; }
    std::unique_ptr<Snapshot> snapshot();
    /// Rows that must be told, those from `rowsSince` on.
    const std::vector<PlainRow>& rows() const { return m_rows; }
    AnalyticsOptions& options() { return m_options; }

  private:
    void open();
    bool withoutRoom(const std::function<api::Result<void>()>& work);

    std::vector<std::unique_ptr<QTemporaryDir>> m_dirs;
    AnalyticsOptions m_options;
    std::unique_ptr<Sqlite> m_log;
    Sqlite* m_db = nullptr;
    std::unique_ptr<Writer> m_writer;
    std::unique_ptr<SnapshotMaker> m_snapshots;
    std::int64_t m_sequence = 0;
    std::vector<PlainRow> m_rows;
};

}  // namespace stepwell::engine::analytics
