#include "app/engine/store/row_codec.h"
#include "app/engine/store/sqlite_transaction.h"

namespace stepwell::engine {

std::vector<ScheduleRow> SqliteTransaction::schedules(WorkflowKey workflow, ScriptKey script) {
    auto query = m_db.query("SELECT " STEPWELL_SCHEDULE_COLUMNS
                            " FROM schedules WHERE workflow=? AND script=? ORDER BY id");
    query.bind(workflow).bind(script);
    std::vector<ScheduleRow> rows;
    while (query.step())
        rows.push_back(readSchedule(query));
    return rows;
}

std::vector<ScheduleRow> SqliteTransaction::dueSchedules(api::Time now) {
    auto query = m_db.query("SELECT " STEPWELL_SCHEDULE_COLUMNS
                            " FROM schedules WHERE next<=? ORDER BY next,id LIMIT 1000");
    query.bind(now);
    std::vector<ScheduleRow> rows;
    while (query.step())
        rows.push_back(readSchedule(query));
    return rows;
}

std::optional<api::Time> SqliteTransaction::nextSchedule() {
    auto query = m_db.query("SELECT min(next) FROM schedules");
    return query.step() ? query.optionalTime() : std::nullopt;
}

void SqliteTransaction::putSchedule(const ScheduleRow& row) {
    m_db.query("INSERT INTO schedules(" STEPWELL_SCHEDULE_COLUMNS ") VALUES(?,?,?,?,?,?) "
               "ON CONFLICT(id) DO UPDATE SET next=excluded.next")
        .bind(row.key == 0 ? std::nullopt : std::optional(row.key))
        .bind(row.workflow)
        .bind(row.script)
        .bind(row.cron)
        .bind(row.created)
        .bind(row.next)
        .run();
}

void SqliteTransaction::removeSchedule(std::int64_t key) {
    m_db.query("DELETE FROM schedules WHERE id=?").bind(key).run();
}

}  // namespace stepwell::engine
