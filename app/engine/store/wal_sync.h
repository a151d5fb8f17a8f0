#pragma once

#include "app/engine/runtime/unique_fd.h"

#include <filesystem>
#include <string>

namespace stepwell::engine {

/// Makes commits of a connection with `Sqlite::leaveSyncing` durable, from beside it: a commit is in the
/// write-ahead log as a whole, and a log of which only the beginning is left holds the commits of that
/// beginning and nothing else (https://www.sqlite.org/fileformat2.html#the_write_ahead_log). SQLite itself
/// still syncs around every checkpoint, and the head of every log that begins anew. One thread.
class WalSync {
  public:
    explicit WalSync(std::filesystem::path database)
        : m_database(std::move(database)) {}

    /// Every commit that was finished before the call is durable when it returns true. Otherwise nobody
    /// knows what is, nor whether asking again would tell the truth, and `error` says why.
    bool sync(std::string& error);

  private:
    std::filesystem::path m_database;
    UniqueFd m_log;  ///< SQLite keeps no locks on this file, so a second descriptor does no harm
};

}  // namespace stepwell::engine
