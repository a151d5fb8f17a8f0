#include "models/site/uploader.h"

#include "models/site/archive.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <thread>
#include <unordered_set>

namespace stepwell::site {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr int tooMany = 429;
constexpr int firstServerError = 500;
constexpr int diskFull = 507;  ///< somebody has to make room first, which is said at once
constexpr int mostTokens = 3;  ///< drawn in a row for one request
constexpr milliseconds tick{20};

milliseconds since(steady_clock::time_point start) {
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

bool isExpired(const api::Error& error) {
    return error.code == code::unauthorized || error.http == 401;
}

/// Whether the same request may go well a little later.
bool isPassing(const api::Error& error) {
    return error.code != codeCancelled && error.code != api::code::tooLarge && error.http != diskFull &&
           (error.http == 0 || error.http == tooMany || error.http >= firstServerError ||
            error.code == code::unknown);
}

std::int64_t bytesOf(const std::vector<const LocalFile*>& files) {
    std::int64_t bytes = 0;
    for (const auto* file : files)
        bytes += file->stamp.size;
    return bytes;
}

/// What one request adds to the progress; guarded by the mutex of that.
struct Counted {
    std::int64_t files = 0;
    std::int64_t bytes = 0;
};

/// Where each file of a bucket ends among its bytes.
std::vector<std::int64_t> endsOf(const Bucket& bucket) {
    std::vector<std::int64_t> ends;
    ends.reserve(bucket.files.size());
    for (const auto* file : bucket.files)
        ends.push_back((ends.empty() ? 0 : ends.back()) + file->stamp.size);
    return ends;
}

}  // namespace

/// The buckets that wait, shared by the threads that send them.
struct Uploader::Sending {
    std::mutex mutex;
    std::deque<Bucket> waiting;         // guarded by mutex
    int underWay = 0;                   // guarded by mutex
    std::optional<api::Error> problem;  // guarded by mutex; ends everything
    std::vector<FailedFile> failed;     // guarded by mutex

    std::optional<Bucket> take() {
        const std::lock_guard lock(mutex);
        if (problem || waiting.empty()) return std::nullopt;
        auto bucket = std::move(waiting.front());
        waiting.pop_front();
        ++underWay;
        return bucket;
    }
    bool isOver() {
        const std::lock_guard lock(mutex);
        return problem || (waiting.empty() && underWay == 0);
    }
    void done() {
        const std::lock_guard lock(mutex);
        --underWay;
    }
    void giveUp(api::Error error) {
        const std::lock_guard lock(mutex);
        if (!problem) problem = std::move(error);
    }
};

Uploader::Uploader(SiteAddress address, DeployOrder order, RetryPlan retry, BucketLimits limits)
    : m_address(address)
    , m_stop(std::make_shared<Stop>(false))
    , m_order(std::move(order))
    , m_retry(retry)
    , m_limits(limits)
    , m_client(std::move(address), m_stop) {}

DeployProgress Uploader::progress() const {
    const std::lock_guard lock(m_mutex);
    return m_progress;
}

void Uploader::change(const std::function<void(DeployProgress&)>& change) {
    const std::lock_guard lock(m_mutex);
    change(m_progress);
}

std::string Uploader::token() const {
    const std::lock_guard lock(m_mutex);
    return m_jwt;
}

DeployOutcome Uploader::run() {
    auto outcome = deploy();
    if (outcome.kind != DeployOutcome::Kind::published) removeMadeProject();
    outcome.isProjectThere = m_made || !m_order.isNew;
    return outcome;
}

/// With a client of its own: the other one has been told to stop.
void Uploader::removeMadeProject() {
    if (!m_made && !m_isUnclear) return;
    SiteClient client(m_address, std::make_shared<Stop>(false));
    const auto removed = client.removeEmptyProject(m_order.project);
    if (removed || removed.error().code == code::projectNotFound) m_made = m_isUnclear = false;
}

DeployOutcome Uploader::deploy() {
    const auto start = steady_clock::now();
    m_outcome = {};
    change([this](auto& progress) {
        progress = {};
        progress.siteFiles = static_cast<std::int64_t>(m_order.files.size());
        progress.siteBytes = bytesOf(m_order.files);
    });
    const auto over = [&](const api::Error& error) {
        m_outcome.kind =
            error.code == codeCancelled ? DeployOutcome::Kind::cancelled : DeployOutcome::Kind::failed;
        m_outcome.reason = error.message;
        m_outcome.took = since(start);
        return m_outcome;
    };
    if (auto prepared = prepare(); !prepared) return over(prepared.error());
    // An asset that was there when it was checked may be gone when it is published: then all is checked once
    // more.
    for (bool again = false;; again = true) {
        const auto missing = missingFiles();
        if (!missing) return over(missing.error());
        m_outcome.checkTook = since(start);
        if (auto uploaded = uploadAll(*missing); !uploaded) return over(uploaded.error());
        if (!m_outcome.failed.empty()) {
            m_outcome.kind = DeployOutcome::Kind::failedFiles;
            m_outcome.took = since(start);
            return m_outcome;
        }
        auto made = touchAndPublish();
        if (!made && made.error().code == code::badManifest && !again) continue;
        if (!made) return over(made.error());
        m_outcome.kind = DeployOutcome::Kind::published;
        m_outcome.deployment = std::move(*made);
        m_outcome.took = since(start);
        return m_outcome;
    }
}

bool Uploader::waitBefore(int attempt, const api::Error& error) {
    const auto wait = std::min(m_retry.longestWait, m_retry.firstWait * (1 << std::min(attempt, 16)));
    const auto until = steady_clock::now() + wait;
    change([&](auto& progress) {
        progress.trouble = error.message;
        progress.retryAt = until;
    });
    while (steady_clock::now() < until && !*m_stop)
        std::this_thread::sleep_for(std::min<steady_clock::duration>(tick, until - steady_clock::now()));
    change([](auto& progress) { progress.trouble.clear(); });
    return !*m_stop;
}

template <class T>
api::Result<T> Uploader::persist(const std::function<api::Result<T>()>& call) {
    int tokens = 0;
    for (int attempt = 0;;) {
        const auto used = token();
        auto answer = call();
        if (answer) return answer;
        const auto& error = answer.error();
        if (isExpired(error) && !used.empty() && tokens++ < mostTokens) {
            if (auto fresh = refreshToken(used); !fresh) return tl::unexpected(fresh.error());
            continue;
        }
        if (!isPassing(error) || ++attempt >= m_retry.attempts) return answer;
        if (!waitBefore(attempt - 1, error)) return api::fail(0, codeCancelled, "Cancelled.");
    }
}

template <class T>
api::Result<T> Uploader::persistVerb(const std::function<api::Result<T>()>& call,
                                     const std::function<api::Result<std::optional<T>>()>& look) {
    for (int attempt = 1;; ++attempt) {
        auto answer = call();
        if (answer || !isPassing(answer.error())) return answer;
        const bool mayBeDone = answer.error().http != tooMany;
        if (!mayBeDone && attempt >= m_retry.attempts) return answer;
        // Also before looking: what was cut off here may still be at work there.
        if (!waitBefore(attempt - 1, answer.error())) return api::fail(0, codeCancelled, "Cancelled.");
        if (!mayBeDone) continue;
        const auto there = persist<std::optional<T>>(look);
        if (there && *there) return std::move(**there);
        if (!there && there.error().code == codeCancelled) return tl::unexpected(there.error());
        if (!there) answer.error().message += " Whether it was done all the same is not known.";
        if (!there || attempt >= m_retry.attempts) return answer;
    }
}

api::Result<void> Uploader::refreshToken(const std::string& old) {
    if (token() != old) return {};  // another thread was quicker
    auto fresh = m_client.uploadToken(m_order.project);
    if (!fresh) return tl::unexpected(fresh.error());
    const std::lock_guard lock(m_mutex);
    m_jwt = fresh->jwt;
    return {};
}

api::Result<api::SiteProject> Uploader::makeProject() {
    if (m_isUnclear) {
        auto there = persist<std::optional<api::SiteProject>>([this] { return madeProject(); });
        if (!there) return tl::unexpected(there.error());
        if (*there) return std::move(**there);
    }
    auto made = persistVerb<api::SiteProject>(
        [this] {
            return m_client.createProject({m_order.project, m_order.productionBranch});
        },
        [this] { return madeProject(); });
    m_isUnclear = !made && (isPassing(made.error()) || made.error().code == codeCancelled);
    return made;
}

/// That of this name, unless somebody has deployed into it: it is another one's then.
api::Result<std::optional<api::SiteProject>> Uploader::madeProject() {
    auto there = m_client.project(m_order.project);
    if (there && *there && ((*there)->live || (*there)->latest)) return std::nullopt;
    return there;
}

api::Result<void> Uploader::prepare() {
    if (m_order.isNew && !m_made) {
        if (auto made = makeProject(); !made) return tl::unexpected(made.error());
        m_made = true;
    }
    const auto drawn = persist<UploadToken>([&] { return m_client.uploadToken(m_order.project); });
    if (!drawn) return tl::unexpected(drawn.error());
    const auto count = static_cast<std::int64_t>(m_order.files.size());
    if (count > drawn->mostFiles)
        return api::fail(0, api::code::tooLarge,
                         "There are " + std::to_string(count) +
                             " files, and a deployment here takes at most " +
                             std::to_string(drawn->mostFiles) + ". Leave some out and deploy again.");
    m_keepsChecked = drawn->keepsChecked;
    const std::lock_guard lock(m_mutex);
    m_jwt = drawn->jwt;
    return {};
}

api::Result<std::vector<const LocalFile*>> Uploader::missingFiles() {
    change([&](auto& progress) {
        progress.phase = DeployPhase::checking;
        progress.files = progress.bytes = 0;
        progress.allFiles = progress.siteFiles;
        progress.allBytes = progress.siteBytes;
    });
    std::vector<const LocalFile*> files;
    for (std::size_t from = 0; from < m_order.files.size(); from += keysAtOnce)
        if (auto added = addMissing(from, files); !added) return tl::unexpected(added.error());
    m_outcome.alreadyThere = static_cast<std::int64_t>(m_order.files.size() - files.size());
    change([&](auto& progress) {
        progress.phase = DeployPhase::uploading;
        progress.alreadyThere = m_outcome.alreadyThere;
        progress.files = progress.bytes = 0;
        progress.allFiles = static_cast<std::int64_t>(files.size());
        progress.allBytes = bytesOf(files);
    });
    return files;
}

/// Checks the files from there on, as many as one request does.
api::Result<void> Uploader::addMissing(std::size_t from, std::vector<const LocalFile*>& files) {
    const auto end = std::min(from + keysAtOnce, m_order.files.size());
    std::vector<std::string> keys;
    keys.reserve(end - from);
    std::int64_t bytes = 0;
    for (auto i = from; i < end; ++i) {
        keys.push_back(m_order.files[i]->key.hex());
        bytes += m_order.files[i]->stamp.size;
    }
    const auto missing = persist<std::vector<std::string>>([&] { return m_client.missing(token(), keys); });
    if (!missing) return tl::unexpected(missing.error());
    const std::unordered_set<std::string_view> wanted(missing->begin(), missing->end());
    for (auto i = from; i < end; ++i)
        if (wanted.contains(keys[i - from])) files.push_back(m_order.files[i]);
    change([&](auto& progress) {
        progress.files += static_cast<std::int64_t>(end - from);
        progress.bytes += bytes;
    });
    return {};
}

/// Tells the backend that all of them are in use. That it does not know is no reason to stop.
/// Both at once: publishing needs no answer of the other, which only keeps assets from ageing.
api::Result<api::SiteDeployment> Uploader::touchAndPublish() {
    if (m_keepsChecked) return publish();
    const std::jthread touching([this] { touchAll(); });
    return publish();
}

void Uploader::touchAll() {
    std::vector<std::string> keys;
    keys.reserve(m_order.files.size());
    for (const auto* file : m_order.files)
        keys.push_back(file->key.hex());
    static_cast<void>(m_client.touch(token(), keys));
}

api::Result<void> Uploader::uploadAll(std::vector<const LocalFile*> files) {
    Sending sending;
    auto buckets = packBuckets(std::move(files), m_limits);
    std::move(buckets.begin(), buckets.end(), std::back_inserter(sending.waiting));
    {
        std::vector<std::jthread> threads;
        const auto count = std::min<std::size_t>(parallel, sending.waiting.size());
        for (std::size_t i = 0; i < count; ++i)
            threads.emplace_back([&] { sendBuckets(sending); });
    }
    m_outcome.failed = std::move(sending.failed);
    if (*m_stop) return api::fail(0, codeCancelled, "Cancelled.");
    if (sending.problem) return tl::unexpected(*sending.problem);
    return {};
}

void Uploader::sendBuckets(Sending& sending) {
    while (!sending.isOver() && !*m_stop) {
        auto bucket = sending.take();
        if (!bucket) {
            std::this_thread::sleep_for(tick);  // another thread may split the one it has
            continue;
        }
        sendOne(sending, std::move(*bucket));
        sending.done();
    }
}

void Uploader::sendOne(Sending& sending, Bucket bucket) {
    // Shared, because the client may report once more after the call was cancelled.
    const auto counted = std::make_shared<Counted>();
    const auto count = [this, counted](std::int64_t files, std::int64_t bytes) {
        change([&](auto& progress) {
            progress.files += files - std::exchange(counted->files, files);
            progress.bytes += bytes - std::exchange(counted->bytes, bytes);
        });
    };
    std::vector<FailedFile> unread;
    const auto sent = persist<void>([&]() -> api::Result<void> {
        count(0, 0);
        auto body = bucketBody(bucket, unread);
        if (bucket.files.empty()) return {};
        return m_client.upload(
            token(), std::move(body), [count, ends = endsOf(bucket)](auto done, auto total) {
                if (total <= 0) return;
                const auto bytes =
                    static_cast<std::int64_t>(static_cast<double>(ends.back()) * static_cast<double>(done) /
                                              static_cast<double>(total));
                // The last one counts when it is acknowledged.
                count(std::upper_bound(ends.begin(), std::prev(ends.end()), bytes) - ends.begin(), bytes);
            });
    });
    sent ? count(static_cast<std::int64_t>(bucket.files.size()), bucket.bytes) : count(0, 0);
    if (!unread.empty()) {
        const std::lock_guard lock(sending.mutex);
        std::move(unread.begin(), unread.end(), std::back_inserter(sending.failed));
    }
    if (!sent) return refused(sending, std::move(bucket), sent.error());
    const std::lock_guard lock(sending.mutex);
    m_outcome.uploaded += static_cast<std::int64_t>(bucket.files.size());
    m_outcome.uploadedBytes += bucket.bytes;
}

/// One file that is refused takes the others of its bucket with it, so they go up in smaller ones.
void Uploader::refused(Sending& sending, Bucket bucket, const api::Error& error) {
    if (error.code == codeCancelled || error.http == diskFull || isPassing(error) || isExpired(error))
        return sending.giveUp(error);
    const std::lock_guard lock(sending.mutex);
    if (bucket.files.size() == 1) {
        sending.failed.push_back({bucket.files.front()->path, error.message});
        return;
    }
    Bucket second;
    const auto half = bucket.files.begin() + static_cast<std::ptrdiff_t>(bucket.files.size() / 2);
    second.files.assign(half, bucket.files.end());
    bucket.files.erase(half, bucket.files.end());
    second.bytes = bytesOf(second.files);
    bucket.bytes = bytesOf(bucket.files);
    sending.waiting.push_front(std::move(second));
    sending.waiting.push_front(std::move(bucket));
}

api::Result<api::SiteDeployment> Uploader::publish() {
    change([](auto& progress) {
        progress.phase = DeployPhase::publishing;
        progress.bytes = progress.allBytes = 0;
    });
    DeploymentForm form;
    form.manifest = manifestOf(m_order.files);
    form.branch = m_order.branch;
    form.commitHash = m_order.commitHash;
    form.commitMessage = m_order.commitMessage;
    form.headers = m_order.site->rules.headers;
    form.redirects = m_order.site->rules.redirects;
    form.routes = m_order.routes;
    form.routingConfig = m_order.routingConfig;
    form.workerBundle = m_order.workerBundle;
    const auto report = [this](std::int64_t sent, std::int64_t all) {
        change([&](auto& progress) {
            progress.bytes = sent;
            progress.allBytes = all;
        });
    };
    std::vector<std::string> known;
    const auto before = persist<std::vector<api::SiteDeployment>>(
        [this] { return m_made ? std::vector<api::SiteDeployment>() : m_client.newest(m_order.project); });
    if (!before) return tl::unexpected(before.error());
    for (const auto& deployment : *before)
        known.push_back(deployment.id);
    auto made = persistVerb<api::SiteDeployment>(
        [&] { return m_client.deploy(m_order.project, form, report); }, [&] { return madeSince(known); });
    if (!made) return made;
    return settled(std::move(*made));
}

/// The deployment of this order that is newer than the known ones.
api::Result<std::optional<api::SiteDeployment>> Uploader::madeSince(const std::vector<std::string>& known) {
    const auto count = static_cast<std::int64_t>(m_order.files.size());
    const auto now = m_client.newest(m_order.project);
    if (!now) return tl::unexpected(now.error());
    for (const auto& one : *now) {
        if (std::find(known.begin(), known.end(), one.id) != known.end()) break;
        if ((m_order.branch.empty() || one.branch == m_order.branch) &&
            (one.commitHash.empty() || one.commitHash == m_order.commitHash) &&
            one.files.value_or(count) == count)
            return one;
    }
    return std::nullopt;
}

api::Result<api::SiteDeployment> Uploader::settled(api::SiteDeployment made) {
    for (int poll = 0;; ++poll) {
        if (made.latestStage.status == "failure" || made.latestStage.status == "canceled") {
            const auto why = m_client.failureOf(m_order.project, made.id);
            return api::fail(0, api::code::internal,
                             why.empty() ? "The backend could not publish the deployment and did not say why."
                                         : why);
        }
        // Without stages the backend has nothing to wait for.
        if ((made.latestStage.name == "deploy" && made.latestStage.status == "success") ||
            made.latestStage.name.empty() || poll >= m_retry.polls)
            return made;
        const auto until =
            steady_clock::now() + std::min(m_retry.longestWait, m_retry.firstWait * (poll + 1));
        while (steady_clock::now() < until && !*m_stop)
            std::this_thread::sleep_for(tick);
        if (*m_stop) return made;  // it is there, and becomes ready without us
        auto now = m_client.deployment(m_order.project, made.id);
        if (now) made = std::move(*now);
    }
}

}  // namespace stepwell::site
