#include "app/engine/core/core.h"

#include <algorithm>

namespace stepwell::engine {

namespace {
constexpr std::size_t mostVersions = 1'000;  ///< of code, known from one turn to the next
}

void Core::beginTurn(api::Time now, Transaction& transaction, Actions& actions) {
    m_now = now;
    m_transaction = &transaction;
    m_actions = &actions;
    if (!m_loaded) loadCounters();
}

void Core::clockJumped(api::Milliseconds jump) {
    for (auto& [key, instance] : m_live) {
        if (instance.restSince) *instance.restSince += jump;
        for (auto& [index, step] : instance.open) {
            if (!step.executing || !step.row.due) continue;
            *step.row.due += jump;
            step.dirty = true;
            touch(instance);
        }
        rearm(instance);
    }
    for (auto& [version, quarantine] : m_quarantine)
        quarantine.since += jump;
    sweepAt(m_now);
    m_nextWake = m_transaction->nextWake();
}

void Core::loadCounters() {
    m_loaded = true;
    m_sequence = m_transaction->lastSequence();
    m_lastInstance = m_transaction->lastInstance();
    m_nextWake = m_transaction->nextWake();
    m_nextSchedule = m_transaction->nextSchedule();
    m_purging = !m_transaction->deletedWorkflows().empty();
    m_account = m_transaction->account();
    m_nextExpiry = m_transaction->nextExpiry();
    for (const auto& row : m_transaction->terminations())
        m_terminations.emplace(row.workflow, row);
    for (const auto key : m_transaction->workflowsWithQueued())
        m_backlog.insert(key);
    m_queued = m_transaction->queuedCounts();
}

void Core::apply(const Command& command) {
    if (const auto* request = std::get_if<RequestCommand>(&command)) {
        Reply reply = std::visit([this](const auto& body) { return handle(body); }, request->request);
        m_actions->replies.emplace_back(request->reply, std::move(reply));
    } else if (const auto* driverLines = std::get_if<DriverLines>(&command)) {
        onDriverLines(*driverLines);
    } else if (const auto* ended = std::get_if<RuntimeEnded>(&command)) {
        onRuntimeEnded(*ended);
    } else if (const auto* report = std::get_if<OutboundReport>(&command)) {
        onOutbound(*report);
    }
}

void Core::endTurn() {
    terminateSome();
    fireSchedules();
    wakeDue();
    admitQueued();
    fireTimers();  // after the others: what they brought to life may be due already
    hibernateRested();
    expireSome();
    purgeSome();
    // Flushing may end a stay in memory and let others in, so the list can grow while it is walked.
    for (std::size_t i = 0; i < m_touched.size(); ++i) {
        auto* instance = live(m_touched[i]);
        if (instance == nullptr) continue;
        instance->touched = false;
        settle(*instance);
        if (auto* still = live(m_touched[i])) flush(*still);
    }
    m_touched.clear();
    sweepWhenCrowded();
    m_mayAdmit = maySoonAdmit();  // coming to rest may have freed a slot
    for (auto& [runtime, text] : m_actions->lines) {
        auto& state = m_runtimes[runtime];
        LineWriter(text, "b").number(++state.batch);
    }
    // What the last instance left may have got another one in the same turn.
    std::erase_if(m_actions->release, [this](const RuntimeId& id) {
        const auto it = m_runtimes.find(id);
        return it != m_runtimes.end() && !it->second.instances.empty();
    });
    for (const auto& [group, delta] : m_counts)
        if (delta != 0) m_transaction->addCount(group, delta);
    for (const auto& [key, delta] : m_activity)
        m_transaction->addActivity(key.first, key.second, delta);
    for (const auto key : m_triggered) {
        if (auto row = m_transaction->workflow(key)) {
            row->triggered = m_now;
            m_transaction->putWorkflow(*row);
        }
    }
    m_counts.clear();
    m_activity.clear();
    m_triggered.clear();
    if (m_versions.size() > mostVersions) m_versions.clear();
    if (m_bindings.size() > mostVersions) m_bindings.clear();
    if (!m_actions->feed.empty()) m_transaction->appendFeed(m_actions->feed);
    writeMetrics();
    m_transaction = nullptr;
    m_actions = nullptr;
}

std::optional<api::Time> Core::nextTurn() const {
    if (m_purging || !m_terminations.empty()) return api::Time{};
    std::optional<api::Time> next;
    const auto consider = [&](api::Time time) { next = next ? std::min(*next, time) : time; };
    const bool room = static_cast<int>(m_live.size()) < m_settings.maxLive;
    if (m_mayAdmit) return api::Time{};
    if (m_nextExpiry) consider(*m_nextExpiry);
    if (!m_timers.empty()) consider(m_timers.begin()->first);
    if (m_settings.canRun && room && m_nextWake) consider(*m_nextWake);
    if (m_nextSweep) consider(*m_nextSweep);
    if (m_nextSchedule) consider(*m_nextSchedule);
    return next;
}

LiveInstance* Core::live(InstanceKey key) {
    if (m_lastFound != nullptr && m_lastFound->row.key == key) return m_lastFound;
    const auto it = m_live.find(key);
    m_lastFound = it == m_live.end() ? nullptr : &it->second;
    return m_lastFound;
}

std::string& Core::lines(LiveInstance& live) {
    auto& state = m_runtimes[live.runtime];
    const auto batch = state.batch + 1;  // the mark that will close this turn's lines
    if (live.lastBatch != batch) {
        live.lastBatch = batch;
        state.unrested.emplace_back(batch, live.row.key);
    }
    live.restSince.reset();
    if (live.row.status == api::Status::waiting) {
        setStatus(live, api::Status::running);
        publish(event("workflow_running", live));
    }
    return m_actions->lines[live.runtime];
}

void Core::touch(LiveInstance& live) {
    if (live.touched) return;
    live.touched = true;
    m_touched.push_back(live.row.key);
}

void Core::setStatus(LiveInstance& live, api::Status status) {
    changeStatus(live.row, status);
    if (status != api::Status::waiting) {
        live.row.wake.reset();
        live.row.sleeping = false;
    }
    live.dirty = true;
    touch(live);
}

void Core::changeStatus(InstanceRow& row, api::Status status) {
    tally(row, -1);
    const auto hour = std::chrono::floor<std::chrono::hours>(m_now);
    if (status == api::Status::errored) ++m_activity[{row.workflow, hour}].errored;
    row.status = status;
    tally(row, 1);
    row.modified = m_now;
    row.changed = Sequence{m_sequence.value + 1};  // the event that tells it follows
}

void Core::tally(const InstanceRow& row, int delta) {
    m_counts[groupOf(row)] += delta;
    if (row.status == api::Status::queued) noteQueued(row.workflow, delta);
    // Compensation of a failed instance is not made to wait for others.
    if (row.status != api::Status::running && row.status != api::Status::waitingForPause) return;
    m_running[row.workflow] += delta;
    m_runningTotal += delta;
}

FeedEvent Core::event(std::string_view type, const LiveInstance& live) {
    return event(type, live.workflowName, live.row.id);
}

FeedEvent Core::stepEvent(std::string_view type, const LiveInstance& live, const StepRow& row) {
    if (row.kind != api::StepKind::rollback) return event(type, live).step(row);
    return event("rollback_" + std::string(type), live).step(row);
}

FeedEvent Core::event(std::string_view type, const std::string& workflow, const std::string& instance) {
    auto& feed = m_actions->feed;
    ++m_sequence.value;
    if (feed.empty()) {
        feed.time = m_now;
        feed.first = m_sequence;
    }
    if (feed.empty() || m_eventInstance != instance || m_eventWorkflow != workflow) {
        feed.startSubject(workflow, instance);
        m_eventWorkflow = workflow;
        m_eventInstance = instance;
    }
    feed.last = m_sequence;
    return {feed, type};
}

void Core::flush(LiveInstance& live) {
    for (const auto& row : live.finished)
        m_transaction->putStep(row);
    live.finished.clear();
    for (auto& [index, step] : live.open) {
        if (!step.dirty) continue;
        m_transaction->putStep(step.row);
        step.dirty = false;
    }
    for (const auto& row : live.attempts)
        m_transaction->putAttempt(row);
    live.attempts.clear();
    if (live.dirty)
        m_transaction->updateInstance(live.row);
    else if (live.progressed)
        m_transaction->updateProgress(live.row);
    live.dirty = live.progressed = false;
}

const WorkflowRow* Core::workflow(const std::string& name) {
    const auto it = m_workflows.find(name);
    if (it != m_workflows.end()) return &it->second;
    auto row = m_transaction->workflow(name);
    if (!row) return nullptr;
    return &m_workflows.emplace(name, std::move(*row)).first->second;
}

const WorkflowVersionRow* Core::workflowVersion(WorkflowVersionKey key) {
    const auto it = m_versions.find(key);
    if (it != m_versions.end()) return &it->second;
    auto row = m_transaction->workflowVersion(key);
    if (!row) return nullptr;
    return &m_versions.emplace(key, std::move(*row)).first->second;
}

std::string Core::workflowName(WorkflowKey key) {
    for (const auto& [name, row] : m_workflows)
        if (row.key == key) return name;
    const auto row = m_transaction->workflow(key);
    if (!row) return {};
    m_workflows.emplace(row->name, *row);
    return row->name;
}

}  // namespace stepwell::engine
