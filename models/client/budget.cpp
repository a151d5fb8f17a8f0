#include "models/client/budget.h"

#include <algorithm>

namespace stepwell::client {

namespace {

/// What refreshes may use: the last fifth is for clicks.
constexpr int backgroundShare(int allowed) {
    return allowed - allowed / 5;
}

}  // namespace

Budget::Clock::duration Budget::waitFor(Urgency urgency, Clock::time_point now) {
    forget(now);
    const auto blocked = std::max(Clock::duration::zero(), m_blockedUntil - now);
    const auto most = static_cast<std::size_t>(
        urgency == Urgency::background ? backgroundShare(m_limit.allowed) : m_limit.allowed);
    if (most == 0 || m_sent.size() < most) return blocked;
    // When this one has left the window there is room again.
    const auto leaves = m_sent.at(m_sent.size() - most) + m_limit.window;
    return std::max(blocked, leaves - now);
}

void Budget::block(Clock::time_point until) {
    m_blockedUntil = std::max(m_blockedUntil, until);
}

int Budget::used(Clock::time_point now) {
    forget(now);
    return static_cast<int>(m_sent.size());
}

std::optional<Budget::Clock::time_point> Budget::blockedUntil(Clock::time_point now) const {
    if (m_blockedUntil <= now) return std::nullopt;
    return m_blockedUntil;
}

void Budget::forget(Clock::time_point now) {
    while (!m_sent.empty() && m_sent.front() + m_limit.window <= now)
        m_sent.pop_front();
}

}  // namespace stepwell::client
