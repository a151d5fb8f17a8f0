#include "app/engine/core/core.h"

#include <algorithm>

namespace stepwell::engine {

namespace {

const std::string interrupted = "Attempt failed due to internal workflows error";

constexpr std::int64_t longestDelayMs = 365LL * 24 * 3600 * 1000;
/// A timed-out attempt has no result of a delay function, so its retry uses this.
constexpr std::int64_t delayWithoutFunctionMs = 1'000;

std::int64_t retryDelay(const StepRow& row, std::int64_t fromFunction) {
    std::int64_t base = fromFunction >= 0 ? fromFunction : row.delayMs;
    if (base < 0) base = delayWithoutFunctionMs;
    base = std::min(base, longestDelayMs);
    const std::int64_t failures = std::max(1, row.failures);
    switch (row.backoff) {
    case api::Backoff::constant:
        return base;
    case api::Backoff::linear:
        return base > longestDelayMs / failures ? longestDelayMs : base * failures;
    case api::Backoff::exponential:
        break;
    }
    for (std::int64_t i = 1; i < failures && base > 0 && base < longestDelayMs; ++i)
        base *= 2;
    return std::min(base, longestDelayMs);
}

}  // namespace

OpenStep* Core::openStep(LiveInstance& live, std::int64_t index) {
    const auto it = live.open.find(StepIndex{static_cast<std::int32_t>(index)});
    return it == live.open.end() ? nullptr : &it->second;
}

OpenStep& Core::addStep(LiveInstance& live, StepRow row) {
    row.instance = live.row.key;
    row.started = m_now;
    const auto index = row.index;
    auto& step = live.open[index];
    step.row = std::move(row);
    step.reached = true;
    step.dirty = true;
    ++live.row.stepCount;
    touch(live);
    if (step.row.due) arm(live, *step.row.due);
    return step;
}

void Core::startAttempt(LiveInstance& live, OpenStep& step) {
    ++step.row.attempts;
    step.row.state = api::StepState::running;
    step.row.due =
        step.row.timeoutMs > 0 ? std::optional(m_now + api::Milliseconds{step.row.timeoutMs}) : std::nullopt;
    step.attemptStarted = m_now;
    step.cpu = {};
    step.executing = true;
    step.dirty = true;
    ++live.executing;
    touch(live);
    if (step.row.due) arm(live, *step.row.due);
    publish(stepEvent("attempt_started", live, step.row).number("attempt", step.row.attempts));
    noteAttempt(MetricEvent::attemptStart, MetricEvent::rollbackAttemptStart, live, step);
    step.row.changed = m_sequence;
    const bool undoing = step.row.kind == api::StepKind::rollback;
    if (step.row.attempts == 1) {  // of a do step, the driver began it by itself
        if (undoing) askForRollback(live, step);
        return;
    }
    AttemptRow attempt;
    attempt.instance = live.row.key;
    attempt.step = step.row.index;
    attempt.number = step.row.attempts;
    attempt.started = m_now;
    live.attempts.push_back(std::move(attempt));
    if (undoing) return askForRollback(live, step);
    LineWriter(lines(live), "go")
        .number(live.row.key.value)
        .number(live.row.run.value)
        .number(step.row.index.value)
        .number(step.row.attempts);
}

void Core::stopExecuting(LiveInstance& live, OpenStep& step) {
    if (!step.executing) return;
    step.executing = false;
    --live.executing;
    step.row.cpu += step.cpu;
    if (live.cpu) *live.cpu += step.cpu;
}

void Core::recordAttempt(LiveInstance& live, const OpenStep& step, bool success, const Failure& failure) {
    if (success && step.row.attempts == 1) return;  // the step itself says it all
    AttemptRow attempt;
    attempt.instance = live.row.key;
    attempt.step = step.row.index;
    attempt.number = step.row.attempts;
    attempt.started = step.attemptStarted;
    attempt.ended = m_now;
    attempt.success = success;
    attempt.errorName = failure.name;
    attempt.errorMessage = failure.message;
    attempt.errorStack = failure.stack;
    attempt.cpu = step.cpu;
    if (!success && step.row.state == api::StepState::retrying) attempt.retryOn = step.row.due;
    live.attempts.push_back(std::move(attempt));
}

void Core::failAttempt(LiveInstance& live, OpenStep& step, Failure failure) {
    stopExecuting(live, step);
    dropStream(live, step);
    auto& row = step.row;
    if (failure.counted) ++row.failures;
    step.dirty = true;
    touch(live);
    const bool again =
        failure.retryable && (!failure.counted || row.retryLimit < 0 || row.failures <= row.retryLimit);
    if (again) scheduleRetry(live, step, failure);
    if (again && failure.counted) {
        ++live.row.retries;
        live.progressed = true;
    }
    recordAttempt(live, step, false, failure);
    auto told = stepEvent("attempt_errored", live, row).number("attempt", row.attempts);
    told.error(failure.name, failure.message);
    if (again && row.due) told.number("retryDelayMs", (*row.due - m_now).count());
    publish(told);
    noteAttempt(MetricEvent::attemptFailure, MetricEvent::rollbackAttemptFailure, live, step);
    row.changed = m_sequence;
    if (again) return;
    row.errorName = std::move(failure.name);
    row.errorMessage = std::move(failure.message);
    row.errorStack = std::move(failure.stack);
    rejectStep(live, step);
    finishStep(live, row.index, api::StepState::errored);
}

void Core::scheduleRetry(LiveInstance& live, OpenStep& step, const Failure& failure) {
    step.row.state = api::StepState::retrying;
    const api::Milliseconds delay{failure.counted ? retryDelay(step.row, failure.delayMs) : 0};
    step.row.due = m_now + delay;
    arm(live, *step.row.due);
    if (live.row.status == api::Status::rollingBack) sweepAt(m_now);  // it may be able to leave memory
}

void Core::rejectStep(LiveInstance& live, OpenStep& step) {
    // The next run learns it from its description; nothing in user code waits for a rollback handler.
    if (!live.running || step.row.kind == api::StepKind::rollback) return;
    LineWriter(lines(live), "E")
        .number(live.row.key.value)
        .number(live.row.run.value)
        .number(step.row.index.value)
        .text(step.row.errorName)
        .text(step.row.errorMessage);
}

void Core::finishStep(LiveInstance& live, StepIndex index, api::StepState state) {
    auto node = live.open.extract(index);
    auto& row = node.mapped().row;
    row.state = state;
    row.ended = m_now;
    row.due.reset();
    const bool ok = state == api::StepState::complete;
    switch (row.kind) {
    case api::StepKind::step:
        publish(event(ok ? "step_completed" : "step_errored", live).step(row));
        break;
    case api::StepKind::rollback:
        publish(ok ? event("rollback_step_completed", live).step(row)
                   : event("rollback_step_errored", live).step(row).error(row.errorName, row.errorMessage));
        break;
    case api::StepKind::sleep:
    case api::StepKind::sleepUntil:
        publish(event("sleep_completed", live).step(row));
        break;
    case api::StepKind::waitForEvent:
        publish(event(ok ? "wait_completed" : "wait_timed_out", live).step(row));
        break;
    }
    noteStepEnd(live, row);
    row.changed = m_sequence;
    if (ok) ++m_actions->stepsCompleted;
    live.finishedProgress = true;
    if (live.row.strikes > 0) {
        live.row.strikes = 0;
        live.progressed = true;
    }
    live.finished.push_back(std::move(row));
    touch(live);
}

void Core::stepDue(LiveInstance& live, OpenStep& step) {
    auto& row = step.row;
    const auto index = row.index;
    const auto timeout = "Execution timed out after " + std::to_string(row.timeoutMs) + "ms";
    if (isAttempted(row.kind)) {
        if (step.executing) {
            LineWriter(lines(live), "T")
                .number(live.row.key.value)
                .number(live.row.run.value)
                .number(index.value)
                .number(row.attempts);
            const bool undoing = row.kind == api::StepKind::rollback;
            failAttempt(live, step, {"WorkflowTimeoutError", timeout, {}});
            if (undoing) return rollbackFailed(live);
            if (live.row.status == api::Status::waitingForPause && live.executing == 0) pauseNow(live);
        } else if (row.state == api::StepState::retrying && step.reached) {
            startAttempt(live, step);
        }
        return;
    }
    if (row.kind == api::StepKind::waitForEvent) {
        row.errorName = "WorkflowTimeoutError";
        row.errorMessage = timeout;
        rejectStep(live, step);
        finishStep(live, index, api::StepState::errored);
        return;
    }
    if (live.running)
        LineWriter(lines(live), "y")
            .number(live.row.key.value)
            .number(live.row.run.value)
            .number(index.value);
    finishStep(live, index, api::StepState::complete);
}

std::vector<StepIndex> Core::openAttempts(const LiveInstance& live) {
    std::vector<StepIndex> indices;
    for (const auto& [index, step] : live.open)
        if (isAttempted(step.row.kind) && step.row.state == api::StepState::running) indices.push_back(index);
    return indices;
}

/// The one that began last is what executed; the others waited for something beside it.
void Core::failOpenAttempts(LiveInstance& live, const std::string& why) {
    const auto indices = openAttempts(live);
    const auto began = [&live](StepIndex index) {
        return std::pair(live.open.at(index).attemptStarted, index);
    };
    const auto last = std::max_element(indices.begin(), indices.end(),
                                       [&](StepIndex a, StepIndex b) { return began(a) < began(b); });
    const auto guilty = last == indices.end() ? StepIndex{-1} : *last;
    for (const auto index : indices) {
        auto message = index == guilty ? interrupted + ": " + why : interrupted;
        failAttempt(live, *openStep(live, index.value),
                    {"WorkflowInternalError", std::move(message), {}, false, false});
    }
}

void Core::interruptOpenAttempts(LiveInstance& live, const std::string& why) {
    for (const auto index : openAttempts(live)) {
        auto* step = openStep(live, index.value);
        if (!step->executing) {  // loaded from the database: its start is in its own row
            const auto started = m_transaction->attempt(live.row.key, index, step->row.attempts);
            step->attemptStarted = started ? started->started : step->row.started;
            m_transaction->removeChunks(live.row.key, index);
        }
        std::string message = interrupted;
        if (!why.empty()) message += ": " + why;
        failAttempt(live, *step, {"WorkflowInternalError", std::move(message), {}, true, false});
    }
    for (auto& [index, step] : live.open)
        step.reached = false;
}

}  // namespace stepwell::engine
