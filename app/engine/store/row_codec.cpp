#include "app/engine/store/row_codec.h"

namespace stepwell::engine {

namespace {

/// Of a step without a config of its own.
constexpr std::string_view standardConfig =
    R"({"retries":{"backoff":"exponential","delay":10000,"limit":5},"timeout":"10 minutes"})";
constexpr std::int64_t stepIndexMask = (1LL << stepIndexBits) - 1;

}  // namespace

std::optional<api::Milliseconds> optionalMilliseconds(Sqlite::Query& query) {
    if (const auto time = query.optionalTime()) return time->time_since_epoch();
    return std::nullopt;
}

ScriptRow readScript(Sqlite::Query& query) {
    ScriptRow row;
    row.key = ScriptKey{query.integer()};
    row.name = query.text();
    row.tag = query.text();
    row.created = query.time();
    row.modified = query.time();
    row.subdomainEnabled = query.integer() != 0;
    row.previewsEnabled = query.integer() != 0;
    row.settings = query.text();
    return row;
}

ScriptVersionRow readScriptVersion(Sqlite& db, Sqlite::Query& query) {
    ScriptVersionRow row;
    row.key = ScriptVersionKey{query.integer()};
    row.uuid = query.text();
    row.script = ScriptKey{query.integer()};
    row.scriptName = query.text();
    row.number = query.small();
    row.created = query.time();
    row.mainModule = query.text();
    row.metadata = query.text();
    row.etag = query.text();
    row.entrypoints = query.text();
    row.handlers = query.text();
    auto modules =
        db.query("SELECT name,content_type,blob,bytes FROM modules WHERE version=? ORDER BY position");
    modules.bind(row.key);
    while (modules.step()) {
        ModuleRow module;
        module.name = modules.text();
        module.contentType = modules.text();
        module.blob = modules.text();
        module.bytes = modules.integer();
        row.modules.push_back(std::move(module));
    }
    return row;
}

WorkflowRow readWorkflow(Sqlite::Query& query) {
    WorkflowRow row;
    row.key = WorkflowKey{query.integer()};
    row.uuid = query.text();
    row.name = query.text();
    row.className = query.text();
    row.scriptName = query.text();
    row.created = query.time();
    row.modified = query.time();
    row.triggered = query.optionalTime();
    row.settings = query.text();
    row.latest = WorkflowVersionKey{query.integer()};
    row.latestNumber = query.small();
    row.deleted = query.integer() != 0;
    return row;
}

ScheduleRow readSchedule(Sqlite::Query& query) {
    ScheduleRow row;
    row.key = query.integer();
    row.workflow = WorkflowKey{query.integer()};
    row.script = ScriptKey{query.integer()};
    row.cron = query.text();
    row.created = query.time();
    row.next = query.time();
    return row;
}

WorkflowVersionRow readWorkflowVersion(Sqlite::Query& query) {
    WorkflowVersionRow row;
    row.key = WorkflowVersionKey{query.integer()};
    row.uuid = query.text();
    row.workflow = WorkflowKey{query.integer()};
    row.script = ScriptVersionKey{query.integer()};
    row.className = query.text();
    row.number = query.small();
    row.created = query.time();
    row.settings = query.text();
    return row;
}

InstanceRow readInstanceHead(Sqlite::Query& query) {
    InstanceRow row;
    row.key = InstanceKey{query.integer()};
    row.workflow = WorkflowKey{query.integer()};
    row.id = query.text();
    row.version = WorkflowVersionKey{query.integer()};
    row.status = static_cast<api::Status>(query.small());
    row.trigger = static_cast<api::TriggerSource>(query.small());
    row.created = query.time();
    row.modified = query.time();
    row.started = query.optionalTime();
    row.ended = query.optionalTime();
    row.wake = query.optionalTime();
    row.pausedAt = query.optionalTime();
    row.run = Run{static_cast<std::uint32_t>(query.integer())};
    row.stepCount = query.small();
    row.retries = query.small();
    row.strikes = query.small();
    row.sleeping = query.integer() != 0;
    row.changed = Sequence{query.integer()};
    row.rollback = static_cast<Rollback>(query.small());
    return row;
}

void readInstanceBody(Sqlite::Query& query, InstanceRow& row) {
    row.errorName = query.text();
    row.errorMessage = query.text();
    row.errorStack = query.text();
    row.outputPreview = query.text();
    row.output = query.text();
    row.params = query.text();
    row.rollbackErrorName = query.text();
    row.rollbackErrorMessage = query.text();
    row.successRetention = optionalMilliseconds(query);
    row.errorRetention = optionalMilliseconds(query);
    row.expires = query.optionalTime();
}

std::string_view storedConfig(const StepRow& row) {
    const bool isStandard = row.kind == api::StepKind::step && row.config == standardConfig;
    return isStandard ? std::string_view{} : std::string_view{row.config};
}

StepRow readStepHead(Sqlite::Query& query) {
    StepRow row;
    const auto id = query.integer();
    row.instance = InstanceKey{id >> stepIndexBits};
    row.index = StepIndex{static_cast<std::int32_t>(id & stepIndexMask)};
    row.kind = static_cast<api::StepKind>(query.small());
    row.count = query.small();
    row.name = query.text();
    row.state = static_cast<api::StepState>(query.small());
    row.started = query.time();
    row.ended = query.optionalTime();
    row.config = query.text();
    if (row.config.empty() && row.kind == api::StepKind::step) row.config = standardConfig;
    row.retryLimit = query.small();
    row.delayMs = query.integer();
    row.backoff = static_cast<api::Backoff>(query.small());
    row.timeoutMs = query.integer();
    row.target = query.integer();
    row.attempts = query.small();
    row.failures = query.small();
    row.due = query.optionalTime();
    row.changed = Sequence{query.integer()};
    row.eventType = query.text();
    row.errorName = query.text();
    row.errorMessage = query.text();
    row.errorStack = query.text();
    row.rollback = query.text();
    row.cpu = std::chrono::microseconds{query.integer()};
    return row;
}

StepRow readStep(Sqlite::Query& query) {
    auto row = readStepHead(query);
    row.preview = query.text();
    row.value = query.text();
    return row;
}

AttemptRow readAttempt(Sqlite::Query& query) {
    AttemptRow row;
    const auto id = query.integer();
    row.instance = InstanceKey{id >> stepIndexBits};
    row.step = StepIndex{static_cast<std::int32_t>(id & stepIndexMask)};
    row.number = query.small();
    row.started = query.time();
    row.ended = query.optionalTime();
    const bool open = query.isNull();
    const bool success = query.integer() != 0;
    if (!open) row.success = success;
    row.errorName = query.text();
    row.errorMessage = query.text();
    row.errorStack = query.text();
    row.retryOn = query.optionalTime();
    row.cpu = std::chrono::microseconds{query.integer()};
    return row;
}

Feed readFeed(Sqlite::Query& query) {
    Feed feed;
    feed.first = Sequence{query.integer()};
    feed.last = Sequence{query.integer()};
    feed.time = query.time();
    feed.lines = query.text();
    return feed;
}

std::optional<ClassGraph> readGraph(Sqlite& db, ScriptVersionKey script, const std::string& className) {
    auto query =
        db.query("SELECT graph,reason FROM graphs WHERE script_version=? AND class_name=? AND analyser=?");
    if (!query.bind(script).bind(className).bind(analyserVersion).step()) return std::nullopt;
    auto graph = query.text();
    return ClassGraph{className, std::move(graph), query.text()};
}

bool isWithoutGraph(Sqlite& db, ScriptVersionKey script, const std::string& className) {
    auto query = db.query("SELECT 1 FROM graphs WHERE script_version=? AND class_name=? AND analyser=? AND "
                          "graph IS NULL");
    return query.bind(script).bind(className).bind(analyserVersion).step();
}

}  // namespace stepwell::engine
