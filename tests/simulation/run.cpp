#include "tests/simulation/run.h"

namespace stepwell::simulation {

using engine::LineReader;
using engine::LineWriter;
using State = Outcome::State;

namespace {

/// The name and message of `{"name":"...","message":"..."}`, as "name: message". Nothing in the simulation's
/// texts needs escapes.
std::string errorText(const std::string& json) {
    const auto field = [&](const std::string& key) {
        const auto start = json.find("\"" + key + "\":\"") + key.size() + 4;
        return json.substr(start, json.find('"', start) - start);
    };
    return field("name") + ": " + field("message");
}

std::string undoText(const Undo& undo) {
    if (!undo.exists) return {};
    return ",\"rollback\":{\"limit\":" + std::to_string(undo.limit) +
           ",\"delay\":" + std::to_string(undo.delayMs) +
           ",\"backoff\":\"constant\",\"timeout\":" + std::to_string(undo.timeoutMs) + ",\"shown\":{}}";
}

std::string configText(const Op& op) {
    return "{\"limit\":" + std::to_string(op.limit) + ",\"delay\":" + std::to_string(op.delayMs) +
           ",\"backoff\":\"" + std::string(api::toString(op.backoff)) +
           "\",\"timeout\":" + std::to_string(op.timeoutMs) + ",\"shown\":{}" + undoText(op.undo) + "}";
}

bool endsAt(const Op& op, int attempt) {
    const bool early = attempt <= op.times;
    return op.ending != Ending::alwaysHangs && !(op.ending == Ending::hangsFirst && early);
}

/// The report of an attempt may be lost with its process, so its number does not tell how often it crashed.
bool kills(const Op& op, DriverHost& host, const std::string& step) {
    return op.ending == Ending::alwaysCrashes || op.ending == Ending::loops ||
           (op.ending == Ending::crashesFirst && host.occasion(step) <= op.times);
}

}  // namespace

SimRun::SimRun(Driver& driver, RunId id, LineReader& reader)
    : m_driver(driver)
    , m_id(id) {
    reader.text();  // the class
    m_nextStep = static_cast<int>(reader.number());
    m_stepLimit = reader.number();
    m_created = reader.number();
    reader.text();  // the workflow
    reader.text();  // the instance's id
    const auto params = Params::from(reader.text());
    m_seed = params.seed;
    m_program = makeProgram(params.seed, params.shape);
}

LineWriter SimRun::line(std::string_view op) {
    return LineWriter(m_driver.m_text, op);
}

std::string SimRun::keyOf(const Op& op, int count) const {
    return std::string(1, kindLetter(op)) + std::to_string(count) + " " + keyedName(op, m_created);
}

bool SimRun::isIdle() const {
    if (m_pendingUndos > 0) return false;
    for (const auto& [key, call] : m_calls)
        if (!m_isUndoing && call.attempt > 0 && call.ends > 0) return false;
    return true;
}

void SimRun::tell(std::string_view op, LineReader& reader) {
    if (op == "h") return remember(reader);
    if (op == "R" || op == "U") {
        m_begun = true;
        m_onlyRegisters = op == "U";
        return;
    }
    if (op == "x") {
        m_over = true;
        return;
    }
    const int index = static_cast<int>(reader.number());
    if (op == "u") {
        undo(index, reader);
    } else if (op == "p") {
        m_isHeld = index == 1;
        if (!m_isHeld) letGo();
    } else if (op == "k") {
        settle(index, State::ok, {});
    } else if (op == "E") {
        const auto name = reader.text();
        settle(index, State::error, name + ": " + reader.text());
    } else if (op == "y") {
        settle(index, State::ok, "slept");
    } else if (op == "v") {
        reader.number();  // the timestamp
        reader.text();    // the type
        settle(index, State::ok, reader.text());
    } else if (op == "T" && m_undoing.contains(index)) {
        auto& undoing = m_undoing.at(index);
        if (undoing.attempt == reader.number()) undoing.attempt = 0;
    } else if (op == "go" || op == "T") {
        const auto open = m_open.find(index);
        if (open == m_open.end()) return;
        auto& call = m_calls.at(open->second);
        const int number = static_cast<int>(reader.number());
        if (op == "go")
            runAttempt(call, number);
        else if (call.attempt == number)
            call.attempt = 0;
    }
}

void SimRun::remember(LineReader& reader) {
    Known known;
    known.index = static_cast<int>(reader.number());
    const auto kind = std::string(reader.raw());
    const auto count = std::string(reader.raw());
    known.state = reader.text();
    const auto name = reader.text();
    known.extra = reader.text();
    known.value = reader.text();
    const bool sleeps = kind == "z" || kind == "Z";
    const auto key = kind + count + " " + (sleeps ? known.extra + " " : "") + name;
    if (known.state == "open") m_unreached[known.index] = key;
    if (!m_history.emplace(key, std::move(known)).second)
        m_driver.m_host.violated("the history names a step twice: " + key);
}

/// A step may end before the replay has come to it: then its end becomes part of the history.
void SimRun::settle(int index, State state, const std::string& text) {
    const auto open = m_open.find(index);
    if (open == m_open.end()) {
        const auto foretold = m_unreached.find(index);
        if (foretold == m_unreached.end()) return;
        auto& known = m_history.at(foretold->second);
        known.state = state == State::ok ? "ok" : "err";
        known.extra = text;
        known.value = text;
        return;
    }
    auto& call = m_calls.at(open->second);
    m_open.erase(open);
    const bool acknowledged = kindLetter(*call.op) == 'd' && state == State::ok;
    if (acknowledged && call.kept.empty())
        m_driver.m_host.violated("a step was acknowledged that had not ended: " + call.op->name);
    call.outcome = checked(call, {state, acknowledged ? call.kept : text});
    call.attempt = 0;
}

void SimRun::letGo() {
    for (const auto& key : std::exchange(m_held, {}))
        start(m_calls.at(key));
}

/// What a do step ends with is in its plan; anything else that the engine says is an error of the engine.
Outcome SimRun::checked(const Call& call, Outcome outcome) {
    if (kindLetter(*call.op) != 'd' || call.op->ending == Ending::notSerialisable) return outcome;
    const auto plan = plannedOutcome(*call.op, call.count);
    if (plan.state != outcome.state || plan.text != outcome.text)
        m_driver.m_host.violated("step " + call.op->name + " ends with \"" + outcome.text +
                                 "\" and not with \"" + plan.text + "\"");
    return outcome;
}

Outcome SimRun::ask(const Op& op, int count) {
    const auto key = keyOf(op, count);
    if (m_onlyRegisters) return askToUndo(op, key);
    auto [it, isNew] = m_calls.try_emplace(key);
    auto& call = it->second;
    if (isNew) {
        call.op = &op;
        call.count = count;
        enter(call);
    }
    return call.outcome;
}

void SimRun::enter(Call& call) {
    const auto& op = *call.op;
    const auto key = keyOf(op, call.count);
    const bool isDo = kindLetter(op) == 'd';
    if (isDo && ++m_doSteps > m_stepLimit) {
        call.outcome = {State::error, "WorkflowFatalError: limit reached"};
        return;
    }
    const auto known = m_history.find(key);
    if (known == m_history.end()) {
        if (!isDo) return announce(call);
        if (m_isHeld)
            m_held.push_back(key);
        else
            start(call);
        return;
    }
    const auto& [index, state, extra, value] = known->second;
    call.index = index;
    if (op.undo.exists) m_handlers[index] = op.undo;
    if (state == "ok") {
        const bool isText = isDo && value.size() >= 3;  // j"..."
        call.outcome = checked(call, {State::ok, isText ? value.substr(2, value.size() - 3) : value});
        if (op.kind == OpKind::sleep || op.kind == OpKind::sleepUntil) call.outcome.text = "slept";
    } else if (state == "err") {
        call.outcome = checked(call, {State::error, extra.starts_with('{') ? errorText(extra) : extra});
    } else {
        m_open[index] = key;
        call.isFromHistory = true;
        if (isDo) line("D").number(m_id.instance).number(m_id.run).number(index);
    }
}

void SimRun::start(Call& call) {
    call.index = m_nextStep++;
    m_open[call.index] = keyOf(*call.op, call.count);
    if (call.op->undo.exists) m_handlers[call.index] = call.op->undo;
    line("d")
        .number(m_id.instance)
        .number(m_id.run)
        .number(call.index)
        .number(call.count)
        .text(configText(*call.op))
        .text(call.op->name);
    runAttempt(call, 1);
}

/// A new sleep or wait.
void SimRun::announce(Call& call) {
    const auto& op = *call.op;
    const auto target = m_created + op.ms;
    if (op.kind == OpKind::sleepUntil && target < m_driver.m_host.wallNow()) {
        call.outcome = {State::ok, "slept"};  // it throws, and these programs do not mind
        return;
    }
    call.index = m_nextStep++;
    m_open[call.index] = keyOf(op, call.count);
    auto said = line(std::string(1, kindLetter(op)));
    said.number(m_id.instance).number(m_id.run).number(call.index).number(call.count);
    if (op.kind == OpKind::wait)
        said.number(op.timeoutMs).text(op.type);
    else
        said.number(op.kind == OpKind::sleep ? op.ms : target);
    said.text(op.name);
}

void SimRun::runAttempt(Call& call, int number) {
    auto& host = m_driver.m_host;
    call.attempt = number;
    host.executes(m_id, call.index, number);
    if (!endsAt(*call.op, number)) return;
    ++call.ends;
    const auto key = keyOf(*call.op, call.count);
    host.after(host.random().between(0, call.op->workMs), [driver = &m_driver, id = m_id, key, number] {
        if (!driver->hasRun(id)) return;
        auto& run = *driver->m_runs.at(id.instance);
        run.attemptEnds(key, number);
    });
}

void SimRun::attemptEnds(const std::string& key, int number) {
    auto& call = m_calls.at(key);
    --call.ends;
    if (call.attempt != number || m_isUndoing) return;  // it had timed out, or nobody asks any more
    const auto& op = *call.op;
    if (kills(op, m_driver.m_host, std::to_string(m_id.instance) + " " + key)) {
        const bool loops = op.ending == Ending::loops;
        m_driver.m_host.die(loops ? engine::ExitCause::unresponsive : engine::ExitCause::crashed,
                            loops ? "did not yield for 30 s" : "ran out of memory");
        return;
    }
    call.attempt = 0;
    const auto delay =
        op.delayMs == -1 && (op.limit < 0 || number <= op.limit || call.isFromHistory) ? op.functionMs : -1;
    if (op.ending == Ending::alwaysFails || (op.ending == Ending::failsFirst && number <= op.times))
        sayFailure("f", call.index, number, "-", delay, "Error", op.name + " fails");
    else if (op.ending == Ending::nonRetryable)
        sayFailure("f", call.index, number, "N", -1, "NonRetryableError", op.name + " gives up");
    else if (op.ending == Ending::notSerialisable)
        sayFailure("f", call.index, number, "Q", -1, "Error", "not serialisable");
    else {
        call.kept = op.name + "#" + std::to_string(call.count);
        line("o")
            .number(m_id.instance)
            .number(m_id.run)
            .number(call.index)
            .number(number)
            .text({})
            .text("j\"" + call.kept + "\"");
    }
    m_driver.m_host.wantsToSpeak();
}

void SimRun::sayFailure(const char* op, int index, int number, const char* flags, std::int64_t delay,
                        const std::string& name, const std::string& message) {
    line(op)
        .number(m_id.instance)
        .number(m_id.run)
        .number(index)
        .number(number)
        .text(flags)
        .number(delay)
        .text(name)
        .text(message)
        .text({});
}

void SimRun::advance() {
    if (!m_begun || m_over || m_hasEnded || m_isUndoing) return;
    const auto outcome = evaluate(m_program, m_seed, *this);
    if (outcome.state == State::open || m_onlyRegisters) return;
    if (outcome.state == State::ok) {
        line("c").number(m_id.instance).number(m_id.run).text({}).text("j" + outcome.text);
    } else {
        const auto colon = outcome.text.find(": ");
        line("e")
            .number(m_id.instance)
            .number(m_id.run)
            .text(outcome.text.substr(0, colon))
            .text(colon == std::string::npos ? outcome.text : outcome.text.substr(colon + 2))
            .text({});
        m_hasEnded = true;
        return;
    }
    m_over = true;
}

}  // namespace stepwell::simulation
