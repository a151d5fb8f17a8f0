#include "app/engine/pages/host_name.h"
#include "app/engine/pages/service_pack_rows.h"
#include "app/engine/store/blob_store.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace stepwell::engine::pages {

namespace {

std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + ' ' + what + (count == 1 ? "." : "s.");
}

using nlohmann::json;

constexpr std::size_t shortIdLength = 8;
constexpr std::size_t suffixLength = 4;
constexpr std::size_t branchSuffixLength = 10;

void tell(json& log, const char* file, const std::vector<RuleMessage>& messages) {
    for (const auto& message : messages) {
        const auto line = message.lineNumber ? " line " + std::to_string(*message.lineNumber) : std::string();
        log.push_back(std::string("Warning: ") + file + line + ": " + message.reason);
    }
}

/// What was received, and what is wrong with it: lines for the log.
std::string logOf(const DeploymentRow& row, const NewDeployment& deployment) {
    auto log = json::array();
    log.push_back("Received " + std::to_string(row.files) + (row.files == 1 ? " file, " : " files, ") +
                  std::to_string(row.bytes) + " bytes.");
    if (!deployment.headers.empty()) {
        const auto file = parseHeadersFile(deployment.headers);
        log.push_back("Read _headers: " + counted(file.rules.size(), "rule"));
        tell(log, "_headers", file.invalid);
    }
    if (!deployment.redirects.empty()) {
        const auto file = parseRedirectsFile(deployment.redirects);
        const auto rules = file.staticRules.size() + file.dynamicRules.size();
        log.push_back("Read _redirects: " + counted(rules, "rule"));
        tell(log, "_redirects", file.invalid);
    }
    if (deployment.created)
        log.push_back("Taken from an archive of the project.");
    else if (row.workerKind != WorkerKind::none)
        log.push_back("The code of the site was tried: it can be run.");
    log.push_back("Success: the deployment is published.");
    return log.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// Skipping rows takes time: a page behind the middle is counted from the end.
std::vector<DeploymentRow> pageOfDeployments(SiteStore& store, const ProjectRow& project,
                                             const DeploymentFilter& filter, PageOf page,
                                             std::int64_t& total) {
    const auto offset = (page.number - 1) * page.size;
    if (!filter.branch.empty() || !filter.text.empty()) {
        total = store.countDeployments(project.key, filter);
        if (offset >= total) return {};
        return store.findDeployments(project.key, filter, offset, page.size);
    }
    if (filter.environment != Environment::preview) total += project.productionCount;
    if (filter.environment != Environment::production) total += project.previewCount;
    if (offset >= total) return {};
    if (offset < total / 2) return store.deployments(project.key, filter.environment, offset, page.size);
    const auto end = std::min(offset + page.size, total);
    auto rows = store.oldestDeployments(project.key, filter.environment, total - end, end - offset);
    std::reverse(rows.begin(), rows.end());
    return rows;
}

}  // namespace

api::Result<DeploymentRow> LocalService::find(SiteStore& store, const ProjectRow& project,
                                              const std::string& id) {
    if (auto row = store.deployment(project.key, id)) return std::move(*row);
    return api::fail(404, code::deploymentNotFound,
                     "Deployment not found: the project \"" + project.name + "\" has no deployment \"" + id +
                         "\".");
}

/// Two branches may come to one label, and a label may look like the id of a deployment.
std::string LocalService::freeLabel(SiteStore& store, const ProjectRow& project, const std::string& branch) {
    const auto wanted = branchLabel(branch);
    auto label = wanted;
    while (label.empty() || store.labelTaken(project.key, label)) {
        const auto uuid = m_options.newUuid();
        label = wanted.empty() ? "branch-" + uuid.substr(0, shortIdLength) +
                                     uuid.substr(shortIdLength + 1, branchSuffixLength - shortIdLength)
                               : wanted + '-' + uuid.substr(0, suffixLength);
    }
    return label;
}

void LocalService::publish(Work& work, ProjectRow& project, DeploymentRow& row) {
    row.project = project.key;
    for (auto wanted = std::exchange(row.uuid, {}); row.uuid.empty();) {
        auto uuid = wanted.empty() ? m_options.newUuid() : std::exchange(wanted, {});
        row.shortId = uuid.substr(0, shortIdLength);
        if (!work.store.labelTaken(project.key, row.shortId) && !work.store.uuidTaken(uuid))
            row.uuid = std::move(uuid);
    }
    row.environment = row.branch == project.productionBranch ? Environment::production : Environment::preview;
    row.config = configOf(project, row.environment);
    work.store.insert(row);
    project.latest = row.key;
    const bool live = row.environment == Environment::production;
    ++(live ? project.productionCount : project.previewCount);
    if (live) project.canonical = row.key;
    work.store.update(project);

    const auto below = '.' + project.subdomain + ".localhost";
    work.hosts.push_back({row.shortId + below, HostRoute{row.key, true}});
    if (live) return routeProduction(work, project);
    auto branch = work.store.branch(project.key, row.branch);
    if (!branch) branch = BranchRow{row.branch, freeLabel(work.store, project, row.branch), {}};
    branch->newest = row.key;
    work.store.put(project.key, *branch);
    routeBranch(work, project, *branch, row.key);
}

/// The files that rule a site, written to a pack, with the digests that its row names them by.
class LocalService::RuleFiles {
  public:
    RuleFiles(PackFolder& packs, const NewDeployment& deployment, DeploymentRow& row)
        : m_writer(packs)
        , m_files{std::pair{&deployment.headers, &row.headers},
                  {&deployment.redirects, &row.redirects},
                  {&deployment.routes, &row.routes},
                  {&deployment.worker, &row.worker},
                  {&deployment.functions, &row.functions}} {}

    /// Durable on return; the row has the digests.
    api::Result<void> write() {
        for (const auto& [text, digest] : m_files) {
            if (text->empty()) continue;
            const auto place = m_writer.add(*text);
            if (!place) return tl::unexpected(place.error());
            *digest = sha256Hex(*text);
            m_places.emplace_back(*digest, *place);
        }
        return m_writer.sync();
    }
    void keep(Work& work) {
        PackRows rows(work, m_writer);
        for (const auto& [digest, place] : m_places)
            rows.keep(digest, place);
        rows.finish();
    }

  private:
    PackWriter m_writer;
    std::array<std::pair<const std::string*, std::string*>, 5> m_files;
    std::vector<std::pair<std::string, BlobPlace>> m_places;
};

/// Stores a manifest and sums up its files. Error 400 when one of them was never uploaded.
api::Result<void> LocalService::keepManifest(Work& work, const std::vector<ManifestEntry>& manifest,
                                             DeploymentRow& row) {
    auto stored = SiteTree(work.db).store(manifest);
    if (stored.absent)
        return api::fail(400, code::badManifest,
                         "The file " + stored.absent->path +
                             " of the manifest was never uploaded: there is no asset " + stored.absent->key +
                             " here. Upload it and deploy again. Nothing was changed.");
    row.root = std::move(stored.root);
    row.bytes = stored.bytes;
    row.files = static_cast<std::int64_t>(manifest.size());
    return {};
}

/// What the log of a deployment warns of, for those who run the engine.
void LocalService::warnOfRules(const DeploymentView& view) const {
    constexpr std::string_view mark = "Warning: ";
    constexpr int mostLines = 20;
    const auto log = parseBounded<json>(view.row.log);
    int told = 0;
    for (const auto& line : log) {
        const auto& text = line.get_ref<const std::string&>();
        if (!text.starts_with(mark) || ++told > mostLines) continue;
        warn("Project " + view.projectName + ", deployment " + view.row.shortId + ": " +
             text.substr(mark.size()));
    }
    if (told > mostLines)
        warn("Project " + view.projectName + ", deployment " + view.row.shortId + ": " +
             std::to_string(told - mostLines) + " more warnings stand in its log.");
}

api::Result<DeploymentView> LocalService::deploy(const std::string& project, NewDeployment deployment) {
    if (!deployment.routes.empty())
        if (const auto routes = parseRoutesFile(deployment.routes); !routes)
            return api::fail(400, code::badRoutes,
                             "The _routes.json of the upload is not valid: " + routes.error());
    DeploymentRow row;
    row.workerKind = deployment.workerKind;
    row.commitHash = std::move(deployment.commitHash);
    row.commitMessage = std::move(deployment.commitMessage);
    row.commitDirty = deployment.commitDirty;
    row.uuid = deployment.uuid;
    row.created = deployment.created.value_or(m_options.now());
    RuleFiles rules(m_packs, deployment, row);
    if (auto written = rules.write(); !written) return tl::unexpected(written.error());
    auto view = m_database->write<DeploymentView>(m_hosts, [&](Work& work) -> api::Result<DeploymentView> {
        auto owner = find(work.store, project);
        if (!owner) return tl::unexpected(owner.error());
        if (auto kept = keepManifest(work, deployment.manifest, row); !kept)
            return tl::unexpected(kept.error());
        rules.keep(work);
        row.log = logOf(row, deployment);
        row.branch = deployment.branch.value_or(owner->productionBranch);
        publish(work, *owner, row);
        return work.store.view(std::move(row), *owner);
    });
    if (!view)
        m_strayFiles = true;
    else
        warnOfRules(*view);
    return view;
}

api::Result<DeploymentView> LocalService::retry(const std::string& project, const std::string& id) {
    return m_database->write<DeploymentView>(m_hosts, [&](Work& work) -> api::Result<DeploymentView> {
        auto owner = find(work.store, project);
        if (!owner) return tl::unexpected(owner.error());
        auto row = find(work.store, *owner, id);
        if (!row) return tl::unexpected(row.error());
        row->uuid.clear();
        row->created = m_options.now();
        SiteTree(work.db).retain(row->root);
        SiteBlobs blobs(work.db);
        for (const auto* digest :
             {&row->headers, &row->redirects, &row->routes, &row->worker, &row->functions})
            if (!digest->empty()) blobs.refer(*digest);
        publish(work, *owner, *row);
        return work.store.view(std::move(*row), *owner);
    });
}

api::Result<Rows<DeploymentView>> LocalService::deployments(const std::string& project,
                                                            const DeploymentFilter& filter, PageOf page) {
    return m_database->read<Rows<DeploymentView>>([&](Work& work) -> api::Result<Rows<DeploymentView>> {
        const auto owner = find(work.store, project);
        if (!owner) return tl::unexpected(owner.error());
        std::int64_t total = 0;
        auto found = pageOfDeployments(work.store, *owner, filter, page, total);
        Rows<DeploymentView> rows{{}, total};
        for (auto& row : found)
            rows.rows.push_back(work.store.view(std::move(row), *owner));
        return rows;
    });
}

api::Result<std::vector<DeploymentRow>>
LocalService::deploymentsAfter(ProjectKey project, DeploymentKey after, std::int64_t most) {
    using Found = std::vector<DeploymentRow>;
    return m_database->read<Found>(
        [&](Work& work) -> api::Result<Found> { return work.store.deploymentsAfter(project, after, most); });
}

api::Result<DeploymentView> LocalService::deployment(const std::string& project, const std::string& id) {
    return m_database->read<DeploymentView>([&](Work& work) -> api::Result<DeploymentView> {
        const auto owner = find(work.store, project);
        if (!owner) return tl::unexpected(owner.error());
        auto row = find(work.store, *owner, id);
        if (!row) return tl::unexpected(row.error());
        return work.store.view(std::move(*row), *owner);
    });
}

api::Result<std::vector<ManifestEntry>> LocalService::files(const DeploymentRow& deployment) {
    return m_database->read<std::vector<ManifestEntry>>(
        [&](Work& work) -> api::Result<std::vector<ManifestEntry>> {
            return SiteTree(work.db).load(deployment.root);
        });
}

api::Result<Service::RuleTexts> LocalService::ruleTexts(const DeploymentRow& deployment) {
    RuleTexts texts;
    for (const auto& [digest, text] :
         {std::pair{&deployment.headers, &texts.headers}, std::pair{&deployment.redirects, &texts.redirects},
          std::pair{&deployment.routes, &texts.routes}, std::pair{&deployment.functions, &texts.functions}}) {
        auto read = readBlob(*digest);
        if (!read) return tl::unexpected(read.error());
        *text = std::move(*read);
    }
    return texts;
}

api::Result<void> LocalService::removeDeployment(const std::string& project, const std::string& id,
                                                 Force force) {
    auto removed = m_database->write<void>(m_hosts, [&](Work& work) -> api::Result<void> {
        auto owner = find(work.store, project);
        if (!owner) return tl::unexpected(owner.error());
        const auto row = find(work.store, *owner, id);
        if (!row) return tl::unexpected(row.error());
        if (owner->canonical == row->key)
            return api::fail(400, code::liveDeployment,
                             "The deployment " + row->shortId + " is the live production deployment of \"" +
                                 project +
                                 "\" and cannot be deleted. Deploy another one, or roll back, first.");
        if (force == Force::no && work.store.newest(owner->key, row->branch) == row->key)
            return api::fail(400, code::aliasedDeployment,
                             "The deployment " + row->shortId + " is the latest of the branch \"" +
                                 row->branch + "\". Delete it with force=true if that is what you want.");
        SiteBlobs(work.db).release(row->key);
        work.store.removeDeployment(row->key);
        --(row->environment == Environment::production ? owner->productionCount : owner->previewCount);
        owner->latest = work.store.newest(owner->key);
        work.store.update(*owner);
        const auto below = '.' + owner->subdomain + ".localhost";
        work.hosts.push_back({row->shortId + below, {}});
        if (auto branch = work.store.branch(owner->key, row->branch); branch && branch->newest == row->key) {
            const auto before = work.store.newestPreview(owner->key, row->branch);
            branch->newest = before.value_or(DeploymentKey{});
            if (before) work.store.put(owner->key, *branch);
            if (!before) work.store.removeBranch(owner->key, row->branch);
            routeBranch(work, *owner, *branch, before);
        }
        return {};
    });
    if (removed && m_housekeeper) m_housekeeper->wake();
    return removed;
}

api::Result<DeploymentView> LocalService::rollback(const std::string& project, const std::string& id) {
    return m_database->write<DeploymentView>(m_hosts, [&](Work& work) -> api::Result<DeploymentView> {
        auto owner = find(work.store, project);
        if (!owner) return tl::unexpected(owner.error());
        auto row = find(work.store, *owner, id);
        if (!row) return tl::unexpected(row.error());
        if (row->environment != Environment::production)
            return api::fail(400, code::notForRollback,
                             "The deployment " + row->shortId +
                                 " is a preview; only a production deployment can become the live one.");
        owner->canonical = row->key;
        work.store.update(*owner);
        routeProduction(work, *owner);
        return work.store.view(std::move(*row), *owner);
    });
}

}  // namespace stepwell::engine::pages
