#pragma once

#include "app/engine/pages/service_rows.h"
#include "app/engine/pages/site_bodies.h"
#include "app/engine/pages/site_content.h"
#include "app/engine/pages/site_hosts.h"
#include "app/engine/pages/site_tree.h"
#include "models/api/asset_key.h"

#include <filesystem>
#include <functional>
#include <memory>

namespace stepwell::engine::pages {

/// Whether a thread of the service collects what nobody needs, or only `collect()` does.
enum class Collecting { background, onDemand };

struct ServiceOptions {
    std::filesystem::path dataDir;
    std::function<std::string()> newUuid;
    std::function<api::Time()> now;
    Collecting collecting = Collecting::background;
    /// Told what people who run the engine should know; any thread. May be null.
    std::function<void(const std::string&)> onWarning = {};
    /// Sites are also found below it, as they are below localhost. Lower case; empty: there is none.
    std::string sitesDomain = {};
};

/// What is set for all sites.
struct SiteSettings {
    std::int64_t mostFiles = 20'000;          ///< of one deployment, 1 to 100,000
    bool strict = false;                      ///< serve like the original where it lacks something: no ranges
    std::chrono::seconds uploadToken{1'800};  ///< how long one opens the asset endpoints
    /// How long an asset stays after the last upload, question or manifest that named it. Twice the life of a
    /// token where that is longer: no client that was told of an asset finds it gone.
    std::chrono::seconds keepUnused{86'400};
    /// What compressed forms of files may take on the disk; 0: none are made, and files go as they are.
    std::int64_t mostFormBytes = 1LL << 30U;
};

/// What a collection removed.
struct Collected {
    std::int64_t assets = 0;
    std::int64_t files = 0;
    bool more = false;  ///< time was up before everything was collected
};

struct PageOf {
    std::int64_t number = 1;
    std::int64_t size = 10;
};

template <class T>
struct Rows {
    std::vector<T> rows;
    std::int64_t total = 0;
};

/// What is unfinished when the engine ends is gone when it starts again.
enum class ProjectStage { whole, unfinished };

/// Settings of a project; JSON texts are those of the API.
struct NewProject {
    std::string name;
    std::string productionBranch;
    std::string buildConfig = "{}";
    std::string source = "null";
    std::string configs = "{}";
    ProjectStage stage = ProjectStage::whole;  ///< unfinished: until `finishProject`
};

/// What is absent stays. JSON objects are merged, a null taking the member away.
struct ProjectChange {
    std::optional<std::string> name;
    std::optional<std::string> productionBranch;
    std::optional<std::string> buildConfig;
    std::optional<std::string> source;
    std::optional<std::string> configs;
};

struct NewDeployment {
    // Of one that comes from an archive; its id is given again unless it is taken.
    std::string uuid;
    std::optional<api::Time> created;
    std::vector<ManifestEntry> manifest;  ///< sorted by path, unique
    std::optional<std::string> branch;    ///< nothing: the production branch
    std::string commitHash;
    std::string commitMessage;
    bool commitDirty = false;
    // Files that rule the site, empty when absent.
    std::string headers;
    std::string redirects;
    std::string routes;
    std::string worker;
    WorkerKind workerKind = WorkerKind::none;
    std::string functions;
};

struct NewAsset {
    std::string key;
    std::string type;
    std::string bytes;
};

/// A file of a deployment with what is stored under its key.
struct SiteFile {
    ManifestEntry entry;
    AssetRow asset;
};

/// Settings of an environment of a project: JSON object.
std::string configOf(const ProjectRow& project, Environment environment);

enum class Force { no, yes };
enum class Projects { any, onlyEmpty };

/// Projects, deployments, assets and domains, durable; and the hosts they are served at. Every call blocks on
/// the disk unless it says otherwise, each is one transaction, and what it changed is served when it returns.
/// Thread-safe. Errors name the thing and the remedy.
class Service {
  public:
    static api::Result<std::unique_ptr<Service>> open(ServiceOptions options);
    virtual ~Service() = default;

    virtual api::Result<ProjectView> createProject(NewProject project) = 0;
    virtual api::Result<Rows<ProjectView>> projects(PageOf page) = 0;
    virtual api::Result<ProjectView> project(const std::string& name) = 0;
    virtual api::Result<ProjectRow> projectOf(ProjectKey key) = 0;
    virtual api::Result<ProjectView> changeProject(const std::string& name, const ProjectChange& change) = 0;
    virtual api::Result<void> finishProject(ProjectKey project) = 0;
    /// `onlyEmpty`: one with a deployment is refused.
    virtual api::Result<void> removeProject(const std::string& name, Projects which = Projects::any) = 0;

    /// Those of the keys that no asset has.
    virtual api::Result<std::vector<std::string>> missing(const std::vector<std::string>& keys) = 0;
    /// An upload of several assets: all of them are there after `commit`, or none that was not there before.
    class Upload {
      public:
        virtual ~Upload() = default;
        virtual api::Result<void> add(const NewAsset& asset) = 0;
        virtual api::Result<void> commit() = 0;
        /// After `commit`.
        virtual const std::vector<AddedAsset>& added() const = 0;
    };
    /// The upload must go before the service does: it writes into its folder. One for an unfinished project
    /// is taken back when the engine ends before the project is finished.
    virtual std::unique_ptr<Upload> beginUpload(ProjectKey unfinished) = 0;
    std::unique_ptr<Upload> beginUpload() { return beginUpload(ProjectKey{}); }
    /// Those of the assets that no manifest names and nobody has asked for since need not be kept any longer:
    /// the next collection takes them.
    virtual api::Result<void> takeBack(const std::vector<AddedAsset>& assets) = 0;
    /// Marks assets as used now. Unknown keys are passed over.
    virtual api::Result<void> touch(const std::vector<std::string>& keys) = 0;

    virtual api::Result<DeploymentView> deploy(const std::string& project, NewDeployment deployment) = 0;
    virtual api::Result<Rows<DeploymentView>> deployments(const std::string& project,
                                                          const DeploymentFilter& filter, PageOf page) = 0;
    /// At most `most` of them, the oldest first, from the one behind `after` on.
    virtual api::Result<std::vector<DeploymentRow>> deploymentsAfter(ProjectKey project, DeploymentKey after,
                                                                     std::int64_t most) = 0;
    virtual api::Result<DeploymentView> deployment(const std::string& project, const std::string& id) = 0;
    /// The files that rule the site, as they were uploaded.
    struct RuleTexts {
        std::string headers;
        std::string redirects;
        std::string routes;
        std::string functions;
    };
    virtual api::Result<RuleTexts> ruleTexts(const DeploymentRow& deployment) = 0;
    virtual api::Result<std::vector<ManifestEntry>> files(const DeploymentRow& deployment) = 0;
    /// Those whose paths come behind `after`, in the order of their paths; `total` counts all there are.
    virtual api::Result<Rows<SiteFile>> siteFiles(const std::string& project, const std::string& id,
                                                  const std::string& after, std::size_t most) = 0;
    virtual api::Result<AssetRow> asset(const std::string& key) = 0;  ///< error 404 when there is none
    virtual api::Result<void> removeDeployment(const std::string& project, const std::string& id,
                                               Force force) = 0;
    /// A new deployment of the same content.
    virtual api::Result<DeploymentView> retry(const std::string& project, const std::string& id) = 0;
    /// Makes a production deployment the live one.
    virtual api::Result<DeploymentView> rollback(const std::string& project, const std::string& id) = 0;

    virtual api::Result<std::vector<DomainRow>> domains(const std::string& project) = 0;
    /// The domain shows production, or the newest deployment of a branch when one is named.
    virtual api::Result<DomainRow> addDomain(const std::string& project, const std::string& name,
                                             const std::string& branch) = 0;
    api::Result<DomainRow> addDomain(const std::string& project, const std::string& name) {
        return addDomain(project, name, {});
    }
    virtual api::Result<void> removeDomain(const std::string& project, const std::string& name) = 0;

    /// What a host shows; `host` in lower case, without port. Does not block.
    virtual std::optional<HostRoute> route(const std::string& host) const = 0;
    /// Whether a host is below localhost or the domain of sites, whether it shows something or not.
    virtual bool isBelowOurs(std::string_view host) const = 0;
    /// A site that is in memory already. Does not block.
    virtual std::shared_ptr<const SiteContent> cachedSite(DeploymentKey deployment) = 0;
    /// Lets go of what was not asked for since the call before: every half minute or so. Does not block.
    virtual void forgetUnused() = 0;
    virtual api::Result<std::shared_ptr<const SiteContent>> loadSite(DeploymentKey deployment) = 0;

    /// The file with the bytes of an asset, at `asset.place`. It stays while the site lives that named it, or
    /// what `holdFiles` returned before the asset was asked for.
    virtual std::filesystem::path fileOf(const AssetRow& asset) const = 0;
    virtual std::shared_ptr<const void> holdFiles() = 0;  ///< does not block
    virtual const std::filesystem::path& dataDir() const = 0;
    /// What takes long gives up soon from now on. Thread-safe.
    virtual void end() = 0;
    virtual bool isEnding() const = 0;
    /// Why what was written a moment ago is not on the disk; empty when all is well. Does not block.
    virtual std::string storageError() const = 0;
    virtual SiteBodies& bodies() = 0;  ///< does not block
    virtual FormFolder& forms() = 0;   ///< compressed forms of blobs
    /// Finds out what is kept compressed of an asset and tells the site. Forms that were never made are made
    /// later, and the site is told again.
    virtual void findForms(const std::shared_ptr<const SiteContent>& site, const api::AssetKey& key) = 0;
    /// The bytes of a blob; empty for no digest.
    virtual api::Result<std::string> readBlob(const std::string& digest) = 0;
    /// The key of upload tokens, 32 random bytes that belong to the data folder.
    virtual const std::string& tokenKey() const = 0;
    virtual SiteSettings settings() const = 0;  ///< does not block
    /// Changes a copy of them, which then holds; with an error nothing changes. No change is between.
    using SettingsChange = std::function<api::Result<void>(SiteSettings&)>;
    virtual api::Result<SiteSettings> changeSettings(const SettingsChange& change) = 0;
    /// Removes whatever nobody needs any more, now.
    virtual api::Result<Collected> collect() = 0;
};

}  // namespace stepwell::engine::pages
