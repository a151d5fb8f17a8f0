#include "app/engine/access/database.h"

#include "app/engine/access/audit.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace stepwell::engine::access {

namespace {

constexpr std::int64_t schemaVersion = 1;

constexpr const char* schema = R"(
CREATE TABLE tokens(
  id TEXT PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  account TEXT NOT NULL,
  permissions TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER,
  used INTEGER,
  revoked INTEGER) WITHOUT ROWID;
-- Counts changes of what tokens may do, so that uses and the log do not look like one.
CREATE TABLE generation(number INTEGER NOT NULL);
INSERT INTO generation VALUES(1);
CREATE TABLE audit(
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  time INTEGER NOT NULL,
  action TEXT NOT NULL,
  outcome INTEGER,
  actor TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  actor_kind INTEGER NOT NULL,
  address TEXT NOT NULL,
  resource TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  face INTEGER NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  status INTEGER NOT NULL);
CREATE INDEX audit_time ON audit(time);
PRAGMA user_version = 1;
)";

tl::unexpected<api::Error> unusable(const std::filesystem::path& file, const std::string& why) {
    return api::fail(0, api::code::storage,
                     "Cannot use " + file.string() + ": " + why +
                         ". It has the API tokens and the audit log: restore it from a backup, or move it "
                         "away, after which all tokens have to be created anew.");
}

/// What root makes in the folder of a service is the service's.
bool handOver(int fd, const std::filesystem::path& folder) {
    struct stat about {};
    if (::geteuid() != 0 || ::stat(folder.c_str(), &about) != 0) return true;
    return ::fchown(fd, about.st_uid, about.st_gid) == 0;
}

/// Nobody but its owner reads it; the files that SQLite puts beside it take over owner and mode.
bool makePrivate(const std::filesystem::path& file, std::string& error) {
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    const bool done = fd >= 0 && ::fchmod(fd, 0600) == 0 && handOver(fd, file.parent_path());
    if (!done) error = std::strerror(errno);
    if (fd >= 0) ::close(fd);
    return done;
}

std::int64_t versionOf(Sqlite& db) {
    auto query = db.query("PRAGMA user_version");
    return query.step() ? query.integer() : -1;
}

/// Beside the tables of the schema: older programs do without it.
constexpr const char* servedTable = "CREATE TABLE IF NOT EXISTS served(account TEXT NOT NULL)";

/// Several processes may come to a new file at once: the tables are made by one of them.
bool makeTables(Sqlite& db) {
    if (!db.exec("BEGIN IMMEDIATE")) return false;
    if (versionOf(db) == 0) db.exec(schema);
    if (db.ok()) return db.exec("COMMIT");
    return false;
}

}  // namespace

api::Result<std::unique_ptr<Sqlite>> openDatabase(const std::filesystem::path& file) {
    std::string error;
    if (!makePrivate(file, error)) return unusable(file, error);
    auto db = Sqlite::open(file, Sqlite::Mode::readWrite, error);
    if (!db) return unusable(file, error);
    db->exec("PRAGMA journal_mode = WAL");
    db->exec("PRAGMA synchronous = FULL");
    if (!db->ok() || (versionOf(*db) == 0 && !makeTables(*db))) return unusable(file, db->error());
    if (const auto version = versionOf(*db); db->ok() && version != schemaVersion)
        return unusable(file, "it is of a newer release (version " + std::to_string(version) + ")");
    if (!db->ok()) return unusable(file, db->error());
    prepareAudit(*db);
    return db;
}

api::Result<std::unique_ptr<Sqlite>> openReader(const std::filesystem::path& file) {
    std::string error;
    auto db = Sqlite::open(file, Sqlite::Mode::readOnly, error);
    if (!db) return unusable(file, error);
    return db;
}

std::string accountOf(Sqlite& db) {
    db.exec(servedTable);
    auto query = db.query("SELECT account FROM served");
    return query.step() ? query.text() : std::string();
}

void noteAccount(Sqlite& db, const std::string& account) {
    if (accountOf(db) == account) return;
    db.exec("BEGIN IMMEDIATE");
    db.exec("DELETE FROM served");
    db.query("INSERT INTO served VALUES(?)").bind(account).run();
    if (db.ok() && db.exec("COMMIT")) return;
    db.clearError();
    db.exec("ROLLBACK");
    db.clearError();
}

api::Error takeError(Sqlite& db) {
    api::Error error{507, api::code::storage,
                     "The database of tokens and the audit log cannot be used: " + db.error() + "."};
    db.clearError();
    return error;
}

}  // namespace stepwell::engine::access
