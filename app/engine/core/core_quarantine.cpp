#include "app/engine/core/core.h"

#include <algorithm>

namespace stepwell::engine {

namespace {

/// A process that cannot be started is not tried again for ever.
constexpr int startsBeforeGivingUp = 3;

}  // namespace

/// Whether code of this run, which is being dropped, may be what keeps the process from answering. What ended
/// by itself has said so, and what waits is at rest.
bool Core::mayExecute(const LiveInstance& live, const RuntimeState& state) {
    switch (live.row.status) {
    case api::Status::complete:
    case api::Status::errored:
    case api::Status::paused:
    case api::Status::waiting:
        return false;
    default:
        return live.executing > 0 || live.lastBatch > state.echoed;
    }
}

void Core::noteDrop(RuntimeState& state) {
    state.lastDrop = state.batch + 1;  // of the batch that tells the driver
    state.dropped = m_now;
    sweepAt(m_now + m_settings.stopAfterDrop);
}

/// Terminating an instance whose code never yields ends that code too: the others of its process begin anew.
void Core::stopAfterDrops() {
    for (auto& [runtime, state] : m_runtimes) {
        if (!state.dropped) continue;
        const bool answered = state.echoed >= state.lastDrop;
        const auto at = *state.dropped + m_settings.stopAfterDrop;
        if (!answered && m_now < at) {
            sweepAt(at);
            continue;
        }
        state.dropped.reset();
        if (!answered) m_actions->stop.push_back(runtime);
    }
}

void Core::onRuntimeEnded(const RuntimeEnded& ended) {
    auto node = m_runtimes.extract(ended.runtime);
    if (node.empty()) return;
    const auto& state = node.mapped();
    const bool suspicious =
        ended.exit.cause == ExitCause::crashed || ended.exit.cause == ExitCause::unresponsive;
    std::vector<InstanceKey> suspects;
    std::vector<InstanceKey> others;
    for (const auto key : state.instances) {
        auto* instance = live(key);
        if (instance == nullptr) continue;
        // One at rest with nothing but timers before it would be waiting: what runs may run code outside any
        // step.
        const bool active = ended.runtime.quarantine || instance->executing > 0 ||
                            instance->lastBatch > state.echoed ||
                            instance->row.status == api::Status::running;
        (suspicious && active ? suspects : others).push_back(key);
        instance->running = false;
        instance->lastBatch = 0;
    }
    if (suspicious && suspects.empty()) suspects.swap(others);
    // Code of a run that was dropped may have been what did not yield.
    const bool wasDropped = state.lastDrop > state.echoed;
    const bool certain = suspects.size() == 1 && (ended.runtime.quarantine || others.empty()) && !wasDropped;
    for (const auto key : others)
        interruptOpenAttempts(m_live.at(key), ended.exit.reason);
    for (const auto key : suspects) {
        if (!certain) interruptOpenAttempts(m_live.at(key), ended.exit.reason);
        if (suspicious)
            warn(m_live.at(key), "The process that ran this instance was ended because code in it " +
                                     ended.exit.reason +
                                     (certain ? ". This instance is the cause."
                                              : ". Instances that may be the cause now run one by one."));
    }
    std::sort(others.begin(), others.end());
    std::sort(suspects.begin(), suspects.end());
    const bool failed = ended.exit.cause == ExitCause::failedToStart;
    const int failures = failed ? state.failedStarts + 1 : 0;
    for (const auto key : others) {
        auto& instance = m_live.at(key);
        if (failures >= startsBeforeGivingUp) {
            abortInstance(instance, "WorkflowInternalError",
                          "The runtime for this Worker could not be started: " + ended.exit.reason);
        } else if (instance.row.status == api::Status::waitingForPause) {
            pauseNow(instance);
        } else if (instance.row.status == api::Status::waiting) {
            hibernate(instance);  // a new run would take a slot, and there is nothing for it to do
        } else {
            startRun(instance);
        }
    }
    if (failed && failures < startsBeforeGivingUp) m_runtimes[ended.runtime].failedStarts = failures;
    if (certain) return strike(m_live.at(suspects.front()), ended.exit);
    for (const auto key : suspects)
        intoQuarantine(m_live.at(key));
}

void Core::strike(LiveInstance& live, const RuntimeExit& exit) {
    ++live.row.strikes;
    live.dirty = true;
    touch(live);
    // A turn that never ends will not end the next time either; memory may have run short by chance. But
    // which step does not yield is known only where the driver tells of a step before it runs: in quarantine,
    // and of rollback handlers.
    const bool isTold = live.runtime.quarantine || live.row.status == api::Status::rollingBack;
    const bool hopeless =
        (exit.cause == ExitCause::unresponsive && isTold) || live.row.strikes >= m_settings.strikes;
    if (!hopeless) {
        interruptOpenAttempts(live, exit.reason);
        return intoQuarantine(live);
    }
    std::string message = exit.cause == ExitCause::unresponsive
                              ? "The instance was ended because its code " + exit.reason
                              : "The instance was ended because its code stopped the runtime " +
                                    std::to_string(live.row.strikes) + " times in a row: it " + exit.reason;
    if (live.runtime.quarantine) m_quarantine[live.runtime.version].current.reset();
    failOpenAttempts(live, exit.reason);
    abortInstance(live, "WorkflowInternalError", std::move(message));
}

void Core::intoQuarantine(LiveInstance& live) {
    if (live.row.status == api::Status::waitingForPause) return pauseNow(live);
    if (live.row.status == api::Status::waiting) return hibernate(live);  // it executes nothing
    auto& quarantine = m_quarantine[live.runtime.version];
    if (quarantine.current == live.row.key) quarantine.current.reset();
    live.runtime.quarantine = true;
    quarantine.waiting.push_back(live.row.key);
    admitQuarantined(live.runtime.version);
}

void Core::admitQuarantined(ScriptVersionKey version) {
    auto& quarantine = m_quarantine[version];
    while (!quarantine.current && !quarantine.waiting.empty()) {
        const auto key = quarantine.waiting.front();
        quarantine.waiting.pop_front();
        auto* instance = live(key);
        if (instance == nullptr) continue;
        quarantine.current = key;
        quarantine.since = m_now;
        sweepAt(m_now + m_settings.quarantineStay);
        startRun(*instance);
    }
}

/// One that has run alone for longer than any loop could is not the one that kills; others wait for its
/// place.
void Core::releaseFromQuarantine() {
    std::vector<InstanceKey> innocent;
    for (const auto& [version, quarantine] : m_quarantine) {
        if (!quarantine.current) continue;
        const auto* instance = live(*quarantine.current);
        const auto state = m_runtimes.find(RuntimeId{version, true});
        // The process may have taken long to start: as long as it does not answer, nothing is proved.
        const bool answers =
            instance == nullptr || state == m_runtimes.end() || state->second.echoed >= instance->lastBatch;
        if (quarantine.since + m_settings.quarantineStay <= m_now && answers)
            innocent.push_back(*quarantine.current);
        else
            sweepAt(quarantine.since + m_settings.quarantineStay);
    }
    for (const auto key : innocent) {
        auto* instance = live(key);
        if (instance == nullptr) continue;
        interruptOpenAttempts(*instance, "the instance was moved to another process");
        if (instance->row.status == api::Status::waitingForPause)
            pauseNow(*instance);
        else
            leaveQuarantine(*instance);
    }
}

void Core::leaveQuarantine(LiveInstance& live) {
    const auto version = live.runtime.version;
    dropRun(live);
    live.runtime.quarantine = false;
    live.lastBatch = 0;
    for (auto& [index, step] : live.open)
        step.reached = false;
    m_actions->release.push_back(RuntimeId{version, true});
    m_quarantine[version].current.reset();
    startRun(live);
    admitQuarantined(version);
}

}  // namespace stepwell::engine
