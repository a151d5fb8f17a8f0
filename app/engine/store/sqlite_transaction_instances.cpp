#include "app/engine/store/row_codec.h"
#include "app/engine/store/sqlite_transaction.h"

namespace stepwell::engine {

namespace {

std::optional<std::int64_t> count(const std::optional<api::Milliseconds>& time) {
    return time ? std::optional(std::int64_t{time->count()}) : std::nullopt;
}

}  // namespace

std::optional<InstanceRow> SqliteTransaction::instance(InstanceKey key) {
    auto query = m_db.query("SELECT " STEPWELL_INSTANCE_HEAD "," STEPWELL_INSTANCE_BODY
                            " FROM instances i WHERE i.id=?");
    if (!query.bind(key).step()) return std::nullopt;
    auto row = readInstanceHead(query);
    readInstanceBody(query, row);
    return row;
}

std::optional<InstanceRow> SqliteTransaction::instance(WorkflowKey workflow, const std::string& id) {
    auto query = m_db.query("SELECT " STEPWELL_INSTANCE_HEAD "," STEPWELL_INSTANCE_BODY
                            " FROM instances i WHERE i.workflow=? AND i.name=?");
    if (!query.bind(workflow).bind(id).step()) return std::nullopt;
    auto row = readInstanceHead(query);
    readInstanceBody(query, row);
    return row;
}

void SqliteTransaction::insertInstance(const InstanceRow& row) {
    m_db.query(
            "INSERT INTO instances(id,workflow,name,version,status,source,created,modified,started,run,steps,"
            "failures,strikes,sleeping,changed,params,success_retention,error_retention) "
            "VALUES(?,?,?,?,?,?,?,?,?,?,0,0,0,0,?,?,?,?)")
        .bind(row.key)
        .bind(row.workflow)
        .bind(row.id)
        .bind(row.version)
        .bind(static_cast<int>(row.status))
        .bind(static_cast<int>(row.trigger))
        .bind(row.created)
        .bind(row.modified)
        .bind(row.started)
        .bind(row.run)
        .bind(row.changed)
        .bind(row.params)
        .bind(count(row.successRetention))
        .bind(count(row.errorRetention))
        .run();
}

void SqliteTransaction::removeInstance(InstanceKey key) {
    removeSteps(key, StepIndex{0});
    removeSentEvents(key);
    m_db.query("DELETE FROM instances WHERE id=?").bind(key).run();
}

void SqliteTransaction::updateInstance(const InstanceRow& row) {
    m_db.query("UPDATE instances SET "
               "version=?,status=?,modified=?,started=?,ended=?,wake=?,paused=?,run=?,steps=?,"
               "failures=?,strikes=?,sleeping=?,changed=?,error_name=?,error_message=?,error_stack=?,"
               "output_preview=?,output=?,rollback=?,rollback_error_name=?,rollback_error_message=?,expires=?"
               " WHERE id=?")
        .bind(row.version)
        .bind(static_cast<int>(row.status))
        .bind(row.modified)
        .bind(row.started)
        .bind(row.ended)
        .bind(row.wake)
        .bind(row.pausedAt)
        .bind(row.run)
        .bind(row.stepCount)
        .bind(row.retries)
        .bind(row.strikes)
        .bind(row.sleeping ? 1 : 0)
        .bind(row.changed)
        .bind(row.errorName)
        .bind(row.errorMessage)
        .bind(row.errorStack)
        .bind(row.outputPreview)
        .bind(row.output)
        .bind(static_cast<int>(row.rollback))
        .bind(row.rollbackErrorName)
        .bind(row.rollbackErrorMessage)
        .bind(row.expires)
        .bind(row.key)
        .run();
}

void SqliteTransaction::updateProgress(const InstanceRow& row) {
    m_db.query("UPDATE instances SET steps=?,failures=?,strikes=? WHERE id=?")
        .bind(row.stepCount)
        .bind(row.retries)
        .bind(row.strikes)
        .bind(row.key)
        .run();
}

std::vector<StepRow> SqliteTransaction::steps(InstanceKey instance, bool openOnly) {
    auto query =
        m_db.query("SELECT " STEPWELL_STEP_HEAD
                   ",preview,value FROM steps WHERE id>=? AND id<? AND (?=0 OR state<2) ORDER BY id");
    query.bind(stepId(instance, 0)).bind(stepIdEnd(instance)).bind(openOnly ? 1 : 0);
    std::vector<StepRow> rows;
    while (query.step())
        rows.push_back(readStep(query));
    return rows;
}

std::optional<StepRow> SqliteTransaction::step(InstanceKey instance, StepIndex index) {
    auto query = m_db.query("SELECT " STEPWELL_STEP_HEAD ",preview,value FROM steps WHERE id=?");
    if (!query.bind(stepId(instance, index.value)).step()) return std::nullopt;
    return readStep(query);
}

std::optional<StepRow> SqliteTransaction::lastToRollBack(InstanceKey instance, StepIndex before) {
    auto query = m_db.query("SELECT " STEPWELL_STEP_HEAD
                            ",preview,value FROM steps WHERE rollback IS NOT NULL AND id>=? AND id<? "
                            "ORDER BY id DESC LIMIT 1");
    query.bind(stepId(instance, 0)).bind(stepId(instance, before.value));
    if (!query.step()) return std::nullopt;
    return readStep(query);
}

int SqliteTransaction::lastStepIndex(InstanceKey instance) {
    auto query = m_db.query("SELECT coalesce(max(id),-1) FROM steps WHERE id>=? AND id<?");
    query.bind(stepId(instance, 0)).bind(stepIdEnd(instance));
    if (!query.step()) return -1;
    const auto id = query.integer();
    return id < 0 ? -1 : static_cast<int>(id - stepId(instance, 0));
}

void SqliteTransaction::putStep(const StepRow& row) {
    m_db.query("INSERT OR REPLACE INTO steps(" STEPWELL_STEP_HEAD
               ",preview,value) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
        .bind(stepId(row.instance, row.index.value))
        .bind(static_cast<int>(row.kind))
        .bind(row.count)
        .bind(row.name)
        .bind(static_cast<int>(row.state))
        .bind(row.started)
        .bind(row.ended)
        .bind(storedConfig(row))
        .bind(row.retryLimit)
        .bind(row.delayMs)
        .bind(static_cast<int>(row.backoff))
        .bind(row.timeoutMs)
        .bind(row.target)
        .bind(row.attempts)
        .bind(row.failures)
        .bind(row.due)
        .bind(row.changed)
        .bind(row.eventType)
        .bind(row.errorName)
        .bind(row.errorMessage)
        .bind(row.errorStack)
        .bind(row.rollback.empty() ? std::nullopt : std::optional<std::string_view>(row.rollback))
        .bind(row.cpu.count())
        .bind(row.preview)
        .bind(row.value)
        .run();
}

void SqliteTransaction::putAttempt(const AttemptRow& row) {
    m_db.query("INSERT OR REPLACE INTO attempts(" STEPWELL_ATTEMPT_COLUMNS ") VALUES(?,?,?,?,?,?,?,?,?,?)")
        .bind(stepId(row.instance, row.step.value))
        .bind(row.number)
        .bind(row.started)
        .bind(row.ended)
        .bind(row.success ? std::optional(*row.success ? 1 : 0) : std::nullopt)
        .bind(row.errorName)
        .bind(row.errorMessage)
        .bind(row.errorStack)
        .bind(row.retryOn)
        .bind(row.cpu.count())
        .run();
}

std::optional<AttemptRow> SqliteTransaction::attempt(InstanceKey instance, StepIndex step, int number) {
    auto query = m_db.query("SELECT " STEPWELL_ATTEMPT_COLUMNS " FROM attempts WHERE step=? AND number=?");
    if (!query.bind(stepId(instance, step.value)).bind(number).step()) return std::nullopt;
    return readAttempt(query);
}

void SqliteTransaction::removeSteps(InstanceKey instance, StepIndex from) {
    const auto first = stepId(instance, from.value);
    const auto end = stepIdEnd(instance);
    m_db.query("DELETE FROM steps WHERE id>=? AND id<?").bind(first).bind(end).run();
    m_db.query("DELETE FROM attempts WHERE step>=? AND step<?").bind(first).bind(end).run();
    m_db.query("DELETE FROM stream_chunks WHERE step>=? AND step<?").bind(first).bind(end).run();
    const int lowest = from.value == 0 ? -1 : from.value;  // those outside any step go when everything goes
    m_db.query("DELETE FROM requests WHERE instance=? AND step>=?").bind(instance).bind(lowest).run();
    m_db.query("DELETE FROM logs WHERE instance=? AND step>=?").bind(instance).bind(lowest).run();
}

void SqliteTransaction::insertChunk(InstanceKey instance, StepIndex step, std::int64_t number,
                                    std::string_view bytes) {
    m_db.query("INSERT OR REPLACE INTO stream_chunks(step,number,bytes) VALUES(?,?,?)")
        .bind(stepId(instance, step.value))
        .bind(number)
        .blob(bytes)
        .run();
}

std::string SqliteTransaction::chunk(InstanceKey instance, StepIndex step, std::int64_t number) {
    auto query = m_db.query("SELECT bytes FROM stream_chunks WHERE step=? AND number=?");
    return query.bind(stepId(instance, step.value)).bind(number).step() ? query.text() : std::string();
}

void SqliteTransaction::removeChunks(InstanceKey instance, StepIndex step) {
    m_db.query("DELETE FROM stream_chunks WHERE step=?").bind(stepId(instance, step.value)).run();
}

std::int64_t SqliteTransaction::streamBytes(InstanceKey instance) {
    auto query =
        m_db.query("SELECT coalesce(sum(length(bytes)),0) FROM stream_chunks WHERE step>=? AND step<?");
    query.bind(stepId(instance, 0)).bind(stepIdEnd(instance));
    return query.step() ? query.integer() : 0;
}

std::vector<SentEventRow> SqliteTransaction::sentEvents(InstanceKey instance) {
    auto query = m_db.query("SELECT id,type,payload,time FROM sent_events WHERE instance=? ORDER BY id");
    query.bind(instance);
    std::vector<SentEventRow> rows;
    while (query.step()) {
        SentEventRow row;
        row.key = query.integer();
        row.instance = instance;
        row.type = query.text();
        row.payload = query.text();
        row.time = query.time();
        rows.push_back(std::move(row));
    }
    return rows;
}

void SqliteTransaction::insertSentEvent(SentEventRow& row) {
    m_db.query("INSERT INTO sent_events(instance,type,payload,time) VALUES(?,?,?,?)")
        .bind(row.instance)
        .bind(row.type)
        .bind(row.payload)
        .bind(row.time)
        .run();
    row.key = m_db.lastInsertId();
}

void SqliteTransaction::removeSentEvent(std::int64_t key) {
    m_db.query("DELETE FROM sent_events WHERE id=?").bind(key).run();
}

void SqliteTransaction::removeSentEvents(InstanceKey instance) {
    m_db.query("DELETE FROM sent_events WHERE instance=?").bind(instance).run();
}

void SqliteTransaction::putRequest(RequestRow& row) {
    std::optional<std::int64_t> duration;
    if (row.duration) duration = row.duration->count();
    m_db.query("INSERT INTO "
               "requests(id,instance,step,attempt,method,url,status,error,started,duration,request_bytes,"
               "response_bytes,changed) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET "
               "status=excluded.status,error=excluded.error,duration=excluded.duration,"
               "request_bytes=excluded.request_bytes,response_bytes=excluded.response_bytes,changed=excluded."
               "changed")
        .bind(row.key != 0 ? std::optional(row.key) : std::nullopt)
        .bind(row.instance)
        .bind(static_cast<int>(row.step))
        .bind(row.attempt)
        .bind(row.method)
        .bind(row.url)
        .bind(row.status)
        .bind(row.error)
        .bind(row.started)
        .bind(duration)
        .bind(row.requestBytes)
        .bind(row.responseBytes)
        .bind(row.changed)
        .run();
    if (row.key == 0) row.key = m_db.lastInsertId();
}

void SqliteTransaction::insertLog(const LogRow& row) {
    m_db.query("INSERT INTO logs(instance,step,level,time,text) VALUES(?,?,?,?,?)")
        .bind(row.instance)
        .bind(static_cast<int>(row.step))
        .bind(row.level)
        .bind(row.time)
        .bind(row.text)
        .run();
}

int SqliteTransaction::logCount(InstanceKey instance) {
    auto query = m_db.query("SELECT count(*) FROM logs WHERE instance=?");
    return query.bind(instance).step() ? query.small() : 0;
}

int SqliteTransaction::requestCount(InstanceKey instance) {
    auto query = m_db.query("SELECT count(*) FROM requests WHERE instance=?");
    return query.bind(instance).step() ? query.small() : 0;
}

}  // namespace stepwell::engine
