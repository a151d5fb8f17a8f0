#pragma once

#include "app/engine/pages/service_rows.h"
#include "app/engine/store/sqlite.h"

namespace stepwell::engine::pages {

struct BranchRow {
    std::string name;
    std::string label;
    DeploymentKey newest{};
};

/// The rows of sites, on one connection. Inside a transaction of the caller; failures stay in the connection.
class SiteStore {
  public:
    explicit SiteStore(Sqlite& db)
        : m_db(db) {}

    std::optional<ProjectRow> project(std::string_view name);
    std::optional<ProjectRow> project(ProjectKey key);
    std::vector<ProjectRow> projects(std::int64_t offset, std::int64_t limit);  ///< newest first
    std::int64_t projectCount();
    bool subdomainTaken(std::string_view subdomain);
    void insert(ProjectRow& row);  ///< sets its key
    void update(const ProjectRow& row);
    void removeProject(ProjectKey key);

    /// `id` is the whole id or the short one.
    std::optional<DeploymentRow> deployment(ProjectKey project, std::string_view id);
    std::optional<DeploymentRow> deployment(DeploymentKey key);
    /// Newest first.
    std::vector<DeploymentRow> deployments(ProjectKey project, std::optional<Environment> environment,
                                           std::int64_t offset, std::int64_t limit);
    /// Oldest first.
    std::vector<DeploymentRow> oldestDeployments(ProjectKey project, std::optional<Environment> environment,
                                                 std::int64_t offset, std::int64_t limit);
    /// Newest first. Looks at every deployment of the project.
    std::vector<DeploymentRow> findDeployments(ProjectKey project, const DeploymentFilter& filter,
                                               std::int64_t offset, std::int64_t limit);
    std::int64_t countDeployments(ProjectKey project, const DeploymentFilter& filter);
    /// The oldest first, from the one behind `after` on.
    std::vector<DeploymentRow> deploymentsAfter(ProjectKey project, DeploymentKey after, std::int64_t limit);
    bool uuidTaken(std::string_view uuid);
    std::optional<DeploymentKey> newest(ProjectKey project);
    std::optional<DeploymentKey> newest(ProjectKey project, std::string_view branch);
    std::optional<DeploymentKey> newestPreview(ProjectKey project, std::string_view branch);
    bool shortIdTaken(ProjectKey project, std::string_view shortId);
    void insert(DeploymentRow& row);  ///< sets its key
    void removeDeployment(DeploymentKey key);

    std::optional<BranchRow> branch(ProjectKey project, std::string_view name);
    bool labelTaken(ProjectKey project, std::string_view label);
    void put(ProjectKey project, const BranchRow& row);
    void removeBranch(ProjectKey project, std::string_view name);

    std::vector<DomainRow> domains(ProjectKey project);
    std::optional<ProjectKey> domainOwner(std::string_view name);
    void insert(ProjectKey project, const DomainRow& row);
    void removeDomain(std::string_view name);

    std::optional<AssetRow> asset(std::string_view key);
    /// How many stretches of manifests name an asset; nothing when there is no such asset.
    std::optional<std::int64_t> references(std::string_view key);
    void insertAsset(std::string_view key, const AssetRow& asset, api::Time now);
    /// As if it had not been used for ever, unless it was since `at` or a manifest names it.
    void forgetUse(std::string_view key, api::Time at);
    /// Whether it is there.
    bool touchAsset(std::string_view key, api::Time now);

    std::optional<std::string> meta(std::string_view name);
    void putMeta(std::string_view name, std::string_view value);
    void removeMeta(std::string_view name);
    // Projects that are not whole yet, and are not to outlive this process.
    void putUnfinished(ProjectKey project);
    void removeUnfinished(ProjectKey project);
    std::vector<ProjectKey> unfinished();
    /// Assets that came for such a project, until it is finished or gone.
    void putImported(ProjectKey project, const std::vector<AddedAsset>& assets);
    std::vector<AddedAsset> imported(ProjectKey project);

    DeploymentView view(DeploymentRow row, const ProjectRow& project);
    ProjectView view(ProjectRow row);

    /// Every host there is, with the deployment it shows.
    template <class Visit>
    void hosts(Visit visit) {
        hostsOf("SELECT d.short_id || '.' || p.subdomain || '.localhost', d.id, 1 FROM deployments d "
                "JOIN projects p ON p.id=d.project",
                visit);
        hostsOf("SELECT b.label || '.' || p.subdomain || '.localhost', b.newest, 1 FROM branches b "
                "JOIN projects p ON p.id=b.project JOIN deployments d ON d.id=b.newest "
                "WHERE d.environment=1",
                visit);
        hostsOf("SELECT subdomain || '.localhost', canonical, 0 FROM projects WHERE canonical IS NOT NULL",
                visit);
        hostsOf("SELECT d.name, p.canonical, 0 FROM domains d JOIN projects p ON p.id=d.project "
                "WHERE d.branch='' AND p.canonical IS NOT NULL",
                visit);
        hostsOf("SELECT d.name, b.newest, 0 FROM domains d JOIN branches b ON b.project=d.project AND "
                "b.name=d.branch",
                visit);
    }

    /// Every host of one project.
    template <class Visit>
    void hosts(ProjectKey project, Visit visit) {
        auto query = m_db.query(
            "SELECT d.short_id || '.' || p.subdomain || '.localhost' FROM projects p JOIN deployments d ON "
            "d.project=p.id WHERE p.id=?1 UNION ALL "
            "SELECT b.label || '.' || p.subdomain || '.localhost' FROM projects p JOIN branches b ON "
            "b.project=p.id WHERE p.id=?1 UNION ALL "
            "SELECT subdomain || '.localhost' FROM projects WHERE id=?1 UNION ALL "
            "SELECT name FROM domains WHERE project=?1");
        query.bind(project);
        while (query.step())
            visit(query.text());
    }

  private:
    template <class Visit>
    void hostsOf(const char* sql, Visit visit) {
        auto query = m_db.query(sql);
        while (query.step()) {
            auto host = query.text();
            const DeploymentKey deployment{query.integer()};
            visit(std::move(host), deployment, query.integer() != 0);
        }
    }

    Sqlite& m_db;
};

}  // namespace stepwell::engine::pages
