#include "app/engine/pages/service_store.h"

#define STEPWELL_PROJECT_COLUMNS                                                                             \
    "id, uuid, name, subdomain, production_branch, created, build_config, source, configs, canonical, "      \
    "latest, production, previews"
#define STEPWELL_SITE_DEPLOYMENT_COLUMNS                                                                     \
    "id, uuid, project, short_id, environment, branch, commit_hash, commit_message, commit_dirty, "          \
    "created, root, files, bytes, headers, redirects, routes, worker, worker_kind, functions, config, log"

namespace stepwell::engine::pages {

namespace {

std::optional<DeploymentKey> readKey(Sqlite::Query& query) {
    if (query.isNull()) {
        query.integer();
        return std::nullopt;
    }
    return DeploymentKey{query.integer()};
}

ProjectRow readProject(Sqlite::Query& query) {
    ProjectRow row;
    row.key = ProjectKey{query.integer()};
    row.uuid = query.text();
    row.name = query.text();
    row.subdomain = query.text();
    row.productionBranch = query.text();
    row.created = query.time();
    row.buildConfig = query.text();
    row.source = query.text();
    row.configs = query.text();
    row.canonical = readKey(query);
    row.latest = readKey(query);
    row.productionCount = query.integer();
    row.previewCount = query.integer();
    return row;
}

DeploymentRow readDeployment(Sqlite::Query& query) {
    DeploymentRow row;
    row.key = DeploymentKey{query.integer()};
    row.uuid = query.text();
    row.project = ProjectKey{query.integer()};
    row.shortId = query.text();
    row.environment = static_cast<Environment>(query.small());
    row.branch = query.text();
    row.commitHash = query.text();
    row.commitMessage = query.text();
    row.commitDirty = query.integer() != 0;
    row.created = query.time();
    row.root = query.text();
    row.files = query.integer();
    row.bytes = query.integer();
    row.headers = query.text();
    row.redirects = query.text();
    row.routes = query.text();
    row.worker = query.text();
    row.workerKind = static_cast<WorkerKind>(query.small());
    row.functions = query.text();
    row.config = query.text();
    row.log = query.text();
    return row;
}

std::optional<ProjectRow> oneProject(Sqlite::Query& query) {
    return query.step() ? std::optional(readProject(query)) : std::nullopt;
}

std::optional<DeploymentRow> oneDeployment(Sqlite::Query& query) {
    return query.step() ? std::optional(readDeployment(query)) : std::nullopt;
}

}  // namespace

std::optional<ProjectRow> SiteStore::project(std::string_view name) {
    auto query = m_db.query("SELECT " STEPWELL_PROJECT_COLUMNS " FROM projects WHERE name=?");
    return oneProject(query.bind(name));
}

std::optional<ProjectRow> SiteStore::project(ProjectKey key) {
    auto query = m_db.query("SELECT " STEPWELL_PROJECT_COLUMNS " FROM projects WHERE id=?");
    return oneProject(query.bind(key));
}

std::vector<ProjectRow> SiteStore::projects(std::int64_t offset, std::int64_t limit) {
    std::vector<ProjectRow> rows;
    auto query =
        m_db.query("SELECT " STEPWELL_PROJECT_COLUMNS " FROM projects ORDER BY id DESC LIMIT ? OFFSET ?");
    query.bind(limit).bind(offset);
    while (query.step())
        rows.push_back(readProject(query));
    return rows;
}

std::int64_t SiteStore::projectCount() {
    auto query = m_db.query("SELECT count(*) FROM projects");
    return query.step() ? query.integer() : 0;
}

bool SiteStore::subdomainTaken(std::string_view subdomain) {
    return m_db.query("SELECT 1 FROM projects WHERE subdomain=?").bind(subdomain).step();
}

void SiteStore::insert(ProjectRow& row) {
    m_db.query(
            "INSERT INTO projects(uuid, name, subdomain, production_branch, created, build_config, source, "
            "configs, production, previews) VALUES(?, ?, ?, ?, ?, ?, ?, ?, 0, 0)")
        .bind(row.uuid)
        .bind(row.name)
        .bind(row.subdomain)
        .bind(row.productionBranch)
        .bind(row.created)
        .bind(row.buildConfig)
        .bind(row.source)
        .bind(row.configs)
        .run();
    row.key = ProjectKey{m_db.lastInsertId()};
}

void SiteStore::update(const ProjectRow& row) {
    m_db.query("UPDATE projects SET name=?, production_branch=?, build_config=?, source=?, configs=?, "
               "canonical=?, latest=?, production=?, previews=? WHERE id=?")
        .bind(row.name)
        .bind(row.productionBranch)
        .bind(row.buildConfig)
        .bind(row.source)
        .bind(row.configs)
        .bind(row.canonical)
        .bind(row.latest)
        .bind(row.productionCount)
        .bind(row.previewCount)
        .bind(row.key)
        .run();
}

void SiteStore::removeProject(ProjectKey key) {
    m_db.query("DELETE FROM deployments WHERE project=?").bind(key).run();
    m_db.query("DELETE FROM branches WHERE project=?").bind(key).run();
    m_db.query("DELETE FROM domains WHERE project=?").bind(key).run();
    m_db.query("DELETE FROM projects WHERE id=?").bind(key).run();
}

std::optional<DeploymentRow> SiteStore::deployment(ProjectKey project, std::string_view id) {
    {
        auto query = m_db.query("SELECT " STEPWELL_SITE_DEPLOYMENT_COLUMNS
                                " FROM deployments WHERE project=? AND short_id=?");
        if (auto row = oneDeployment(query.bind(project).bind(id))) return row;
    }
    auto query =
        m_db.query("SELECT " STEPWELL_SITE_DEPLOYMENT_COLUMNS " FROM deployments WHERE uuid=? AND project=?");
    return oneDeployment(query.bind(id).bind(project));
}

std::optional<DeploymentRow> SiteStore::deployment(DeploymentKey key) {
    auto query = m_db.query("SELECT " STEPWELL_SITE_DEPLOYMENT_COLUMNS " FROM deployments WHERE id=?");
    return oneDeployment(query.bind(key));
}

std::vector<DeploymentRow> SiteStore::deployments(ProjectKey project, std::optional<Environment> environment,
                                                  std::int64_t offset, std::int64_t limit) {
    std::vector<DeploymentRow> rows;
    auto query =
        environment
            ? m_db.query("SELECT " STEPWELL_SITE_DEPLOYMENT_COLUMNS " FROM deployments WHERE project=? AND "
                         "environment=? ORDER BY id DESC LIMIT ? OFFSET ?")
            : m_db.query("SELECT " STEPWELL_SITE_DEPLOYMENT_COLUMNS
                         " FROM deployments WHERE project=? ORDER BY id DESC LIMIT ? OFFSET ?");
    query.bind(project);
    if (environment) query.bind(static_cast<int>(*environment));
    query.bind(limit).bind(offset);
    while (query.step())
        rows.push_back(readDeployment(query));
    return rows;
}

#define STEPWELL_FOUND_DEPLOYMENTS                                                                           \
    " FROM deployments WHERE project=?1 AND (?2 IS NULL OR environment=?2) AND (?3='' OR branch=?3) AND "    \
    "(?4='' OR short_id LIKE ?4 ESCAPE '\\' OR branch LIKE ?4 ESCAPE '\\' OR commit_hash LIKE ?4 ESCAPE "    \
    "'\\' OR commit_message LIKE ?4 ESCAPE '\\')"

namespace {

/// For LIKE: whatever contains `text`. ASCII letters match in either case.
std::string patternOf(const std::string& text) {
    if (text.empty()) return {};
    std::string pattern = "%";
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern + '%';
}

std::optional<int> numberOf(std::optional<Environment> environment) {
    return environment ? std::optional(static_cast<int>(*environment)) : std::nullopt;
}

}  // namespace

std::vector<DeploymentRow> SiteStore::oldestDeployments(ProjectKey project,
                                                        std::optional<Environment> environment,
                                                        std::int64_t offset, std::int64_t limit) {
    std::vector<DeploymentRow> rows;
    auto query = environment ? m_db.query("SELECT " STEPWELL_SITE_DEPLOYMENT_COLUMNS
                                          " FROM deployments WHERE project=? AND "
                                          "environment=? ORDER BY id LIMIT ? OFFSET ?")
                             : m_db.query("SELECT " STEPWELL_SITE_DEPLOYMENT_COLUMNS
                                          " FROM deployments WHERE project=? ORDER BY id LIMIT ? OFFSET ?");
    query.bind(project);
    if (environment) query.bind(static_cast<int>(*environment));
    query.bind(limit).bind(offset);
    while (query.step())
        rows.push_back(readDeployment(query));
    return rows;
}

std::vector<DeploymentRow> SiteStore::findDeployments(ProjectKey project, const DeploymentFilter& filter,
                                                      std::int64_t offset, std::int64_t limit) {
    // Ids first: they come from an index that holds all that is searched.
    std::vector<DeploymentKey> keys;
    const auto pattern = patternOf(filter.text);
    {
        auto query =
            m_db.query("SELECT id" STEPWELL_FOUND_DEPLOYMENTS " ORDER BY id DESC LIMIT ?5 OFFSET ?6");
        query.bind(project).bind(numberOf(filter.environment)).bind(filter.branch).bind(pattern);
        query.bind(limit).bind(offset);
        while (query.step())
            keys.push_back(DeploymentKey{query.integer()});
    }
    std::vector<DeploymentRow> rows;
    for (const auto key : keys)
        if (auto row = deployment(key)) rows.push_back(std::move(*row));
    return rows;
}

std::int64_t SiteStore::countDeployments(ProjectKey project, const DeploymentFilter& filter) {
    const auto pattern = patternOf(filter.text);
    auto query = m_db.query("SELECT count(*)" STEPWELL_FOUND_DEPLOYMENTS);
    query.bind(project).bind(numberOf(filter.environment)).bind(filter.branch).bind(pattern);
    return query.step() ? query.integer() : 0;
}

std::vector<DeploymentRow> SiteStore::deploymentsAfter(ProjectKey project, DeploymentKey after,
                                                       std::int64_t limit) {
    std::vector<DeploymentRow> rows;
    auto query = m_db.query("SELECT " STEPWELL_SITE_DEPLOYMENT_COLUMNS
                            " FROM deployments WHERE project=? AND id>? ORDER BY id LIMIT ?");
    query.bind(project).bind(after).bind(limit);
    while (query.step())
        rows.push_back(readDeployment(query));
    return rows;
}

std::optional<DeploymentKey> SiteStore::newest(ProjectKey project) {
    auto query = m_db.query("SELECT id FROM deployments WHERE project=? ORDER BY id DESC LIMIT 1");
    return query.bind(project).step() ? std::optional(DeploymentKey{query.integer()}) : std::nullopt;
}

std::optional<DeploymentKey> SiteStore::newest(ProjectKey project, std::string_view branch) {
    auto query =
        m_db.query("SELECT id FROM deployments WHERE project=? AND branch=? ORDER BY id DESC LIMIT 1");
    return query.bind(project).bind(branch).step() ? std::optional(DeploymentKey{query.integer()})
                                                   : std::nullopt;
}

std::optional<DeploymentKey> SiteStore::newestPreview(ProjectKey project, std::string_view branch) {
    auto query = m_db.query("SELECT id FROM deployments WHERE project=? AND branch=? AND environment=1 "
                            "ORDER BY id DESC LIMIT 1");
    return query.bind(project).bind(branch).step() ? std::optional(DeploymentKey{query.integer()})
                                                   : std::nullopt;
}

bool SiteStore::uuidTaken(std::string_view uuid) {
    return m_db.query("SELECT 1 FROM deployments WHERE uuid=?").bind(uuid).step();
}

bool SiteStore::shortIdTaken(ProjectKey project, std::string_view shortId) {
    return m_db.query("SELECT 1 FROM deployments WHERE project=? AND short_id=?")
        .bind(project)
        .bind(shortId)
        .step();
}

void SiteStore::insert(DeploymentRow& row) {
    m_db.query(
            "INSERT INTO deployments(uuid, project, short_id, environment, branch, commit_hash, "
            "commit_message, commit_dirty, created, root, files, bytes, headers, redirects, routes, worker, "
            "worker_kind, functions, config, log) "
            "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(row.uuid)
        .bind(row.project)
        .bind(row.shortId)
        .bind(static_cast<int>(row.environment))
        .bind(row.branch)
        .bind(row.commitHash)
        .bind(row.commitMessage)
        .bind(row.commitDirty ? 1 : 0)
        .bind(row.created)
        .blob(row.root)
        .bind(row.files)
        .bind(row.bytes)
        .bind(row.headers)
        .bind(row.redirects)
        .bind(row.routes)
        .bind(row.worker)
        .bind(static_cast<int>(row.workerKind))
        .bind(row.functions)
        .bind(row.config)
        .bind(row.log)
        .run();
    row.key = DeploymentKey{m_db.lastInsertId()};
}

void SiteStore::removeDeployment(DeploymentKey key) {
    m_db.query("DELETE FROM deployments WHERE id=?").bind(key).run();
}

std::optional<BranchRow> SiteStore::branch(ProjectKey project, std::string_view name) {
    auto query = m_db.query("SELECT name, label, newest FROM branches WHERE project=? AND name=?");
    if (!query.bind(project).bind(name).step()) return std::nullopt;
    BranchRow row;
    row.name = query.text();
    row.label = query.text();
    row.newest = DeploymentKey{query.integer()};
    return row;
}

bool SiteStore::labelTaken(ProjectKey project, std::string_view label) {
    return m_db.query("SELECT 1 FROM branches WHERE project=? AND label=?")
               .bind(project)
               .bind(label)
               .step() ||
           shortIdTaken(project, label);
}

void SiteStore::put(ProjectKey project, const BranchRow& row) {
    m_db.query("INSERT INTO branches(project, name, label, newest) VALUES(?, ?, ?, ?) "
               "ON CONFLICT(project, name) DO UPDATE SET newest=excluded.newest")
        .bind(project)
        .bind(row.name)
        .bind(row.label)
        .bind(row.newest)
        .run();
}

void SiteStore::removeBranch(ProjectKey project, std::string_view name) {
    m_db.query("DELETE FROM branches WHERE project=? AND name=?").bind(project).bind(name).run();
}

std::vector<DomainRow> SiteStore::domains(ProjectKey project) {
    std::vector<DomainRow> rows;
    auto query = m_db.query("SELECT name, uuid, created, branch FROM domains WHERE project=? ORDER BY name");
    query.bind(project);
    while (query.step()) {
        DomainRow row;
        row.name = query.text();
        row.uuid = query.text();
        row.created = query.time();
        row.branch = query.text();
        rows.push_back(std::move(row));
    }
    return rows;
}

std::optional<ProjectKey> SiteStore::domainOwner(std::string_view name) {
    auto query = m_db.query("SELECT project FROM domains WHERE name=?");
    return query.bind(name).step() ? std::optional(ProjectKey{query.integer()}) : std::nullopt;
}

void SiteStore::insert(ProjectKey project, const DomainRow& row) {
    m_db.query("INSERT INTO domains(name, uuid, project, created, branch) VALUES(?, ?, ?, ?, ?)")
        .bind(row.name)
        .bind(row.uuid)
        .bind(project)
        .bind(row.created)
        .bind(row.branch)
        .run();
}

void SiteStore::removeDomain(std::string_view name) {
    m_db.query("DELETE FROM domains WHERE name=?").bind(name).run();
}

DeploymentView SiteStore::view(DeploymentRow row, const ProjectRow& project) {
    DeploymentView view;
    if (row.environment == Environment::preview) {
        const auto alias = branch(project.key, row.branch);
        if (alias && alias->newest == row.key)
            view.aliases.push_back(alias->label + '.' + project.subdomain + ".localhost");
    } else if (project.canonical == row.key) {
        for (auto& domain : domains(project.key))
            if (domain.branch.empty()) view.aliases.push_back(std::move(domain.name));
    }
    view.live = project.canonical == row.key;
    view.newestOfBranch = newest(project.key, row.branch) == row.key;
    view.row = std::move(row);
    view.projectName = project.name;
    view.projectUuid = project.uuid;
    view.subdomain = project.subdomain;
    view.productionBranch = project.productionBranch;
    view.buildConfig = project.buildConfig;
    return view;
}

ProjectView SiteStore::view(ProjectRow row) {
    ProjectView view;
    view.domains = domains(row.key);
    const auto viewOf = [&](std::optional<DeploymentKey> key) -> std::optional<DeploymentView> {
        auto found = key ? deployment(*key) : std::nullopt;
        if (!found) return std::nullopt;
        return this->view(std::move(*found), row);
    };
    view.canonical = viewOf(row.canonical);
    view.latest = viewOf(row.latest);
    view.row = std::move(row);
    return view;
}

}  // namespace stepwell::engine::pages
