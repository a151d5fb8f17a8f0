#include "tests/simulation/database.h"

#include <fstream>
#include <sqlite3.h>
#include <stdexcept>
#include <unistd.h>

namespace stepwell::simulation {

namespace {

thread_local sqlite3* lastOpened = nullptr;

/// SQLite calls this for every connection: the engine's class gives its handle to nobody.
int rememberConnection(sqlite3* db, const char** /*error*/, const sqlite3_api_routines* /*api*/) {
    lastOpened = db;
    return SQLITE_OK;
}

}  // namespace

FaultyDatabase::FaultyDatabase(Disk* disk)
    : m_disk(disk) {
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(rememberConnection));
    if (m_disk != nullptr)
        m_file =
            std::filesystem::temp_directory_path() / ("simulation-" + std::to_string(::getpid()) + ".db");
    open();
}

/// The engine asks the file system whether there is a database before it asks SQLite.
void FaultyDatabase::markFile() const {
    if (m_disk == nullptr) return;
    if (m_disk->find(m_file) != nullptr)
        std::ofstream{m_file};
    else
        std::filesystem::remove(m_file);
}

void FaultyDatabase::open() {
    for (;;) {
        markFile();
        auto db = engine::openDatabase(m_file);
        if (db) {
            m_db = std::move(*db);
            break;
        }
        if (m_disk == nullptr || !m_disk->isOut()) throw std::runtime_error(db.error().message);
        m_disk->restorePower();
    }
    m_raw = lastOpened;
    sqlite3_commit_hook(
        m_raw,
        [](void* self) {
            return std::exchange(static_cast<FaultyDatabase*>(self)->m_failsCommit, false) ? 1 : 0;
        },
        this);
    m_db->leaveSyncing();
    if (m_synchronous == Synchronous::off) answer("PRAGMA synchronous=OFF");
    constexpr int walStep = 32 << 10;  // so that it is often in the middle of growing
    if (m_checkpoint > 0) m_db->setWalPolicy({m_checkpoint, walStep});
}

bool FaultyDatabase::sync() {
    sqlite3_file* log = nullptr;
    sqlite3_file_control(m_raw, nullptr, SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (m_disk == nullptr || log == nullptr || log->pMethods == nullptr) return true;
    return log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) == SQLITE_OK;
}

void FaultyDatabase::reopen() {
    m_db.reset();
    m_disk->restorePower();
    open();
}

std::string FaultyDatabase::answer(const char* sql) {
    std::string text;
    sqlite3_exec(
        m_raw, sql,
        [](void* to, int columns, char** values, char** /*names*/) {
            if (columns > 0 && values[0] != nullptr) *static_cast<std::string*>(to) += values[0];
            return 0;
        },
        &text, nullptr);
    return text;
}

std::optional<std::string> FaultyDatabase::flaw() {
    if (answer("PRAGMA journal_mode") != "wal") return "the engine keeps no WAL";
    const bool isNormal = answer("PRAGMA synchronous") == "1";
    if (m_synchronous == Synchronous::normal && !isNormal) return "SQLite syncs no checkpoints";
    const auto found = answer("PRAGMA integrity_check");
    return found == "ok" ? std::nullopt : std::optional("the database is damaged: " + found);
}

FaultyDatabase::~FaultyDatabase() {
    std::error_code ignored;
    if (m_disk != nullptr) std::filesystem::remove(m_file, ignored);
}

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
