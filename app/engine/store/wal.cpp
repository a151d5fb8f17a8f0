#include "app/engine/store/sqlite.h"

#include <algorithm>
#include <array>
#include <sqlite3.h>

/// The write-ahead log of the engine's connection: see WalPolicy.
namespace stepwell::engine {

namespace {

// https://www.sqlite.org/fileformat2.html#the_write_ahead_log
constexpr std::int64_t headerBytes = 32;
constexpr std::int64_t frameHeaderBytes = 24;
constexpr std::int64_t pageBytes = 4096;  // of every database that this program makes
constexpr int pieceBytes = 32 << 10;      // SQLite writes less than 128 KiB at once

/// The lock that writers hold is given back by now: there must be no other connection that writes, and there
/// is none, for the data folder is locked. Zeros behind the last frame are no frames for whoever reads the
/// log: its salts are never zero there. An error means nothing, for then the next commit grows the file
/// itself, or finds out what is wrong.
void growAhead(sqlite3* db, const char* name, int pages, std::int64_t step) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(db, name, SQLITE_FCNTL_JOURNAL_POINTER, &file);
    if (file == nullptr || file->pMethods == nullptr) return;
    sqlite3_int64 size = 0;
    if (file->pMethods->xFileSize(file, &size) != SQLITE_OK) return;
    const auto used = headerBytes + pages * (frameHeaderBytes + pageBytes);
    if (used + step / 4 <= size) return;
    static constexpr std::array<char, pieceBytes> zeros{};
    const auto start = std::max<std::int64_t>(size, used);
    for (std::int64_t at = start; at < start + step; at += pieceBytes)
        if (file->pMethods->xWrite(file, zeros.data(), pieceBytes, at) != SQLITE_OK) return;
}

int onCommit(void* state, sqlite3* db, const char* name, int pages) {
    const auto& policy = *static_cast<const WalPolicy*>(state);
    if (pages >= policy.checkpointPages)
        sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    else
        growAhead(db, name, pages, policy.stepBytes);
    return SQLITE_OK;
}

}  // namespace

void Sqlite::setWalPolicy(WalPolicy policy) {
    m_wal = policy;
    sqlite3_wal_hook(m_db, onCommit, &m_wal);
}

}  // namespace stepwell::engine
