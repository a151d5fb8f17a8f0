#include "app/engine/store/sqlite.h"

#include <sqlite3.h>

namespace stepwell::engine {

namespace {
constexpr int busyTimeoutMs = 10'000;

/// SQLite's statistics of its memory take a lock with every allocation, and nobody asks for them.
void configureOnce() {
    static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(done);
}

}  // namespace

std::unique_ptr<Sqlite> Sqlite::open(const std::filesystem::path& file, Mode mode, std::string& error) {
    configureOnce();
    const int flags =
        (mode == Mode::readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
        SQLITE_OPEN_NOMUTEX;
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
    std::unique_ptr<Sqlite> db(new Sqlite(raw));
    if (code != SQLITE_OK) {
        error = raw != nullptr ? sqlite3_errmsg(raw) : sqlite3_errstr(code);
        return nullptr;
    }
    sqlite3_extended_result_codes(raw, 1);
    sqlite3_busy_timeout(raw, busyTimeoutMs);
    return db;
}

Sqlite::~Sqlite() {
    for (const auto& [sql, statement] : m_statements)
        sqlite3_finalize(statement);
    sqlite3_close(m_db);
}

void Sqlite::fail(const char* what) {
    if (m_error.empty()) m_error = std::string(sqlite3_errmsg(m_db)) + " (in: " + what + ")";
}

bool Sqlite::exec(const char* sql) {
    if (sqlite3_exec(m_db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
    return ok();
}

std::int64_t Sqlite::lastInsertId() const {
    return sqlite3_last_insert_rowid(m_db);
}

int Sqlite::changes() const {
    return sqlite3_changes(m_db);
}

sqlite3_stmt* Sqlite::prepared(const char* sql) {
    const auto it = m_statements.find(sql);
    if (it != m_statements.end()) return it->second;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(m_db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
        fail(sql);
        return nullptr;
    }
    m_statements.emplace(sql, statement);
    return statement;
}

Sqlite::Query::Query(Sqlite& db, const char* sql)
    : m_db(db) {
    if (db.ok()) m_statement = db.prepared(sql);
}

Sqlite::Query::~Query() {
    if (m_statement == nullptr) return;
    sqlite3_reset(m_statement);
    sqlite3_clear_bindings(m_statement);
}

Sqlite::Query& Sqlite::Query::bind(std::int64_t value) {
    if (m_statement != nullptr) sqlite3_bind_int64(m_statement, ++m_bound, value);
    return *this;
}

Sqlite::Query& Sqlite::Query::bind(std::string_view text) {
    if (m_statement != nullptr)
        sqlite3_bind_text64(m_statement, ++m_bound, text.empty() ? "" : text.data(), text.size(),
                            SQLITE_STATIC, SQLITE_UTF8);
    return *this;
}

Sqlite::Query& Sqlite::Query::blob(std::string_view bytes) {
    if (m_statement != nullptr)
        sqlite3_bind_blob64(m_statement, ++m_bound, bytes.empty() ? "" : bytes.data(), bytes.size(),
                            SQLITE_STATIC);
    return *this;
}

Sqlite::Query& Sqlite::Query::bindNull() {
    if (m_statement != nullptr) sqlite3_bind_null(m_statement, ++m_bound);
    return *this;
}

bool Sqlite::Query::step() {
    if (m_statement == nullptr || !m_db.ok()) return false;
    m_column = 0;
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) m_db.fail(sqlite3_sql(m_statement));
    return false;
}

std::int64_t Sqlite::Query::integer() {
    return sqlite3_column_int64(m_statement, m_column++);
}

std::string Sqlite::Query::text() {
    const int column = m_column++;
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    if (bytes == nullptr) return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column))};
}

std::optional<api::Time> Sqlite::Query::optionalTime() {
    if (isNull()) {
        ++m_column;
        return std::nullopt;
    }
    return time();
}

bool Sqlite::Query::isNull() const {
    return sqlite3_column_type(m_statement, m_column) == SQLITE_NULL;
}

}  // namespace stepwell::engine
