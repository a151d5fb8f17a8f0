#include "tests/simulation/database.h"

#include <cstdio>
#include <cstdlib>
#include <sqlite3.h>

namespace stepwell::simulation {

namespace {

thread_local sqlite3* lastOpened = nullptr;

/// SQLite calls this for every connection: the engine's class gives its handle to nobody.
int rememberConnection(sqlite3* db, const char** /*error*/, const sqlite3_api_routines* /*api*/) {
    lastOpened = db;
    return SQLITE_OK;
}

std::unique_ptr<engine::Sqlite> opened(const std::filesystem::path& file) {
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(rememberConnection));
    auto db = engine::openDatabase(file);
    if (!db) {
        std::fprintf(stderr, "%s\n", db.error().message.c_str());
        std::abort();
    }
    return std::move(*db);
}

}  // namespace

FaultyDatabase::FaultyDatabase(const std::filesystem::path& file)
    : m_db(opened(file))
    , m_raw(lastOpened) {
    sqlite3_commit_hook(
        m_raw,
        [](void* self) {
            return std::exchange(static_cast<FaultyDatabase*>(self)->m_failsCommit, false) ? 1 : 0;
        },
        this);
}

FaultyDatabase::~FaultyDatabase() = default;

void FaultyDatabase::failAfter(int steps) {
    sqlite3_progress_handler(
        m_raw, steps,
        [](void* raw) {
            sqlite3_progress_handler(static_cast<sqlite3*>(raw), 0, nullptr, nullptr);
            return 1;
        },
        m_raw);
}

void FaultyDatabase::setFull(bool full) {
    sqlite3_exec(m_raw, full ? "PRAGMA max_page_count=1" : "PRAGMA max_page_count=1073741823", nullptr,
                 nullptr, nullptr);
}

void FaultyDatabase::heal() {
    m_failsCommit = false;
    sqlite3_progress_handler(m_raw, 0, nullptr, nullptr);
}

}  // namespace stepwell::simulation
