#pragma once

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
    void take(Clock::time_point now) { m_sent.push_back(now); }
    /// The server says that it takes nothing before.
    void block(Clock::time_point until);

    const Limit& limit() const { return m_limit; }
    int used(Clock::time_point now);
    std::optional<Clock::time_point> blockedUntil(Clock::time_point now) const;

  private:
    void forget(Clock::time_point now);

    Limit m_limit;
    std::deque<Clock::time_point> m_sent;  ///< at most `allowed`, the oldest first
    Clock::time_point m_blockedUntil{};
};

}  // namespace stepwell::client
