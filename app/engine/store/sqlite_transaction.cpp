#include "app/engine/store/sqlite_transaction.h"

#include "app/engine/store/row_codec.h"

#include <algorithm>

namespace stepwell::engine {

namespace {

constexpr int turnsBetweenTrims = 2'000;
constexpr std::int64_t keptEvents = 500'000;
constexpr int turnsBetweenMetricTrims = 200;
/// While analytics cannot be written, so much waits for it.
constexpr std::int64_t mostMetricTurns = 500'000;

std::vector<InstanceKey> readKeys(Sqlite::Query& query) {
    std::vector<InstanceKey> keys;
    while (query.step())
        keys.emplace_back(query.integer());
    return keys;
}

std::int64_t single(Sqlite::Query& query, std::int64_t otherwise) {
    return query.step() ? query.integer() : otherwise;
}

}  // namespace

void SqliteTransaction::begin() {
    m_db.clearError();
    m_db.exec("BEGIN IMMEDIATE");
}

bool SqliteTransaction::commit(std::string& error) {
    if (m_db.ok() && m_db.exec("COMMIT")) return true;
    error = m_db.error();
    rollback();
    return false;
}

void SqliteTransaction::rollback() {
    m_db.clearError();
    m_db.exec("ROLLBACK");
    m_db.clearError();
}

std::optional<ScriptRow> SqliteTransaction::script(const std::string& name) {
    auto query = m_db.query("SELECT " STEPWELL_SCRIPT_COLUMNS " FROM scripts WHERE name=?");
    if (!query.bind(name).step()) return std::nullopt;
    return readScript(query);
}

void SqliteTransaction::putScript(ScriptRow& row) {
    m_db.query("INSERT INTO scripts(" STEPWELL_SCRIPT_COLUMNS ") VALUES(?,?,?,?,?,?,?,?) "
               "ON CONFLICT(id) DO UPDATE SET "
               "modified=excluded.modified,subdomain_enabled=excluded.subdomain_enabled,"
               "previews_enabled=excluded.previews_enabled,settings=excluded.settings")
        .bind(row.key ? std::optional(row.key.value) : std::nullopt)
        .bind(row.name)
        .bind(row.tag)
        .bind(row.created)
        .bind(row.modified)
        .bind(row.subdomainEnabled ? 1 : 0)
        .bind(row.previewsEnabled ? 1 : 0)
        .bind(row.settings)
        .run();
    if (!row.key) row.key = ScriptKey{m_db.lastInsertId()};
}

void SqliteTransaction::removeScript(ScriptKey key) {
    m_db.query("DELETE FROM deployments WHERE script=?").bind(key).run();
    m_db.query("DELETE FROM schedules WHERE script=?").bind(key).run();
    m_db.query("DELETE FROM scripts WHERE id=?").bind(key).run();
}

std::optional<ScriptVersionRow> SqliteTransaction::scriptVersion(ScriptVersionKey key) {
    auto query = m_db.query("SELECT " STEPWELL_SCRIPT_VERSION_COLUMNS " FROM script_versions WHERE id=?");
    if (!query.bind(key).step()) return std::nullopt;
    return readScriptVersion(m_db, query);
}

std::optional<ScriptVersionRow> SqliteTransaction::scriptVersion(ScriptKey script, const std::string& uuid) {
    auto query = m_db.query("SELECT " STEPWELL_SCRIPT_VERSION_COLUMNS
                            " FROM script_versions WHERE uuid=? AND script=?");
    if (!query.bind(uuid).bind(script).step()) return std::nullopt;
    return readScriptVersion(m_db, query);
}

std::optional<ScriptVersionRow> SqliteTransaction::deployedVersion(ScriptKey script) {
    std::string uuid;
    {
        auto query = m_db.query("SELECT version FROM deployments WHERE script=? ORDER BY id DESC LIMIT 1");
        if (!query.bind(script).step()) return std::nullopt;
        uuid = query.text();
    }
    return scriptVersion(script, uuid);
}

void SqliteTransaction::insertScriptVersion(ScriptVersionRow& row) {
    {
        auto query = m_db.query("SELECT coalesce(max(number),0)+1 FROM script_versions WHERE script=?");
        row.number = static_cast<int>(single(query.bind(row.script), 1));
    }
    m_db.query("INSERT INTO script_versions(" STEPWELL_SCRIPT_VERSION_COLUMNS
               ") VALUES(NULL,?,?,?,?,?,?,?,?,?,?)")
        .bind(row.uuid)
        .bind(row.script)
        .bind(row.scriptName)
        .bind(row.number)
        .bind(row.created)
        .bind(row.mainModule)
        .bind(row.metadata)
        .bind(row.etag)
        .bind(row.entrypoints)
        .bind(row.handlers)
        .run();
    row.key = ScriptVersionKey{m_db.lastInsertId()};
    int position = 0;
    for (const auto& module : row.modules)
        m_db.query("INSERT INTO modules(version,position,name,content_type,blob,bytes) VALUES(?,?,?,?,?,?)")
            .bind(row.key)
            .bind(position++)
            .bind(module.name)
            .bind(module.contentType)
            .bind(module.blob)
            .bind(module.bytes)
            .run();
}

void SqliteTransaction::putGraph(ScriptVersionKey version, const ClassGraph& graph) {
    m_db.query("INSERT OR REPLACE INTO graphs(script_version,class_name,analyser,graph,reason) "
               "VALUES(?,?,?,nullif(?,''),?)")
        .bind(version)
        .bind(graph.className)
        .bind(analyserVersion)
        .bind(graph.graph)
        .bind(graph.reason)
        .run();
}

void SqliteTransaction::insertDeployment(const DeploymentRow& row) {
    m_db.query("INSERT INTO deployments(uuid,script,version,created,annotations,source) VALUES(?,?,?,?,?,?)")
        .bind(row.uuid)
        .bind(row.script)
        .bind(row.versionUuid)
        .bind(row.created)
        .bind(row.annotations)
        .bind(row.source)
        .run();
}

std::optional<WorkflowRow> SqliteTransaction::workflow(const std::string& name) {
    auto query = m_db.query("SELECT " STEPWELL_WORKFLOW_COLUMNS " FROM workflows WHERE name=? AND deleted=0");
    if (!query.bind(name).step()) return std::nullopt;
    return readWorkflow(query);
}

std::optional<WorkflowRow> SqliteTransaction::workflow(WorkflowKey key) {
    auto query = m_db.query("SELECT " STEPWELL_WORKFLOW_COLUMNS " FROM workflows WHERE id=?");
    if (!query.bind(key).step()) return std::nullopt;
    return readWorkflow(query);
}

std::vector<WorkflowRow> SqliteTransaction::workflowsOf(const std::string& script) {
    auto query =
        m_db.query("SELECT " STEPWELL_WORKFLOW_COLUMNS " FROM workflows WHERE script_name=? AND deleted=0");
    query.bind(script);
    std::vector<WorkflowRow> rows;
    while (query.step())
        rows.push_back(readWorkflow(query));
    return rows;
}

void SqliteTransaction::putWorkflow(WorkflowRow& row) {
    m_db.query("INSERT INTO workflows(" STEPWELL_WORKFLOW_COLUMNS ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?) "
               "ON CONFLICT(id) DO UPDATE SET name=excluded.name,class_name=excluded.class_name,"
               "script_name=excluded.script_name,modified=excluded.modified,triggered=excluded.triggered,"
               "settings=excluded.settings,latest=excluded.latest,latest_number=excluded.latest_number,"
               "deleted=excluded.deleted")
        .bind(row.key ? std::optional(row.key.value) : std::nullopt)
        .bind(row.uuid)
        .bind(row.name)
        .bind(row.className)
        .bind(row.scriptName)
        .bind(row.created)
        .bind(row.modified)
        .bind(row.triggered)
        .bind(row.settings)
        .bind(row.latest)
        .bind(row.latestNumber)
        .bind(row.deleted ? 1 : 0)
        .run();
    if (!row.key) row.key = WorkflowKey{m_db.lastInsertId()};
}

std::optional<WorkflowVersionRow> SqliteTransaction::workflowVersion(WorkflowVersionKey key) {
    auto query = m_db.query("SELECT " STEPWELL_VERSION_COLUMNS " FROM workflow_versions WHERE id=?");
    if (!query.bind(key).step()) return std::nullopt;
    return readWorkflowVersion(query);
}

void SqliteTransaction::insertWorkflowVersion(WorkflowVersionRow& row) {
    {
        auto query = m_db.query("SELECT coalesce(max(number),0)+1 FROM workflow_versions WHERE workflow=?");
        row.number = static_cast<int>(single(query.bind(row.workflow), 1));
    }
    m_db.query("INSERT INTO workflow_versions(" STEPWELL_VERSION_COLUMNS ") VALUES(NULL,?,?,?,?,?,?,?)")
        .bind(row.uuid)
        .bind(row.workflow)
        .bind(row.script)
        .bind(row.className)
        .bind(row.number)
        .bind(row.created)
        .bind(row.settings)
        .run();
    row.key = WorkflowVersionKey{m_db.lastInsertId()};
}

void SqliteTransaction::removeWorkflow(WorkflowKey key) {
    m_db.query("DELETE FROM workflow_versions WHERE workflow=?").bind(key).run();
    m_db.query("DELETE FROM schedules WHERE workflow=?").bind(key).run();
    m_db.query("DELETE FROM counts WHERE workflow=?").bind(key).run();
    m_db.query("DELETE FROM blocks WHERE workflow=?").bind(key).run();
    m_db.query("DELETE FROM activity WHERE workflow=?").bind(key).run();
    m_db.query("DELETE FROM durations WHERE workflow=?").bind(key).run();
    removeTermination(key);
    m_db.query("DELETE FROM workflows WHERE id=?").bind(key).run();
}

std::vector<WorkflowKey> SqliteTransaction::deletedWorkflows() {
    auto query = m_db.query("SELECT id FROM workflows WHERE deleted=1 ORDER BY id");
    std::vector<WorkflowKey> keys;
    while (query.step())
        keys.emplace_back(query.integer());
    return keys;
}

int SqliteTransaction::purgeInstances(WorkflowKey key, int limit) {
    std::vector<InstanceKey> keys;
    {
        auto query = m_db.query("SELECT id FROM instances WHERE workflow=? ORDER BY id LIMIT ?");
        query.bind(key).bind(limit);
        keys = readKeys(query);
    }
    for (const auto instance : keys)
        removeInstance(instance);
    return static_cast<int>(keys.size());
}

std::vector<InstanceKey> SqliteTransaction::due(api::Time now, int limit) {
    auto query = m_db.query("SELECT id FROM instances WHERE wake<=? AND workflow NOT IN "
                            "(SELECT id FROM workflows WHERE deleted=1) ORDER BY wake LIMIT ?");
    query.bind(now).bind(limit);
    return readKeys(query);
}

std::optional<api::Time> SqliteTransaction::nextWake() {
    auto query = m_db.query("SELECT min(wake) FROM instances WHERE wake IS NOT NULL");
    return query.step() ? query.optionalTime() : std::nullopt;
}

std::vector<Transaction::Queued> SqliteTransaction::queued(WorkflowKey workflow, int limit) {
    std::vector<Queued> found;
    const auto take = [&](const char* sql, bool ranBefore) {
        auto query = m_db.query(sql);
        query.bind(workflow).bind(limit - static_cast<int>(found.size()));
        while (query.step())
            found.push_back({InstanceKey{query.integer()}, ranBefore});
    };
    take("SELECT id FROM instances WHERE workflow=? AND status=0 AND started IS NOT NULL ORDER BY id LIMIT ?",
         true);
    take("SELECT id FROM instances WHERE workflow=? AND status=0 AND started IS NULL ORDER BY id LIMIT ?",
         false);
    return found;
}

std::vector<WorkflowKey> SqliteTransaction::workflowsWithQueued() {
    auto query = m_db.query("SELECT workflow FROM counts WHERE status=0 AND n>0 AND workflow IN "
                            "(SELECT id FROM workflows WHERE deleted=0)");
    std::vector<WorkflowKey> keys;
    while (query.step())
        keys.emplace_back(query.integer());
    return keys;
}

std::vector<InstanceKey> SqliteTransaction::interrupted(InstanceKey after, int limit) {
    auto query = m_db.query("SELECT id FROM instances WHERE status IN (1,6,8) AND status IN (0,1,6,8) AND "
                            "id>? ORDER BY id LIMIT ?");
    query.bind(after).bind(limit);
    return readKeys(query);
}

void SqliteTransaction::appendFeed(const Feed& feed) {
    m_db.query("INSERT INTO feed(last,first,time,lines) VALUES(?,?,?,?)")
        .bind(feed.last)
        .bind(feed.first)
        .bind(feed.time)
        .bind(feed.lines)
        .run();
    if (++m_turnsSinceTrim >= turnsBetweenTrims) trimFeed();
}

void SqliteTransaction::trimFeed() {
    m_turnsSinceTrim = 0;
    m_db.query("DELETE FROM feed WHERE last<?").bind(lastSequence().value - keptEvents).run();
}

void SqliteTransaction::addCount(const InstanceGroup& group, std::int64_t delta) {
    const auto status = static_cast<int>(group.status);
    m_db.query("INSERT INTO counts(workflow,status,n) VALUES(?,?,?) ON CONFLICT DO UPDATE SET n=n+excluded.n")
        .bind(group.workflow)
        .bind(status)
        .bind(delta)
        .run();
    m_db.query("INSERT INTO blocks(workflow,block,status,n) VALUES(?,?,?,?) "
               "ON CONFLICT DO UPDATE SET n=n+excluded.n")
        .bind(group.workflow)
        .bind(group.block)
        .bind(status)
        .bind(delta)
        .run();
    if (delta > 0) return;
    m_db.query("DELETE FROM blocks WHERE workflow=? AND block=? AND status=? AND n=0")
        .bind(group.workflow)
        .bind(group.block)
        .bind(status)
        .run();
}

void SqliteTransaction::addActivity(WorkflowKey workflow, api::Time hour, ActivityDelta delta) {
    m_db.query(
            "INSERT INTO activity(workflow,hour,created,errored) VALUES(?,?,?,?) ON CONFLICT DO UPDATE SET "
            "created=created+excluded.created,errored=errored+excluded.errored")
        .bind(workflow)
        .bind(hour)
        .bind(delta.created)
        .bind(delta.errored)
        .run();
}

void SqliteTransaction::addDuration(WorkflowKey workflow, api::Time hour, int bucket) {
    m_db.query(
            "INSERT INTO durations(workflow,hour,bucket,n) VALUES(?,?,?,1) ON CONFLICT DO UPDATE SET n=n+1")
        .bind(workflow)
        .bind(hour)
        .bind(bucket)
        .run();
}

std::int64_t SqliteTransaction::appendMetrics(api::Time time, const MetricRows& rows) {
    m_db.query("INSERT INTO metric_log(time,rows,data) VALUES(?,?,?)")
        .bind(time)
        .bind(rows.count())
        .blob(rows.bytes())
        .run();
    const auto sequence = m_db.lastInsertId();
    if (++m_metricsSinceTrim >= turnsBetweenMetricTrims) trimMetrics(sequence);
    return sequence;
}

/// The newest row always stays, so that numbers go on from it.
void SqliteTransaction::trimMetrics(std::int64_t newest) {
    m_metricsSinceTrim = 0;
    const auto folded = m_folded ? m_folded() : 0;
    m_db.query("DELETE FROM metric_log WHERE seq<=?")
        .bind(std::min(newest - 1, std::max(folded, newest - mostMetricTurns)))
        .run();
}

std::map<WorkflowKey, std::int64_t> SqliteTransaction::queuedCounts() {
    auto query = m_db.query("SELECT workflow,n FROM counts WHERE status=0 AND n>0");
    std::map<WorkflowKey, std::int64_t> counts;
    while (query.step()) {
        const WorkflowKey workflow{query.integer()};
        counts[workflow] = query.integer();
    }
    return counts;
}

Sequence SqliteTransaction::lastSequence() {
    auto query = m_db.query("SELECT coalesce(max(last),0) FROM feed");
    return Sequence{single(query, 0)};
}

InstanceKey SqliteTransaction::lastInstance() {
    auto query = m_db.query("SELECT coalesce(max(id),0) FROM instances");
    return InstanceKey{single(query, 0)};
}

}  // namespace stepwell::engine
