#include "app/engine/core/core.h"
#include "app/engine/core/step_config.h"

#include <algorithm>

namespace stepwell::engine {

namespace {

constexpr std::size_t mostConfigs = 256;

int levelFrom(std::string_view name) {
    constexpr std::array<std::string_view, 5> names = {"debug", "log", "info", "warn", "error"};
    const auto it = std::find(names.begin(), names.end(), name);
    return it == names.end() ? 1 : static_cast<int>(it - names.begin());
}

}  // namespace

/// What each attempt gets that ends in these lines. When none does, those that execute share it at once; less
/// than a millisecond is not worth the walk.
std::chrono::microseconds Core::shareCpu(const DriverLines& driverLines) {
    constexpr std::chrono::milliseconds least{1};
    const std::string_view text = driverLines.lines;
    std::int64_t ends = 0;
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
        const auto op = text.substr(at, 2);
        ends += op == "o\t" || op == "f\t" || op == "O\t" || op == "F\t" ? 1 : 0;
        if (text.find('\n', at) == std::string_view::npos) break;
    }
    if (ends > 0) return driverLines.cpu / ends;
    const auto runtime = m_runtimes.find(driverLines.runtime);
    if (driverLines.cpu < least || runtime == m_runtimes.end()) return {};
    std::vector<OpenStep*> executing;
    for (const auto key : runtime->second.instances)
        if (auto* instance = live(key); instance != nullptr && instance->executing > 0)
            for (auto& [index, step] : instance->open)
                if (step.executing) executing.push_back(&step);
    for (auto* step : executing)
        step->cpu += driverLines.cpu / static_cast<std::int64_t>(executing.size());
    return {};
}

void Core::onDriverLines(const DriverLines& driverLines) {
    m_cpuShare = driverLines.cpu.count() > 0 ? shareCpu(driverLines) : std::chrono::microseconds{0};
    std::string_view rest = driverLines.lines;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        const auto line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        if (!line.empty()) onDriverLine(driverLines.runtime, line);
    }
}

void Core::onDriverLine(RuntimeId runtime, std::string_view line) {
    LineReader reader(line);
    const auto op = reader.raw();
    if (op == "b") {
        onEcho(runtime, reader.number());
        return;
    }
    const InstanceKey key{reader.number()};
    const Run run{static_cast<std::uint32_t>(reader.number())};
    auto* instance = live(key);
    if (instance == nullptr || !instance->running || instance->row.run != run || instance->runtime != runtime)
        return;
    onInstanceLine(*instance, op, reader);
}

void Core::onInstanceLine(LiveInstance& live, std::string_view op, LineReader& reader) {
    // What is left of the code of an instance that undoes its steps can do nothing any more.
    const bool undoing = live.row.status == api::Status::rollingBack;
    if (undoing && op != "O" && op != "F" && op != "l" && op != "q") return;
    if (op == "d") return onStepDo(live, reader);
    if (op == "o") return onStepOk(live, reader);
    if (op == "f") return onStepFailed(live, reader);
    if (op == "F") return onUndoFailed(live, reader);
    if (op == "O") return onUndone(live, reader);
    if (op == "D") return onStepReached(live, reader);
    if (op == "z") return onSleep(live, reader, api::StepKind::sleep);
    if (op == "Z") return onSleep(live, reader, api::StepKind::sleepUntil);
    if (op == "w") return onWait(live, reader);
    if (op == "c") return onComplete(live, reader);
    if (op == "e") return onErrored(live, reader);
    if (op == "l") return onLog(live, reader);
    if (op == "s") return onStreamChunk(live, reader);
    if (op == "q") return onStreamAsked(live, reader);
}

/// A step that is known already is not new: its line came twice. An index beyond the bits that a step's row
/// has for it would be a step of another instance.
bool Core::accepts(LiveInstance& live, StepIndex index) {
    if (index.value < live.nextStep) return false;
    if (index.value < mostSteps) {
        live.nextStep = index.value + 1;
        return true;
    }
    abortInstance(live, "WorkflowFatalError",
                  "The instance has more than " + std::to_string(mostSteps) + " steps, sleeps and waits");
    return false;
}

/// A step with nothing but its config. Most steps share a few configs, and parsing one costs more than all
/// else that a step costs here.
StepRow Core::configured(const std::string& text) {
    const auto known = m_configs.find(text);
    if (known != m_configs.end()) return known->second;
    StepRow row;
    readConfig(text, row);
    if (m_configs.size() >= mostConfigs) m_configs.clear();
    if (text.size() <= longestConfig) m_configs.emplace(text, row);
    return row;
}

void Core::onStepDo(LiveInstance& live, LineReader& reader) {
    const StepIndex index{static_cast<std::int32_t>(reader.number())};
    const auto count = static_cast<int>(reader.number());
    auto row = configured(reader.text());
    row.index = index;
    row.count = count;
    row.name = reader.text();
    if (!accepts(live, row.index)) return;
    auto& step = addStep(live, std::move(row));
    publish(event("step_started", live).step(step.row));
    noteStep(MetricEvent::stepStart, live, step.row);
    startAttempt(live, step);
    if (live.row.status == api::Status::waiting) {
        setStatus(live, api::Status::running);
        publish(event("workflow_running", live));
    }
}

void Core::onStepReached(LiveInstance& live, LineReader& reader) {
    auto* step = openStep(live, reader.number());
    if (step == nullptr || step->row.kind != api::StepKind::step) return;
    step->reached = true;
    if (step->row.state != api::StepState::retrying || live.row.status == api::Status::waitingForPause)
        return;
    const bool isDue = !step->row.due || *step->row.due <= m_now;
    // Without a slot it goes back to the queue at the end of the turn, see fireTimers.
    const bool mustQueue = live.row.status == api::Status::waiting && slots(live.row.workflow) <= 0;
    if (isDue && !mustQueue) return startAttempt(live, *step);
    arm(live, step->row.due.value_or(m_now));
}

/// The open step or rollback whose attempt this line ends; null when the line is late: the attempt had timed
/// out.
OpenStep* Core::answered(LiveInstance& live, LineReader& reader) {
    auto* step = openStep(live, reader.number());
    const auto attempt = reader.number();
    if (step == nullptr || !step->executing || step->row.attempts != attempt) return nullptr;
    return step;
}

void Core::attemptSucceeded(LiveInstance& live, OpenStep& step) {
    step.cpu += m_cpuShare;
    stopExecuting(live, step);
    recordAttempt(live, step, true, {});
    publish(stepEvent("attempt_completed", live, step.row).number("attempt", step.row.attempts));
    noteAttempt(MetricEvent::attemptSuccess, MetricEvent::rollbackAttemptSuccess, live, step);
    finishStep(live, step.row.index, api::StepState::complete);
}

void Core::onStepOk(LiveInstance& live, LineReader& reader) {
    auto* step = answered(live, reader);
    if (step == nullptr || step->row.kind != api::StepKind::step) return;
    const auto index = step->row.index;
    step->row.preview = reader.text();
    step->row.value = reader.text();
    takeResult(live, *step);
    attemptSucceeded(live, *step);
    if (live.row.status == api::Status::waitingForPause && live.executing == 0) return pauseNow(live);
    LineWriter(lines(live), "k").number(live.row.key.value).number(live.row.run.value).number(index.value);
}

void Core::onUndone(LiveInstance& live, LineReader& reader) {
    auto* step = answered(live, reader);
    if (step == nullptr || step->row.kind != api::StepKind::rollback) return;
    attemptSucceeded(live, *step);
    nextRollback(live);
}

/// What was stored counts, not what the process says about it.
void Core::takeResult(LiveInstance& live, OpenStep& step) {
    const bool isStream = step.row.value.starts_with('s');
    if (isStream) step.row.value = "s" + std::to_string(step.streamBytes);
    if (!isStream) dropStream(live, step);
    if (isSensitive(step.row) && step.row.value != "u") step.row.preview = redacted;
}

/// Reads what `f` and `F` say after the attempt number.
Core::Failure Core::readFailure(LineReader& reader, bool& notSerialisable) {
    const auto flags = reader.raw();
    Failure failure;
    failure.delayMs = reader.number();
    failure.name = reader.text();
    failure.message = reader.text();
    failure.stack = reader.text();
    notSerialisable = flags.find('Q') != std::string_view::npos;
    failure.retryable = !notSerialisable && flags.find('N') == std::string_view::npos;
    return failure;
}

void Core::onStepFailed(LiveInstance& live, LineReader& reader) {
    auto* step = answered(live, reader);
    if (step == nullptr || step->row.kind != api::StepKind::step) return;
    bool notSerialisable = false;
    auto failure = readFailure(reader, notSerialisable);
    const auto name = step->row.name;
    step->cpu += m_cpuShare;
    failAttempt(live, *step, std::move(failure));
    if (notSerialisable) {
        live.row.errorName = "WorkflowFatalError";
        live.row.errorMessage = "The execution of the Workflow instance was terminated, as the step \"" +
                                name + "\" returned a value which is not serialisable";
        return endInstance(live, api::Status::errored);
    }
    if (live.row.status == api::Status::waitingForPause && live.executing == 0) pauseNow(live);
}

void Core::onUndoFailed(LiveInstance& live, LineReader& reader) {
    auto* step = answered(live, reader);
    if (step == nullptr || step->row.kind != api::StepKind::rollback) return;
    bool notSerialisable = false;
    auto failure = readFailure(reader, notSerialisable);
    step->cpu += m_cpuShare;
    failAttempt(live, *step, std::move(failure));
    rollbackFailed(live);
}

void Core::onSleep(LiveInstance& live, LineReader& reader, api::StepKind kind) {
    StepRow row;
    row.kind = kind;
    row.index = StepIndex{static_cast<std::int32_t>(reader.number())};
    row.count = static_cast<int>(reader.number());
    const auto amount = reader.number();
    row.name = reader.text();
    if (!accepts(live, row.index)) return;
    const bool until = kind == api::StepKind::sleepUntil;
    row.target = until ? amount : 0;
    const auto end =
        until ? api::Time{api::Milliseconds{amount}}
              : m_now + api::Milliseconds{std::min(std::max<std::int64_t>(0, amount), longestTimeoutMs)};
    row.timeoutMs = until ? std::max<std::int64_t>(0, (end - m_now).count()) : amount;
    row.due = end;
    auto& step = addStep(live, std::move(row));
    publish(event("sleep_started", live).step(step.row).number("durationMs", step.row.timeoutMs));
    noteStep(MetricEvent::sleepStart, live, step.row);
    step.row.changed = m_sequence;
}

void Core::onWait(LiveInstance& live, LineReader& reader) {
    StepRow row;
    row.kind = api::StepKind::waitForEvent;
    row.index = StepIndex{static_cast<std::int32_t>(reader.number())};
    row.count = static_cast<int>(reader.number());
    row.timeoutMs = std::clamp<std::int64_t>(reader.number(), 0, longestTimeoutMs);
    row.eventType = reader.text();
    row.name = reader.text();
    if (reader.raw() == "output") row.config = sensitiveOutput;
    if (!accepts(live, row.index)) return;
    row.due = m_now + api::Milliseconds{row.timeoutMs};
    auto& step = addStep(live, std::move(row));
    publish(event("wait_started", live).step(step.row).text("eventType", step.row.eventType));
    noteStep(MetricEvent::waitStart, live, step.row);
    step.row.changed = m_sequence;
    if (live.row.status != api::Status::waitingForPause) deliverBuffered(live);
}

void Core::onComplete(LiveInstance& live, LineReader& reader) {
    live.row.outputPreview = reader.text();
    live.row.output = reader.text();
    endInstance(live, api::Status::complete);
}

void Core::onErrored(LiveInstance& live, LineReader& reader) {
    live.row.errorName = reader.text();
    live.row.errorMessage = reader.text();
    live.row.errorStack = reader.text();
    if (!beginRollback(live, Rollback::thenErrored)) endInstance(live, api::Status::errored);
}

void Core::onLog(LiveInstance& live, LineReader& reader) {
    if (live.logs > m_settings.logsPerInstance) return;
    LogRow row;
    row.instance = live.row.key;
    row.step = static_cast<std::int32_t>(reader.number());
    reader.number();  // the attempt is told by the time
    row.level = levelFrom(reader.raw());
    row.time = api::Time{api::Milliseconds{reader.number()}};
    row.text = reader.text();
    addLog(live, std::move(row));
}

/// What the engine has to say in the log of an instance.
void Core::warn(LiveInstance& live, std::string text) {
    if (live.logs > m_settings.logsPerInstance) return;
    LogRow row;
    row.instance = live.row.key;
    row.step = -1;
    row.level = levelFrom("warn");
    row.time = m_now;
    row.text = std::move(text);
    addLog(live, std::move(row));
}

void Core::addLog(LiveInstance& live, LogRow row) {
    if (++live.logs > m_settings.logsPerInstance) {
        row.level = levelFrom("warn");
        row.text = "Log limit of " + std::to_string(m_settings.logsPerInstance) +
                   " lines for an instance reached: further lines are not kept";
    }
    m_transaction->insertLog(row);
    publish(event("log", live).number("stepIndex", row.step));
}

void Core::onOutbound(const OutboundReport& report) {
    if (report.finished) noteRequest(report);
    const auto known = m_requests.find(report.id);
    if (known == m_requests.end()) {
        auto* instance = live(InstanceKey{report.instance});
        if (instance == nullptr || instance->row.run.value != report.run) return;
        if (++instance->requests > m_settings.requestsPerInstance) return;
    }
    RequestRow row = known == m_requests.end() ? RequestRow{} : known->second;
    row.instance = InstanceKey{report.instance};
    row.step = report.step;
    row.attempt = report.attempt;
    row.method = report.method;
    row.url = report.url;
    row.status = report.status;
    row.error = report.error;
    row.started = report.start;
    if (report.finished) row.duration = report.duration;
    row.requestBytes = report.requestBytes;
    row.responseBytes = report.responseBytes;
    if (auto* instance = live(row.instance))
        publish(event("request", *instance).number("stepIndex", row.step).number("requestId", report.id));
    row.changed = m_sequence;
    m_transaction->putRequest(row);
    if (report.finished)
        m_requests.erase(report.id);
    else
        m_requests[report.id] = std::move(row);
}

}  // namespace stepwell::engine
