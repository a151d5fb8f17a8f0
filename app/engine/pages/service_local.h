#pragma once

#include "app/engine/pages/service.h"
#include "app/engine/pages/service_database.h"
#include "app/engine/pages/site_cache.h"
#include "app/engine/store/blob_store.h"

namespace stepwell::engine::pages {

/// The service on a data folder: `pages.db` and `blobs/`.
class LocalService final : public Service {
  public:
    LocalService(ServiceOptions options, std::unique_ptr<ServiceDatabase> database);
    /// Reads the hosts; makes the key of upload tokens the first time.
    api::Result<void> prepare();

    api::Result<ProjectView> createProject(NewProject project) override;
    api::Result<Rows<ProjectView>> projects(PageOf page) override;
    api::Result<ProjectView> project(const std::string& name) override;
    api::Result<ProjectView> changeProject(const std::string& name, const ProjectChange& change) override;
    api::Result<void> removeProject(const std::string& name) override;

    api::Result<std::vector<std::string>> missing(const std::vector<std::string>& keys) override;
    std::unique_ptr<Upload> beginUpload() override;
    api::Result<void> touch(const std::vector<std::string>& keys) override;

    api::Result<DeploymentView> deploy(const std::string& project, NewDeployment deployment) override;
    api::Result<Rows<DeploymentView>>
    deployments(const std::string& project, std::optional<Environment> environment, PageOf page) override;
    api::Result<DeploymentView> deployment(const std::string& project, const std::string& id) override;
    api::Result<std::vector<ManifestEntry>> files(const DeploymentRow& deployment) override;
    api::Result<Rows<SiteFile>> siteFiles(const std::string& project, const std::string& id,
                                          const std::string& after, std::size_t most) override;
    api::Result<AssetRow> asset(const std::string& key) override;
    api::Result<void> removeDeployment(const std::string& project, const std::string& id,
                                       Force force) override;
    api::Result<DeploymentView> retry(const std::string& project, const std::string& id) override;
    api::Result<DeploymentView> rollback(const std::string& project, const std::string& id) override;

    api::Result<std::vector<DomainRow>> domains(const std::string& project) override;
    api::Result<DomainRow> addDomain(const std::string& project, const std::string& name) override;
    api::Result<void> removeDomain(const std::string& project, const std::string& name) override;

    std::optional<HostRoute> route(const std::string& host) const override { return m_hosts.find(host); }
    std::shared_ptr<const SiteContent> cachedSite(DeploymentKey deployment) override {
        return m_sites.find(deployment);
    }
    api::Result<std::shared_ptr<const SiteContent>> loadSite(DeploymentKey deployment) override;

    std::filesystem::path blobPath(const std::string& digest) const override { return m_blobs.path(digest); }
    const std::string& tokenKey() const override { return m_tokenKey; }
    std::int64_t mostFiles() const override;

  private:
    class BatchUpload;

    api::Result<ProjectRow> find(SiteStore& store, const std::string& name);
    api::Result<DeploymentRow> find(SiteStore& store, const ProjectRow& project, const std::string& id);
    std::string freeSubdomain(SiteStore& store, const std::string& name);
    std::string freeLabel(SiteStore& store, const ProjectRow& project, const std::string& branch);
    /// Row and hosts of a deployment whose content is complete; the project changes with it.
    void publish(Work& work, ProjectRow& project, DeploymentRow& row);
    /// What its project shows at its own hosts, or nothing.
    static void routeProduction(Work& work, const ProjectRow& project);
    api::Result<void> fill(DeploymentRow& row, NewDeployment& deployment);
    api::Result<std::string> readBlob(const std::string& digest) const;

    ServiceOptions m_options;
    std::unique_ptr<ServiceDatabase> m_database;
    BlobStore m_blobs;
    SiteHosts m_hosts;
    SiteCache m_sites;
    std::string m_tokenKey;
};

}  // namespace stepwell::engine::pages
