#pragma once

#include "app/engine/pages/asset_lookup.h"
#include "app/engine/pages/routes_file.h"
#include "app/engine/pages/service_rows.h"

#include <functional>
#include <unordered_map>

namespace stepwell::engine::pages {

/// A deployment in memory, as it is served. Filled by one thread, then immutable.
class SiteContent final : public Manifest {
  public:
    explicit SiteContent(DeploymentRow row)
        : m_row(std::move(row)) {}
    SiteContent(const SiteContent&) = delete;
    SiteContent& operator=(const SiteContent&) = delete;

    void add(std::string path, const api::AssetKey& key, AssetRow asset);
    /// Of the texts of `_headers`, `_redirects` and `_routes.json`, empty when there are none.
    void setRules(std::string_view headers, std::string_view redirects, std::string_view routes);

    const DeploymentRow& row() const { return m_row; }
    std::size_t fileCount() const { return m_files.size(); }
    std::optional<Asset> find(std::string_view path) const override;
    /// Digest of the blob with the bytes of an asset of this site.
    const std::string& blobOf(const api::AssetKey& key) const { return m_assets.at(key).blob; }
    /// Whether a request is for the Worker of the site; `target` as it was sent.
    bool runsWorker(std::string_view target) const;
    /// What answers are decided by. Lives as long as this.
    Site rules(bool preview) const;

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using Assets = std::unordered_map<api::AssetKey, AssetRow>;

    DeploymentRow m_row;
    Assets m_assets;
    std::unordered_map<std::string, const Assets::value_type*, Hash, std::equal_to<>> m_files;
    HeaderRules m_headers;
    RedirectRules m_redirects;
    std::optional<RoutesFile> m_routes;
};

}  // namespace stepwell::engine::pages
