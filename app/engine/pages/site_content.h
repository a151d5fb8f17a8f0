#pragma once

#include "app/engine/pages/asset_lookup.h"
#include "app/engine/pages/routes_file.h"
#include "app/engine/pages/service_rows.h"
#include "app/engine/pages/site_forms.h"
#include "app/engine/pages/site_links.h"

#include <atomic>
#include <functional>
#include <memory>
#include <unordered_map>

namespace stepwell::engine::pages {

/// A deployment in memory, as it is served. Filled by one thread, then immutable but for what is found out
/// about its files, which any thread may add.
class SiteContent final : public Manifest {
  public:
    explicit SiteContent(DeploymentRow row);
    SiteContent(const SiteContent&) = delete;
    SiteContent& operator=(const SiteContent&) = delete;

    void add(std::string path, const api::AssetKey& key, AssetRow asset);
    /// Of the texts of `_headers`, `_redirects` and `_routes.json`, empty when there are none.
    void setRules(std::string_view headers, std::string_view redirects, std::string_view routes);

    const DeploymentRow& row() const { return m_row; }
    std::size_t fileCount() const { return m_files.size(); }
    std::optional<Asset> find(std::string_view path) const override;
    /// Where the bytes of an asset of this site are.
    const AssetRow& assetOf(const api::AssetKey& key) const { return m_assets.at(key).row; }
    /// What is kept compressed of an asset of this site. Until it is known, answers say that it is to be
    /// found.
    void knowForms(const api::AssetKey& key, KeptForms forms) const;
    void forgetForms(const api::AssetKey& key) const;
    /// Where its files are; ordered, each once.
    std::vector<PackKey> packs() const;
    /// Something that lives as long as the files that this site names must stay.
    void hold(std::shared_ptr<const void> files) { m_held = std::move(files); }
    const std::shared_ptr<const void>& held() const { return m_held; }
    /// What is known of the links of its pages.
    SiteLinks& links() const { return m_links; }
    /// Whether a request is for the Worker of the site; `target` as it was sent.
    bool runsWorker(std::string_view target) const;
    /// Whether files answer for the code when it fails: the setting `fail_open`, on unless it is turned off.
    bool failsOpen() const { return m_failsOpen; }
    /// What answers are decided by. Lives as long as this.
    Site rules(bool preview) const;

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    /// An asset and the forms of it that are known, in one word so that no lock is needed to look.
    struct Stored {
        explicit Stored(AssetRow given);
        AssetRow row;
        mutable std::atomic<std::uint64_t> forms;
    };
    using Assets = std::unordered_map<api::AssetKey, Stored>;

    DeploymentRow m_row;
    bool m_failsOpen = true;
    Assets m_assets;
    std::unordered_map<std::string, const Assets::value_type*, Hash, std::equal_to<>> m_files;
    HeaderRules m_headers;
    RedirectRules m_redirects;
    std::optional<RoutesFile> m_routes;
    mutable SiteLinks m_links;
    std::shared_ptr<const void> m_held;
};

}  // namespace stepwell::engine::pages
