#pragma once

#include "app/engine/pages/host_name.h"
#include "app/engine/pages/service.h"
#include "app/engine/pages/service_database.h"
#include "app/engine/pages/site_blobs.h"
#include "app/engine/pages/site_cache.h"
#include "app/engine/pages/site_form_maker.h"
#include "app/engine/pages/site_housekeeper.h"
#include "app/engine/pages/site_packs.h"

#include <atomic>

namespace stepwell::engine::pages {

/// The service on a data folder: `pages.db`, `packs/` and `site-forms/`.
class LocalService final : public Service {
  public:
    LocalService(ServiceOptions options, std::unique_ptr<ServiceDatabase> database);
    /// Reads the hosts; makes the key of upload tokens the first time.
    api::Result<void> prepare();

    api::Result<ProjectView> createProject(NewProject project) override;
    api::Result<Rows<ProjectView>> projects(PageOf page) override;
    api::Result<ProjectView> project(const std::string& name) override;
    api::Result<ProjectRow> projectOf(ProjectKey key) override;
    api::Result<ProjectView> changeProject(const std::string& name, const ProjectChange& change) override;
    api::Result<void> finishProject(ProjectKey project) override;
    api::Result<void> removeProject(const std::string& name, Projects which) override;

    api::Result<std::vector<std::string>> missing(const std::vector<std::string>& keys) override;
    std::unique_ptr<Upload> beginUpload(ProjectKey unfinished) override;
    api::Result<void> takeBack(const std::vector<AddedAsset>& assets) override;
    api::Result<void> touch(const std::vector<std::string>& keys) override;

    api::Result<DeploymentView> deploy(const std::string& project, NewDeployment deployment) override;
    api::Result<Rows<DeploymentView>> deployments(const std::string& project, const DeploymentFilter& filter,
                                                  PageOf page) override;
    api::Result<std::vector<DeploymentRow>> deploymentsAfter(ProjectKey project, DeploymentKey after,
                                                             std::int64_t most) override;
    api::Result<DeploymentView> deployment(const std::string& project, const std::string& id) override;
    api::Result<RuleTexts> ruleTexts(const DeploymentRow& deployment) override;
    api::Result<std::vector<ManifestEntry>> files(const DeploymentRow& deployment) override;
    api::Result<Rows<SiteFile>> siteFiles(const std::string& project, const std::string& id,
                                          const std::string& after, std::size_t most) override;
    api::Result<AssetRow> asset(const std::string& key) override;
    api::Result<void> removeDeployment(const std::string& project, const std::string& id,
                                       Force force) override;
    api::Result<DeploymentView> retry(const std::string& project, const std::string& id) override;
    api::Result<DeploymentView> rollback(const std::string& project, const std::string& id) override;

    api::Result<std::vector<DomainRow>> domains(const std::string& project) override;
    using Service::addDomain;
    api::Result<DomainRow> addDomain(const std::string& project, const std::string& name,
                                     const std::string& branch) override;
    api::Result<void> removeDomain(const std::string& project, const std::string& name) override;

    std::optional<HostRoute> route(const std::string& host) const override;
    bool isBelowOurs(std::string_view host) const override {
        return host.ends_with(".localhost") || belowLocalhost(host, m_options.sitesDomain);
    }
    std::shared_ptr<const SiteContent> cachedSite(DeploymentKey deployment) override {
        return m_sites.find(deployment);
    }
    void forgetUnused() override {
        m_sites.forgetUnused();
        m_bodies.forgetUnused();
    }
    api::Result<std::shared_ptr<const SiteContent>> loadSite(DeploymentKey deployment) override;

    std::filesystem::path fileOf(const AssetRow& asset) const override {
        return m_packs.path(asset.place, asset.blob);
    }
    std::shared_ptr<const void> holdFiles() override;
    void end() override { m_ending = true; }
    bool isEnding() const override { return m_ending; }
    std::string storageError() const override {
        auto error = m_packs.state().error();
        return error.empty() ? m_database->state().error() : error;
    }
    const std::filesystem::path& dataDir() const override { return m_options.dataDir; }
    SiteBodies& bodies() override { return m_bodies; }
    FormFolder& forms() override { return m_forms; }
    void findForms(const std::shared_ptr<const SiteContent>& site, const api::AssetKey& key) override;
    api::Result<std::string> readBlob(const std::string& digest) override;
    const std::string& tokenKey() const override { return m_tokenKey; }
    SiteSettings settings() const override;
    api::Result<SiteSettings> changeSettings(const SettingsChange& change) override;
    api::Result<Collected> collect() override;

  private:
    class BatchUpload;

    api::Result<ProjectRow> find(SiteStore& store, const std::string& name);
    api::Result<DeploymentRow> find(SiteStore& store, const ProjectRow& project, const std::string& id);
    std::string freeSubdomain(SiteStore& store, const std::string& name);
    std::string freeLabel(SiteStore& store, const ProjectRow& project, const std::string& branch);
    /// Row and hosts of a deployment whose content is complete; the project changes with it.
    void publish(Work& work, ProjectRow& project, DeploymentRow& row);
    static void removeRows(Work& work, ProjectKey project);
    /// What its project shows at its own hosts, or nothing.
    static void routeProduction(Work& work, const ProjectRow& project);
    /// What its hosts show of a branch, or nothing.
    static void routeBranch(Work& work, const ProjectRow& project, const BranchRow& branch,
                            std::optional<DeploymentKey> newest);
    /// Refers to blobs that were written to a pack, but for those that are there already, and makes the pack
    /// known. The writer keeps its file if anything of it is needed.
    class PackRows;
    class RuleFiles;
    static api::Result<void> keepManifest(Work& work, const std::vector<ManifestEntry>& manifest,
                                          DeploymentRow& row);

    void makeForms();
    api::Result<std::string> readAsset(const AssetRow& asset);
    bool hasBlob(const std::string& digest);

    // --- service_collector.cpp
    struct Piece {
        Collected collected;
        bool more = false;
    };
    /// A bounded piece of what is to be collected. One thread at a time.
    api::Result<Piece> collectPiece();
    void collectInBackground();
    api::Result<void> removeStrayFiles();
    api::Result<bool> repack();
    api::Result<std::vector<SiteBlobs::PackedBlob>> wastefulBlobs(PackKey& pack);
    void retire(PackKey pack);
    /// Keeps the files of these packs, of which the caller already holds all.
    std::shared_ptr<const void> holdPacks(const std::vector<PackKey>& packs);
    void removeRetired();
    std::vector<PackKey> takeUnneeded();
    std::chrono::milliseconds collectInterval() const;
    api::Milliseconds keptUnused() const;
    void warn(const std::string& message) const;
    void warnOfRules(const DeploymentView& view) const;
    void loadSettings(SiteStore& store);

    ServiceOptions m_options;
    std::unique_ptr<ServiceDatabase> m_database;
    PackFolder m_packs;
    FormFolder m_forms;
    SiteHosts m_hosts;
    SiteCache m_sites;
    SiteBodies m_bodies;
    std::string m_tokenKey;
    std::mutex m_settingsChange;  ///< one change after the other, from reading to the disk
    mutable std::mutex m_settingsMutex;
    SiteSettings m_settings;               ///< guarded by m_settingsMutex
    std::atomic<bool> m_strayFiles{true};  ///< there may be files that no row knows
    std::mutex m_filesMutex;
    std::shared_ptr<const void> m_current;  ///< guarded by m_filesMutex; see retire()
    std::unordered_map<PackKey, std::weak_ptr<const void>> m_packHolds;  ///< guarded by m_filesMutex
    std::atomic<bool> m_ending{false};
    std::mutex m_collectMutex;
    std::vector<std::pair<std::weak_ptr<const void>, PackKey>> m_retired;  ///< guarded by m_collectMutex
    std::set<PackKey> m_damaged;                 ///< packs that cannot be read; guarded by m_collectMutex
    std::unique_ptr<SiteFormMaker> m_formMaker;  ///< last, as is the other: they stop first
    std::unique_ptr<SiteHousekeeper> m_housekeeper;
};

}  // namespace stepwell::engine::pages
