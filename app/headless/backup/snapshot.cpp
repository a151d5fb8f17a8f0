#include "app/headless/backup/snapshot.h"

#include "app/headless/interruption.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <optional>
#include <sqlite3.h>
#include <unistd.h>

namespace stepwell::headless {

namespace fs = std::filesystem;

namespace {

// Analytics before the engine's: what it has not folded is then still in the log of the other.
constexpr std::array<const char*, 4> databases = {"pages.db", "analytics.db", "stepwell.db", "access.db"};
constexpr int mostAttempts = 50;
constexpr int pagesAtOnce = 2'048;
constexpr int busyTimeoutMs = 10'000;
constexpr int stepsBetweenLooks = 100'000;  ///< of SQLite's machine, some milliseconds
constexpr std::string_view linkFolder = "backup-";

tl::unexpected<api::Error> failed(const std::string& what) {
    return api::fail(0, api::code::storage, what);
}

tl::unexpected<api::Error> unreadable(const std::string& name, sqlite3* db) {
    return failed("The database " + name +
                  " cannot be read: " + (db == nullptr ? "out of memory" : sqlite3_errmsg(db)) + ".");
}

std::shared_ptr<sqlite3> openDatabase(const fs::path& file, int flags) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
    std::shared_ptr<sqlite3> db(raw, sqlite3_close);
    if (code != SQLITE_OK) return nullptr;
    sqlite3_busy_timeout(raw, busyTimeoutMs);
    sqlite3_progress_handler(
        raw, stepsBetweenLooks, [](void*) { return isInterrupted() ? 1 : 0; }, nullptr);
    return db;
}

bool exec(sqlite3* db, const char* sql) {
    return sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

/// Rows of up to two columns as text; nothing when the statement fails.
std::optional<std::vector<std::array<std::string, 2>>> rowsOf(sqlite3* db, const char* sql) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(db, sql, -1, &raw, nullptr) != SQLITE_OK) return std::nullopt;
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(raw, sqlite3_finalize);
    std::vector<std::array<std::string, 2>> rows;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(raw)) == SQLITE_ROW) {
        auto& row = rows.emplace_back();
        for (int column = 0; column < std::min(2, sqlite3_column_count(raw)); ++column)
            if (const auto* text = sqlite3_column_text(raw, column))
                row[static_cast<std::size_t>(column)] = reinterpret_cast<const char*>(text);
    }
    if (code != SQLITE_DONE) return std::nullopt;
    return rows;
}

std::optional<std::int64_t> numberOf(sqlite3* db, const char* sql) {
    const auto rows = rowsOf(db, sql);
    if (!rows || rows->empty() || rows->front()[0].empty()) return std::nullopt;
    return std::stoll(rows->front()[0]);
}

std::string packName(const std::string& key) {
    std::array<char, 17> name{};
    std::snprintf(name.data(), name.size(), "%016llx", std::stoull(key));
    return std::string("packs/") + name.data();
}

std::string blobName(const std::string& digest) {
    return "blobs/" + digest.substr(0, 2) + '/' + digest.substr(std::min<std::size_t>(2, digest.size()));
}

bool isHex(std::string_view text, std::size_t length) {
    return text.size() == length && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

/// Folders of second names that a backup which was killed left behind.
void removeLeftovers(const fs::path& dataDir) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(dataDir, error)) {
        const auto name = entry.path().filename().string();
        if (name.rfind(linkFolder, 0) != 0) continue;
        const int process = std::atoi(name.c_str() + linkFolder.size());
        if (process > 0 && ::kill(process, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), error);
    }
}

}  // namespace

/// Second names of files, which go with it.
struct DataSnapshot::Links {
    explicit Links(fs::path folder)
        : dir(std::move(folder)) {}
    ~Links() {
        std::error_code ignored;
        fs::remove_all(dir, ignored);
    }
    Links(const Links&) = delete;
    Links& operator=(const Links&) = delete;
    fs::path dir;
};

bool isDatabaseName(const std::string& name) {
    return std::find(databases.begin(), databases.end(), name) != databases.end();
}

bool isBackupName(const std::string& name) {
    if (name == "token" || isDatabaseName(name)) return true;
    const std::string_view text(name);
    if (text.starts_with("packs/")) return isHex(text.substr(6), 16);
    return text.starts_with("blobs/") && text.size() == 71 && text[8] == '/' && isHex(text.substr(6, 2), 2) &&
           isHex(text.substr(9), 62);
}

DataSnapshot::DataSnapshot(fs::path dataDir)
    : m_dataDir(std::move(dataDir))
    , m_links(std::make_shared<Links>(m_dataDir / (std::string(linkFolder) + std::to_string(::getpid())))) {}

/// Begins a transaction on every database; false when what they say does not belong together.
api::Result<bool> DataSnapshot::pin() {
    m_databases.clear();
    for (const auto* name : databases) {
        const auto file = m_dataDir / name;
        std::error_code error;
        if (!fs::exists(file, error)) continue;
        auto db = openDatabase(file, SQLITE_OPEN_READWRITE);
        if (!db)
            return failed("The database " + file.string() +
                          " cannot be opened. Run the backup as the "
                          "user that the engine runs as.");
        // The first read is what begins the transaction.
        if (!exec(db.get(), "BEGIN; SELECT count(*) FROM sqlite_master")) return unreadable(name, db.get());
        m_databases.push_back({name, std::move(db)});
    }
    const auto find = [&](std::string_view name) -> sqlite3* {
        for (const auto& database : m_databases)
            if (database.name == name) return database.handle.get();
        return nullptr;
    };
    auto* engine = find("stepwell.db");
    if (engine == nullptr)
        return failed("There is no stepwell.db in " + m_dataDir.string() + ": that is no data folder.");
    m_together = true;
    if (auto* analytics = find("analytics.db"); analytics != nullptr) {
        const auto folded = numberOf(analytics, "SELECT value FROM numbers WHERE name='folded_seq'");
        const auto oldest = numberOf(engine, "SELECT min(seq) FROM metric_log");
        m_together = !folded || !oldest || *oldest <= *folded + 1;
    }
    bool moved = false;
    if (auto linked = linkFiles(find("pages.db"), engine, moved); !linked)
        return tl::unexpected(linked.error());
    return m_together && !moved;
}

/// Whether the file got its second name.
bool DataSnapshot::link(const fs::path& relative) {
    const auto second = m_links->dir / relative;
    std::error_code error;
    if (fs::exists(second, error)) return true;
    fs::create_directories(second.parent_path(), error);
    fs::create_hard_link(m_dataDir / relative, second, error);
    if (!error) return true;
    // A file system without hard links.
    if (error == std::errc::no_such_file_or_directory) return false;
    return fs::copy_file(m_dataDir / relative, second, error);
}

api::Result<void> DataSnapshot::linkFiles(sqlite3* pages, sqlite3* engine, bool& moved) {
    m_files.clear();
    m_missing.clear();
    std::vector<std::string> names;
    const auto collect = [&](sqlite3* db, const char* sql, auto nameOf) {
        const auto rows = rowsOf(db, sql);
        if (!rows) return false;
        for (const auto& row : *rows)
            if (!row[0].empty()) names.push_back(nameOf(row[0]));
        return true;
    };
    if (pages != nullptr && (!collect(pages, "SELECT id FROM packs", packName) ||
                             !collect(pages, "SELECT digest FROM blobs WHERE pack=0", blobName)))
        return unreadable("pages.db", pages);
    if (!collect(engine, "SELECT DISTINCT blob FROM modules", blobName))
        return unreadable("stepwell.db", engine);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    for (const auto& name : names) {
        if (isInterrupted()) return failed("Interrupted.");
        if (!isBackupName(name)) return failed("A row names a file that cannot be one: " + name + ".");
        if (link(name))
            m_files.push_back({name, m_links->dir / name});
        else
            m_missing.push_back(name);
    }
    moved = !m_missing.empty();
    return {};
}

api::Result<void> DataSnapshot::copy(sqlite3* from, const fs::path& to, const Progress& progress) {
    const auto name = to.filename().string();
    const auto target = openDatabase(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!target) return failed("The copy " + to.string() + " cannot be made.");
    auto* backup = sqlite3_backup_init(target.get(), "main", from, "main");
    if (backup == nullptr) return unreadable(name, target.get());
    int code = SQLITE_OK;
    int told = 0;
    do {
        if (isInterrupted()) break;
        code = sqlite3_backup_step(backup, pagesAtOnce);
        const auto all = std::max(1, sqlite3_backup_pagecount(backup));
        const int percent = 100 - static_cast<int>(100LL * sqlite3_backup_remaining(backup) / all);
        if (percent >= told + 10 && percent < 100) {
            progress(name + ": " + std::to_string(percent) + " %");
            told = percent;
        }
    } while (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED);
    if (sqlite3_backup_finish(backup) != SQLITE_OK || isInterrupted()) return unreadable(name, target.get());
    return {};
}

api::Result<DataSnapshot> DataSnapshot::take(const fs::path& dataDir, const fs::path& staging,
                                             const Progress& progress) {
    removeLeftovers(dataDir);
    DataSnapshot snapshot(dataDir);
    for (int attempt = 0; attempt < mostAttempts; ++attempt) {
        const auto pinned = snapshot.pin();
        if (!pinned) return tl::unexpected(pinned.error());
        if (*pinned) break;  // else the last attempt counts: what it misses is missing
    }
    if (!snapshot.m_together)
        return failed("The engine is so busy that its analytics and its workflows could not be read as of "
                      "the same moment. "
                      "Try again when it has less to do; nothing was written.");
    for (const auto& database : snapshot.m_databases) {
        progress("Copying " + database.name);
        const auto copied = staging / database.name;
        if (auto done = snapshot.copy(database.handle.get(), copied, progress); !done)
            return tl::unexpected(done.error());
        if (auto checked = checkDatabase(copied); !checked) return tl::unexpected(checked.error());
        snapshot.m_files.push_back({database.name, copied});
    }
    snapshot.m_databases.clear();
    std::error_code error;
    if (fs::exists(dataDir / "token", error)) snapshot.m_files.push_back({"token", dataDir / "token"});
    return snapshot;
}

api::Result<void> checkDatabase(const fs::path& file) {
    const auto name = file.filename().string();
    const auto db = openDatabase(file, SQLITE_OPEN_READWRITE);
    if (!db) return failed("The copy " + file.string() + " cannot be opened.");
    const auto rows = rowsOf(db.get(), "PRAGMA quick_check(1)");
    if (!rows || rows->empty()) return unreadable(name, db.get());
    if (rows->front()[0] != "ok") return failed("The database " + name + " is damaged: " + rows->front()[0]);
    return {};
}

}  // namespace stepwell::headless
