#pragma once

#include "app/engine/pages/service_rows.h"

#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace stepwell::engine::pages {

/// What a host shows.
struct HostRoute {
    DeploymentKey deployment{};
    bool preview = false;  ///< a host of one deployment or branch: not for search engines
};

struct HostChange {
    std::string host;                ///< lower case, without port
    std::optional<HostRoute> route;  ///< nothing: the host goes
};

/// All hosts in memory: one probe finds a deployment, however many there are. Thread-safe.
class SiteHosts {
  public:
    std::optional<HostRoute> find(const std::string& host) const;
    /// For the first of them: not one is copied. No other thread knows the hosts yet.
    void insert(std::string host, HostRoute route) { m_routes.emplace(std::move(host), route); }
    void apply(const std::vector<HostChange>& changes);
    std::size_t size() const;

  private:
    mutable std::shared_mutex m_mutex;
    std::unordered_map<std::string, HostRoute> m_routes;  ///< guarded by m_mutex
};

}  // namespace stepwell::engine::pages
