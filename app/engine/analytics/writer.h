#pragma once

#include "app/engine/analytics/analytics.h"
#include "app/engine/analytics/roller.h"

namespace stepwell::engine::analytics {

/// What is written to analytics.db, each in a transaction of its own. One thread at a time.
class Writer {
  public:
    /// `db` is of openAnalyticsDatabase.
    Writer(const AnalyticsOptions& options, std::unique_ptr<Sqlite> db, std::unique_ptr<Sqlite> log);

    /// Reads what the database holds about itself.
    api::Result<void> begin();
    /// The last row of the log when it began.
    std::int64_t newestAtStart() const { return m_newest; }
    std::int64_t folded() const { return m_folded; }
    const Dictionary& dictionary() const { return m_dictionary; }
    /// Rows that wait to be rolled.
    std::int64_t unrolled() const { return m_unrolled; }

    /// Takes rows of the log up to a sequence, and chunks of direct rows, which go once they are stored. What
    /// a failure leaves is taken the next time.
    api::Result<void> fold(std::int64_t upTo, std::vector<std::string>& direct, api::Time now);
    /// Makes rollups of all rows that were folded.
    api::Result<void> roll(api::Time now);
    /// Removes what is older than it is kept.
    api::Result<void> expire(api::Time now);
    /// Chunks of the log that could not be read, so far.
    std::int64_t damagedChunks() const { return m_damaged; }

  private:
    /// Adds rows of the log to `rows`, enough for one fold; returns the sequence of the last one.
    std::int64_t readLog(std::int64_t after, std::int64_t upTo, RowSorter& rows);
    std::int64_t waitingRows(std::int64_t upTo);
    api::Result<std::int64_t> foldSome(std::int64_t upTo, RowSorter& rows, Roller* roller);
    void takeRows(RowSorter& rows, Roller* roller);
    api::Result<void> rollSome(TableId table, api::Time now);
    void releaseWords(Roller& roller, api::Time now);
    bool begun();
    api::Result<void> finish();
    api::Result<void> finish(Roller& roller);

    AnalyticsOptions m_options;
    std::unique_ptr<Sqlite> m_db;
    std::unique_ptr<Sqlite> m_log;  ///< read-only; may be null
    Store m_store;
    Dictionary m_dictionary;
    std::int64_t m_folded = 0;
    std::int64_t m_unrolled = 0;
    std::int64_t m_damaged = 0;
    std::int64_t m_newest = 0;
    std::int64_t m_state = 0;
};

/// Rows of a stored segment at most.
inline constexpr std::size_t segmentRows = 65'536;

}  // namespace stepwell::engine::analytics
