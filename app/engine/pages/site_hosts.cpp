#include "app/engine/pages/site_hosts.h"

namespace stepwell::engine::pages {

std::optional<HostRoute> SiteHosts::find(const std::string& host) const {
    const std::shared_lock lock(m_mutex);
    const auto it = m_routes.find(host);
    return it == m_routes.end() ? std::nullopt : std::optional(it->second);
}

void SiteHosts::apply(const std::vector<HostChange>& changes) {
    const std::unique_lock lock(m_mutex);
    for (const auto& change : changes)
        if (change.route)
            m_routes.insert_or_assign(change.host, *change.route);
        else
            m_routes.erase(change.host);
}

std::size_t SiteHosts::size() const {
    const std::shared_lock lock(m_mutex);
    return m_routes.size();
}

}  // namespace stepwell::engine::pages
