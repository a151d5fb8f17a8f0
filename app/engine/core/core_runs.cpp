#include "app/engine/core/core.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::engine {

namespace {

using Json = nlohmann::json;

constexpr int wokenPerTurn = 500;
/// Looks for instances to hibernate are at least this far apart: each passes over all that are in memory.
constexpr std::chrono::seconds sweepInterval{1};
constexpr api::Milliseconds recheckInterval{50};
/// While others wait for room, who rests makes it at once, unless its time comes right after.
constexpr api::Milliseconds crowdedSweepInterval{20};
constexpr api::Milliseconds crowdedStay{100};

int stepLimitOf(const std::string& settings, int otherwise) {
    if (settings.find("\"limits\"") == std::string::npos) return otherwise;
    const auto json = parseBounded<Json>(settings);
    if (!json.is_object() || !json.contains("limits") || !json["limits"].is_object()) return otherwise;
    const auto steps = json["limits"].find("steps");
    if (steps == json["limits"].end() || !steps->is_number_integer()) return otherwise;
    return std::clamp(steps->get<int>(), 1, 1'000'000);
}

}  // namespace

/// Everything that was in memory is queued again; what it had done is in its rows, and admission reads them.
void Core::recover() {
    constexpr int batch = 500;
    InstanceKey last;
    for (;;) {
        const auto keys = m_transaction->interrupted(last, batch);
        for (const auto key : keys) {
            last = key;
            auto row = m_transaction->instance(key);
            if (!row) continue;
            if (row->status == api::Status::rollingBack) {  // goes on like one whose time has come
                row->wake = std::max(row->wake.value_or(m_now), m_now);
                m_nextWake = m_nextWake ? std::min(*m_nextWake, *row->wake) : *row->wake;
                m_transaction->updateInstance(*row);
                continue;
            }
            const bool pausing = row->status == api::Status::waitingForPause;
            changeStatus(*row, pausing ? api::Status::paused : api::Status::queued);
            const auto flow = m_transaction->workflow(row->workflow);
            if (!pausing && flow && !flow->deleted) m_backlog.insert(row->workflow);
            publish(
                event(pausing ? "workflow_paused" : "workflow_queued", workflowName(row->workflow), row->id));
            m_transaction->updateInstance(*row);
        }
        if (static_cast<int>(keys.size()) < batch) break;
    }
    m_running.clear();  // nothing runs; what was counted above had run in the last engine
    m_runningTotal = 0;
}

LiveInstance& Core::bringToLife(InstanceRow row) {
    const auto key = row.key;
    auto& instance = m_live[key];
    instance.workflowName = workflowName(row.workflow);
    if (const auto* version = workflowVersion(row.version))
        instance.runtime = RuntimeId{version->script, false};
    instance.row = std::move(row);
    for (auto& event : m_transaction->sentEvents(key))
        instance.events.push_back(std::move(event));
    if (instance.row.run.value == 0) {  // never ran: there is nothing else to load
        instance.cpu = std::chrono::microseconds{0};
        return instance;
    }
    const bool undoing = instance.row.status == api::Status::rollingBack;
    for (auto& step : m_transaction->steps(key, true)) {
        const auto index = step.index;
        if (undoing && step.kind != api::StepKind::rollback) continue;  // abandoned where it was
        instance.open[index].row = std::move(step);
    }
    instance.logs = m_transaction->logCount(key);
    instance.requests = m_transaction->requestCount(key);
    interruptOpenAttempts(instance, {});
    instance.streamBytes = m_transaction->streamBytes(key);
    return instance;
}

LiveInstance* Core::wake(InstanceKey key) {
    if (auto* instance = live(key)) return instance;
    auto row = m_transaction->instance(key);
    const bool undoing = row && row->status == api::Status::rollingBack;
    if (!row || (row->status != api::Status::waiting && !undoing)) return nullptr;
    if (!undoing && slots(row->workflow) <= 0) {
        requeue(bringToLife(std::move(*row)));
        return nullptr;
    }
    auto& instance = bringToLife(std::move(*row));
    if (undoing) {
        instance.row.wake.reset();
        instance.dirty = true;
        startRun(instance);
        return live(key);
    }
    setStatus(instance, api::Status::running);
    publish(event("workflow_running", instance));
    startRun(instance);
    if (auto* still = live(key)) deliverBuffered(*still);
    return live(key);
}

void Core::startRun(LiveInstance& live) {
    const auto* version = workflowVersion(live.row.version);
    if (version == nullptr) {
        return abortInstance(
            live, "WorkflowInternalError",
            "The version that this instance belongs to no longer exists. Restart the instance.");
    }
    const bool first = live.row.run.value == 0;
    ++live.row.run.value;
    live.dirty = true;
    touch(live);
    flush(live);
    const auto steps = first ? std::vector<StepRow>{} : m_transaction->steps(live.row.key, false);
    if (!first) {
        live.cpu = std::chrono::microseconds{0};
        for (const auto& step : steps)
            *live.cpu += step.cpu;
    }
    m_runtimes[live.runtime].instances.insert(live.row.key);
    live.running = true;
    live.finishedProgress = false;
    live.nextStep = steps.empty() ? 0 : steps.back().index.value + 1;
    auto& out = lines(live);
    LineWriter(out, "r")
        .number(live.row.key.value)
        .number(live.row.run.value)
        .text(version->className)
        .number(live.nextStep)
        .number(stepLimitOf(version->settings, m_settings.stepLimit))
        .number(live.row.created.time_since_epoch().count())
        .text(live.workflowName)
        .text(live.row.id)
        .text(live.row.params.empty() ? "j{}" : live.row.params)
        .text(scheduleOf(live.row));
    for (const auto& step : steps)
        if (step.kind != api::StepKind::rollback) describeStep(out, live, step);
    const bool undoing = live.row.status == api::Status::rollingBack;
    LineWriter(out, undoing ? "U" : "R").number(live.row.key.value).number(live.row.run.value);
    if (undoing) return continueRollback(live);
    for (auto& [index, step] : live.open)
        if (step.row.due && step.row.kind != api::StepKind::step) arm(live, *step.row.due);
}

void Core::wakeDue() {
    if (!m_settings.canRun || !m_nextWake || *m_nextWake > m_now) return;
    const int room = m_settings.maxLive - static_cast<int>(m_live.size());
    if (room <= 0) return;
    const auto due = m_transaction->due(m_now, std::min(room, wokenPerTurn));
    for (const auto key : due)
        if (live(key) == nullptr) wake(key);
    m_nextWake = m_transaction->nextWake();
    // What is still due is in memory and writes its row at the end of this turn, or found no room.
    const bool moreAreDue = static_cast<int>(due.size()) == wokenPerTurn;
    if (m_nextWake && *m_nextWake <= m_now)
        m_nextWake = m_now + (moreAreDue ? api::Milliseconds{1} : recheckInterval);
}

void Core::arm(LiveInstance& live, api::Time due) {
    if (live.armed && *live.armed <= due) return;
    if (live.armed) m_timers.erase({*live.armed, live.row.key});
    live.armed = due;
    m_timers.insert({due, live.row.key});
}

void Core::rearm(LiveInstance& live) {
    if (live.armed) m_timers.erase({*live.armed, live.row.key});
    live.armed.reset();
    const bool pausing = live.row.status == api::Status::waitingForPause;
    for (const auto& [index, step] : live.open) {
        const bool idle = isAttempted(step.row.kind) && !step.executing && !step.reached;
        if (!step.row.due || idle || (pausing && !step.executing)) continue;
        arm(live, *step.row.due);
    }
}

void Core::fireTimers() {
    while (!m_timers.empty() && m_timers.begin()->first <= m_now) {
        const auto key = m_timers.begin()->second;
        m_timers.erase(m_timers.begin());
        auto* instance = live(key);
        if (instance == nullptr) continue;
        instance->armed.reset();
        if (instance->row.status == api::Status::waiting && slots(instance->row.workflow) <= 0) {
            requeue(*instance);
            continue;
        }
        std::vector<StepIndex> ready;
        const bool pausing = instance->row.status == api::Status::waitingForPause;
        for (const auto& [index, step] : instance->open)
            if (step.row.due && *step.row.due <= m_now && (!pausing || step.executing))
                ready.push_back(index);
        for (const auto index : ready) {
            instance = live(key);  // the step before may have ended its stay
            auto* step = instance == nullptr ? nullptr : openStep(*instance, index.value);
            if (step != nullptr) stepDue(*instance, *step);
        }
        instance = live(key);
        if (instance == nullptr) continue;
        touch(*instance);
        rearm(*instance);
    }
}

void Core::endInstance(LiveInstance& live, api::Status status) {
    live.row.ended = m_now;
    dropOpenStreams(live);
    noteEnd(live, status);
    setStatus(live, status);
    scheduleExpiry(live.row);
    const auto hour = std::chrono::floor<std::chrono::hours>(m_now);
    if (status != api::Status::terminated)
        m_transaction->addDuration(live.row.workflow, hour,
                                   durationBucket(m_now - live.row.started.value_or(live.row.created)));
    if (status == api::Status::complete) publish(event("workflow_completed", live));
    if (status == api::Status::terminated) publish(event("workflow_terminated", live));
    if (status == api::Status::errored) {
        auto told = event("workflow_errored", live);
        publish(told.error(live.row.errorName, live.row.errorMessage));
    }
    dropRun(live);
    leaveMemory(live);
}

void Core::pauseNow(LiveInstance& live) {
    if (!live.row.pausedAt) live.row.pausedAt = m_now;
    setStatus(live, api::Status::paused);
    publish(event("workflow_paused", live));
    noteBlocked(live.workflowName, "paused");
    dropRun(live);
    leaveMemory(live);
}

void Core::dropRun(LiveInstance& live) {
    if (!live.running) return;
    live.running = false;
    LineWriter(m_actions->lines[live.runtime], "x").number(live.row.key.value).number(live.row.run.value);
    auto& state = m_runtimes[live.runtime];
    state.instances.erase(live.row.key);
    if (mayExecute(live, state)) noteDrop(state);
}

void Core::leaveMemory(LiveInstance& live) {
    const auto key = live.row.key;
    const auto runtime = live.runtime;
    flush(live);
    if (live.armed) m_timers.erase({*live.armed, key});
    m_lastFound = nullptr;
    m_live.erase(key);
    if (runtime.quarantine) {
        auto& quarantine = m_quarantine[runtime.version];
        if (quarantine.current == key) quarantine.current.reset();
        std::erase(quarantine.waiting, key);
        admitQuarantined(runtime.version);
    }
    const auto state = m_runtimes.find(runtime);
    if (state != m_runtimes.end() && state->second.instances.empty()) m_actions->release.push_back(runtime);
}

/// Asks for a sweep at a time that something becomes due for it.
void Core::sweepAt(api::Time time) {
    const auto at = std::max(time, m_now + sweepInterval);
    if (!m_nextSweep || at < *m_nextSweep) m_nextSweep = at;
}

/// Others wait for room in memory.
bool Core::isCrowded() const {
    if (static_cast<int>(m_live.size()) < m_settings.maxLive) return false;
    return !m_backlog.empty() || (m_nextWake && *m_nextWake <= m_now);
}

/// At the end of a turn: while others wait for room, a sweep comes soon after somebody has come to rest.
void Core::sweepWhenCrowded() {
    const bool crowded = isCrowded();
    m_someRest = m_someRest || (crowded && !m_wasCrowded);
    m_wasCrowded = crowded;
    if (!crowded || !m_someRest) return;
    const auto at = std::max(m_now, m_lastSweep) + crowdedSweepInterval;
    if (!m_nextSweep || at < *m_nextSweep) m_nextSweep = at;
}

void Core::hibernateRested() {
    if (!m_nextSweep || m_now < *m_nextSweep) return;
    m_nextSweep.reset();
    m_lastSweep = m_now;
    m_someRest = false;
    stopAfterDrops();
    releaseFromQuarantine();
    const auto stay =
        isCrowded() ? std::min(crowdedStay, m_settings.hibernateAfter) : m_settings.hibernateAfter;
    std::vector<InstanceKey> rested;
    for (const auto& [key, instance] : m_live) {
        const auto& row = instance.row;
        if (restsInRollback(instance)) rested.push_back(key);
        if (row.status == api::Status::rollingBack && instance.touched) sweepAt(m_now);
        if (row.status != api::Status::waiting || !instance.restSince) continue;
        const auto restedAt = *instance.restSince + stay;
        if (!row.wake || *row.wake <= std::max(m_now, restedAt) + stay) continue;
        if (restedAt <= m_now && !instance.touched) {
            rested.push_back(key);
        } else {
            m_someRest = true;
            sweepAt(restedAt);
        }
    }
    for (const auto key : rested) {
        auto* instance = live(key);  // one that left before it may have let another one into quarantine
        if (instance == nullptr) continue;
        if (instance->row.status == api::Status::rollingBack) {
            instance->row.wake = instance->open.begin()->second.row.due;
            instance->dirty = true;
        }
        if (instance->row.wake) hibernate(*instance);
    }
}

/// It leaves memory until its time to wake.
void Core::hibernate(LiveInstance& live) {
    m_nextWake = m_nextWake ? std::min(*m_nextWake, *live.row.wake) : *live.row.wake;
    dropRun(live);
    leaveMemory(live);
}

void Core::onEcho(RuntimeId runtime, std::int64_t batch) {
    const auto found = m_runtimes.find(runtime);
    if (found == m_runtimes.end()) return;
    auto& state = found->second;
    state.echoed = std::max(state.echoed, std::min(batch, state.batch));
    while (!state.unrested.empty() && state.unrested.front().first <= state.echoed) {
        const auto key = state.unrested.front().second;
        state.unrested.pop_front();
        if (auto* instance = live(key)) touch(*instance);
    }
}

/// At the end of a turn: an instance whose code has come to rest with nothing but timers and waits before it
/// is waiting.
void Core::settle(LiveInstance& live) {
    if (!live.running) return;
    const bool atRest = live.executing == 0 && m_runtimes[live.runtime].echoed >= live.lastBatch;
    if (live.runtime.quarantine && live.finishedProgress && live.executing == 0) return leaveQuarantine(live);
    if (!atRest || live.open.empty()) return;
    const bool running = live.row.status == api::Status::running;
    if (!running && live.row.status != api::Status::waiting) return;
    std::optional<api::Time> wakeTime;
    bool sleeping = true;
    for (const auto& [index, step] : live.open) {
        const bool unreached = step.row.kind == api::StepKind::step && !step.reached;
        if (step.row.due && !unreached)
            wakeTime = wakeTime ? std::min(*wakeTime, *step.row.due) : *step.row.due;
        sleeping =
            sleeping && (step.row.kind == api::StepKind::sleep || step.row.kind == api::StepKind::sleepUntil);
    }
    if (!wakeTime) return;
    if (!running && live.row.wake == wakeTime && live.row.sleeping == sleeping) return;
    if (running) {
        setStatus(live, api::Status::waiting);
        publish(event("workflow_waiting", live));
        noteRest(live);
        live.restSince = m_now;
        m_someRest = true;
        sweepAt(m_now + m_settings.hibernateAfter);
    }
    live.row.wake = wakeTime;
    live.row.sleeping = sleeping;
    live.dirty = true;
    if (live.runtime.quarantine) hibernate(live);  // frees its place; it wakes among the others
}

}  // namespace stepwell::engine
