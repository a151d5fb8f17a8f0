#include "app/engine/core/core.h"
#include "app/engine/core/refusals.h"
#include "app/engine/core/retention.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace stepwell::engine {

namespace {

using Json = nlohmann::json;

constexpr int endedPerTurn = 200;
constexpr int removedPerTurn = 200;
/// Should what expired not go away, it is not tried without a pause.
constexpr std::chrono::minutes expiryRetry{1};

int limitIn(const Json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end() || !it->is_number_integer()) return 0;
    return static_cast<int>(std::clamp<std::int64_t>(it->get<std::int64_t>(), 0, 1'000'000));
}

}  // namespace

Reply Core::handle(const TerminateBatch& request) {
    const auto* found = workflow(request.workflow);
    if (found == nullptr) return noWorkflow(request.workflow);
    Termination answer;
    answer.running = m_terminations.contains(found->key);
    if (answer.running) return Answer{answer};
    for (const auto& id : request.ids)
        if (handle(TerminateInstance{request.workflow, id})) ++answer.terminated;
    return Answer{answer};
}

Reply Core::handle(const TerminateAll& request) {
    const auto* found = workflow(request.workflow);
    if (found == nullptr) return noWorkflow(request.workflow);
    TerminationRow row;
    row.workflow = found->key;
    row.status = request.status;
    row.last = m_lastInstance;
    Termination answer;
    answer.running = !m_terminations.emplace(row.workflow, row).second;
    if (!answer.running) m_transaction->putTermination(row);
    return Answer{answer};
}

Reply Core::handle(const AskTermination& request) {
    const auto* found = workflow(request.workflow);
    if (found == nullptr) return noWorkflow(request.workflow);
    return Answer{Termination{m_terminations.contains(found->key), 0}};
}

void Core::terminateSome() {
    int room = endedPerTurn;
    while (!m_terminations.empty()) {
        const auto row = m_terminations.begin()->second;
        const auto keys = m_transaction->unfinished(row, room);
        for (const auto key : keys) {
            auto* instance = live(key);
            auto stored = instance == nullptr ? m_transaction->instance(key) : std::nullopt;
            if (stored) instance = &bringToLife(std::move(*stored));
            if (instance != nullptr) endInstance(*instance, api::Status::terminated);
        }
        room -= static_cast<int>(keys.size());
        if (room <= 0) return;
        m_transaction->removeTermination(row.workflow);
        m_terminations.erase(row.workflow);
    }
}

Reply Core::handle(const DeleteInstance& request) {
    auto row = findInstance(request.workflow, request.id);
    if (!row) return tl::unexpected(row.error());
    removeInstance(*row, request.workflow);
    return Answer{Done{m_now}};
}

/// `row` may be older than what is in memory, but its status is not.
void Core::removeInstance(const InstanceRow& row, const std::string& workflowName) {
    if (auto* instance = live(row.key)) {
        dropRun(*instance);
        leaveMemory(*instance);
    }
    std::erase_if(m_requests, [&](const auto& entry) { return entry.second.instance == row.key; });
    tally(row, -1);
    m_transaction->removeInstance(row.key);
    publish(event("instance_deleted", workflowName, row.id));
}

const FlowRules& Core::rules(WorkflowKey key) {
    const auto it = m_rules.find(key);
    if (it != m_rules.end()) return it->second;
    FlowRules found;
    if (const auto row = m_transaction->workflow(key); row && row->settings.size() > 2) {
        const auto settings = parseBounded<Json>(row->settings);
        const auto concurrency = settings.find("concurrency");
        if (concurrency != settings.end() && concurrency->is_object())
            found.concurrency = limitIn(*concurrency, "limit");
        if (const auto kept = settings.find("default_retention"); kept != settings.end()) {
            const auto retention = retentionOf(kept->dump());
            found.successRetention = retention.success;
            found.errorRetention = retention.error;
        }
    }
    return m_rules.emplace(key, found).first->second;
}

/// A terminated instance counts as an error, as the documentation of the Workers API has it.
void Core::scheduleExpiry(InstanceRow& row) {
    const auto& flow = rules(row.workflow);
    const bool success = row.status == api::Status::complete;
    const auto& own = success ? row.successRetention : row.errorRetention;
    const auto& ofFlow = success ? flow.successRetention : flow.errorRetention;
    const auto ofAccount = success ? m_account.successRetention : m_account.errorRetention;
    row.expires = row.ended.value_or(m_now) + own.value_or(ofFlow.value_or(ofAccount));
    m_nextExpiry = m_nextExpiry ? std::min(*m_nextExpiry, *row.expires) : *row.expires;
}

void Core::expireSome() {
    if (!m_nextExpiry || *m_nextExpiry > m_now) return;
    bool removed = false;
    for (const auto key : m_transaction->expired(m_now, removedPerTurn)) {
        const auto row = m_transaction->instance(key);
        if (!row || live(key) != nullptr || !api::isFinal(row->status)) continue;
        removeInstance(*row, workflowName(row->workflow));
        removed = true;
    }
    m_nextExpiry = m_transaction->nextExpiry();
    if (!removed && m_nextExpiry) m_nextExpiry = std::max(*m_nextExpiry, m_now + expiryRetry);
}

Reply Core::handle(const ChangeAccount& request) {
    if (request == ChangeAccount{}) return Answer{m_account};
    if (request.successRetention) m_account.successRetention = *request.successRetention;
    if (request.errorRetention) m_account.errorRetention = *request.errorRetention;
    if (request.concurrency) m_account.concurrency = *request.concurrency;
    if (request.creationRate) m_account.creationRate = *request.creationRate;
    if (request.workflowCreationRate) m_account.workflowCreationRate = *request.workflowCreationRate;
    m_transaction->putAccount(m_account);
    return Answer{m_account};
}

Reply Core::handle(const ChangeTriggers& request) {
    using Change = ChangeTriggers::Change;
    if (!m_transaction->script(request.script)) return noScript(request.script);
    auto kept = m_transaction->triggers(request.script);
    if (request.change == Change::none) return Answer{Triggers{std::move(kept), 0}};
    const auto before = parseBounded<Json>(kept);
    const int count = before.is_array() ? static_cast<int>(before.size()) : 0;
    auto items = request.change == Change::remove ? Json::array() : parseBounded<Json>(request.items);
    if (request.change == Change::add && count > 0) {
        auto all = before;
        all.insert(all.end(), items.begin(), items.end());
        items = std::move(all);
    }
    kept = items.dump();
    m_transaction->putTriggers(request.script, kept);
    return Answer{Triggers{std::move(kept), request.change == Change::remove ? count : 0}};
}

}  // namespace stepwell::engine
