#pragma once

#include "app/engine/pages/asset_lookup.h"

#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>

namespace stepwell::engine::pages {

/// The `Link` headers of the pages of one deployment, as far as they were looked for. Thread-safe.
class SiteLinks final : public KnownLinks {
  public:
    std::optional<std::string> linkOf(const api::AssetKey& key) const override {
        const std::shared_lock lock(m_mutex);
        const auto found = m_links.find(key);
        return found == m_links.end() ? std::nullopt : std::optional(found->second);
    }
    /// True for the first who asks: that one looks for the links.
    bool begin(const api::AssetKey& key) {
        const std::unique_lock lock(m_mutex);
        return m_begun.insert(key).second;
    }
    void put(const api::AssetKey& key, std::string link) {
        const std::unique_lock lock(m_mutex);
        m_links.emplace(key, std::move(link));
    }

  private:
    mutable std::shared_mutex m_mutex;
    std::unordered_map<api::AssetKey, std::string> m_links;  ///< guarded by m_mutex
    std::unordered_set<api::AssetKey> m_begun;               ///< guarded by m_mutex
};

}  // namespace stepwell::engine::pages
