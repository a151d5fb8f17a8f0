#include "models/api/asset_key.h"
#include "models/between/persistence.h"
#include "models/between/site_promotion.h"
#include "models/json/bounded_json.h"
#include "models/site/uploader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>
#include <unordered_map>
#include <unordered_set>

/// The steps that bring a site to another backend.
namespace stepwell::between {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;

namespace {

constexpr std::size_t parallel = 4;
constexpr std::chrono::milliseconds tick{20};

tl::unexpected<api::Error> cancelled() {
    return api::fail(0, client::stoppedCode, "Cancelled.");
}

std::string counted(std::int64_t count, const char* one, const char* many) {
    return std::to_string(count) + ' ' + (count == 1 ? one : many);
}

/// A folder for what is fetched; only this user can look into it, and it goes with this.
class Scratch {
  public:
    Scratch() {
        std::error_code problem;
        auto pattern = (fs::temp_directory_path(problem) / "stepwell-promote-XXXXXX").string();
        if (!problem && ::mkdtemp(pattern.data()) != nullptr) m_folder = pattern;
    }
    ~Scratch() {
        std::error_code ignored;
        if (!m_folder.empty()) fs::remove_all(m_folder, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const fs::path& folder() const { return m_folder; }

  private:
    fs::path m_folder;  ///< empty: there could be none
};

/// All that the steps share. Of the thread that runs them, but for what `fetch` starts.
class SiteCourse {
  public:
    SiteCourse(PromotionEnd from, PromotionEnd to, std::shared_ptr<const SiteOrder> order, Secrets secrets,
               std::shared_ptr<SiteMade> made, std::shared_ptr<StopFlag> stop)
        : m_from(std::move(from))
        , m_to(std::move(to))
        , m_order(std::move(order))
        , m_secrets(std::move(secrets))
        , m_made(std::move(made))
        , m_stop(std::move(stop))
        , m_site(std::make_shared<site::LocalSite>()) {
        m_site->rules.headers = m_order->headers;
        m_site->rules.redirects = m_order->redirects;
        for (const auto& file : m_order->files) {
            site::LocalFile local;
            local.path = file.path.substr(file.path.starts_with('/') ? 1 : 0);
            local.stamp.size = file.size;
            local.key = api::parseAssetKey(file.key).value_or(api::AssetKey{});
            m_byKey[file.key].push_back(m_site->files.size());
            m_site->files.push_back(std::move(local));
        }
    }
    ~SiteCourse() {
        if (m_uploader) m_uploader->stop();
    }

    api::Result<std::string> checkTarget() {
        const auto now = SiteQuestions(m_to, m_stop).outline(m_order->project, m_order->branch);
        if (!now) return tl::unexpected(now.error());
        // Made by this promotion, as far as anybody can tell: the step that makes it looks closer.
        if (m_isUnclear && now->project && !now->project->live) return std::string("The project is there");
        if (fingerprintOf(*now) != m_order->targetBefore)
            return api::fail(0, planOutdated, "The site on " + m_to.name + " was changed meanwhile.");
        return now->project ? std::string("It is as it was compared with") : std::string("The name is free");
    }

    api::Result<std::string> makeProject(const Course::Report& report) {
        const auto name = m_order->project + ", with the production branch " + m_order->productionBranch;
        if (m_isUnclear)
            if (const auto there = isMade(); !there || *there)
                return there ? api::Result<std::string>(name) : tl::unexpected(there.error());
        site::SiteClient client(m_to.address, m_stop);
        const auto created = persist(Repeat::verbs, *m_stop, saying(report), [&] {
            return client.createProject({m_order->project, m_order->productionBranch});
        });
        if (created) return name;
        auto error = created.error();
        // Whoever answered 5xx, or nobody, may have done it all the same.
        m_isUnclear = error.http == 0 || error.http >= 500;
        if (!m_isUnclear) return api::fail(std::move(error));
        if (*m_stop) {
            const auto removed = removeProject();
            if (removed || removed.error().code != projectNotFound)
                error.message += ' ' + (removed ? *removed : removed.error().message);
            return api::fail(std::move(error));
        }
        const auto there = isMade();
        if (there && *there) return name;
        if (!there) error.message += " Whether the project was made is not known.";
        return api::fail(std::move(error));
    }

    /// Nobody asked for a project without a deployment. With a client of its own: others are told to stop.
    api::Result<std::string> removeProject() {
        site::SiteClient client(m_to.address, std::make_shared<site::Stop>(false));
        const auto removed = client.removeEmptyProject(m_order->project);
        if (removed) {
            m_isUnclear = false;
            return "The project " + m_order->project + ", which was made for this, was removed again.";
        }
        auto error = removed.error();
        error.message =
            error.code == site::code::projectNotEmpty
                ? "The project " + m_order->project + " stays: there is a deployment in it by now."
                : "The project " + m_order->project +
                      ", which was made for this, stays without a deployment: it could not be removed (" +
                      error.message + ") Try again to go on with it, or delete it there.";
        return api::fail(std::move(error));
    }

    api::Result<std::string> findMissing(const Course::Report& report) {
        site::SiteClient client(m_to.address, m_stop);
        const auto token = persist(Repeat::reads, *m_stop, saying(report),
                                   [&] { return client.uploadToken(m_order->project); });
        if (!token) return tl::unexpected(token.error());
        const auto count = static_cast<std::int64_t>(m_order->files.size());
        if (count > token->mostFiles)
            return api::fail(0, api::code::tooLarge,
                             "There are " + std::to_string(count) +
                                 " files, and a deployment there takes at most " +
                                 std::to_string(token->mostFiles) + ".");
        std::vector<std::string> keys;
        for (const auto& [key, files] : m_byKey)
            keys.push_back(key);
        m_missing.clear();
        for (std::size_t at = 0; at < keys.size(); at += site::Uploader::keysAtOnce) {
            const auto end = std::min(at + site::Uploader::keysAtOnce, keys.size());
            const std::vector<std::string> some(keys.begin() + static_cast<std::ptrdiff_t>(at),
                                                keys.begin() + static_cast<std::ptrdiff_t>(end));
            auto missing = persist(Repeat::reads, *m_stop, saying(report),
                                   [&] { return client.missing(token->jwt, some); });
            if (!missing) return tl::unexpected(missing.error());
            std::move(missing->begin(), missing->end(), std::back_inserter(m_missing));
            report.items(static_cast<std::int64_t>(end), static_cast<std::int64_t>(keys.size()));
        }
        std::erase_if(m_missing, [this](const auto& key) { return !m_byKey.contains(key); });
        m_found = std::to_string(m_missing.size()) + " missing, " +
                  std::to_string(keys.size() - m_missing.size()) + " there already";
        // Fetched before something failed.
        std::erase_if(m_missing, [this](const auto& key) {
            return !m_site->files[m_byKey.at(key).front()].disk.empty();
        });
        return m_found;
    }

    api::Result<std::string> fetch(const Course::Report& report) {
        if (m_scratch.folder().empty())
            return api::fail(0, api::code::storage,
                             "There is no room for what is fetched: the folder for temporary files cannot be "
                             "written to.");
        Fetching work;
        for (const auto& key : m_missing)
            work.allBytes += m_order->files[m_byKey[key].front()].size;
        {
            site::SiteClient client(m_from.address, m_stop);
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < std::min(parallel, m_missing.size()); ++i)
                threads.emplace_back([&] { fetchSome(client, work, report); });
        }
        if (*m_stop) return cancelled();
        if (work.error) return api::fail(*work.error);
        m_made->fetched += static_cast<std::int64_t>(m_missing.size());
        return counted(m_made->fetched, "file", "files");
    }

    api::Result<std::string> changeSettings(const Course::Report& report) {
        auto change = parseBounded<json>(m_order->settingsJson);
        for (const auto& [name, text] : m_secrets)
            change["env_vars"][name] = {{"type", "secret_text"}, {"value", text}};
        const json body{{"deployment_configs", {{m_order->environment, change}}}};
        SiteQuestions questions(m_to, m_stop);
        const auto changed = persist(Repeat::verbs, *m_stop, saying(report), [&] {
            return questions.change(m_order->project,
                                    body.dump(-1, ' ', false, json::error_handler_t::replace));
        });
        if (!changed) return tl::unexpected(changed.error());
        return "Of " + m_order->environment +
               (m_secrets.empty()
                    ? std::string()
                    : ", with " + counted(static_cast<std::int64_t>(m_secrets.size()), "secret", "secrets"));
    }

    /// Up to where all is there and only publishing is left.
    api::Result<std::string> upload(const Course::Report& report) {
        site::DeployOrder order;
        order.site = m_site;
        for (const auto& file : m_site->files)
            order.files.push_back(&file);
        order.project = m_order->project;
        order.productionBranch = m_order->productionBranch;
        order.branch = m_order->branch;
        order.commitHash = m_order->commitHash;
        order.commitMessage = m_order->commitMessage;
        order.workerBundle = m_order->workerBundle;
        order.routes = m_order->routes;
        order.routingConfig = m_order->routingConfig;
        m_uploader = std::make_shared<site::Uploader>(m_to.address, std::move(order));
        m_outcome = std::async(std::launch::async, [uploader = m_uploader] { return uploader->run(); });
        for (;;) {
            const auto progress = m_uploader->progress();
            const bool isOver = m_outcome.wait_for(tick) == std::future_status::ready;
            if (progress.phase == site::DeployPhase::uploading) {
                report.items(progress.files, progress.allFiles);
                report.bytes(progress.bytes, progress.allBytes);
            }
            if (progress.phase == site::DeployPhase::publishing && !isOver)
                return counted(progress.allFiles, "file", "files");
            if (isOver) return finished();
            if (!progress.trouble.empty()) report.say("Waits: " + progress.trouble);
            if (*m_stop) m_uploader->stop();
        }
    }

    api::Result<std::string> publish(const Course::Report& report) {
        // Cancelled and gone on with: what went up is there, and found to be.
        if (!m_outcome.valid() && !m_isPublished)
            if (auto again = upload(report); !again) return again;
        while (m_outcome.valid() && m_outcome.wait_for(tick) != std::future_status::ready) {
            const auto progress = m_uploader->progress();
            if (progress.phase == site::DeployPhase::publishing)
                report.bytes(progress.bytes, progress.allBytes);
            if (*m_stop) m_uploader->stop();
        }
        if (m_outcome.valid())
            if (auto done = finished(); !done) return done;
        return m_made->deployment.url;
    }

  private:
    /// Whether the project that was asked for is there, although the answer was lost.
    api::Result<bool> isMade() {
        const auto there = SiteQuestions(m_to, m_stop).project(m_order->project);
        if (!there) return tl::unexpected(there.error());
        return *there && !(*there)->live;
    }

    struct Fetching {
        std::mutex mutex;
        std::size_t next = 0;              // guarded by mutex
        std::int64_t done = 0, bytes = 0;  // guarded by mutex
        std::int64_t allBytes = 0;
        std::optional<api::Error> error;  // guarded by mutex; ends everything
    };

    void fetchSome(site::SiteClient& client, Fetching& work, const Course::Report& report) {
        for (;;) {
            std::string key;
            {
                const std::lock_guard lock(work.mutex);
                if (*m_stop || work.error || work.next == m_missing.size()) return;
                key = m_missing[work.next++];
            }
            const auto kept = fetchOne(client, key);
            const std::lock_guard lock(work.mutex);
            if (!kept) {
                if (!work.error) work.error = kept.error();
                return;
            }
            work.bytes += *kept;
            report.items(++work.done, static_cast<std::int64_t>(m_missing.size()));
            report.bytes(work.bytes, work.allBytes);
        }
    }

    /// Answers its bytes. Only this thread knows files with this key.
    api::Result<std::int64_t> fetchOne(site::SiteClient& client, const std::string& key) {
        const auto& files = m_byKey.at(key);
        const auto path = m_scratch.folder() / m_site->files[files.front()].key.hex();
        std::error_code ignored;
        const auto bytes = persist(
            Repeat::reads, *m_stop, [](const auto&) {}, [&] { return client.asset(key); });
        if (!bytes) return tl::unexpected(bytes.error());
        std::ofstream out(path, std::ios::binary | std::ios::trunc);
        out << *bytes;
        out.close();
        if (!out)
            return api::fail(507, api::code::storage,
                             "There is no room for what is fetched. Make room on the disk and try again.");
        // Whoever uploaded it may have called it anything; here it is called what it is.
        const auto computed = api::assetKey(*bytes, m_site->files[files.front()].path);
        for (const auto index : files) {
            auto& file = m_site->files[index];
            file.disk = path.string();
            file.key = computed;
            file.stamp.size = static_cast<std::int64_t>(bytes->size());
        }
        return static_cast<std::int64_t>(bytes->size());
    }

    /// Takes what the uploader came to.
    api::Result<std::string> finished() {
        using Kind = site::DeployOutcome::Kind;
        auto outcome = m_outcome.get();
        m_outcome = {};
        if (outcome.kind == Kind::cancelled) return cancelled();
        if (outcome.kind == Kind::failed) return api::fail(0, api::code::internal, outcome.reason);
        if (outcome.kind == Kind::failedFiles)
            return api::fail(0, api::code::internal,
                             counted(static_cast<std::int64_t>(outcome.failed.size()), "file", "files") +
                                 " could not be sent, the first of them " + outcome.failed.front().path +
                                 ": " + outcome.failed.front().reason);
        m_isPublished = true;
        m_made->deployment = std::move(outcome.deployment);
        m_made->uploaded = outcome.uploaded;
        m_made->alreadyThere = outcome.alreadyThere;
        return counted(outcome.uploaded, "file", "files");
    }

    PromotionEnd m_from, m_to;
    std::shared_ptr<const SiteOrder> m_order;
    Secrets m_secrets;
    std::shared_ptr<SiteMade> m_made;
    std::shared_ptr<StopFlag> m_stop;
    Scratch m_scratch;
    std::shared_ptr<site::LocalSite> m_site;
    std::unordered_map<std::string, std::vector<std::size_t>> m_byKey;  ///< indices of files
    std::vector<std::string> m_missing;                                 ///< keys
    std::string m_found;                                                ///< how many those are, in words
    bool m_isUnclear = false;  ///< the project may have been made, but nobody said so
    std::shared_ptr<site::Uploader> m_uploader;
    std::future<site::DeployOutcome> m_outcome;
    bool m_isPublished = false;
};

}  // namespace

void addSiteSteps(Course& course, const PromotionEnd& from, const PromotionEnd& to,
                  const std::shared_ptr<const SiteOrder>& order, const Secrets& secrets,
                  const std::shared_ptr<SiteMade>& made) {
    using Touch = Course::Touch;
    const auto work = std::make_shared<SiteCourse>(from, to, order, secrets, made, course.stopFlag());
    course.add("Check the target", Touch::guards, [work](const auto&) { return work->checkTarget(); });
    if (order->isNew)
        course.add(
            "Make the project", Touch::changes,
            [work](const auto& report) { return work->makeProject(report); },
            [work] { return work->removeProject(); });
    course.add("Find what is missing there", Touch::looks,
               [work](const auto& report) { return work->findMissing(report); });
    course.add("Fetch the files", Touch::looks, [work](const auto& report) { return work->fetch(report); });
    if (order->settingsJson != "{}" || !secrets.empty())
        course.add("Change the settings", Touch::changes,
                   [work](const auto& report) { return work->changeSettings(report); });
    course.add("Upload the files", Touch::looks, [work](const auto& report) { return work->upload(report); });
    course.add("Publish", Touch::changes, [work](const auto& report) { return work->publish(report); });
}

}  // namespace stepwell::between
