#include "models/backends/offline_database.h"

#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <string_view>

namespace stepwell {

namespace {

constexpr int schemaVersion = 1;
constexpr int busyMs = 2'000;

constexpr const char* schema =
    "PRAGMA auto_vacuum=INCREMENTAL;"
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=OFF;"
    "CREATE TABLE IF NOT EXISTS answers(key TEXT PRIMARY KEY, seen INTEGER NOT NULL, status INTEGER NOT NULL,"
    " type TEXT NOT NULL, body BLOB NOT NULL);"
    "CREATE INDEX IF NOT EXISTS answers_seen ON answers(seen);"
    "PRAGMA user_version=1;";

std::string blob(sqlite3_stmt* row, int column) {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
    return bytes ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(row, column)))
                 : std::string();
}

void bindText(sqlite3_stmt* statement, int place, std::string_view text) {
    sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

/// Looks at the keys of the outermost object only, and builds nothing.
class TopLevel : public nlohmann::json_sax<nlohmann::json> {
  public:
    bool isSuccess() const { return m_success || (m_hasData && !m_hasErrors); }

    bool null() override { return true; }
    bool boolean(bool value) override {
        if (m_depth == 1 && m_key == "success") m_success = value;
        return true;
    }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return enter("data", m_hasData); }
    bool start_array(std::size_t) override { return enter("errors", m_hasErrors); }
    bool key(string_t& name) override {
        if (m_depth == 1) m_key = name;
        return true;
    }
    bool end_object() override { return --m_depth >= 0; }
    bool end_array() override { return --m_depth >= 0; }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return false;
    }

  private:
    bool enter(std::string_view wanted, bool& seen) {
        if (m_depth == 1 && m_key == wanted) seen = true;
        ++m_depth;
        return true;
    }

    int m_depth = 0;
    std::string m_key;
    bool m_success = false;
    bool m_hasData = false;
    bool m_hasErrors = false;
};

}  // namespace

bool isWorthKeeping(const std::string& body) {
    // What would be refused when it is read is of no use later either.
    if (nestsDeeperThan(body, deepestJson)) return false;
    TopLevel top;
    return nlohmann::json::sax_parse(body, &top) && top.isSuccess();
}

OfflineCache::Database::Database(const std::string& file, std::int64_t largestFile) {
    sqlite3* opened = nullptr;
    const int outcome =
        sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    m_database.reset(opened);
    if (outcome != SQLITE_OK) return;
    sqlite3_busy_timeout(opened, busyMs);
    const auto version = number("PRAGMA user_version");
    if (version != 0 && version != schemaVersion) m_broken = true;
    if (m_broken || !run(schema)) return;
    run(("PRAGMA max_page_count=" + std::to_string(largestFile / 4096)).c_str());
    m_good = true;
}

std::optional<OfflineCache::Stored> OfflineCache::Database::find(const std::string& key,
                                                                 api::Time notBefore) {
    const auto statement = prepare("SELECT seen, status, type, body FROM answers WHERE key=? AND seen>=?");
    if (!statement) return std::nullopt;
    bindText(statement.get(), 1, key);
    sqlite3_bind_int64(statement.get(), 2, notBefore.time_since_epoch().count());
    if (sqlite3_step(statement.get()) != SQLITE_ROW) return std::nullopt;
    Stored stored;
    stored.seen = api::Time{api::Milliseconds{sqlite3_column_int64(statement.get(), 0)}};
    stored.response.status = sqlite3_column_int(statement.get(), 1);
    stored.response.contentType = blob(statement.get(), 2);
    stored.response.body = blob(statement.get(), 3);
    return stored;
}

void OfflineCache::Database::begin() {
    m_failed = false;
    run("BEGIN IMMEDIATE");
}

void OfflineCache::Database::put(const std::string& key, const Stored& answer) {
    const auto statement =
        prepare("INSERT OR REPLACE INTO answers(key, seen, status, type, body) VALUES(?,?,?,?,?)");
    if (!statement) return;
    bindText(statement.get(), 1, key);
    sqlite3_bind_int64(statement.get(), 2, answer.seen.time_since_epoch().count());
    sqlite3_bind_int(statement.get(), 3, answer.response.status);
    bindText(statement.get(), 4, answer.response.contentType);
    sqlite3_bind_blob64(statement.get(), 5, answer.response.body.data(), answer.response.body.size(),
                        SQLITE_STATIC);
    step(statement.get());
}

void OfflineCache::Database::trim(std::int64_t bytes, api::Time notBefore) {
    if (const auto statement = prepare("DELETE FROM answers WHERE seen<?")) {
        sqlite3_bind_int64(statement.get(), 1, notBefore.time_since_epoch().count());
        step(statement.get());
    }
    const auto total = number("SELECT coalesce(sum(length(body)),0) FROM answers");
    if (total <= bytes) return;
    // Some more than necessary, so that not every batch does this.
    const auto statement = prepare(
        "DELETE FROM answers WHERE rowid IN (SELECT id FROM (SELECT rowid AS id,"
        " sum(length(body)) OVER (ORDER BY seen DESC, rowid DESC) AS newer FROM answers) WHERE newer>?)");
    if (!statement) return;
    sqlite3_bind_int64(statement.get(), 1, bytes - bytes / 10);
    step(statement.get());
    run("PRAGMA incremental_vacuum");
}

bool OfflineCache::Database::commit() {
    if (m_failed) {
        run("ROLLBACK");
        return false;
    }
    return run("COMMIT");
}

bool OfflineCache::Database::run(const char* sql) {
    const int outcome = sqlite3_exec(m_database.get(), sql, nullptr, nullptr, nullptr);
    note(outcome);
    return outcome == SQLITE_OK;
}

OfflineCache::Database::Statement OfflineCache::Database::prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    note(sqlite3_prepare_v2(m_database.get(), sql, -1, &statement, nullptr));
    return Statement(statement);
}

void OfflineCache::Database::step(sqlite3_stmt* statement) {
    note(sqlite3_step(statement));
}

std::int64_t OfflineCache::Database::number(const char* sql) {
    const auto statement = prepare(sql);
    if (!statement || sqlite3_step(statement.get()) != SQLITE_ROW) return 0;
    return sqlite3_column_int64(statement.get(), 0);
}

void OfflineCache::Database::note(int outcome) {
    if (outcome == SQLITE_OK || outcome == SQLITE_DONE || outcome == SQLITE_ROW) return;
    m_failed = true;
    if (outcome == SQLITE_NOTADB || outcome == SQLITE_CORRUPT) m_broken = true;
}

}  // namespace stepwell
