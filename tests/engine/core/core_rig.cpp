#include "core_rig.h"

namespace stepwell::engine {

namespace {

WorkflowKey flowKey(Transaction& transaction) {
    return transaction.workflow("flow")->key;
}

/// Splits off the batch mark that closes a turn's lines.
std::string withoutMark(const std::string& lines, std::string& mark) {
    const auto at = lines.rfind("b\t");
    mark = lines.substr(at);
    return lines.substr(0, at);
}

}  // namespace

CoreRig::CoreRig(CoreSettings settings)
    : m_settings(settings) {
    m_db = std::move(*openDatabase(m_dir.filePath("t.db").toStdString()));
    m_transaction = std::make_unique<SqliteTransaction>(*m_db);
    m_core = std::make_unique<Core>(settings);
    install();
}

void CoreRig::install() {
    PutScriptVersion upload;
    upload.script = "worker";
    upload.scriptTag = "tag";
    upload.version.uuid = "script-version";
    upload.version.entrypoints = R"(["Flow"])";
    upload.deploymentUuid = "deployment";
    ask(upload);
    ask(PutWorkflow{"flow", "Flow", "worker", "{}", "workflow-uuid", "version-uuid"});
}

void CoreRig::turn(std::vector<Command> commands) {
    Actions actions;
    m_transaction->begin();
    m_core->beginTurn(m_now, *m_transaction, actions);
    if (const auto jump = std::exchange(m_jump, {}); jump != jump.zero()) m_core->clockJumped(jump);
    if (m_fresh) m_core->recover();
    m_fresh = false;
    for (const auto& command : commands)
        m_core->apply(command);
    m_core->endTurn();
    std::string error;
    if (!m_transaction->commit(error)) qFatal("commit failed: %s", error.c_str());
    m_firings.insert(m_firings.end(), actions.firings.begin(), actions.firings.end());
    m_released = static_cast<int>(actions.release.size());
    m_stopped += static_cast<int>(actions.stop.size());
    for (auto& [id, reply] : actions.replies)
        m_replies[id.value] = std::move(reply);
    for (const auto& line : expand(actions.feed)) {
        const auto at = line.json.find("\"type\":\"") + 8;
        m_types.push_back(line.json.substr(at, line.json.find('"', at) - at));
    }
    for (const auto& [runtime, lines] : actions.lines) {
        std::string mark;
        m_heard += withoutMark(lines, mark);
        m_echoes.emplace_back(runtime, mark);
    }
}

void CoreRig::pass(std::chrono::milliseconds time) {
    const auto end = m_now + time;
    for (;;) {
        const auto next = m_core->nextTurn();
        if (!next || *next > end) break;
        m_now = std::max(m_now, *next);
        turn({Tick{}});
        if (m_core->nextTurn() && *m_core->nextTurn() <= m_now) m_now += std::chrono::milliseconds{1};
    }
    m_now = std::max(m_now, end);
}

void CoreRig::jump(std::chrono::milliseconds by) {
    m_now += by;
    m_jump += by;
}

Reply CoreRig::ask(Request request) {
    const ReplyId id{++m_lastReply};
    turn({RequestCommand{id, std::move(request)}});
    return m_replies.at(id.value);
}

void CoreRig::say(const std::string& lines) {
    std::string text = lines;
    for (auto at = text.find('%'); at != std::string::npos; at = text.find('%'))
        text.replace(at, 1, run());
    turn({DriverLines{RuntimeId{ScriptVersionKey{1}, false}, text}});
}

std::string CoreRig::heard() {
    auto echoes = std::exchange(m_echoes, {});
    for (auto& [runtime, mark] : echoes)
        turn({DriverLines{runtime, mark}});
    return std::exchange(m_heard, {});
}

void CoreRig::die(ExitCause cause, const std::string& reason, bool quarantine) {
    turn({RuntimeEnded{RuntimeId{ScriptVersionKey{1}, quarantine}, {cause, reason}}});
}

void CoreRig::restartEngine() {
    m_core = std::make_unique<Core>(m_settings);
    m_fresh = true;
    m_echoes.clear();
    m_heard.clear();
    turn({});
}

InstanceKey CoreRig::create(const std::string& id, const std::string& params) {
    ask(CreateInstance{"flow", id, params, "{}", api::TriggerSource::api});
    return row(id).key;
}

InstanceRow CoreRig::row(const std::string& id) {
    return *m_transaction->instance(flowKey(*m_transaction), id);
}

std::vector<StepRow> CoreRig::steps(const std::string& id) {
    return m_transaction->steps(row(id).key, false);
}

std::vector<AttemptRow> CoreRig::attempts(const std::string& id, int step, int count) {
    std::vector<AttemptRow> rows;
    for (int number = 1; number <= count; ++number)
        if (auto attempt = m_transaction->attempt(row(id).key, StepIndex{step}, number))
            rows.push_back(*attempt);
    return rows;
}

std::vector<std::string> CoreRig::feedTypes() const {
    return m_types;
}

std::int64_t CoreRig::count(api::Status status) {
    auto query = m_db->query("SELECT coalesce(sum(n),0) FROM counts WHERE status=?");
    return query.bind(static_cast<int>(status)).step() ? query.integer() : 0;
}

std::string CoreRig::run(const std::string& id) {
    const auto found = row(id);
    return std::to_string(found.key.value) + "\t" + std::to_string(found.run.value);
}

std::string CoreRig::config(int limit, std::int64_t delay, const char* backoff, std::int64_t timeout) {
    return "{\"limit\":" + std::to_string(limit) + ",\"delay\":" + std::to_string(delay) + ",\"backoff\":\"" +
           backoff + "\",\"timeout\":" + std::to_string(timeout) + ",\"shown\":{}}";
}

}  // namespace stepwell::engine
