#include "app/engine/pages/site_cache.h"

#include <algorithm>

namespace stepwell::engine::pages {

namespace {

/// A site without files takes room too.
std::size_t weightOf(const SiteContent& site) {
    return site.fileCount() + 64;
}

}  // namespace

std::shared_ptr<const SiteContent> SiteCache::find(DeploymentKey key) {
    const std::lock_guard lock(m_mutex);
    const auto place = m_places.find(key);
    if (place == m_places.end()) return nullptr;
    m_sites.splice(m_sites.begin(), m_sites, place->second);
    place->second->round = m_round;
    return place->second->site;
}

void SiteCache::put(std::shared_ptr<const SiteContent> site) {
    const auto key = site->row().key;
    auto packs = site->packs();
    const std::lock_guard lock(m_mutex);
    if (m_places.count(key) > 0) return;
    m_files += weightOf(*site);
    m_sites.push_front({std::move(site), std::move(packs), m_round});
    m_places[key] = m_sites.begin();
    while (m_files > mostFiles && m_sites.size() > 1)
        drop(std::prev(m_sites.end()));
}

void SiteCache::remove(DeploymentKey key) {
    const std::lock_guard lock(m_mutex);
    if (const auto place = m_places.find(key); place != m_places.end()) drop(place->second);
}

void SiteCache::removeNaming(PackKey pack) {
    const std::lock_guard lock(m_mutex);
    for (auto next = m_sites.begin(); next != m_sites.end();) {
        const auto entry = next++;
        if (std::binary_search(entry->packs.begin(), entry->packs.end(), pack)) drop(entry);
    }
}

void SiteCache::forgetUnused() {
    const std::lock_guard lock(m_mutex);
    for (auto end = m_sites.end(); end != m_sites.begin();) {
        const auto entry = std::prev(end);
        if (entry->round >= m_round) break;
        if (entry->site->fileCount() < largeSite)
            drop(entry);
        else
            end = entry;
    }
    ++m_round;
}

void SiteCache::clear() {
    const std::lock_guard lock(m_mutex);
    m_sites.clear();
    m_places.clear();
    m_files = 0;
}

void SiteCache::drop(Sites::iterator site) {
    m_files -= weightOf(*site->site);
    m_places.erase(site->site->row().key);
    m_sites.erase(site);
}

}  // namespace stepwell::engine::pages
