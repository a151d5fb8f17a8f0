#pragma once

#include "models/client/told_quota.h"

#include <chrono>
#include <deque>
#include <optional>
#include <string>

namespace stepwell::client {

/// Counts the requests of a sliding window. A part of them is kept for those that a person waits for. Not
/// thread safe; the clock is the caller's.
class Budget {
  public:
    using Clock = std::chrono::steady_clock;
    struct Limit {
        std::string name;
        int allowed = 0;  ///< requests in one window
        std::chrono::seconds window{300};
    };
    enum class Urgency { click, background };

    explicit Budget(Limit limit)
        : m_limit(std::move(limit)) {}

    /// How long to wait until a request may go; zero: now.
    Clock::duration waitFor(Urgency urgency, Clock::time_point now);
    /// One was sent.
    void take(Clock::time_point now);
    /// The server says that it takes nothing before.
    void block(Clock::time_point until);
    /// The server tells how many it still takes and until when: it counts others as well, so its word holds
    /// until then. What it does not tell stays as it was.
    void adopt(const ToldQuota& told, Clock::time_point now);

    const Limit& limit() const { return m_limit; }
    int used(Clock::time_point now);
    std::optional<Clock::time_point> blockedUntil(Clock::time_point now) const;

  private:
    void forget(Clock::time_point now);

    bool isTold(Clock::time_point now) const { return now < m_toldUntil; }

    Limit m_limit;
    std::deque<Clock::time_point> m_sent;  ///< of this window, the oldest first; the newest 100,000 at most
    Clock::time_point m_toldUntil{};
    int m_toldUsed = 0;  ///< those that were sent since then included
    Clock::time_point m_blockedUntil{};
};

}  // namespace stepwell::client
