#include "models/client/budget.h"

#include <algorithm>

namespace stepwell::client {

namespace {

constexpr std::size_t mostRemembered = 100'000;

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
    if (most == 0) return blocked;
    if (isTold(now))
        return m_toldUsed < static_cast<int>(most) ? blocked : std::max(blocked, m_toldUntil - now);
    if (m_sent.size() < most) return blocked;
    // When this one has left the window there is room again.
    const auto leaves = m_sent.at(m_sent.size() - most) + m_limit.window;
    return std::max(blocked, leaves - now);
}

void Budget::take(Clock::time_point now) {
    m_sent.push_back(now);
    // Where only the server's word bounds them there is no window that forgets them.
    if (m_sent.size() > mostRemembered) m_sent.pop_front();
    if (isTold(now)) ++m_toldUsed;
}

void Budget::adopt(const ToldQuota& told, Clock::time_point now) {
    if (told.allowed) m_limit.allowed = *told.allowed;
    if (told.window) m_limit.window = *told.window;
    m_limit.allowed = std::max(m_limit.allowed, told.remaining);
    m_toldUsed = m_limit.allowed - told.remaining;
    m_toldUntil = now + told.resets;
}

void Budget::block(Clock::time_point until) {
    m_blockedUntil = std::max(m_blockedUntil, until);
}

int Budget::used(Clock::time_point now) {
    forget(now);
    return isTold(now) ? m_toldUsed : static_cast<int>(m_sent.size());
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
