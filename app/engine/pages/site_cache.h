#pragma once

#include "app/engine/pages/service.h"

#include <list>
#include <mutex>

namespace stepwell::engine::pages {

/// The sites that were asked for last, bounded by how many files they have in all. Thread-safe.
class SiteCache {
  public:
    static constexpr std::size_t mostFiles = 300'000;  ///< about 100 MiB; the newest site stays in any case
    static constexpr std::size_t largeSite = 500;      ///< files

    std::shared_ptr<const SiteContent> find(DeploymentKey key);
    void put(std::shared_ptr<const SiteContent> site);
    void remove(DeploymentKey key);
    /// Those with a file in this pack.
    void removeNaming(PackKey pack);
    void clear();
    /// Lets go of sites that nobody asked for since the call before, those apart that take long to read
    /// again.
    void forgetUnused();

  private:
    struct Entry {
        std::shared_ptr<const SiteContent> site;
        std::vector<PackKey> packs;  ///< ordered
        std::uint64_t round = 0;     ///< of its last use
    };
    using Sites = std::list<Entry>;  ///< newest use first
    void drop(Sites::iterator site);

    std::mutex m_mutex;
    Sites m_sites;                                                ///< guarded by m_mutex
    std::unordered_map<DeploymentKey, Sites::iterator> m_places;  ///< guarded by m_mutex
    std::size_t m_files = 0;                                      ///< guarded by m_mutex
    std::uint64_t m_round = 0;                                    ///< guarded by m_mutex
};

}  // namespace stepwell::engine::pages
