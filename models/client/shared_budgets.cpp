#include "models/client/shared_budgets.h"

#include "models/client/link.h"
#include "models/client/transfer.h"

#include <algorithm>
#include <utility>

namespace stepwell::client {

namespace {

using namespace std::chrono_literals;

struct Book {
    std::mutex mutex;
    /// By origin and token; guarded by mutex. Those that nobody holds any more go at the next look.
    std::map<std::pair<std::string, std::string>, std::weak_ptr<SharedBudgets>> known;
};

Book& book() {
    static Book instance;
    return instance;
}

std::optional<Budget> budgetOf(const SharedBudgets::Limits& limit) {
    if (!limit) return std::nullopt;
    return Budget(*limit);
}

}  // namespace

SharedBudgets::SharedBudgets(Limits requests, Limits graphql)
    : m_requests(budgetOf(requests))
    , m_graphql(budgetOf(graphql)) {}

void SharedBudgets::expect(const Limits& requests, const Limits& graphql) {
    const std::lock_guard lock(m_mutex);
    if (!m_requests) m_requests = budgetOf(requests);
    if (!m_graphql) m_graphql = budgetOf(graphql);
}

SharedBudgets::Clock::duration SharedBudgets::tryTake(bool isGraphql, Budget::Urgency urgency,
                                                      Clock::time_point now) {
    const std::lock_guard lock(m_mutex);
    auto wait = m_requests ? m_requests->waitFor(urgency, now) : Clock::duration::zero();
    if (m_graphql && isGraphql) wait = std::max(wait, m_graphql->waitFor(urgency, now));
    if (wait > Clock::duration::zero() || (!m_requests && !m_graphql)) return wait;
    if (m_requests) m_requests->take(now);
    if (m_graphql && isGraphql) m_graphql->take(now);
    tell();
    return wait;
}

/// A server that we know no numbers of may limit as well.
Budget& SharedBudgets::made(bool isGraphql) {
    auto& budget = of(isGraphql);
    if (!budget) budget.emplace(Budget::Limit{"Requests", 0, 300s});
    return *budget;
}

void SharedBudgets::adopt(bool isGraphql, const ToldQuota& told, Clock::time_point now) {
    const std::lock_guard lock(m_mutex);
    made(isGraphql).adopt(told, now);
    tell();
}

void SharedBudgets::block(bool isGraphql, Clock::time_point until) {
    const std::lock_guard lock(m_mutex);
    made(isGraphql).block(until);
    tell();
}

std::vector<SharedBudgets::Count> SharedBudgets::counts(Clock::time_point now) {
    const std::lock_guard lock(m_mutex);
    std::vector<Count> counts;
    for (auto* budget : {m_requests ? &*m_requests : nullptr, m_graphql ? &*m_graphql : nullptr}) {
        if (budget == nullptr) continue;
        if (budget->limit().allowed == 0 && !budget->blockedUntil(now)) continue;
        counts.push_back({budget->limit(), budget->used(now), budget->blockedUntil(now)});
    }
    return counts;
}

bool SharedBudgets::isBlocked(Clock::time_point now) {
    const std::lock_guard lock(m_mutex);
    return (m_requests && m_requests->blockedUntil(now)) || (m_graphql && m_graphql->blockedUntil(now));
}

int SharedBudgets::watch(std::function<void()> changed) {
    const std::lock_guard lock(m_mutex);
    m_watchers[++m_lastWatcher] = std::move(changed);
    return m_lastWatcher;
}

void SharedBudgets::unwatch(int watcher) {
    const std::lock_guard lock(m_mutex);
    m_watchers.erase(watcher);
}

void SharedBudgets::tell() {
    for (const auto& [watcher, changed] : m_watchers)
        changed();
}

void heed(SharedBudgets& budgets, const Response& answer) {
    const auto now = SharedBudgets::Clock::now();
    if (const auto told = toldQuota(answer)) budgets.adopt(false, *told, now);
    if (answer.status != 429) return;
    const auto clock = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    if (const auto asked = retryAfter(answer, clock)) budgets.block(false, now + *asked);
}

std::shared_ptr<SharedBudgets> sharedBudgets(const std::string& url, const std::string& token,
                                             const SharedBudgets::Limits& requests,
                                             const SharedBudgets::Limits& graphql) {
    const std::lock_guard lock(book().mutex);
    std::erase_if(book().known, [](const auto& entry) { return entry.second.expired(); });
    auto& known = book().known[{originOf(url), token}];
    if (auto there = known.lock()) {
        there->expect(requests, graphql);
        return there;
    }
    auto made = std::make_shared<SharedBudgets>(requests, graphql);
    known = made;
    return made;
}

}  // namespace stepwell::client
