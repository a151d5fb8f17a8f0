#pragma once

#include "models/site/site_client.h"
#include "models/site/upload_bucket.h"

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>

namespace stepwell::site {

enum class DeployPhase { checking, uploading, publishing };

/// How far a deploy is, as anyone may ask at any time.
struct DeployProgress {
    DeployPhase phase = DeployPhase::checking;
    /// Checked, or sent, of all there are to check or to upload. `files` grows while requests are under way.
    std::int64_t files = 0, allFiles = 0;
    /// The same in bytes. While publishing: of the list of files and the code that go with it.
    std::int64_t bytes = 0, allBytes = 0;
    std::int64_t alreadyThere = 0;                    ///< files that the backend had
    std::int64_t siteFiles = 0, siteBytes = 0;        ///< of all that the deployment will have
    std::string trouble;                              ///< what keeps it waiting; empty: nothing does
    std::chrono::steady_clock::time_point retryAt{};  ///< when there is trouble
};

/// What to deploy. The files belong to `site`.
struct DeployOrder {
    std::shared_ptr<const LocalSite> site;
    std::vector<const LocalFile*> files;
    std::string project;
    std::string productionBranch;  ///< a project of this name is made when `isNew`
    bool isNew = false;
    std::string branch;
    std::string commitMessage, commitHash;
    std::string workerBundle;
    std::string routes, routingConfig;  ///< beside a bundle: `_routes.json`, and what answers which path
};

struct DeployOutcome {
    enum class Kind { published, failedFiles, failed, cancelled } kind = Kind::failed;
    api::SiteDeployment deployment;  ///< when published
    std::vector<FailedFile> failed;  ///< these did not go up; nothing was published
    std::string reason;              ///< when failed
    bool isProjectThere = false;     ///< also when it was made for this deployment and could not be removed
    std::int64_t uploaded = 0;       ///< files
    std::int64_t uploadedBytes = 0;
    std::int64_t alreadyThere = 0;
    std::chrono::milliseconds took{0};
    std::chrono::milliseconds checkTook{0};
};

/// When to try again. Tests make it quick.
struct RetryPlan {
    int attempts = 7;                               ///< of one request, before the deploy gives up
    std::chrono::milliseconds firstWait{500};       ///< doubled from one to the next ...
    std::chrono::milliseconds longestWait{16'000};  ///< ... up to this
    int polls = 40;                                 ///< for a deployment that is not ready at once
};

/// One deploy: checks what is missing, uploads it in several requests at once and makes the deployment. It
/// may run again after it failed: what went up stays up. At most `parallel` buckets are in memory, as base64:
/// some 100 MiB of files as large as they may be.
class Uploader {
  public:
    Uploader(SiteAddress address, DeployOrder order, RetryPlan retry = {}, BucketLimits limits = {});

    /// Blocks until it is over. One call at a time.
    DeployOutcome run();
    void stop() { *m_stop = true; }
    DeployProgress progress() const;

    static constexpr int parallel = 3;
    static constexpr std::size_t keysAtOnce = 5'000;  ///< that one request checks

  private:
    struct Sending;

    DeployOutcome deploy();
    /// Nobody asked for a project without a deployment: one that was made here goes, unless somebody else has
    /// deployed into it meanwhile.
    void removeMadeProject();
    api::Result<void> prepare();
    api::Result<std::vector<const LocalFile*>> missingFiles();
    api::Result<void> addMissing(std::size_t from, std::vector<const LocalFile*>& files);
    api::Result<api::SiteDeployment> touchAndPublish();
    void touchAll();
    api::Result<void> uploadAll(std::vector<const LocalFile*> files);
    void sendBuckets(Sending& sending);
    void sendOne(Sending& sending, Bucket bucket);
    void refused(Sending& sending, Bucket bucket, const api::Error& error);
    api::Result<api::SiteDeployment> publish();
    api::Result<api::SiteDeployment> settled(api::SiteDeployment made);
    api::Result<void> refreshToken(const std::string& old);
    std::string token() const;
    /// Calls until it works, is refused for good, or was tried often enough.
    template <class T>
    api::Result<T> persist(const std::function<api::Result<T>()>& call);
    /// The same for what must not be done twice. One whose answer was lost may have been done: `look` finds
    /// what it made, and only where there is nothing it is sent again.
    template <class T>
    api::Result<T> persistVerb(const std::function<api::Result<T>()>& call,
                               const std::function<api::Result<std::optional<T>>()>& look);
    api::Result<api::SiteProject> makeProject();
    api::Result<std::optional<api::SiteProject>> madeProject();
    api::Result<std::optional<api::SiteDeployment>> madeSince(const std::vector<std::string>& known);
    bool waitBefore(int attempt, const api::Error& error);
    void change(const std::function<void(DeployProgress&)>& change);

    SiteAddress m_address;
    std::shared_ptr<Stop> m_stop;
    DeployOrder m_order;
    RetryPlan m_retry;
    BucketLimits m_limits;
    bool m_made = false;          ///< the project was made here
    bool m_isUnclear = false;     ///< it may have been, but nobody said so
    bool m_keepsChecked = false;  ///< see UploadToken

    mutable std::mutex m_mutex;
    DeployProgress m_progress;  ///< guarded by m_mutex
    std::string m_jwt;          ///< guarded by m_mutex
    DeployOutcome m_outcome;
    SiteClient m_client;  // last: its thread may report progress until it is gone
};

}  // namespace stepwell::site
