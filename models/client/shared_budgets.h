#pragma once

#include "models/client/budget.h"
#include "models/client/client.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace stepwell::client {

/// The budgets of one token at one server. Whatever sends with this token counts here: the calls of the
/// window and the work that goes on beside them. Any thread.
class SharedBudgets {
  public:
    using Clock = Budget::Clock;
    using Limits = std::optional<Budget::Limit>;
    /// Of all requests, and of those to GraphQL beside; nothing: nobody counts until the server tells
    /// numbers.
    SharedBudgets(Limits requests, Limits graphql);

    /// Limits where none are known yet.
    void expect(const Limits& requests, const Limits& graphql);
    /// How long to wait until a request may go. Zero: now, and it is counted, so that no two of those that
    /// ask at once get the same last place.
    Clock::duration tryTake(bool isGraphql, Budget::Urgency urgency, Clock::time_point now);
    void adopt(bool isGraphql, const ToldQuota& told, Clock::time_point now);
    void block(bool isGraphql, Clock::time_point until);

    struct Count {
        Budget::Limit limit;
        int used = 0;
        std::optional<Clock::time_point> blockedUntil = {};
    };
    /// Those that have a limit, or are blocked.
    std::vector<Count> counts(Clock::time_point now);
    bool isBlocked(Clock::time_point now);

    /// `changed` is called on whatever thread counts, under the lock: it may only pass the news on. Answers
    /// what `unwatch` takes, after which it is not called any more.
    int watch(std::function<void()> changed);
    void unwatch(int watcher);

  private:
    std::optional<Budget>& of(bool isGraphql) { return m_graphql && isGraphql ? m_graphql : m_requests; }
    Budget& made(bool isGraphql);
    void tell();

    std::mutex m_mutex;
    std::optional<Budget> m_requests;                 // guarded by m_mutex
    std::optional<Budget> m_graphql;                  // guarded by m_mutex
    std::map<int, std::function<void()>> m_watchers;  // guarded by m_mutex
    int m_lastWatcher = 0;                            // guarded by m_mutex
};

/// Takes what an answer that is none of GraphQL tells of its limits; the request needs `wantsHeaders`.
void heed(SharedBudgets& budgets, const Response& answer);

/// Those of this token at the server of this URL, process-wide, for as long as somebody holds them.
std::shared_ptr<SharedBudgets> sharedBudgets(const std::string& url, const std::string& token,
                                             const SharedBudgets::Limits& requests = {},
                                             const SharedBudgets::Limits& graphql = {});

}  // namespace stepwell::client
