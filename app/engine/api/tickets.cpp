#include "app/engine/api/tickets.h"

#include "app/engine/api/unique.h"

#include <algorithm>

namespace stepwell::engine::rest {

namespace {
constexpr std::size_t mostTickets = 1'000;
}

std::string Tickets::issue(const std::string& subject, access::IdentityPtr issuer, api::Time now) {
    auto token = newUuid() + newUuid();
    std::erase(token, '-');
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_tickets, [now](const auto& entry) { return entry.second.expires <= now; });
    if (m_tickets.size() >= mostTickets)
        m_tickets.erase(
            std::min_element(m_tickets.begin(), m_tickets.end(), [](const auto& a, const auto& b) {
                return a.second.expires < b.second.expires;
            }));
    m_tickets[token] = {subject, std::move(issuer), now + lifetime};
    return token;
}

access::IdentityPtr Tickets::admits(const std::string& token, const std::string& subject,
                                    api::Time now) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_tickets.find(token);
    const bool fits =
        found != m_tickets.end() && found->second.subject == subject && found->second.expires > now;
    return fits ? found->second.issuer : nullptr;
}

}  // namespace stepwell::engine::rest
