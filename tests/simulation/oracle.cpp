#include "tests/simulation/oracle.h"

#include "app/engine/store/row_codec.h"

#include <algorithm>

namespace stepwell::simulation {

using api::Status;

namespace {

std::string field(const std::string& json, const std::string& key) {
    const auto at = json.find("\"" + key + "\":\"");
    if (at == std::string::npos) return {};
    const auto start = at + key.size() + 4;
    return json.substr(start, json.find('"', start) - start);
}

int number(const std::string& json, const std::string& key) {
    const auto at = json.find("\"" + key + "\":");
    return at == std::string::npos ? -1 : std::atoi(json.c_str() + at + key.size() + 3);
}

std::optional<Status> statusTold(const std::string& type) {
    static const std::map<std::string, Status> told = {
        {"workflow_queued", Status::queued},         {"workflow_started", Status::running},
        {"workflow_running", Status::running},       {"workflow_waiting", Status::waiting},
        {"workflow_paused", Status::paused},         {"workflow_waiting_for_pause", Status::waitingForPause},
        {"workflow_completed", Status::complete},    {"workflow_errored", Status::errored},
        {"workflow_terminated", Status::terminated}, {"rollback_started", Status::rollingBack},
    };
    const auto found = told.find(type);
    return found == told.end() ? std::nullopt : std::optional(found->second);
}

/// The reference's table of transitions; `running -> queued` is the engine's own restart.
bool isAllowed(Status from, Status to) {
    switch (from) {
    case Status::queued:
        return to == Status::running || to == Status::terminated || to == Status::rollingBack;
    case Status::running:
        return to != Status::running;
    case Status::waiting:
        return to != Status::waiting && to != Status::complete;
    case Status::waitingForPause:
        return to != Status::waitingForPause && to != Status::queued && to != Status::waiting;
    case Status::paused:
        return to == Status::queued || to == Status::terminated || to == Status::rollingBack;
    case Status::rollingBack:
        return to == Status::errored || to == Status::terminated;
    default:
        return false;
    }
}

bool isStart(const std::string& type) {
    return type == "step_started" || type == "sleep_started" || type == "wait_started" ||
           type == "rollback_step_started";
}

bool isEnd(const std::string& type) {
    return type == "step_completed" || type == "step_errored" || type == "sleep_completed" ||
           type == "wait_completed" || type == "wait_timed_out" || type == "rollback_step_completed" ||
           type == "rollback_step_errored";
}

std::string storedPayload(const std::string& value) {
    engine::LineReader stored(value);
    stored.raw();
    stored.raw();
    return stored.text();
}

}  // namespace

Oracle::Oracle(engine::Sqlite& db, std::function<void(const std::string&)> violated)
    : m_db(&db)
    , m_violated(std::move(violated)) {
    load();
}

void Oracle::failed(const std::vector<engine::Command>& commands, const engine::Actions& actions) {
    if (!actions.lines.empty() || !actions.feed.empty())
        violated("a turn that could not be committed had effects");
    const auto requests = std::count_if(commands.begin(), commands.end(), [](const auto& command) {
        return std::holds_alternative<engine::RequestCommand>(command);
    });
    if (static_cast<std::ptrdiff_t>(actions.replies.size()) != requests)
        violated("a turn that could not be committed left requests without an answer");
    for (const auto& [id, reply] : actions.replies)
        if (reply) violated("a request of a turn that could not be committed was told it was done");
}

void Oracle::committed(api::Time now, const std::vector<engine::Command>& commands,
                       const engine::Actions& actions) {
    const auto before = m_instances;
    load();
    takeRequests(commands, actions);
    takeEvents(actions, now);
    checkRows(before, now);
    checkCounts();
    checkSent();
    checkSlots();
    checkLines(actions);
}

void Oracle::reopened(engine::Sqlite& db) {
    m_db = &db;
}

std::int64_t Oracle::newestEvent() const {
    auto query = m_db->query("SELECT coalesce(max(last),0) FROM feed");
    return query.step() ? query.integer() : -1;
}

bool Oracle::agrees() const {
    if (newestEvent() != m_sequence) return false;
    auto now = *this;
    now.load();
    return now.m_instances == m_instances && now.m_workflows == m_workflows && now.m_deleted == m_deleted &&
           now.m_buffered == m_buffered;
}

void Oracle::mayHaveCommitted(api::Time now, const std::vector<engine::Command>& commands) {
    const auto before = m_instances;
    if (newestEvent() < m_sequence) violated("events that were acknowledged are lost");
    load();
    engine::Actions actions;
    actions.feed = newFeed();
    takeUnanswered(commands, actions);
    takeEvents(actions, now);
    checkRows(before, now);
    checkCounts();
    checkSent();
    checkSlots();
}

engine::Feed Oracle::newFeed() {
    engine::Feed feed;
    auto query = m_db->query("SELECT first,last,time,lines FROM feed WHERE last>? ORDER BY last LIMIT 1");
    if (query.bind(m_sequence).step()) feed = engine::readFeed(query);
    return feed;
}

/// What became of requests that nobody was answered is seen from what is stored.
void Oracle::takeUnanswered(const std::vector<engine::Command>& commands, const engine::Actions& actions) {
    for (const auto& line : engine::expand(actions.feed)) {
        if (field(line.json, "type") != "instance_restarted") continue;
        auto& known = memory(line.workflow, line.instance);
        known.sent.clear();
        known.mayBeTerminated = false;
    }
    for (const auto& command : commands) {
        const auto* request = std::get_if<engine::RequestCommand>(&command);
        if (request == nullptr) continue;
        const auto* sent = std::get_if<engine::SendEvent>(&request->request);
        if (sent != nullptr && holdsEvent(sent->payload))
            memory(sent->workflow, sent->id).sent[sent->type].push_back(sent->payload);
        if (const auto* terminated = std::get_if<engine::TerminateInstance>(&request->request))
            memory(terminated->workflow, terminated->id).mayBeTerminated = true;
        if (const auto* deleted = std::get_if<engine::DeleteInstance>(&request->request))
            memory(deleted->workflow, deleted->id).mayBeDeleted = true;
    }
}

bool Oracle::holdsEvent(const std::string& payload) {
    auto query = m_db->query("SELECT 1 FROM sent_events WHERE payload=?1 UNION ALL "
                             "SELECT 1 FROM steps WHERE kind=3 AND instr(value,?1)>0");
    query.bind(payload);
    return query.step();
}

void Oracle::takeRequests(const std::vector<engine::Command>& commands, const engine::Actions& actions) {
    std::map<std::int64_t, const engine::Reply*> replies;
    for (const auto& [id, reply] : actions.replies)
        if (!replies.emplace(id.value, &reply).second) violated("a request got two answers");
    for (const auto& command : commands) {
        const auto* request = std::get_if<engine::RequestCommand>(&command);
        if (request == nullptr) continue;
        const auto found = replies.find(request->reply.value);
        if (found == replies.end()) {
            violated("a request got no answer");
            continue;
        }
        if (!*found->second) continue;
        if (const auto* sent = std::get_if<engine::SendEvent>(&request->request))
            memory(sent->workflow, sent->id).sent[sent->type].push_back(sent->payload);
        if (const auto* terminated = std::get_if<engine::TerminateInstance>(&request->request))
            memory(terminated->workflow, terminated->id).mayBeTerminated = true;
        if (const auto* deleted = std::get_if<engine::DeleteInstance>(&request->request))
            memory(deleted->workflow, deleted->id).mayBeDeleted = true;
        if (const auto* restarted = std::get_if<engine::RestartInstance>(&request->request)) {
            auto& known = memory(restarted->workflow, restarted->id);
            known.sent.clear();
            known.mayBeTerminated = false;
        }
    }
}

void Oracle::checkFeed(const engine::Actions& actions) {
    if (actions.feed.empty()) return;
    for (const auto& line : engine::expand(actions.feed)) {
        if (line.sequence.value != ++m_sequence)
            violated("event " + std::to_string(line.sequence.value) + " follows event " +
                     std::to_string(m_sequence - 1));
    }
    auto query = m_db->query("SELECT lines FROM feed WHERE last=?");
    query.bind(m_sequence);
    if (!query.step() || query.text() != actions.feed.lines)
        violated("events were published that are not stored");
}

void Oracle::takeEvents(const engine::Actions& actions, api::Time now) {
    checkFeed(actions);
    for (const auto& line : engine::expand(actions.feed))
        takeEvent(line, now);
}

void Oracle::takeEvent(const engine::FeedLine& line, api::Time now) {
    const auto type = field(line.json, "type");
    if (type == "workflow_deleted")
        std::erase_if(m_memory,
                      [&](const auto& entry) { return entry.first.starts_with(line.workflow + "/"); });
    if (line.instance.empty()) return;
    if (field(line.json, "time") != api::toIso(now)) violated("an event has another time than its turn");
    const auto who = line.workflow + "/" + line.instance;
    if (type == "instance_deleted") {
        m_gone.insert(who);
        return;
    }
    auto& known = memory(line.workflow, line.instance);
    if (type == "instance_restarted") {
        known.isRestarting = true;
        known.told.reset();
        known.undone.clear();
        const auto& kept = m_instances.at(m_keys.at(who)).steps;
        std::erase_if(known.steps, [&](const auto& entry) { return !kept.contains(entry.first); });
    }
    checkTransition(known, type, who);
    const auto key = m_keys.find(who);
    if (key != m_keys.end()) takeStepEvent(known, type, line.json, m_instances.at(key->second));
}

void Oracle::checkTransition(Memory& known, const std::string& type, const std::string& who) {
    const auto to = statusTold(type);
    if (!to) return;
    const bool allowed = known.told ? isAllowed(*known.told, *to) : *to == Status::queued;
    if (!allowed)
        violated(who + " went from " + (known.told ? std::string(api::toString(*known.told)) : "nothing") +
                 " to " + std::string(api::toString(*to)));
    if (*to == Status::terminated && !known.mayBeTerminated) violated(who + " was terminated unasked");
    known.told = to;
}

void Oracle::takeStepEvent(Memory& known, const std::string& type, const std::string& json,
                           const InstanceSeen& instance) {
    const int index = number(json, "stepIndex");
    if (index < 0 || type == "log" || type == "request") return;
    const auto what = instance.id + " step " + std::to_string(index);
    if (isStart(type)) {
        if (!known.steps.try_emplace(index).second) violated(what + " started twice");
        return;
    }
    auto& step = known.steps[index];
    if (step.isOver) violated(what + ": " + type + " after its end");
    const auto attempt = type.starts_with("rollback_") ? type.substr(9) : type;
    if (attempt == "attempt_started" && number(json, "attempt") != ++step.attempts)
        violated(what + ": attempt " + std::to_string(number(json, "attempt")) + " is not the next one");
    if (attempt.starts_with("attempt_") && number(json, "attempt") != step.attempts)
        violated(what + ": " + type + " of another attempt than the one that executes");
    if (!isEnd(type)) return;
    step.isOver = true;
    if (type == "rollback_step_completed" && !known.undone.contains(index))
        violated(what + " counts as undone, and its handler has not returned");
    if (type != "wait_completed") return;
    const auto row = instance.steps.find(index);
    const auto payload = row == instance.steps.end() ? "" : storedPayload(row->second.value);
    const auto queue = std::find_if(known.sent.begin(), known.sent.end(), [&](const auto& entry) {
        return !entry.second.empty() && entry.second.front() == payload;
    });
    if (queue == known.sent.end())
        violated(what + " got the event " + payload + " which is not the oldest of its type");
    else
        queue->second.pop_front();
}

/// What a driver is told is committed.
void Oracle::checkLines(const engine::Actions& actions) {
    for (const auto& [runtime, text] : actions.lines) {
        std::string_view rest = text;
        while (!rest.empty()) {
            const auto end = rest.find('\n');
            checkLine(rest.substr(0, end));
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        }
    }
}

void Oracle::checkLine(std::string_view line) {
    engine::LineReader reader(line);
    const auto op = reader.raw();
    if (op != "k" && op != "E" && op != "y" && op != "v" && op != "go" && op != "u") return;
    const auto instance = m_instances.find(reader.number());
    const auto run = reader.number();
    if (instance == m_instances.end() || isDeleted(instance->second) || instance->second.run != run) return;
    const auto index = static_cast<int>(reader.number());
    const auto step = instance->second.steps.find(index);
    const int wanted = op == "E" ? 3 : 2;
    const bool stored =
        step != instance->second.steps.end() &&
        (op == "go" || op == "u" ? step->second.attempts >= reader.number() : step->second.state == wanted);
    if (!stored) violated("the driver was told \"" + std::string(line) + "\", which is not stored");
}

void Oracle::executes(RunId run, int step, int attempt) {
    const auto instance = m_instances.find(run.instance);
    if (instance == m_instances.end() || instance->second.run != run.run) return;
    if (api::isFinal(instance->second.status)) return;
    const auto found = instance->second.steps.find(step);
    if (found != instance->second.steps.end() && found->second.isOver())
        violated(instance->second.id + " step " + std::to_string(step) + " runs attempt " +
                 std::to_string(attempt) + " although it has ended");
}

void Oracle::undid(RunId run, int entry) {
    const auto instance = m_instances.find(run.instance);
    if (instance == m_instances.end() || instance->second.run != run.run || isDeleted(instance->second))
        return;
    memory(workflowName(instance->second), instance->second.id).undone.insert(entry);
}

void Oracle::falselyAccused(engine::ExitCause cause) {
    for (auto& [who, known] : m_memory) {
        if (cause == engine::ExitCause::crashed) ++known.accusedOfCrash;
        if (cause == engine::ExitCause::unresponsive) ++known.accusedOfLoop;
    }
}

}  // namespace stepwell::simulation
