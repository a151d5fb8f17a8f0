#include "app/engine/core/core.h"
#include "app/engine/core/refusals.h"
#include "app/engine/core/retention.h"
#include "app/engine/core/step_config.h"
#include "app/engine/core/stored_event.h"

#include <algorithm>

namespace stepwell::engine {

namespace {

bool awaits(const LiveInstance& live, const std::string& type) {
    return std::any_of(live.open.begin(), live.open.end(), [&](const auto& entry) {
        return entry.second.row.kind == api::StepKind::waitForEvent && entry.second.row.eventType == type;
    });
}

}  // namespace

api::Result<InstanceRow> Core::findInstance(const std::string& workflowName, const std::string& id) {
    const auto* found = workflow(workflowName);
    if (found == nullptr) return noWorkflow(workflowName);
    auto row = m_transaction->instance(found->key, id);
    if (!row) return noInstance(id);
    if (const auto* instance = live(row->key)) return instance->row;
    return *row;
}

Reply Core::handle(const CreateInstance& request) {
    const auto* found = workflow(request.workflow);
    if (found == nullptr) return noWorkflow(request.workflow);
    if (m_transaction->instance(found->key, request.id))
        return api::fail(409, api::code::instanceExists,
                         "workflows.api.error.instance.already_exists: an instance is already called \"" +
                             request.id + "\"");
    const auto* version = workflowVersion(request.version.value_or(found->latest));
    if (version == nullptr || version->workflow != found->key)
        return api::fail(500, api::code::internal,
                         "Workflow \"" + request.workflow + "\" has no version; deploy its Worker again");
    if (auto refused = tooFast(*found)) {
        noteBlocked(request.workflow, "creationRate");
        return api::fail(std::move(*refused));
    }
    InstanceRow row;
    row.key = InstanceKey{++m_lastInstance.value};
    row.workflow = found->key;
    row.id = request.id;
    row.version = version->key;
    row.trigger = request.trigger;
    row.created = row.modified = m_now;
    row.params = request.params;
    const auto retention = retentionOf(request.retention);
    row.successRetention = retention.success;
    row.errorRetention = retention.error;
    tally(row, 1);
    ++m_activity[{row.workflow, std::chrono::floor<std::chrono::hours>(m_now)}].created;
    m_triggered.insert(row.workflow);
    publish(event("workflow_queued", request.workflow, row.id));
    noteInstance(MetricEvent::workflowQueued, request.workflow, row.id);
    row.changed = m_sequence;
    const InstanceCreated answer{row.id, found->uuid, version->uuid, api::Status::queued, row.trigger};
    const bool admitted = !m_backlog.contains(row.workflow) && places(row.workflow) > 0;
    if (!request.recorded.empty()) row.run = Run{1};  // there is more to load than its row
    if (!admitted) {
        m_transaction->insertInstance(row);
        addRecorded(row.key, request);
        m_backlog.insert(row.workflow);
        noteBlocked(request.workflow, "concurrency");
        return Answer{answer};
    }
    row.started = m_now;
    changeStatus(row, api::Status::running);
    m_transaction->insertInstance(row);
    addRecorded(row.key, request);
    auto& instance = bringToLife(std::move(row));
    publish(event("workflow_started", instance));
    noteQueueWait(request.workflow, m_now);
    noteInstance(MetricEvent::workflowStart, request.workflow, instance.row.id);
    startRun(instance);
    return Answer{answer};
}

Reply Core::handle(const PauseInstance& request) {
    auto row = findInstance(request.workflow, request.id);
    if (!row) return tl::unexpected(row.error());
    const auto changed = [&](api::Status status) {
        return Answer{InstanceChanged{request.id, status, m_now}};
    };
    if (row->status != api::Status::running && row->status != api::Status::waiting)
        return changed(row->status);
    auto* instance = live(row->key);
    if (instance == nullptr) instance = &bringToLife(std::move(*row));  // hibernating: nothing is in flight
    instance->row.pausedAt = m_now;
    if (instance->executing == 0) {
        pauseNow(*instance);
        return changed(api::Status::paused);
    }
    LineWriter(lines(*instance), "p")
        .number(instance->row.key.value)
        .number(instance->row.run.value)
        .number(1);
    setStatus(*instance, api::Status::waitingForPause);
    publish(event("workflow_waiting_for_pause", *instance));
    return changed(api::Status::waitingForPause);
}

Reply Core::handle(const ResumeInstance& request) {
    auto row = findInstance(request.workflow, request.id);
    if (!row) return tl::unexpected(row.error());
    const auto changed = [&](api::Status status) {
        return Answer{InstanceChanged{request.id, status, m_now}};
    };
    const bool pausing = row->status == api::Status::waitingForPause;
    if (row->status != api::Status::paused && !pausing) return changed(row->status);
    auto* instance = live(row->key);
    if (instance == nullptr) instance = &bringToLife(std::move(*row));
    // The clock may have been set back meanwhile: nothing ends before its time for that.
    const auto length = std::max(api::Milliseconds{0}, m_now - instance->row.pausedAt.value_or(m_now));
    instance->row.pausedAt.reset();
    for (auto& [index, step] : instance->open) {
        const bool justInterrupted = step.row.state == api::StepState::retrying && step.row.due == m_now;
        if (!step.row.due || step.executing || justInterrupted || step.row.kind == api::StepKind::sleepUntil)
            continue;
        *step.row.due += length;
        step.dirty = true;
    }
    if (pausing) {
        setStatus(*instance, api::Status::running);
        publish(event("workflow_running", *instance));
        LineWriter(lines(*instance), "p")
            .number(instance->row.key.value)
            .number(instance->row.run.value)
            .number(0);
        deliverBuffered(*instance);
        for (auto& [index, step] : instance->open)
            if (step.row.state == api::StepState::retrying && step.reached && step.row.due)
                arm(*instance, *step.row.due);
        rearm(*instance);
        return changed(api::Status::running);
    }
    requeue(*instance);
    return changed(api::Status::queued);
}

Reply Core::handle(const TerminateInstance& request) {
    auto row = findInstance(request.workflow, request.id);
    if (!row) return tl::unexpected(row.error());
    if (api::isFinal(row->status))
        return api::fail(409, api::code::cannotTerminate,
                         "(instance.cannot_terminate) Instance \"" + request.id + "\" is already " +
                             std::string(api::toString(row->status)) + " and cannot be terminated");
    const bool undoing = row->status == api::Status::rollingBack;
    if (undoing && request.rollback)
        return Answer{InstanceChanged{request.id, api::Status::rollingBack, m_now}};
    auto* instance = live(row->key);
    if (instance == nullptr) instance = &bringToLife(std::move(*row));
    if (undoing) {
        instance->row.rollback = Rollback::thenTerminated;
        endRollback(*instance, Rollback::failed, "Terminated",
                    "The rollback was stopped: the instance was terminated");
    } else if (request.rollback && beginRollback(*instance, Rollback::thenTerminated)) {
        return Answer{InstanceChanged{request.id, api::Status::rollingBack, m_now}};
    } else {
        endInstance(*instance, api::Status::terminated);
    }
    return Answer{InstanceChanged{request.id, api::Status::terminated, m_now}};
}

api::Result<StepIndex> Core::restartPoint(const InstanceRow& row, const RestartInstance::From& from) {
    int seen = 0;
    for (const auto& step : m_transaction->steps(row.key, false)) {
        const bool sleeps = step.kind == api::StepKind::sleep || step.kind == api::StepKind::sleepUntil;
        const bool sameKind = from.kind == api::StepKind::sleep ? sleeps : step.kind == from.kind;
        if (sameKind && step.name == from.name && ++seen == from.count) return step.index;
    }
    return api::fail(409, api::code::cannotRestart,
                     "(instance.cannot_restart) Step \"" + from.name + "\" not found in execution history");
}

void Core::wipeForRestart(InstanceRow& row, StepIndex from) {
    m_transaction->removeSteps(row.key, from);
    m_transaction->removeSentEvents(row.key);
    std::erase_if(m_requests, [&](const auto& entry) { return entry.second.instance == row.key; });
    row.ended.reset();
    row.expires.reset();
    row.wake.reset();
    row.pausedAt.reset();
    row.outputPreview.clear();
    row.output.clear();
    row.errorName.clear();
    row.errorMessage.clear();
    row.errorStack.clear();
    row.sleeping = false;
    row.rollback = Rollback::none;
    row.rollbackErrorName.clear();
    row.rollbackErrorMessage.clear();
    row.strikes = 0;
    row.stepCount = from.value;
    if (from.value > 0) return;
    row.started.reset();
    row.retries = 0;
}

Reply Core::handle(const RestartInstance& request) {
    auto row = findInstance(request.workflow, request.id);
    if (!row) return tl::unexpected(row.error());
    if (auto* instance = live(row->key)) flush(*instance);
    StepIndex from{0};
    if (request.from) {
        const auto point = restartPoint(*row, *request.from);
        if (!point) return tl::unexpected(point.error());
        from = *point;
    }
    if (auto* instance = live(row->key)) {
        dropRun(*instance);
        leaveMemory(*instance);
        row = m_transaction->instance(row->key).value_or(*row);
    }
    wipeForRestart(*row, from);
    if (const auto* found = workflow(request.workflow)) row->version = found->latest;
    publish(event("instance_restarted", request.workflow, request.id));
    changeStatus(*row, api::Status::queued);
    publish(event("workflow_queued", request.workflow, request.id));
    noteInstance(MetricEvent::workflowQueued, request.workflow, request.id);
    m_transaction->updateInstance(*row);
    m_backlog.insert(row->workflow);
    return Answer{InstanceChanged{request.id, api::Status::queued, m_now}};
}

Reply Core::handle(const SendEvent& request) {
    auto row = findInstance(request.workflow, request.id);
    if (!row) {
        auto error = row.error();
        if (error.code == api::code::instanceNotFound) error.code = api::code::eventInstanceNotFound;
        return tl::unexpected(error);
    }
    if (api::isFinal(row->status))
        return api::fail(409, api::code::instanceNotRunning,
                         "(instance.not_running) Instance \"" + request.id + "\" is " +
                             std::string(api::toString(row->status)) + " and takes no events");
    const auto* instance = live(row->key);
    const auto buffered =
        instance != nullptr ? instance->events.size() : m_transaction->sentEvents(row->key).size();
    if (buffered >= static_cast<std::size_t>(m_settings.sentEventsPerInstance))
        return api::fail(429, api::code::unavailable,
                         "Instance \"" + request.id + "\" already holds " + std::to_string(buffered) +
                             " events that no wait has taken; wait until it takes some");
    deliverOrBuffer(row->key, request);
    return Answer{Done{m_now}};
}

void Core::deliverOrBuffer(InstanceKey key, const SendEvent& request) {
    SentEventRow event;
    event.instance = key;
    event.type = request.type;
    event.payload = request.payload;
    event.time = m_now;
    auto* instance = live(key);
    if (instance == nullptr && m_settings.canRun) {
        const auto open = m_transaction->steps(key, true);
        const bool awaited = std::any_of(open.begin(), open.end(), [&](const StepRow& step) {
            return step.kind == api::StepKind::waitForEvent && step.eventType == request.type;
        });
        if (awaited) instance = wake(key);  // nothing while it is paused or queued
    }
    const bool listening = instance != nullptr && instance->row.status != api::Status::waitingForPause;
    const bool mustQueue = listening && instance->row.status == api::Status::waiting &&
                           slots(instance->row.workflow) <= 0 && awaits(*instance, event.type);
    if (listening && !mustQueue && deliver(*instance, event)) return;
    m_transaction->insertSentEvent(event);
    if (mustQueue) return requeue(*instance);  // it gets the event when it runs
    if (instance != nullptr) instance->events.push_back(std::move(event));
}

bool Core::deliver(LiveInstance& live, const SentEventRow& event) {
    const auto waiter = std::find_if(live.open.begin(), live.open.end(), [&](const auto& entry) {
        const auto& row = entry.second.row;
        return row.kind == api::StepKind::waitForEvent && row.eventType == event.type;
    });
    if (waiter == live.open.end()) return false;
    const auto index = waiter->first;
    waiter->second.row.value = storedEvent(event);
    waiter->second.row.preview = isSensitive(waiter->second.row) ? redacted : eventPreview(event);
    if (live.running)
        LineWriter(lines(live), "v")
            .number(live.row.key.value)
            .number(live.row.run.value)
            .number(index.value)
            .number(event.time.time_since_epoch().count())
            .text(event.type)
            .text(event.payload);
    finishStep(live, index, api::StepState::complete);
    return true;
}

void Core::deliverBuffered(LiveInstance& live) {
    for (auto it = live.events.begin(); it != live.events.end();) {
        if (!deliver(live, *it)) {
            ++it;
            continue;
        }
        m_transaction->removeSentEvent(it->key);
        it = live.events.erase(it);
    }
}

}  // namespace stepwell::engine
