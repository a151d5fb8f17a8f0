#pragma once

#include "models/backends/offline_cache.h"

#include <sqlite3.h>

namespace stepwell {

/// The file of an OfflineCache. One thread at a time.
class OfflineCache::Database {
  public:
    /// Opens what is there or makes it; look at `isGood`. The file grows to about `largestFile` bytes at
    /// most.
    Database(const std::string& file, std::int64_t largestFile);

    bool isGood() const { return m_good; }
    bool isBroken() const { return m_broken; }  ///< it is no database, or one of another version

    std::optional<Stored> find(const std::string& key, api::Time notBefore);
    void begin();
    void put(const std::string& key, const Stored& answer);
    /// Drops what is older, and then the oldest until the bodies have at most this many bytes.
    void trim(std::int64_t bytes, api::Time notBefore);
    /// False when something since `begin` failed: nothing of it is written then.
    bool commit();

  private:
    struct Close {
        void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Close>;

    bool run(const char* sql);
    Statement prepare(const char* sql);
    void step(sqlite3_stmt* statement);
    std::int64_t number(const char* sql);
    void note(int outcome);

    std::unique_ptr<sqlite3, Close> m_database;
    bool m_good = false;
    bool m_broken = false;
    bool m_failed = false;
};

}  // namespace stepwell
