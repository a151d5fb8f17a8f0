#include "app/engine/core/core.h"

#include <algorithm>
#include <limits>

namespace stepwell::engine {

namespace {

constexpr int admittedPerTurn = 500;

api::Error tooMany(const std::string& whose, int limit) {
    return {429, api::code::unavailable,
            whose + " may create no more than " + std::to_string(limit) +
                " instances in a second; try again in a second"};
}

}  // namespace

/// How many more instances of a workflow its limits let run.
int Core::slots(WorkflowKey workflow) {
    int free = std::numeric_limits<int>::max();
    if (m_account.concurrency > 0) free = m_account.concurrency - m_runningTotal;
    const int limit = rules(workflow).concurrency;
    return limit > 0 ? std::min(free, limit - m_running[workflow]) : free;
}

/// How many of them can be started: there must be room in memory too.
int Core::places(WorkflowKey workflow) {
    const int room = m_settings.canRun ? m_settings.maxLive - static_cast<int>(m_live.size()) : 0;
    return room > 0 ? std::min(room, slots(workflow)) : 0;
}

bool Core::maySoonAdmit() {
    return std::any_of(m_backlog.begin(), m_backlog.end(),
                       [this](const WorkflowKey workflow) { return places(workflow) > 0; });
}

/// Those that ran before go first, then the oldest, over all workflows that have a place.
void Core::admitQueued() {
    struct Candidate {
        bool isNew = false;
        InstanceKey key;
        WorkflowKey workflow;
    };
    std::vector<Candidate> candidates;
    const auto flows = m_backlog;
    for (const auto workflow : flows) {
        const int asked = std::min(places(workflow), admittedPerTurn);
        if (asked <= 0) continue;
        const auto queued = m_transaction->queued(workflow, asked);
        for (const auto& one : queued)
            candidates.push_back({!one.ranBefore, one.key, workflow});
        if (static_cast<int>(queued.size()) < asked) m_backlog.erase(workflow);
    }
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
        return std::pair(a.isNew, a.key) < std::pair(b.isNew, b.key);
    });
    int admitted = 0;
    for (const auto& candidate : candidates) {
        if (admitted == admittedPerTurn || places(candidate.workflow) <= 0) {
            m_backlog.insert(candidate.workflow);
        } else if (live(candidate.key) == nullptr) {
            admit(candidate.key);
            ++admitted;
        }
    }
}

void Core::admit(InstanceKey key) {
    auto row = m_transaction->instance(key);
    if (!row) return;
    auto& instance = bringToLife(std::move(*row));
    const bool first = !instance.row.started;
    if (first) instance.row.started = m_now;
    noteQueueWait(instance.workflowName, instance.row.modified);
    setStatus(instance, api::Status::running);
    publish(event(first ? "workflow_started" : "workflow_running", instance));
    if (first) noteInstance(MetricEvent::workflowStart, instance.workflowName, instance.row.id);
    startRun(instance);
    if (auto* still = live(key)) deliverBuffered(*still);
}

/// Back to the queue, to go on when there is a slot: what became due meanwhile is still due then.
void Core::requeue(LiveInstance& live) {
    const auto workflow = live.row.workflow;
    setStatus(live, api::Status::queued);
    publish(event("workflow_queued", live));
    noteBlocked(live.workflowName, "concurrency");
    dropRun(live);
    leaveMemory(live);
    m_backlog.insert(workflow);
}

/// Counts the creation when it is allowed.
std::optional<api::Error> Core::tooFast(const WorkflowRow& row) {
    const auto second = std::chrono::floor<std::chrono::seconds>(m_now);
    const auto full = [&](WorkflowKey key, int limit) {
        auto& rate = m_created[key];
        if (rate.second != second) rate = {second, 0};
        return rate.count >= limit;
    };
    const int ofAll = m_account.creationRate;
    const int ofOne = m_account.workflowCreationRate;
    if (ofAll > 0 && full(WorkflowKey{}, ofAll)) return tooMany("This account", ofAll);
    if (ofOne > 0 && full(row.key, ofOne)) return tooMany("Workflow \"" + row.name + "\"", ofOne);
    if (ofAll > 0) ++m_created[WorkflowKey{}].count;
    if (ofOne > 0) ++m_created[row.key].count;
    return std::nullopt;
}

}  // namespace stepwell::engine
