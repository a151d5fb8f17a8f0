#include "app/engine/core/core.h"
#include "app/engine/core/step_config.h"

/// Undoing what an instance did: the rollback handlers of its steps, the step that started last first, one at
/// a time. Each is an entry of kind rollback behind the steps, with attempts, retries and timeouts like a do
/// step; `target` names the step it undoes. An entry that is complete never runs again, whatever happens in
/// between.
namespace stepwell::engine {

namespace {

/// What the handlers of a terminated instance are told.
constexpr std::string_view terminatedMessage = "Instance terminated during rollback";

}  // namespace

bool Core::beginRollback(LiveInstance& live, Rollback ending) {
    flush(live);
    dropOpenStreams(live);
    if (!m_transaction->lastToRollBack(live.row.key, StepIndex{mostSteps})) return false;
    live.row.rollback = ending;
    live.row.pausedAt.reset();
    live.open.clear();  // what had not ended is abandoned and stays open in its row
    live.executing = 0;
    rearm(live);
    setStatus(live, api::Status::rollingBack);
    publish(event("rollback_started", live));
    noteInstance(MetricEvent::rollbackStart, live.workflowName, live.row.id);
    if (live.running) {
        nextRollback(live);
        return true;
    }
    // Its handlers are rebuilt by a replay as soon as there is room in memory.
    live.row.wake = m_now;
    m_nextWake = m_nextWake ? std::min(*m_nextWake, m_now) : m_now;
    leaveMemory(live);
    return true;
}

/// After a new start of its run: takes the open entry up, or goes to the next one.
void Core::continueRollback(LiveInstance& live) {
    if (live.open.empty()) return nextRollback(live);
    auto& step = live.open.begin()->second;
    step.reached = true;
    if (step.executing) return;
    if (step.row.due && *step.row.due > m_now) return arm(live, *step.row.due);
    startAttempt(live, step);
}

void Core::nextRollback(LiveInstance& live) {
    flush(live);
    const StepIndex last{m_transaction->lastStepIndex(live.row.key)};
    const auto newest = m_transaction->step(live.row.key, last);
    const bool begun = newest && newest->kind == api::StepKind::rollback;
    const StepIndex before{begun ? static_cast<std::int32_t>(newest->target) : last.value + 1};
    const auto undone = m_transaction->lastToRollBack(live.row.key, before);
    if (!undone) return endRollback(live, Rollback::complete);
    if (last.value + 1 >= mostSteps)
        return endRollback(live, Rollback::failed, "WorkflowFatalError",
                           "The instance has more than " + std::to_string(mostSteps) +
                               " steps and rollbacks");
    StepRow row;
    row.kind = api::StepKind::rollback;
    row.index = StepIndex{last.value + 1};
    row.count = undone->count;
    row.name = undone->name;
    row.target = undone->index.value;
    readConfig(undone->rollback, row);
    row.rollback.clear();
    auto& step = addStep(live, std::move(row));
    --live.row.stepCount;  // it is no step of the workflow
    publish(event("rollback_step_started", live).step(step.row));
    noteStep(MetricEvent::rollbackStepStart, live, step.row);
    startAttempt(live, step);
}

void Core::askForRollback(LiveInstance& live, const OpenStep& step) {
    const auto undone =
        m_transaction->step(live.row.key, StepIndex{static_cast<std::int32_t>(step.row.target)});
    const bool complete = undone && undone->state == api::StepState::complete;
    const bool failed = live.row.rollback == Rollback::thenErrored;
    LineWriter(lines(live), "u")
        .number(live.row.key.value)
        .number(live.row.run.value)
        .number(step.row.index.value)
        .number(step.row.attempts)
        .number(step.row.target)
        .text(configJson(step.row))
        .text(failed ? live.row.errorName : "Error")
        .text(failed ? live.row.errorMessage : terminatedMessage)
        .text(complete ? undone->value : "u");
}

/// After an attempt of an entry failed: when it was the last one, the chain stops.
void Core::rollbackFailed(LiveInstance& live) {
    if (!live.open.empty()) return;
    const auto& row = live.finished.back();
    endRollback(live, Rollback::failed, row.errorName, row.errorMessage);
}

void Core::endRollback(LiveInstance& live, Rollback outcome, std::string name, std::string message) {
    const bool terminated = live.row.rollback == Rollback::thenTerminated;
    live.row.rollback = outcome;
    live.row.rollbackErrorName = std::move(name);
    live.row.rollbackErrorMessage = std::move(message);
    const bool complete = outcome == Rollback::complete;
    publish(event(complete ? "rollback_completed" : "rollback_errored", live));
    noteInstance(complete ? MetricEvent::rollbackComplete : MetricEvent::rollbackFailed, live.workflowName,
                 live.row.id);
    endInstance(live, terminated ? api::Status::terminated : api::Status::errored);
}

/// Ends an instance for a reason that lies outside its code's own errors: no handlers run.
void Core::abortInstance(LiveInstance& live, std::string name, std::string message) {
    if (isUnderWay(live.row.rollback))
        return endRollback(live, Rollback::failed, std::move(name), std::move(message));
    live.row.errorName = std::move(name);
    live.row.errorMessage = std::move(message);
    endInstance(live, api::Status::errored);
}

bool Core::restsInRollback(const LiveInstance& live) const {
    if (live.row.status != api::Status::rollingBack || live.executing > 0 || live.open.empty()) return false;
    const auto& row = live.open.begin()->second.row;
    return row.state == api::StepState::retrying && row.due && *row.due > m_now + m_settings.hibernateAfter &&
           !live.touched;
}

}  // namespace stepwell::engine
