#include "app/engine/access/audit_pruner.h"

#include <algorithm>

namespace stepwell::engine::access {

namespace {

constexpr std::int64_t most = 1'000;  ///< rows of a step, of each bound

// As `isRefusal` has it. The index is used where these very words are a condition.
#define STEPWELL_AUDIT_REFUSED "status IN (401, 403, 429)"
constexpr const char* newestKey = "SELECT ifnull(max(key), 0) FROM audit";
constexpr const char* countAll = "SELECT count(*) FROM audit";
constexpr const char* countNewer = "SELECT count(*) FROM audit WHERE key > ?";
constexpr const char* countRefused =
    "SELECT count(*) FROM audit WHERE " STEPWELL_AUDIT_REFUSED " AND key > ?";
constexpr const char* oldestOther =
    "SELECT ifnull(min(key), 0) FROM audit WHERE key > ? AND NOT (" STEPWELL_AUDIT_REFUSED ")";
// Each tells of what it removed whether it was a refusal.
constexpr const char* pruneRefused =
    "DELETE FROM audit WHERE key IN (SELECT key FROM audit WHERE " STEPWELL_AUDIT_REFUSED
    " ORDER BY key LIMIT ?) RETURNING 1";
constexpr const char* pruneOthers =
    "DELETE FROM audit WHERE key IN (SELECT key FROM audit WHERE key > ? AND NOT (" STEPWELL_AUDIT_REFUSED
    ") ORDER BY key LIMIT ?) RETURNING 0";
constexpr const char* pruneAged =
    "DELETE FROM audit WHERE key IN (SELECT key FROM audit WHERE time < ? ORDER BY time LIMIT ?)"
    " RETURNING " STEPWELL_AUDIT_REFUSED;
#undef STEPWELL_AUDIT_REFUSED

std::int64_t numberOf(Sqlite::Query& query) {
    return query.step() ? query.integer() : 0;
}

}  // namespace

void AuditPruner::count(Sqlite& db) {
    std::int64_t newest = 0;
    std::int64_t all = 0;
    std::int64_t refusals = 0;
    {
        auto query = db.query(newestKey);
        newest = numberOf(query);
    }
    if (newest <= m_newest) return;
    {
        // Without a condition it is the smallest index that is counted, and not the table.
        auto query = db.query(m_newest == 0 ? countAll : countNewer);
        if (m_newest != 0) query.bind(m_newest);
        all = numberOf(query);
    }
    {
        auto query = db.query(countRefused);
        refusals = numberOf(query.bind(m_newest));
    }
    if (!db.ok()) return;
    m_newest = newest;
    m_refusals += refusals;
    m_others += all - refusals;
}

void AuditPruner::take(Sqlite::Query& removed) {
    while (removed.step())
        --(removed.integer() != 0 ? m_refusals : m_others);
}

/// The next step need not look through them again.
void AuditPruner::skipRefusals(Sqlite& db) {
    auto query = db.query(oldestOther);
    m_floor = std::max(m_floor, numberOf(query.bind(m_floor)) - 1);
}

bool AuditPruner::step(Sqlite& db, const AuditBounds& bounds, api::Time now) {
    // One transaction: rows that another process adds meanwhile are in all of the counts, or in none.
    if (!db.exec("BEGIN IMMEDIATE")) {
        db.clearError();  // somebody else holds it: another time
        return false;
    }
    const auto before = *this;
    count(db);
    if (m_refusals > bounds.refusals) {
        auto query = db.query(pruneRefused);
        take(query.bind(std::min(most, m_refusals - bounds.refusals)));
    }
    if (m_others > bounds.rows) {
        {
            auto query = db.query(pruneOthers);
            take(query.bind(m_floor).bind(std::min(most, m_others - bounds.rows)));
        }
        skipRefusals(db);
    }
    const auto left = m_refusals + m_others;
    {
        auto query = db.query(pruneAged);
        take(query.bind(now - bounds.age).bind(most));
    }
    if (!db.ok() || !db.exec("COMMIT")) {
        *this = before;
        db.clearError();
        db.exec("ROLLBACK");
        return false;
    }
    const bool beyond = m_refusals > bounds.refusals || m_others > bounds.rows;
    return beyond || left - m_refusals - m_others >= most;
}

}  // namespace stepwell::engine::access
