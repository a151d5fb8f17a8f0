#include "app/engine/access/limits.h"

#include <algorithm>

namespace stepwell::engine::access {

namespace {

/// Whole seconds until `time`, rounded up: who waits for so long is not told to wait again.
Seconds secondsUntil(api::Time time, api::Time now) {
    return std::max(Seconds{1}, std::chrono::ceil<Seconds>(time - now));
}

}  // namespace

std::optional<Seconds> RateLimiter::count(const std::string& key, api::Time now) {
    if (m_allowed <= 0) return std::nullopt;
    auto& count = m_counts.at(key);
    // A clock that was set back must not lock anybody out.
    if (now >= count.began + window || now < count.began) count = {now, 0};
    if (count.requests >= m_allowed) return secondsUntil(count.began + window, now);
    ++count.requests;
    return std::nullopt;
}

std::optional<Seconds> Brake::waits(const std::string& address, api::Time now) {
    auto* const tries = m_tries.find(address);
    if (tries == nullptr || now >= tries->until || now < tries->last) return std::nullopt;
    return secondsUntil(tries->until, now);
}

bool Brake::failed(const std::string& address, api::Time now) {
    auto& tries = m_tries.at(address);
    if (now >= tries.last + forgottenAfter || now < tries.last) tries = {};
    ++tries.wrong;
    tries.last = now;
    if (tries.wrong <= free) return false;
    const int doublings = std::min(tries.wrong - free - 1, 30);
    tries.until = now + std::min(longest, Seconds{std::int64_t{1} << doublings});
    return tries.wrong == free + 1;
}

}  // namespace stepwell::engine::access
