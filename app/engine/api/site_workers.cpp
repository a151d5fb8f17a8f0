#include "app/engine/api/site_workers.h"

#include "app/engine/api/site_answer.h"
#include "app/engine/api/site_report.h"
#include "app/engine/api/worker_hosts.h"
#include "app/engine/pages/host_name.h"

#include <algorithm>

namespace stepwell::engine::rest {

namespace {

constexpr std::size_t mostBundles = 64;
constexpr int brokenStatus = 502;

const char* outcomeOf(const RuntimeExit& exit) {
    switch (exit.cause) {
    case ExitCause::unresponsive:
        return pages::outcome::exceededCpu;
    case ExitCause::crashed:
        return exit.reason.starts_with("ran out of memory") ? pages::outcome::exceededMemory
                                                            : pages::outcome::unknown;
    case ExitCause::failedToStart:
        return pages::outcome::exception;
    case ExitCause::stopped:
    case ExitCause::killed:
        break;
    }
    return pages::outcome::canceled;
}

AssetReply unavailable(const std::string& why) {
    AssetReply reply;
    reply.status = 503;
    reply.body = why + "\n";
    return reply;
}

/// Whether code can be published after what its trial found.
api::Result<void> verdictOn(const api::Result<BundleFacts>& facts) {
    if (!facts) {
        auto error = facts.error();
        if (error.code == api::code::scriptInvalid)
            error.message = "The code of the site (_worker.js or Functions) does not run: " + error.message;
        return tl::unexpected(error);
    }
    const auto& handlers = facts->handlers;
    if (std::find(handlers.begin(), handlers.end(), "fetch") != handlers.end()) return {};
    return api::fail(400, api::code::scriptInvalid,
                     "The code of the site (_worker.js) has no fetch handler. Add `export default { "
                     "fetch(request, env) { ... } }` to it.");
}

pages::AssetRequest requestOf(const AssetAsk& ask) {
    pages::AssetRequest request;
    request.method = ask.method;
    request.target = ask.target;
    request.host = ask.host;
    // Not accept-encoding: what code reads is to be plain, whatever the client of its answer takes.
    if (ask.ifNoneMatch) request.ifNoneMatch = *ask.ifNoneMatch;
    if (ask.range) request.range = *ask.range;
    if (ask.ifRange) request.ifRange = *ask.ifRange;
    request.authorized = ask.authorized;
    return request;
}

}  // namespace

/// A request that is being passed on. One whose client went away before there was a way to the code ends with
/// it.
class Passage {
  public:
    Passage(std::shared_ptr<pages::SiteLog> log, pages::DeploymentKey deployment,
            pages::SiteLog::Number number)
        : m_log(std::move(log))
        , m_deployment(deployment)
        , m_number(number) {}
    ~Passage() { over(m_passed, m_status); }
    Passage(const Passage&) = delete;
    Passage& operator=(const Passage&) = delete;

    void connected(std::int64_t process) { m_log->assign(m_deployment, m_number, process); }
    void passed(http::PassedOn how, int status) {
        m_passed = how;
        m_status = status;
    }
    void refused(const api::Error& error) {
        pages::SiteException exception;
        exception.name = "Error";
        exception.message = error.message;
        exception.time = now();
        m_log->close(m_deployment, m_number, error.http, pages::outcome::unknown, exception, now());
    }

  private:
    static api::Time now() { return std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now()); }
    /// Of what was answered the driver tells the rest, and a process that ended has told already.
    void over(http::PassedOn how, int status) {
        if (how == http::PassedOn::answered) m_log->passedOn(m_deployment, m_number, status, now());
        if (how == http::PassedOn::brokenOff)
            m_log->close(m_deployment, m_number, 0, pages::outcome::canceled, {}, now());
        if (how == http::PassedOn::unanswered)
            m_log->close(m_deployment, m_number, brokenStatus, pages::outcome::unknown, {}, now());
    }

    std::shared_ptr<pages::SiteLog> m_log;
    pages::DeploymentKey m_deployment;
    pages::SiteLog::Number m_number;
    http::PassedOn m_passed = http::PassedOn::brokenOff;
    int m_status = 0;
};

/// What the code of one deployment reaches and tells.
class DeploymentSurroundings final : public SiteSurroundings {
  public:
    DeploymentSurroundings(std::weak_ptr<SiteWorkers> workers, pages::DeploymentKey deployment,
                           std::unique_ptr<CodeFile> file)
        : m_workers(std::move(workers))
        , m_deployment(deployment)
        , m_file(std::move(file)) {}

    void onAsset(AssetAsk ask, std::function<void(AssetReply)> answer) override {
        if (const auto workers = m_workers.lock())
            return workers->serve(m_deployment, std::move(ask), std::move(answer));
        answer(unavailable("The engine is stopping."));
    }

    void onLog(HandlerLog log) override {
        withContext([&](SiteWorkers& workers, PagesContext&) {
            workers.m_log->tell(m_deployment, log.request, {log.level, log.time, std::move(log.text)});
        });
    }

    void onReport(HandlerReport report) override {
        withContext([&](SiteWorkers& workers, PagesContext& context) {
            if (!report.over)
                return workers.m_log->answered(m_deployment, report.request, readReport(report.details));
            workers.m_log->close(m_deployment, report.request, 0, pages::outcome::unknown, {}, context.now());
        });
    }

    void onExit(std::int64_t process, const RuntimeExit& exit) override {
        withContext([&](SiteWorkers& workers, PagesContext& context) {
            const auto* start = exit.cause == ExitCause::failedToStart ? "The Worker could not be started: "
                                                                       : "The Worker's process ";
            const pages::SiteException exception{"Error", start + exit.reason, {}, context.now()};
            const auto end = [&](std::int64_t of) {
                workers.m_log->closeAll(m_deployment, of, brokenStatus, outcomeOf(exit), exception,
                                        context.now());
            };
            end(process);
            if (exit.cause == ExitCause::failedToStart) end(pages::SiteLog::noProcess);
        });
    }

  private:
    template <class Act>
    void withContext(Act act) {
        const auto workers = m_workers.lock();
        if (!workers) return;
        const std::shared_lock lock(workers->m_contextMutex);
        if (!workers->m_closed) act(*workers, workers->m_context);
    }

    std::weak_ptr<SiteWorkers> m_workers;
    pages::DeploymentKey m_deployment;
    std::unique_ptr<CodeFile> m_file;  ///< a process may be started from it as long as there is a bundle
};

SiteWorkers::SiteWorkers(Engine& engine, PagesContext& context)
    : m_engine(engine)
    , m_log(context.log)
    , m_context(context) {}

void SiteWorkers::close() {
    const std::unique_lock lock(m_contextMutex);
    m_closed = true;
}

SiteWorkers::BundlePtr SiteWorkers::known(pages::DeploymentKey deployment) {
    const std::lock_guard lock(m_bundleMutex);
    const auto found = m_bundles.find(deployment);
    if (found == m_bundles.end()) return nullptr;
    found->second.used = ++m_bundleUses;
    return found->second.bundle;
}

api::Result<std::string> SiteWorkers::describe(const std::string& project, const pages::DeploymentRow& row,
                                               SiteCode& code) {
    code.kind = row.workerKind;
    code.config = row.config;
    code.scriptName = siteScriptName(project, row.environment);
    code.branch = row.branch;
    code.commit = row.commitHash;
    return m_context.service.readBlob(row.worker);
}

/// Where the text of some code lies while the runtime may read it: `run` is emptied when the engine starts.
std::filesystem::path SiteWorkers::nextFile() {
    return m_engine.databasePath().parent_path() / "run" / ("site-" + std::to_string(++m_files));
}

api::Result<SiteWorkers::BundlePtr> SiteWorkers::load(const pages::SiteContent& site) {
    const auto& row = site.row();
    const auto project = m_context.service.projectOf(row.project);
    if (!project) return tl::unexpected(project.error());
    SiteCode code;
    const auto text = describe(project->name, row, code);
    if (!text) return tl::unexpected(text.error());
    code.url = m_context.address.place().urlOf(row.shortId + '.' + project->subdomain + ".localhost");
    auto file = CodeFile::write(nextFile(), *text);
    if (!file) return tl::unexpected(file.error());
    code.text = *text;
    code.file = (*file)->path();
    auto bundle = siteBundle(code);
    if (!bundle) return tl::unexpected(bundle.error());
    bundle->version = ScriptVersionKey{-row.key.value};
    bundle->site = std::make_shared<DeploymentSurroundings>(weak_from_this(), row.key, std::move(*file));
    auto kept = std::make_shared<const Bundle>(std::move(*bundle));
    const std::lock_guard lock(m_bundleMutex);
    if (m_bundles.size() >= mostBundles && m_bundles.count(row.key) == 0)
        m_bundles.erase(
            std::min_element(m_bundles.begin(), m_bundles.end(), [](const auto& one, const auto& other) {
                return one.second.used < other.second.used;
            }));
    auto& place = m_bundles.emplace(row.key, UsedBundle{std::move(kept), 0}).first->second;
    place.used = ++m_bundleUses;
    return place.bundle;
}

http::Connector SiteWorkers::connector(SitePtr site, pages::SiteLog::Number number, WhenStuck whenStuck) {
    const auto passage = std::make_shared<Passage>(m_log, site->row().key, number);
    return [this, site, passage, whenStuck](std::function<void(api::Result<http::Upstream>)> done) {
        if (const auto bundle = known(site->row().key))
            return connect(bundle, passage, whenStuck, std::move(done));
        m_context.threads.post([this, site, passage, whenStuck, done = std::move(done)](std::size_t) {
            const auto bundle = load(*site);
            if (bundle) return connect(*bundle, passage, whenStuck, done);
            passage->refused(bundle.error());
            done(tl::unexpected(bundle.error()));
        });
    };
}

void SiteWorkers::connect(const BundlePtr& bundle, const PassagePtr& passage, WhenStuck whenStuck,
                          std::function<void(api::Result<http::Upstream>)> done) {
    m_engine.connectSite(
        *bundle, whenStuck,
        [passage, whenStuck, done = std::move(done)](api::Result<HandlerConnection> connection) {
            if (!connection) {
                passage->refused(connection.error());
                return done(tl::unexpected(connection.error()));
            }
            passage->connected(connection->process);
            const std::weak_ptr<HandlerLease> held = connection->lease;
            auto upstream = upstreamOf(std::move(*connection));
            if (whenStuck == WhenStuck::fail)
                upstream.whenStuck = [held](std::function<void()> told) {
                    if (const auto lease = held.lock()) lease->whenStuck(std::move(told));
                };
            upstream.whenOver = [passage](http::PassedOn how, int status) { passage->passed(how, status); };
            done(std::move(upstream));
        });
}

void SiteWorkers::serve(pages::DeploymentKey deployment, AssetAsk ask,
                        std::function<void(AssetReply)> answer) {
    const std::shared_lock lock(m_contextMutex);
    if (m_closed) return answer(unavailable("The engine is stopping."));
    const auto asked = std::make_shared<const AssetAsk>(std::move(ask));
    const auto host = pages::normalizedHost(asked->host);
    const auto route = host ? m_context.service.route(*host) : std::nullopt;
    const bool preview = route && route->preview;
    auto reply = [weak = weak_from_this(), answer = std::move(answer)](http::Response response) {
        AssetReply given;
        given.status = response.status;
        given.headers = std::move(response.headers);
        if (response.headerSet == http::HeaderSet::api)
            given.headers.emplace_back("Content-Type", response.contentType);
        given.body = response.shared ? std::string(response.shared.view()) : std::move(response.body);
        if (response.longBody) {
            given.bytes = response.longBody->bytes;
            given.next = [weak, body = response.longBody](std::function<void(std::string)> done) {
                const auto self = weak.lock();
                if (!self || !body->next) return done({});
                const std::shared_lock reading(self->m_contextMutex);
                if (self->m_closed) return done({});
                body->next(std::move(done));
            };
        }
        answer(std::move(given));
    };
    const auto serve = [&context = m_context, asked, preview, reply](const SitePtr& site) {
        answerAsset(context, {site, preview}, requestOf(*asked), asked, reply);
    };
    if (const auto site = m_context.service.cachedSite(deployment)) return serve(site);
    m_context.threads.post([weak = weak_from_this(), deployment, reply, serve](std::size_t) {
        const auto stopping = [&] {
            reply(http::errorPage({503, api::code::unavailable, "The engine is stopping."}));
        };
        const auto self = weak.lock();
        if (!self) return stopping();
        const std::shared_lock reading(self->m_contextMutex);
        if (self->m_closed) return stopping();
        const auto site = self->m_context.service.loadSite(deployment);
        if (!site) return reply(http::errorPage(site.error()));
        serve(*site);
    });
}

void SiteWorkers::check(const std::string& project, const pages::NewDeployment& deployment,
                        std::function<void(api::Result<void>)> done) {
    const auto view = m_context.service.project(project);
    if (!view) return done(tl::unexpected(view.error()));
    auto file = CodeFile::write(nextFile(), deployment.worker);
    if (!file) return done(tl::unexpected(file.error()));
    const auto branch = deployment.branch.value_or(view->row.productionBranch);
    const bool live = branch == view->row.productionBranch;
    const auto environment = live ? pages::Environment::production : pages::Environment::preview;
    SiteCode code;
    code.kind = deployment.workerKind;
    code.text = deployment.worker;
    code.file = (*file)->path();
    code.config = pages::configOf(view->row, environment);
    code.scriptName = siteScriptName(project, environment);
    code.branch = branch;
    code.commit = deployment.commitHash;
    auto bundle = siteBundle(code);
    if (!bundle) return done(tl::unexpected(bundle.error()));
    bundle->site = std::make_shared<DeploymentSurroundings>(std::weak_ptr<SiteWorkers>(),
                                                            pages::DeploymentKey{}, std::move(*file));
    m_engine.checkBundle(std::move(*bundle), [weak = weak_from_this(),
                                              done = std::move(done)](const api::Result<BundleFacts>& facts) {
        const auto self = weak.lock();
        if (!self) return;
        const std::shared_lock lock(self->m_contextMutex);
        if (!self->m_closed) done(verdictOn(facts));
    });
}

api::Result<void> SiteWorkers::checkAgain(const std::string& project, const pages::DeploymentRow& row) {
    if (row.workerKind == pages::WorkerKind::none) return {};
    const auto view = m_context.service.project(project);
    if (!view) return tl::unexpected(view.error());
    SiteCode code;
    const auto text = describe(project, row, code);
    if (!text) return tl::unexpected(text.error());
    code.text = *text;
    code.config = pages::configOf(view->row, row.environment);
    const auto bundle = siteBundle(code);
    if (!bundle) return tl::unexpected(bundle.error());
    return {};
}

}  // namespace stepwell::engine::rest
