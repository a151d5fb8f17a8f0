#include "app/engine/access/audit.h"

#include "app/engine/access/database.h"

namespace stepwell::engine::access {

namespace {

std::string_view cut(std::string_view text) {
    return text.substr(0, longestAuditText);
}

std::optional<std::string_view> given(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
}

// The conditions of a list, and the count of what meets them: each literal is a statement of its own.
#define STEPWELL_AUDIT_WHERE                                                                                 \
    " FROM audit WHERE time >= ?1 AND time < ?2 AND (?3 IS NULL OR actor = ?3) AND"                          \
    " (?4 IS NULL OR action = ?4) AND (?5 IS NULL OR resource = ?5 OR"                                       \
    " substr(resource, 1, length(?5) + 1) = ?5 || '.')"
#define STEPWELL_AUDIT_COLUMNS                                                                               \
    "SELECT key, time, action, outcome, actor, actor_name, actor_kind, address, resource, resource_id,"      \
    " face, method, path, status"
constexpr const char* count = "SELECT count(*)" STEPWELL_AUDIT_WHERE;
constexpr const char* newestFirst =
    STEPWELL_AUDIT_COLUMNS STEPWELL_AUDIT_WHERE " ORDER BY time DESC, key DESC LIMIT ?6 OFFSET ?7";
constexpr const char* oldestFirst =
    STEPWELL_AUDIT_COLUMNS STEPWELL_AUDIT_WHERE " ORDER BY time, key LIMIT ?6 OFFSET ?7";
// Where all are asked for, or only times, an index alone answers: a million rows need not be read.
constexpr const char* countAll = "SELECT count(*) FROM audit";
constexpr const char* countOfTimes = "SELECT count(*) FROM audit WHERE time >= ?1 AND time < ?2";
#undef STEPWELL_AUDIT_WHERE
#undef STEPWELL_AUDIT_COLUMNS

// As `isRefusal` has it. The index is used where these very words are a condition.
#define STEPWELL_AUDIT_REFUSED "status IN (401, 403, 429)"
constexpr const char* refusedIndex =
    "CREATE INDEX IF NOT EXISTS audit_refused ON audit(key, status) WHERE " STEPWELL_AUDIT_REFUSED;
#undef STEPWELL_AUDIT_REFUSED

constexpr api::Time endOfTime{api::Milliseconds{std::int64_t{1} << 60}};

void bindTimes(Sqlite::Query& row, const AuditQuery& query) {
    row.bind(query.since.value_or(api::Time{})).bind(query.before.value_or(endOfTime));
}

void bindConditions(Sqlite::Query& row, const AuditQuery& query) {
    bindTimes(row, query);
    row.bind(given(query.actor)).bind(given(query.action)).bind(given(query.resource));
}

AuditEntry readEntry(Sqlite::Query& row) {
    AuditEntry entry;
    entry.key = row.integer();
    entry.time = row.time();
    entry.action = row.text();
    const bool unknown = row.isNull();
    const auto outcome = row.integer();
    if (!unknown) entry.outcome = outcome != 0;
    entry.actor = row.text();
    entry.actorName = row.text();
    entry.actorKind = row.integer() == 0 ? ActorKind::owner : ActorKind::token;
    entry.address = row.text();
    entry.resource = row.text();
    entry.resourceId = row.text();
    entry.face = row.integer() == 0 ? Face::api : Face::command;
    entry.method = row.text();
    entry.path = row.text();
    entry.status = row.small();
    return entry;
}

}  // namespace

bool isRefusal(const AuditEntry& entry) {
    return entry.status == 401 || entry.status == 403 || entry.status == 429;
}

void prepareAudit(Sqlite& db) {
    db.exec(refusedIndex);
    db.clearError();
}

void appendAudit(Sqlite& db, const AuditEntry& entry) {
    std::optional<std::int64_t> outcome;
    if (entry.outcome) outcome = *entry.outcome ? 1 : 0;
    db.query("INSERT INTO audit(time, action, outcome, actor, actor_name, actor_kind, address, resource, "
             "resource_id, face, method, path, status) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(entry.time)
        .bind(cut(entry.action))
        .bind(outcome)
        .bind(cut(entry.actor))
        .bind(cut(entry.actorName))
        .bind(entry.actorKind == ActorKind::owner ? 0 : 1)
        .bind(cut(entry.address))
        .bind(cut(entry.resource))
        .bind(cut(entry.resourceId))
        .bind(entry.face == Face::api ? 0 : 1)
        .bind(cut(entry.method))
        .bind(cut(entry.path))
        .bind(entry.status)
        .run();
}

api::Result<AuditPage> listAudit(Sqlite& db, const AuditQuery& query) {
    AuditPage page;
    db.exec("BEGIN");
    {
        const bool filtered = !query.actor.empty() || !query.action.empty() || !query.resource.empty();
        const bool timed = query.since || query.before;
        auto row = db.query(filtered ? count : timed ? countOfTimes : countAll);
        if (filtered)
            bindConditions(row, query);
        else if (timed)
            bindTimes(row, query);
        if (row.step()) page.total = row.integer();
    }
    {
        auto row = db.query(query.oldestFirst ? oldestFirst : newestFirst);
        bindConditions(row, query);
        row.bind(query.perPage).bind((query.page - 1) * query.perPage);
        while (row.step())
            page.entries.push_back(readEntry(row));
    }
    if (db.ok()) db.exec("COMMIT");
    if (!db.ok()) return tl::unexpected(takeError(db));
    return page;
}

}  // namespace stepwell::engine::access
