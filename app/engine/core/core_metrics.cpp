#include "app/engine/core/core.h"

/// What analytics are told: rows of a turn, which its transaction keeps as one.
namespace stepwell::engine {

namespace {

std::int64_t micros(std::chrono::microseconds time) {
    return std::max<std::int64_t>(0, time.count());
}

MetricEvent endOf(const StepRow& row) {
    const bool ok = row.state == api::StepState::complete;
    switch (row.kind) {
    case api::StepKind::step:
        return ok ? MetricEvent::stepSuccess : MetricEvent::stepFailure;
    case api::StepKind::rollback:
        return ok ? MetricEvent::rollbackStepSuccess : MetricEvent::rollbackStepFailure;
    case api::StepKind::sleep:
    case api::StepKind::sleepUntil:
        return MetricEvent::sleepComplete;
    case api::StepKind::waitForEvent:
        break;
    }
    return ok ? MetricEvent::waitComplete : MetricEvent::waitTimedOut;
}

}  // namespace

void Core::noteInstance(MetricEvent event, const std::string& workflow, const std::string& id,
                        MetricSpent spent) {
    if (!m_settings.countsMetrics) return;
    m_metrics.row(MetricTable::workflowEvents, m_now)
        .word(workflow)
        .word(id)
        .word(std::string_view{})
        .word(event)
        .integer(0)
        .integer(spent.wall)
        .integer(spent.cpu)
        .integer(0)
        .integer(0)
        .integer(0);
}

void Core::noteEnd(LiveInstance& live, api::Status status) {
    if (!m_settings.countsMetrics) return;
    if (!live.cpu) {
        flush(live);
        live.cpu = std::chrono::microseconds{0};
        for (const auto& step : m_transaction->steps(live.row.key, false))
            *live.cpu += step.cpu;
    }
    MetricSpent spent;
    if (live.row.started) spent.wall = micros(m_now - *live.row.started);
    spent.cpu = micros(*live.cpu);
    const auto event = status == api::Status::complete     ? MetricEvent::workflowSuccess
                       : status == api::Status::terminated ? MetricEvent::workflowTerminated
                                                           : MetricEvent::workflowFailure;
    noteInstance(event, live.workflowName, live.row.id, spent);
}

void Core::noteStep(MetricEvent event, const LiveInstance& live, const StepRow& row, MetricSpent spent) {
    if (!m_settings.countsMetrics) return;
    const bool isEnd = event == MetricEvent::stepSuccess || event == MetricEvent::stepFailure;
    const bool isRest = event == MetricEvent::sleepComplete || event == MetricEvent::waitComplete ||
                        event == MetricEvent::waitTimedOut;
    const bool isRetry = event == MetricEvent::attemptStart && row.attempts > 1;
    if (!live.metricId.isSet()) live.metricId.set(live.row.id);
    m_metrics.row(MetricTable::workflowEvents, m_now)
        .word(live.workflowName)
        .word(live.metricId)
        .word(row.name)
        .word(event)
        .integer(row.index.value + 1)
        .integer(spent.wall)
        .integer(spent.cpu)
        .integer(isRetry ? 1 : 0)
        .integer(isEnd ? 1 : 0)
        .integer(isEnd || isRest ? 1 : 0);
}

void Core::noteAttempt(MetricEvent event, MetricEvent undoing, const LiveInstance& live,
                       const OpenStep& step) {
    MetricSpent spent;
    if (event != MetricEvent::attemptStart) {
        spent.wall = micros(m_now - step.attemptStarted);
        spent.cpu = micros(step.cpu);
    }
    noteStep(step.row.kind == api::StepKind::rollback ? undoing : event, live, step.row, spent);
}

void Core::noteStepEnd(const LiveInstance& live, const StepRow& row) {
    noteStep(endOf(row), live, row, {micros(m_now - row.started), micros(row.cpu)});
}

void Core::noteQueueWait(const std::string& workflow, api::Time queued) {
    if (!m_settings.countsMetrics) return;
    m_metrics.row(MetricTable::queueWait, m_now).word(workflow).integer(micros(m_now - queued));
}

void Core::noteBlocked(const std::string& workflow, std::string_view reason) {
    if (!m_settings.countsMetrics) return;
    m_metrics.row(MetricTable::blocked, m_now).word(workflow).word(reason);
}

/// An instance has come to rest: what will wake it first is what it waits for.
void Core::noteRest(const LiveInstance& live) {
    const StepRow* first = nullptr;
    for (const auto& [index, step] : live.open) {
        const bool unreached = step.row.kind == api::StepKind::step && !step.reached;
        if (step.row.due && !unreached && (first == nullptr || *step.row.due < *first->due))
            first = &step.row;
    }
    if (first == nullptr) return;
    if (isAttempted(first->kind))
        noteBlocked(live.workflowName, "retry");
    else
        noteBlocked(live.workflowName, first->kind == api::StepKind::waitForEvent ? "event" : "sleep");
}

void Core::noteQueued(WorkflowKey workflow, int delta) {
    auto& queued = m_queued[workflow];
    m_queuedBefore.emplace(workflow, queued);
    queued += delta;
}

void Core::noteDepths() {
    for (const auto& [workflow, before] : m_queuedBefore) {
        const auto now = m_queued.find(workflow);
        if (now == m_queued.end()) continue;
        const auto depth = std::max<std::int64_t>(0, now->second);
        if (now->second != before)
            m_metrics.row(MetricTable::queueDepth, m_now).word(workflowName(workflow)).integer(depth);
        if (depth == 0) m_queued.erase(now);
    }
    m_queuedBefore.clear();
}

/// A request that user code made in a step has ended.
void Core::noteRequest(const OutboundReport& report) {
    if (!m_settings.countsMetrics) return;
    const auto* instance = live(InstanceKey{report.instance});
    if (instance == nullptr) return;
    m_metrics.row(MetricTable::subrequests, report.start)
        .word(report.script)
        .word(instance->workflowName)
        .word(hostOfUrl(report.url))
        .integer(report.status)
        .word(report.error.empty() ? "success" : "error")
        .integer(report.requestBytes)
        .integer(report.responseBytes)
        .integer(micros(report.duration));
}

void Core::writeMetrics() {
    if (m_settings.countsMetrics) noteDepths();
    m_queuedBefore.clear();
    if (m_metrics.count() == 0) return;
    m_actions->metrics = {m_transaction->appendMetrics(m_now, m_metrics), m_metrics.count()};
    m_metrics.clear();
}

}  // namespace stepwell::engine
