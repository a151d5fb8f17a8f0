// What the judge sees in the tables.
#include "tests/simulation/oracle.h"

namespace stepwell::simulation {

using api::Status;

void Oracle::load() {
    m_instances.clear();
    m_workflows.clear();
    m_deleted.clear();
    m_keys.clear();
    m_buffered.clear();
    auto flows =
        m_db->query("SELECT id,name,deleted,coalesce(settings->>'$.concurrency.limit',0) FROM workflows");
    while (flows.step()) {
        const auto key = flows.integer();
        m_workflows[key] = flows.text();
        if (flows.integer() != 0) m_deleted.insert(key);
        m_concurrency[key] = flows.small();
    }
    auto account = m_db->query("SELECT coalesce(max(concurrency),0) FROM account");
    if (account.step()) m_concurrencyOfAll = account.small();
    auto rows = m_db->query("SELECT id,workflow,name,status,run,wake,created,params,output,error_name,"
                            "error_message,expires,rollback FROM instances ORDER BY id");
    while (rows.step()) {
        InstanceSeen seen;
        seen.key = rows.integer();
        seen.workflow = rows.integer();
        seen.id = rows.text();
        seen.status = static_cast<Status>(rows.small());
        seen.run = rows.integer();
        if (const auto wake = rows.optionalTime()) seen.wake = wake->time_since_epoch().count();
        seen.created = rows.integer();
        seen.params = rows.text();
        seen.output = rows.text();
        seen.errorName = rows.text();
        seen.errorMessage = rows.text();
        if (const auto time = rows.optionalTime()) seen.expires = time->time_since_epoch().count();
        seen.rollback = rows.small();
        if (!isDeleted(seen)) m_keys[workflowName(seen) + "/" + seen.id] = seen.key;
        m_instances.emplace(seen.key, std::move(seen));
    }
    auto steps = m_db->query("SELECT id,kind,state,count,attempts,failures,started,ended,due,timeout,target,"
                             "name,value,error_name,rollback IS NOT NULL FROM steps ORDER BY id");
    while (steps.step()) {
        const auto id = steps.integer();
        StepSeen seen;
        seen.kind = steps.small();
        seen.state = steps.small();
        seen.count = steps.small();
        seen.attempts = steps.small();
        seen.failures = steps.small();
        seen.started = steps.integer();
        if (const auto ended = steps.optionalTime()) seen.ended = ended->time_since_epoch().count();
        if (const auto due = steps.optionalTime()) seen.due = due->time_since_epoch().count();
        seen.timeoutMs = steps.integer();
        seen.target = steps.integer();
        seen.name = steps.text();
        seen.value = steps.text();
        seen.error = steps.text();
        seen.hasUndo = steps.integer() != 0;
        const auto owner = m_instances.find(id >> 20);
        if (owner == m_instances.end())
            violated("a step of an instance that does not exist");
        else
            owner->second.steps.emplace(static_cast<int>(id & 0xFFFFF), std::move(seen));
    }
    auto sent = m_db->query("SELECT instance,type,payload FROM sent_events ORDER BY id");
    while (sent.step()) {
        auto& types = m_buffered[sent.integer()];
        const auto type = sent.text();
        types[type].push_back(sent.text());
    }
}

void Oracle::checkRows(const std::map<std::int64_t, InstanceSeen>& before, api::Time now) {
    for (const auto& [key, old] : before) {
        const auto found = m_instances.find(key);
        if (found == m_instances.end()) {
            checkGone(old, now);
            continue;
        }
        if (isDeleted(found->second)) continue;
        if (found->second.run < old.run) violated(old.id + " went back to an earlier run");
        checkSteps(old, found->second, memory(workflowName(old), old.id), now);
    }
    for (const auto& who : m_gone) {
        m_memory.erase(who);
        checkOrphans();
    }
    m_gone.clear();
    for (const auto& [key, instance] : m_instances) {
        if (isDeleted(instance)) continue;
        auto& known = memory(workflowName(instance), instance.id);
        known.isRestarting = false;
        if (api::isFinal(instance.status) && !known.isJudged) judge(instance);
        known.isJudged = api::isFinal(instance.status);
        checkUndoing(instance);
        if (known.told != instance.status)
            violated(instance.id + " is " + std::string(api::toString(instance.status)) +
                     " but its last event says otherwise");
    }
}

/// Nothing goes unless it was asked to, or its time was over; and then nothing of it stays.
void Oracle::checkGone(const InstanceSeen& old, api::Time now) {
    if (!m_workflows.contains(old.workflow) || isDeleted(old)) return;
    const auto who = m_workflows[old.workflow] + "/" + old.id;
    const bool hasExpired =
        api::isFinal(old.status) && old.expires && *old.expires <= now.time_since_epoch().count();
    if (!m_gone.contains(who)) violated(old.id + " was lost");
    if (!m_memory[who].mayBeDeleted && !hasExpired) violated(old.id + " was deleted unasked");
}

/// Steps are undone in the reverse order of their starts, one after the other; no entry follows one that has
/// not ended well.
void Oracle::checkUndoing(const InstanceSeen& instance) {
    const StepSeen* before = nullptr;
    for (const auto& [index, entry] : instance.steps) {
        if (entry.kind != 4) continue;
        const auto what = instance.id + " entry " + std::to_string(index);
        const auto undone = instance.steps.find(static_cast<int>(entry.target));
        if (undone == instance.steps.end() || !undone->second.hasUndo)
            violated(what + " undoes a step that has no handler");
        if (before != nullptr && (before->state != 2 || before->target <= entry.target))
            violated(what + " undoes out of order");
        before = &entry;
    }
}

int Oracle::slots(std::int64_t workflow) const {
    int here = 0;
    int all = 0;
    for (const auto& [key, instance] : m_instances) {
        if (instance.status != Status::running && instance.status != Status::waitingForPause) continue;
        ++all;
        here += instance.workflow == workflow ? 1 : 0;
    }
    int free = m_concurrencyOfAll > 0 ? m_concurrencyOfAll - all : std::numeric_limits<int>::max();
    const auto limit = m_concurrency.at(workflow);
    return limit > 0 ? std::min(free, limit - here) : free;
}

void Oracle::checkSlots() {
    for (const auto& [key, name] : m_workflows)
        if (!m_deleted.contains(key) && slots(key) < 0)
            violated("more instances of " + name + " run than may");
}

/// What is left of deleted instances, and whether the counters of blocks are right.
void Oracle::checkOrphans() {
    auto orphans = m_db->query("SELECT count(*) FROM (SELECT step>>20 AS i FROM attempts UNION SELECT "
                               "step>>20 FROM stream_chunks UNION "
                               "SELECT instance FROM sent_events UNION SELECT instance FROM requests UNION "
                               "SELECT instance FROM logs) "
                               "WHERE i NOT IN (SELECT id FROM instances)");
    if (orphans.step() && orphans.integer() > 0) violated("deleted instances have left rows behind");
    auto blocks =
        m_db->query("SELECT count(*) FROM (SELECT workflow,block,status,n FROM blocks WHERE n<>0 EXCEPT "
                    "SELECT workflow,id>>10,status,count(*) FROM instances GROUP BY 1,2,3)");
    if (blocks.step() && blocks.integer() > 0) violated("the counters of blocks are wrong");
}

void Oracle::checkSteps(const InstanceSeen& before, const InstanceSeen& after, Memory& known, api::Time now) {
    const auto time = now.time_since_epoch().count();
    for (const auto& [index, old] : before.steps) {
        const auto found = after.steps.find(index);
        const auto what = after.id + " step " + std::to_string(index) + " (" + old.name + ")";
        if (found == after.steps.end()) {
            if (!known.isRestarting) violated(what + " was lost");
            continue;
        }
        const auto& step = found->second;
        if (old.isOver() && (old.state != step.state || old.value != step.value))
            violated(what + " had ended and changed");
        if (known.isRestarting) continue;
        if (step.attempts < old.attempts) violated(what + " lost an attempt");
        if (old.state == 1 && step.attempts > old.attempts && old.due && *old.due > time)
            violated(what + " was tried again before its time");
    }
    for (const auto& [index, step] : after.steps) {
        const auto old = before.steps.find(index);
        const bool endedNow = step.isOver() && (old == before.steps.end() || !old->second.isOver());
        if (!endedNow) continue;
        const auto what = after.id + " step " + std::to_string(index) + " (" + step.name + ")";
        const bool sleptShort = step.kind == 1 && time < step.started + step.timeoutMs;
        const bool wokeEarly = step.kind == 2 && time < step.target;
        const bool gaveUpEarly = step.kind == 3 && step.state == 3 && time < step.started + step.timeoutMs;
        if (sleptShort || wokeEarly || gaveUpEarly) violated(what + " ended before its time");
    }
}

void Oracle::checkCounts() {
    std::map<std::pair<std::int64_t, int>, std::int64_t> real;
    for (const auto& [key, instance] : m_instances)
        if (!isDeleted(instance)) ++real[{instance.workflow, static_cast<int>(instance.status)}];
    auto query = m_db->query("SELECT workflow,status,n FROM counts WHERE n<>0");
    while (query.step()) {
        const auto workflow = query.integer();
        const auto status = query.small();
        const auto counted = query.integer();
        if (m_deleted.contains(workflow)) continue;
        auto& found = real[{workflow, status}];
        if (found != counted)
            violated("the counter of " + std::string(api::toString(static_cast<Status>(status))) + " says " +
                     std::to_string(counted) + ", there are " + std::to_string(found));
        found = 0;
    }
    for (const auto& [key, left] : real)
        if (left != 0) violated("instances that no counter knows");
}

/// An event that was sent is there until a wait takes it.
void Oracle::checkSent() {
    for (const auto& [key, instance] : m_instances) {
        if (isDeleted(instance) || api::isFinal(instance.status)) continue;
        const auto buffered = m_buffered.find(key);
        auto stored = buffered == m_buffered.end() ? Buffered() : buffered->second;
        for (const auto& [type, payloads] : memory(workflowName(instance), instance.id).sent)
            if (stored[type] != payloads)
                violated(instance.id + " holds " + std::to_string(stored[type].size()) + " events of type " +
                         type + ", and not the " + std::to_string(payloads.size()) +
                         " that no wait has taken");
    }
}

}  // namespace stepwell::simulation
