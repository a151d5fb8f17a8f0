#include "app/engine/access/limits.h"

#include <arpa/inet.h>

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

std::string addressKey(const std::string& address) {
    in6_addr bytes{};
    if (address.find(':') == std::string::npos || inet_pton(AF_INET6, address.c_str(), &bytes) != 1)
        return address;
    // An IPv4 address in the clothes of an IPv6 one is one machine.
    if (IN6_IS_ADDR_V4MAPPED(&bytes)) return address;
    std::fill(bytes.s6_addr + 8, bytes.s6_addr + 16, std::uint8_t{0});
    std::string text(INET6_ADDRSTRLEN, '\0');
    if (inet_ntop(AF_INET6, &bytes, text.data(), INET6_ADDRSTRLEN) == nullptr) return address;
    text.resize(text.find('\0'));
    return text;
}

}  // namespace stepwell::engine::access
