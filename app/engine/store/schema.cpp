#include "app/engine/store/schema.h"

#include <array>

namespace stepwell::engine {

namespace {

/// Migration i brings a database from version i to i + 1. Never edit one that was released: add the next.
constexpr std::array<const char*, 9> engineMigrations = {R"sql(
CREATE TABLE scripts(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, tag TEXT NOT NULL, created INTEGER NOT NULL,
  modified INTEGER NOT NULL, subdomain_enabled INTEGER NOT NULL, previews_enabled INTEGER NOT NULL,
  settings TEXT NOT NULL);
CREATE TABLE script_versions(
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, script INTEGER NOT NULL, script_name TEXT NOT NULL,
  number INTEGER NOT NULL, created INTEGER NOT NULL, main_module TEXT NOT NULL, metadata TEXT NOT NULL,
  etag TEXT NOT NULL, entrypoints TEXT NOT NULL, handlers TEXT NOT NULL);
CREATE INDEX script_versions_by_script ON script_versions(script, number);
CREATE TABLE modules(
  version INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, content_type TEXT NOT NULL,
  blob TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY(version, position)) WITHOUT ROWID;
CREATE TABLE deployments(
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL, script INTEGER NOT NULL, version TEXT NOT NULL,
  created INTEGER NOT NULL, annotations TEXT NOT NULL, source TEXT NOT NULL);
CREATE INDEX deployments_by_script ON deployments(script, id);
CREATE TABLE workflows(
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL, name TEXT NOT NULL UNIQUE, class_name TEXT NOT NULL,
  script_name TEXT NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL, triggered INTEGER,
  settings TEXT NOT NULL, latest INTEGER NOT NULL, latest_number INTEGER NOT NULL, deleted INTEGER NOT NULL);
CREATE TABLE workflow_versions(
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, workflow INTEGER NOT NULL, script_version INTEGER NOT NULL,
  class_name TEXT NOT NULL, number INTEGER NOT NULL, created INTEGER NOT NULL, settings TEXT NOT NULL);
CREATE INDEX workflow_versions_by_workflow ON workflow_versions(workflow, number);
CREATE TABLE instances(
  id INTEGER PRIMARY KEY, workflow INTEGER NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
  status INTEGER NOT NULL, source INTEGER NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL,
  started INTEGER, ended INTEGER, wake INTEGER, paused INTEGER, run INTEGER NOT NULL, steps INTEGER NOT NULL,
  failures INTEGER NOT NULL, strikes INTEGER NOT NULL, sleeping INTEGER NOT NULL, changed INTEGER NOT NULL,
  error_name TEXT, error_message TEXT, error_stack TEXT, output_preview TEXT, output TEXT, params TEXT);
CREATE UNIQUE INDEX instances_by_name ON instances(workflow, name);
CREATE INDEX instances_by_workflow ON instances(workflow, id);
CREATE INDEX instances_by_status ON instances(workflow, status, id);
CREATE INDEX instances_to_do ON instances(status, id) WHERE status IN (0, 1, 6, 8);
CREATE INDEX instances_by_wake ON instances(wake) WHERE wake IS NOT NULL;
-- id is (instance << 20) + index, so that an instance's steps lie together.
CREATE TABLE steps(
  id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, count INTEGER NOT NULL, name TEXT NOT NULL, state INTEGER NOT NULL,
  started INTEGER NOT NULL, ended INTEGER, config TEXT, retry_limit INTEGER NOT NULL, delay INTEGER NOT NULL,
  backoff INTEGER NOT NULL, timeout INTEGER NOT NULL, target INTEGER NOT NULL, attempts INTEGER NOT NULL,
  failures INTEGER NOT NULL, due INTEGER, changed INTEGER NOT NULL, event_type TEXT, error_name TEXT,
  error_message TEXT, error_stack TEXT, preview TEXT, value TEXT);
CREATE TABLE attempts(
  step INTEGER NOT NULL, number INTEGER NOT NULL, started INTEGER NOT NULL, ended INTEGER, success INTEGER,
  error_name TEXT, error_message TEXT, error_stack TEXT, retry_on INTEGER,
  PRIMARY KEY(step, number)) WITHOUT ROWID;
CREATE TABLE sent_events(
  id INTEGER PRIMARY KEY, instance INTEGER NOT NULL, type TEXT NOT NULL, payload TEXT NOT NULL, time INTEGER NOT NULL);
CREATE INDEX sent_events_by_instance ON sent_events(instance, id);
CREATE TABLE requests(
  id INTEGER PRIMARY KEY, instance INTEGER NOT NULL, step INTEGER NOT NULL, attempt INTEGER NOT NULL,
  method TEXT NOT NULL, url TEXT NOT NULL, status INTEGER NOT NULL, error TEXT NOT NULL, started INTEGER NOT NULL,
  duration INTEGER, request_bytes INTEGER NOT NULL, response_bytes INTEGER NOT NULL, changed INTEGER NOT NULL);
CREATE INDEX requests_by_instance ON requests(instance, id);
CREATE TABLE logs(
  id INTEGER PRIMARY KEY, instance INTEGER NOT NULL, step INTEGER NOT NULL, level INTEGER NOT NULL,
  time INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX logs_by_instance ON logs(instance, id);
-- One row per turn: its events, a line of JSON each.
CREATE TABLE feed(last INTEGER PRIMARY KEY, first INTEGER NOT NULL, lines TEXT NOT NULL);
CREATE TABLE counts(
  workflow INTEGER NOT NULL, status INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY(workflow, status)) WITHOUT ROWID;
CREATE TABLE activity(
  workflow INTEGER NOT NULL, hour INTEGER NOT NULL, created INTEGER NOT NULL, errored INTEGER NOT NULL,
  PRIMARY KEY(workflow, hour)) WITHOUT ROWID;
CREATE TABLE durations(
  workflow INTEGER NOT NULL, hour INTEGER NOT NULL, bucket INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY(workflow, hour, bucket)) WITHOUT ROWID;
)sql",
                                                         R"sql(
ALTER TABLE steps ADD COLUMN rollback TEXT;
CREATE INDEX steps_to_roll_back ON steps(id) WHERE rollback IS NOT NULL;
ALTER TABLE instances ADD COLUMN rollback INTEGER NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN rollback_error_name TEXT;
ALTER TABLE instances ADD COLUMN rollback_error_message TEXT;
)sql",
                                                         R"sql(
CREATE TABLE stream_chunks(
  step INTEGER NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE(step, number));
ALTER TABLE steps ADD COLUMN cpu INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN cpu INTEGER NOT NULL DEFAULT 0;
)sql",
                                                         R"sql(
-- Instances by blocks of 1,024 keys, see blockBits.
CREATE TABLE blocks(
  workflow INTEGER NOT NULL, block INTEGER NOT NULL, status INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY(workflow, block, status)) WITHOUT ROWID;
INSERT INTO blocks SELECT workflow, id >> 10, status, count(*) FROM instances GROUP BY 1, 2, 3;
)sql",
                                                         R"sql(
-- What static analysis made of a class of a bundle; graph is NULL when it made none, and reason says why.
CREATE TABLE graphs(
  script_version INTEGER NOT NULL, class_name TEXT NOT NULL, analyser INTEGER NOT NULL, graph TEXT,
  reason TEXT NOT NULL);
CREATE UNIQUE INDEX graphs_by_class ON graphs(script_version, class_name);
)sql",
                                                         R"sql(
ALTER TABLE instances ADD COLUMN success_retention INTEGER;
ALTER TABLE instances ADD COLUMN error_retention INTEGER;
ALTER TABLE instances ADD COLUMN expires INTEGER;
-- Instances that ended before there was retention stay for the default of seven days.
UPDATE instances SET expires = ended + 604800000 WHERE status IN (3, 4, 5);
CREATE INDEX instances_by_expiry ON instances(expires) WHERE expires IS NOT NULL;
CREATE TABLE account(
  id INTEGER PRIMARY KEY CHECK(id = 1), success_retention INTEGER NOT NULL, error_retention INTEGER NOT NULL,
  concurrency INTEGER NOT NULL, creation_rate INTEGER NOT NULL, workflow_creation_rate INTEGER NOT NULL);
-- Queued again after they had run: they go before new ones.
CREATE INDEX instances_woken ON instances(workflow, id) WHERE status = 0 AND started IS NOT NULL;
CREATE TABLE terminations(workflow INTEGER PRIMARY KEY, status INTEGER, last INTEGER NOT NULL);
CREATE TABLE triggers(script TEXT PRIMARY KEY, items TEXT NOT NULL) WITHOUT ROWID;
)sql",
                                                         R"sql(
-- Crons: of a workflow, or of a script.
CREATE TABLE schedules(
  id INTEGER PRIMARY KEY, workflow INTEGER NOT NULL, script INTEGER NOT NULL, cron TEXT NOT NULL,
  created INTEGER NOT NULL, next INTEGER NOT NULL);
CREATE INDEX schedules_by_owner ON schedules(workflow, script);
CREATE INDEX schedules_by_next ON schedules(next);
)sql",
                                                         R"sql(
-- Events are kept in fewer words, see core/feed_text.h. Readers of older ones are told to start anew.
DELETE FROM feed WHERE last < (SELECT max(last) FROM feed);
ALTER TABLE feed ADD COLUMN time INTEGER NOT NULL DEFAULT 0;
UPDATE feed SET first = last + 1, lines = '';
)sql",
                                                         R"sql(
-- One row per turn: its rows for analytics, see core/metric_rows.h. The newest one always stays.
CREATE TABLE metric_log(
  seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, rows INTEGER NOT NULL, data BLOB NOT NULL);
)sql"};

std::int64_t userVersion(Sqlite& db) {
    auto query = db.query("PRAGMA user_version");
    return query.step() ? query.integer() : 0;
}

tl::unexpected<api::Error> broken(const std::filesystem::path& file, const std::string& why) {
    return api::fail(500, api::code::storage,
                     "The database " + file.string() + " cannot be used: " + why +
                         ". Check that the disk has room and that the file belongs to you.");
}

bool migrate(Sqlite& db, std::int64_t from, Migrations migrations) {
    for (auto version = static_cast<std::size_t>(from); version < migrations.size(); ++version) {
        const auto mark = "PRAGMA user_version = " + std::to_string(version + 1);
        db.exec("BEGIN IMMEDIATE");
        db.exec(migrations[version]);
        db.exec(mark.c_str());
        if (!db.ok()) {
            const std::string error = db.error();
            db.clearError();
            db.exec("ROLLBACK");
            return false;
        }
        if (!db.exec("COMMIT")) return false;
    }
    return true;
}

}  // namespace

int schemaVersion() {
    return static_cast<int>(engineMigrations.size());
}

api::Result<std::unique_ptr<Sqlite>> openDatabase(const std::filesystem::path& file) {
    return openDatabase(file, engineMigrations);
}

api::Result<std::unique_ptr<Sqlite>> openDatabase(const std::filesystem::path& file, Migrations migrations) {
    std::string error;
    if (std::filesystem::exists(file)) {
        // A newer file must not even get a WAL beside it, so it is looked at read-only first.
        const auto peek = Sqlite::open(file, Sqlite::Mode::readOnly, error);
        if (!peek) return broken(file, error);
        const auto found = userVersion(*peek);
        if (!peek->ok()) return broken(file, peek->error());
        const auto newest = static_cast<std::int64_t>(migrations.size());
        if (found > newest)
            return api::fail(
                500, api::code::storage,
                "The database " + file.string() + " was written by a newer Stepwell (format " +
                    std::to_string(found) + ", this program knows up to " + std::to_string(newest) +
                    "). Nothing was changed. Install the newer Stepwell, or start with another --data-dir.");
    }
    auto db = Sqlite::open(file, Sqlite::Mode::readWrite, error);
    if (!db) return broken(file, error);
    db->exec("PRAGMA journal_mode = WAL");
    db->exec("PRAGMA synchronous = FULL");
    db->setWalPolicy({});
    db->exec("PRAGMA cache_size = -16384");  // KiB; see CONTRIBUTING, what is kept in memory
    db->exec("PRAGMA temp_store = MEMORY");
    const auto version = userVersion(*db);
    if (!db->ok()) return broken(file, db->error());
    if (!migrate(*db, version, migrations))
        return broken(file, "bringing it up to date failed: " + db->error());
    return db;
}

}  // namespace stepwell::engine
