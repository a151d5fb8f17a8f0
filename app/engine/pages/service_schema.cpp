#include "app/engine/pages/service_schema.h"

#include "app/engine/store/schema.h"

#include <array>

namespace stepwell::engine::pages {

namespace {

/// Migration i brings a database from version i to i + 1. Never edit one that was released: add the next.
constexpr std::array<const char*, 5> migrations = {
    R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE projects(
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, subdomain TEXT NOT NULL UNIQUE,
  production_branch TEXT NOT NULL, created INTEGER NOT NULL, build_config TEXT NOT NULL, source TEXT NOT NULL,
  configs TEXT NOT NULL, canonical INTEGER, latest INTEGER, production INTEGER NOT NULL, previews INTEGER NOT NULL);
-- AUTOINCREMENT: an id that was given away never names another deployment, so caches need no care.
CREATE TABLE deployments(
  id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE, project INTEGER NOT NULL,
  short_id TEXT NOT NULL, environment INTEGER NOT NULL, branch TEXT NOT NULL, commit_hash TEXT NOT NULL,
  commit_message TEXT NOT NULL, commit_dirty INTEGER NOT NULL, created INTEGER NOT NULL,
  root BLOB NOT NULL, files INTEGER NOT NULL, bytes INTEGER NOT NULL,
  headers TEXT NOT NULL, redirects TEXT NOT NULL, routes TEXT NOT NULL, worker TEXT NOT NULL,
  worker_kind INTEGER NOT NULL, functions TEXT NOT NULL, config TEXT NOT NULL, log TEXT NOT NULL);
CREATE UNIQUE INDEX deployments_by_short_id ON deployments(project, short_id);
CREATE INDEX deployments_by_environment ON deployments(project, environment, id);
CREATE INDEX deployments_by_branch ON deployments(project, branch, id);
CREATE INDEX deployments_by_project ON deployments(project, id);
CREATE TABLE branches(
  project INTEGER NOT NULL, name TEXT NOT NULL, label TEXT NOT NULL, newest INTEGER NOT NULL,
  PRIMARY KEY(project, name)) WITHOUT ROWID;
CREATE UNIQUE INDEX branches_by_label ON branches(project, label);
CREATE TABLE domains(
  name TEXT PRIMARY KEY, uuid TEXT NOT NULL, project INTEGER NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX domains_by_project ON domains(project, name);
CREATE TABLE nodes(digest BLOB PRIMARY KEY, shares INTEGER NOT NULL, content BLOB NOT NULL);
CREATE TABLE assets(
  key TEXT PRIMARY KEY, blob TEXT NOT NULL, bytes INTEGER NOT NULL, type TEXT NOT NULL, used INTEGER NOT NULL);
)sql",
    // What the manifests of the assets there are refer to is counted by the program: see countReferences().
    R"sql(
CREATE TABLE packs(id INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, live INTEGER NOT NULL);
CREATE INDEX packs_with_waste ON packs(live) WHERE live*2<bytes;
CREATE TABLE blobs(
  digest TEXT PRIMARY KEY, pack INTEGER NOT NULL, start INTEGER NOT NULL, bytes INTEGER NOT NULL,
  refs INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX blobs_by_pack ON blobs(pack);
INSERT INTO blobs SELECT blob, 0, 0, max(bytes), count(*) FROM assets GROUP BY blob;
INSERT INTO blobs SELECT blob, 0, 0, 0, count(*) FROM (
  SELECT headers AS blob FROM deployments UNION ALL SELECT redirects FROM deployments UNION ALL
  SELECT routes FROM deployments UNION ALL SELECT worker FROM deployments UNION ALL
  SELECT functions FROM deployments) WHERE blob<>'' GROUP BY blob
  ON CONFLICT(digest) DO UPDATE SET refs=refs+excluded.refs;
ALTER TABLE assets DROP COLUMN bytes;
ALTER TABLE assets ADD COLUMN refs INTEGER NOT NULL DEFAULT 0;
CREATE INDEX assets_unused ON assets(used) WHERE refs=0;
CREATE TABLE released(id INTEGER PRIMARY KEY, node BLOB, blob TEXT NOT NULL);
INSERT INTO meta(name, value) SELECT 'uncounted', x'01' FROM nodes LIMIT 1;
)sql",
    // Holds all that a person searches deployments by.
    R"sql(
CREATE INDEX deployments_by_text ON deployments(
  project, id, environment, short_id, branch, commit_hash, commit_message);
)sql",
    R"sql(
ALTER TABLE domains ADD COLUMN branch TEXT NOT NULL DEFAULT '';
)sql",
    // Of the files that a node names; null: not known yet.
    R"sql(
ALTER TABLE nodes ADD COLUMN bytes INTEGER;
)sql"};

}  // namespace

api::Result<std::unique_ptr<Sqlite>> openPagesDatabase(const std::filesystem::path& file) {
    auto db = openDatabase(file, migrations);
    if (db) (*db)->exec("PRAGMA cache_size = -4096");  // KiB; that of workflows has more
    return db;
}

}  // namespace stepwell::engine::pages
