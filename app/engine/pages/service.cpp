#include "app/engine/pages/service.h"

#include "app/engine/pages/host_name.h"
#include "app/engine/pages/service_local.h"
#include "app/engine/pages/site_names.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>
#include <sys/random.h>

#include <array>

namespace stepwell::engine::pages {

namespace {

using nlohmann::json;

constexpr std::size_t tokenKeyBytes = 32;
constexpr std::string_view tokenKeyName = "upload_token_key";
constexpr std::string_view uncountedName = "uncounted";
constexpr std::size_t suffixLength = 3;

std::string randomBytes(std::size_t count) {
    std::string bytes(count, '\0');
    // Up to 256 bytes the call neither fails nor falls short once the system's source is seeded.
    while (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    }
    return bytes;
}

/// `text` with `change` merged into it, both JSON objects that were checked.
std::string merged(const std::string& text, const std::string& change) {
    auto value = parseBounded<json>(text);
    value.merge_patch(parseBounded<json>(change));
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Both environments are always there: clients read them without asking.
std::string withEnvironments(const std::string& configs) {
    return merged(R"({"production":{},"preview":{}})", configs);
}

api::Result<void> checkName(const std::string& name) {
    if (isProjectName(name)) return {};
    return api::fail(400, code::badProjectName,
                     "The project name \"" + name +
                         "\" is not valid: it must be 1 to 58 lower-case letters, digits and dashes, and may "
                         "not start or end with a dash.");
}

tl::unexpected<api::Error> nameTaken(const std::string& name) {
    return api::fail(409, code::projectExists,
                     "A project named \"" + name + "\" exists already. Choose another name.");
}

}  // namespace

std::string configOf(const ProjectRow& project, Environment environment) {
    const auto configs = parseBounded<json>(project.configs);
    const char* name = environment == Environment::production ? "production" : "preview";
    return configs.is_object() && configs.contains(name) ? configs[name].dump() : "{}";
}

api::Result<std::unique_ptr<Service>> Service::open(ServiceOptions options) {
    auto database = ServiceDatabase::open(options.dataDir / "pages.db");
    if (!database) return tl::unexpected(database.error());
    auto service = std::make_unique<LocalService>(std::move(options), std::move(*database));
    if (auto ready = service->prepare(); !ready) return tl::unexpected(ready.error());
    return std::unique_ptr<Service>(std::move(service));
}

LocalService::LocalService(ServiceOptions options, std::unique_ptr<ServiceDatabase> database)
    : m_options(std::move(options))
    , m_database(std::move(database))
    , m_packs(m_options.dataDir)
    , m_forms(m_options.dataDir)
    , m_current(std::make_shared<int>()) {}

api::Result<void> LocalService::prepare() {
    auto ready = m_database->write<void>(m_hosts, [&](Work& work) -> api::Result<void> {
        auto key = work.store.meta(tokenKeyName);
        if (!key) {
            key = randomBytes(tokenKeyBytes);
            work.store.putMeta(tokenKeyName, *key);
        }
        m_tokenKey = std::move(*key);
        loadSettings(work.store);
        if (work.store.meta(uncountedName)) {
            SiteTree(work.db).countReferences();
            work.store.removeMeta(uncountedName);
        }
        for (const auto unfinished : work.store.unfinished()) {
            for (const auto& asset : work.store.imported(unfinished))
                work.store.forgetUse(asset.key.hex(), asset.at);
            removeRows(work, unfinished);
        }
        work.store.hosts([&](std::string host, DeploymentKey deployment, bool preview) {
            m_hosts.insert(std::move(host), {deployment, preview});
        });
        return {};
    });
    if (!ready) return ready;
    makeForms();
    if (m_options.collecting == Collecting::background) collectInBackground();
    return ready;
}

api::Result<ProjectRow> LocalService::find(SiteStore& store, const std::string& name) {
    if (auto row = store.project(name)) return std::move(*row);
    return api::fail(404, code::projectNotFound,
                     "Project not found: there is no Pages project \"" + name + "\" here. Create it first.");
}

/// A name that stands for something else below localhost gets a few characters more.
std::string LocalService::freeSubdomain(SiteStore& store, const std::string& name) {
    auto subdomain = name;
    while (subdomain == "workers" || store.subdomainTaken(subdomain))
        subdomain = name + '-' + m_options.newUuid().substr(0, suffixLength);
    return subdomain;
}

api::Result<ProjectView> LocalService::createProject(NewProject project) {
    if (auto valid = checkName(project.name); !valid) return tl::unexpected(valid.error());
    return m_database->write<ProjectView>(m_hosts, [&](Work& work) -> api::Result<ProjectView> {
        if (work.store.project(project.name)) return nameTaken(project.name);
        ProjectRow row;
        row.uuid = m_options.newUuid();
        row.name = project.name;
        row.subdomain = freeSubdomain(work.store, project.name);
        row.productionBranch = project.productionBranch;
        row.created = m_options.now();
        row.buildConfig = merged("{}", project.buildConfig);
        row.source = project.source;
        row.configs = withEnvironments(project.configs);
        work.store.insert(row);
        if (project.stage == ProjectStage::unfinished) work.store.putUnfinished(row.key);
        return work.store.view(std::move(row));
    });
}

api::Result<void> LocalService::finishProject(ProjectKey project) {
    return m_database->write<void>(m_hosts, [&](Work& work) -> api::Result<void> {
        work.store.removeUnfinished(project);
        return {};
    });
}

api::Result<Rows<ProjectView>> LocalService::projects(PageOf page) {
    return m_database->read<Rows<ProjectView>>([&](Work& work) -> api::Result<Rows<ProjectView>> {
        Rows<ProjectView> rows;
        rows.total = work.store.projectCount();
        for (auto& row : work.store.projects((page.number - 1) * page.size, page.size))
            rows.rows.push_back(work.store.view(std::move(row)));
        return rows;
    });
}

api::Result<ProjectView> LocalService::project(const std::string& name) {
    return m_database->read<ProjectView>([&](Work& work) -> api::Result<ProjectView> {
        auto row = find(work.store, name);
        if (!row) return tl::unexpected(row.error());
        return work.store.view(std::move(*row));
    });
}

api::Result<ProjectRow> LocalService::projectOf(ProjectKey key) {
    return m_database->read<ProjectRow>([&](Work& work) -> api::Result<ProjectRow> {
        if (auto row = work.store.project(key)) return std::move(*row);
        return api::fail(404, code::projectNotFound, "The project of this deployment was deleted.");
    });
}

api::Result<ProjectView> LocalService::changeProject(const std::string& name, const ProjectChange& change) {
    if (change.name)
        if (auto valid = checkName(*change.name); !valid) return tl::unexpected(valid.error());
    return m_database->write<ProjectView>(m_hosts, [&](Work& work) -> api::Result<ProjectView> {
        auto row = find(work.store, name);
        if (!row) return tl::unexpected(row.error());
        if (change.name && *change.name != name && work.store.project(*change.name))
            return nameTaken(*change.name);
        row->name = change.name.value_or(row->name);
        row->productionBranch = change.productionBranch.value_or(row->productionBranch);
        row->source = change.source.value_or(row->source);
        if (change.buildConfig) row->buildConfig = merged(row->buildConfig, *change.buildConfig);
        if (change.configs) row->configs = withEnvironments(merged(row->configs, *change.configs));
        work.store.update(*row);
        return work.store.view(std::move(*row));
    });
}

void LocalService::removeRows(Work& work, ProjectKey project) {
    SiteBlobs(work.db).release(project);
    work.store.removeProject(project);
    work.store.removeUnfinished(project);
}

api::Result<void> LocalService::removeProject(const std::string& name, Projects which) {
    auto removed = m_database->write<void>(m_hosts, [&](Work& work) -> api::Result<void> {
        const auto row = find(work.store, name);
        if (!row) return tl::unexpected(row.error());
        if (which == Projects::onlyEmpty && work.store.newest(row->key))
            return api::fail(409, code::projectNotEmpty,
                             "The project \"" + name + "\" has a deployment, so it was not removed.");
        work.store.hosts(row->key, [&](std::string host) { work.hosts.push_back({std::move(host), {}}); });
        removeRows(work, row->key);
        return {};
    });
    if (removed && m_housekeeper) m_housekeeper->wake();
    return removed;
}

void LocalService::routeProduction(Work& work, const ProjectRow& project) {
    const auto route = project.canonical ? std::optional(HostRoute{*project.canonical, false}) : std::nullopt;
    work.hosts.push_back({project.subdomain + ".localhost", route});
    for (const auto& domain : work.store.domains(project.key))
        if (domain.branch.empty()) work.hosts.push_back({domain.name, route});
}

void LocalService::routeBranch(Work& work, const ProjectRow& project, const BranchRow& branch,
                               std::optional<DeploymentKey> newest) {
    const auto route = [&](bool preview) {
        return newest ? std::optional(HostRoute{*newest, preview}) : std::nullopt;
    };
    work.hosts.push_back({branch.label + '.' + project.subdomain + ".localhost", route(true)});
    for (const auto& domain : work.store.domains(project.key))
        if (domain.branch == branch.name) work.hosts.push_back({domain.name, route(false)});
}

// --- domains

api::Result<std::vector<DomainRow>> LocalService::domains(const std::string& project) {
    return m_database->read<std::vector<DomainRow>>([&](Work& work) -> api::Result<std::vector<DomainRow>> {
        const auto row = find(work.store, project);
        if (!row) return tl::unexpected(row.error());
        return work.store.domains(row->key);
    });
}

/// One probe for every host that shows something, but for a custom domain that was there before the domain of
/// sites above it.
std::optional<HostRoute> LocalService::route(const std::string& host) const {
    if (const auto stored = belowLocalhost(host, m_options.sitesDomain))
        if (auto found = m_hosts.find(*stored)) return found;
    return m_hosts.find(host);
}

api::Result<DomainRow> LocalService::addDomain(const std::string& project, const std::string& name,
                                               const std::string& branch) {
    if (!isCustomDomain(name))
        return api::fail(400, code::domainUnavailable,
                         "The domain \"" + name +
                             "\" cannot be used: give a host name like www.example.com in lower case; "
                             "addresses and names below localhost are taken.");
    if (belowLocalhost(name, m_options.sitesDomain))
        return api::fail(400, code::domainUnavailable,
                         "The domain \"" + name + "\" cannot be used: names below " + m_options.sitesDomain +
                             " are those of projects and deployments.");
    return m_database->write<DomainRow>(m_hosts, [&](Work& work) -> api::Result<DomainRow> {
        const auto row = find(work.store, project);
        if (!row) return tl::unexpected(row.error());
        if (work.store.domainOwner(name))
            return api::fail(409, code::domainUnavailable,
                             "The domain \"" + name +
                                 "\" belongs to a project already. Remove it there first.");
        DomainRow domain{name, m_options.newUuid(), m_options.now(), branch};
        if (branch == row->productionBranch) domain.branch.clear();
        work.store.insert(row->key, domain);
        routeProduction(work, *row);
        if (const auto shown = work.store.branch(row->key, domain.branch); shown && !domain.branch.empty())
            routeBranch(work, *row, *shown, shown->newest);
        return domain;
    });
}

api::Result<void> LocalService::removeDomain(const std::string& project, const std::string& name) {
    return m_database->write<void>(m_hosts, [&](Work& work) -> api::Result<void> {
        const auto row = find(work.store, project);
        if (!row) return tl::unexpected(row.error());
        if (work.store.domainOwner(name) != row->key)
            return api::fail(404, code::domainNotFound,
                             "The project \"" + project + "\" has no domain \"" + name + "\".");
        work.store.removeDomain(name);
        work.hosts.push_back({name, {}});
        return {};
    });
}

}  // namespace stepwell::engine::pages
