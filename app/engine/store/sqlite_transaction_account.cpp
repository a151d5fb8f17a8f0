#include "app/engine/store/row_codec.h"
#include "app/engine/store/sqlite_transaction.h"

namespace stepwell::engine {

namespace {

constexpr std::array unfinishedStatuses = {api::Status::queued,  api::Status::running,
                                           api::Status::paused,  api::Status::waitingForPause,
                                           api::Status::waiting, api::Status::rollingBack};

}  // namespace

AccountRow SqliteTransaction::account() {
    AccountRow row;
    auto query = m_db.query(
        "SELECT success_retention,error_retention,concurrency,creation_rate,workflow_creation_rate FROM "
        "account");
    if (!query.step()) return row;
    row.successRetention = api::Milliseconds{query.integer()};
    row.errorRetention = api::Milliseconds{query.integer()};
    row.concurrency = query.small();
    row.creationRate = query.small();
    row.workflowCreationRate = query.small();
    return row;
}

void SqliteTransaction::putAccount(const AccountRow& row) {
    m_db.query("INSERT OR REPLACE INTO "
               "account(id,success_retention,error_retention,concurrency,creation_rate,workflow_creation_"
               "rate) VALUES(1,?,?,?,?,?)")
        .bind(std::int64_t{row.successRetention.count()})
        .bind(std::int64_t{row.errorRetention.count()})
        .bind(row.concurrency)
        .bind(row.creationRate)
        .bind(row.workflowCreationRate)
        .run();
}

std::string SqliteTransaction::triggers(const std::string& script) {
    auto query = m_db.query("SELECT items FROM triggers WHERE script=?");
    return query.bind(script).step() ? query.text() : "[]";
}

void SqliteTransaction::putTriggers(const std::string& script, const std::string& items) {
    m_db.query("INSERT OR REPLACE INTO triggers(script,items) VALUES(?,?)").bind(script).bind(items).run();
}

std::vector<InstanceKey> SqliteTransaction::expired(api::Time now, int limit) {
    auto query = m_db.query("SELECT id FROM instances WHERE expires<=? ORDER BY expires LIMIT ?");
    query.bind(now).bind(limit);
    std::vector<InstanceKey> keys;
    while (query.step())
        keys.emplace_back(query.integer());
    return keys;
}

std::optional<api::Time> SqliteTransaction::nextExpiry() {
    auto query = m_db.query("SELECT min(expires) FROM instances WHERE expires IS NOT NULL");
    return query.step() ? query.optionalTime() : std::nullopt;
}

std::vector<TerminationRow> SqliteTransaction::terminations() {
    auto query = m_db.query("SELECT workflow,last,status FROM terminations ORDER BY workflow");
    std::vector<TerminationRow> rows;
    while (query.step()) {
        TerminationRow row;
        row.workflow = WorkflowKey{query.integer()};
        row.last = InstanceKey{query.integer()};
        if (!query.isNull()) row.status = static_cast<api::Status>(query.small());
        rows.push_back(row);
    }
    return rows;
}

void SqliteTransaction::putTermination(const TerminationRow& row) {
    m_db.query("INSERT OR REPLACE INTO terminations(workflow,last,status) VALUES(?,?,?)")
        .bind(row.workflow)
        .bind(row.last)
        .bind(row.status ? std::optional(static_cast<int>(*row.status)) : std::nullopt)
        .run();
}

void SqliteTransaction::removeTermination(WorkflowKey workflow) {
    m_db.query("DELETE FROM terminations WHERE workflow=?").bind(workflow).run();
}

/// One status after the other, so that finished instances, of which there may be a million, are not looked
/// at.
std::vector<InstanceKey> SqliteTransaction::unfinished(const TerminationRow& termination, int limit) {
    std::vector<InstanceKey> keys;
    for (const auto status : unfinishedStatuses) {
        if (termination.status && *termination.status != status) continue;
        auto query = m_db.query(
            "SELECT id FROM instances WHERE workflow=? AND status=? AND id<=? ORDER BY id LIMIT ?");
        query.bind(termination.workflow).bind(static_cast<int>(status)).bind(termination.last);
        query.bind(limit - static_cast<int>(keys.size()));
        while (query.step())
            keys.emplace_back(query.integer());
    }
    return keys;
}

}  // namespace stepwell::engine
