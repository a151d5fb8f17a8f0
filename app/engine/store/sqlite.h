#pragma once

#include "app/engine/core/ids.h"
#include "models/api/time.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace stepwell::engine {

/// How a connection that writes keeps its write-ahead log.
struct WalPolicy {
    int checkpointPages = 8'000;  ///< pages in the log from which on they are copied to the database
    /// The file grows by so many bytes ahead of its end. A commit then overwrites blocks that the file has,
    /// and its fsync need not write the file's new size as well: that takes about half as long.
    std::int64_t stepBytes = 1 << 20;
};

/// One SQLite connection with its prepared statements. One thread at a time. The first error is remembered
/// and stays until `clearError`; statements after it answer nothing.
class Sqlite {
  public:
    enum class Mode { readWrite, readOnly };
    /// An error text instead of a connection when the file cannot be opened.
    static std::unique_ptr<Sqlite> open(const std::filesystem::path& file, Mode mode, std::string& error);
    ~Sqlite();
    Sqlite(const Sqlite&) = delete;
    Sqlite& operator=(const Sqlite&) = delete;

    bool exec(const char* sql);
    /// Instead of SQLite's own automatic checkpoints.
    void setWalPolicy(WalPolicy policy);
    /// Commits no longer wait for the disk: until a WalSync has seen to it, the last ones may be lost when
    /// the power goes out, newest first. Nothing else ever is.
    void leaveSyncing() { exec("PRAGMA synchronous = NORMAL"); }
    bool ok() const { return m_error.empty(); }
    const std::string& error() const { return m_error; }
    void clearError() { m_error.clear(); }
    std::int64_t lastInsertId() const;
    int changes() const;

    /// A use of a prepared statement: bind in order, step, read columns; reset at the end of its life. `sql`
    /// must be a literal: its address is the key of the cache.
    class Query {
      public:
        Query(Sqlite& db, const char* sql);
        ~Query();
        Query(const Query&) = delete;
        Query& operator=(const Query&) = delete;

        Query& bind(std::int64_t value);
        Query& bind(int value) { return bind(static_cast<std::int64_t>(value)); }
        Query& bind(std::string_view text);   ///< must live until the query ends
        Query& blob(std::string_view bytes);  ///< must live until the query ends
        Query& bind(api::Time time) { return bind(time.time_since_epoch().count()); }
        template <class T>
        Query& bind(const std::optional<T>& value) {
            return value ? bind(*value) : bindNull();
        }
        template <class Tag, class Number>
        Query& bind(StrongId<Tag, Number> id) {
            return bind(static_cast<std::int64_t>(id.value));
        }
        Query& bindNull();

        bool step();  ///< true while there is a row
        void run() {
            while (step()) {
            }
        }

        // Columns, in order from the left.
        std::int64_t integer();
        int small() { return static_cast<int>(integer()); }
        std::string text();  ///< of a blob, its bytes
        api::Time time() { return api::Time{api::Milliseconds{integer()}}; }
        std::optional<api::Time> optionalTime();
        bool isNull() const;  ///< of the next column to be read

      private:
        Sqlite& m_db;
        sqlite3_stmt* m_statement = nullptr;
        int m_bound = 0;
        int m_column = 0;
    };
    Query query(const char* sql) { return Query(*this, sql); }

  private:
    explicit Sqlite(sqlite3* db)
        : m_db(db) {}
    sqlite3_stmt* prepared(const char* sql);
    void fail(const char* what);

    sqlite3* m_db = nullptr;
    std::unordered_map<const char*, sqlite3_stmt*> m_statements;
    std::string m_error;
    WalPolicy m_wal;
};

}  // namespace stepwell::engine
