#include "app/engine/engine.h"

#include "app/engine/binding_calls.h"
#include "app/engine/event_polls.h"
#include "app/engine/graph_maker.h"
#include "app/engine/script_logs.h"
#include "app/engine/store/blob_store.h"
#include "app/engine/store/schema.h"
#include "app/engine/store/wal_sync.h"
#include "app/engine/turn_loop.h"
#include "models/json/bounded_json.h"

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <array>

namespace stepwell::engine {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int levelError = 4;
constexpr std::size_t mostVersions = 1'000;  ///< whose code and script are known without asking

api::Time systemNow() {
    return std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
}

/// Steps per second over the last few seconds, sampled whenever health is asked for.
class RateMeter {
  public:
    double sample(std::int64_t total) {
        const std::lock_guard lock(m_mutex);
        const auto now = Clock::now();
        m_samples.emplace_back(now, total);
        while (m_samples.size() > 2 && now - m_samples[1].first >= window)
            m_samples.pop_front();
        const auto& [then, before] = m_samples.front();
        const double seconds = std::chrono::duration<double>(now - then).count();
        return seconds > 0 ? static_cast<double>(total - before) / seconds : 0.0;
    }

  private:
    static constexpr std::chrono::seconds window{5};
    std::mutex m_mutex;
    std::deque<std::pair<Clock::time_point, std::int64_t>> m_samples;  ///< guarded by m_mutex
};

/// Subscribers to the feed; a handle that goes away waits for a call under way.
class FeedHub {
  public:
    std::shared_ptr<Engine::FeedHandler> add(Engine::FeedHandler handler) {
        const std::lock_guard lock(m_mutex);
        m_handlers.push_back(std::make_shared<Engine::FeedHandler>(std::move(handler)));
        return m_handlers.back();
    }
    void remove(const std::shared_ptr<Engine::FeedHandler>& handler) {
        const std::lock_guard lock(m_mutex);
        std::erase(m_handlers, handler);
    }
    void publish(const Feed& feed) {
        const std::lock_guard lock(m_mutex);
        for (const auto& handler : m_handlers)
            (*handler)(feed.last, [&feed] { return expand(feed); });
    }

  private:
    std::mutex m_mutex;
    std::vector<std::shared_ptr<Engine::FeedHandler>> m_handlers;  ///< guarded by m_mutex
};

class HubSubscription final : public Engine::Subscription {
  public:
    HubSubscription(std::shared_ptr<FeedHub> hub, Engine::FeedHandler handler)
        : m_hub(std::move(hub))
        , m_handler(m_hub->add(std::move(handler))) {}
    ~HubSubscription() override { m_hub->remove(m_handler); }
    HubSubscription(const HubSubscription&) = delete;
    HubSubscription& operator=(const HubSubscription&) = delete;

  private:
    std::shared_ptr<FeedHub> m_hub;
    std::shared_ptr<Engine::FeedHandler> m_handler;
};

class LocalEngine final : public Engine, private RuntimeListener, public TurnLoop::Effects {
  public:
    LocalEngine(const EngineOptions& options, std::unique_ptr<Sqlite> db, std::unique_ptr<Sqlite> bundles)
        : m_blobs(options.dataDir / "blobs")
        , m_databasePath(options.dataDir / "stepwell.db")
        , m_onStorage(options.onStorage)
        , m_bundleDb(std::move(bundles))
        , m_bundleReads(*m_bundleDb)
        , m_hub(std::make_shared<FeedHub>())
        , m_polls(m_databasePath)
        , m_started(systemNow()) {
        RuntimeOptions runtime;
        runtime.workerd = options.workerd;
        runtime.driver = options.driver;
        runtime.stateDir = options.dataDir / "run";
        runtime.allowUnsandboxed = options.allowUnsandboxed;
        runtime.cpuLimit = options.cpuLimit;
        runtime.heapLimitMiB = options.heapLimitMiB;
        m_runtime = Runtime::create(runtime, *this);
        CoreSettings settings;
        settings.maxLive = options.maxLive;
        settings.hibernateAfter = options.hibernateAfter;
        settings.quarantineStay = options.cpuLimit + std::chrono::seconds{10};
        settings.canRun = m_runtime->sandbox().usable;
        settings.countsMetrics = openAnalytics(options);
        m_loop = std::make_unique<TurnLoop>(
            std::move(db), [this](std::string& error) { return m_walSync.sync(error); }, settings, *this);
        if (m_analytics) m_loop->setFolded([this] { return m_analytics->folded(); });
        m_loop->start();
    }

    ~LocalEngine() override {
        m_loop->stop();     // no turn, so no call to the runtime, after this
        m_polls.stop();     // its answers go through the runtime's thread
        m_runtime.reset();  // joins its thread, so no call to the loop after this
        m_analytics.reset();
    }
    LocalEngine(const LocalEngine&) = delete;
    LocalEngine& operator=(const LocalEngine&) = delete;

    void submit(Request request, ReplyHandler reply) override {
        m_loop->submit(std::move(request), std::move(reply));
    }
    api::Result<std::string> putBlob(std::string_view bytes) override { return m_blobs.put(bytes); }
    fs::path blobPath(const std::string& digest) const override { return m_blobs.path(digest); }
    void checkBundle(Bundle bundle, std::function<void(api::Result<BundleFacts>)> done) override {
        m_runtime->check(std::move(bundle), std::move(done));
    }
    void makeGraph(ScriptVersionKey version, const std::string& className,
                   std::function<void(api::Result<ClassGraph>)> done) override {
        m_graphs.make(version, className, std::move(done));
    }
    void connectHandler(ScriptVersionKey version,
                        std::function<void(api::Result<HandlerConnection>)> done) override {
        const auto bundle = loadBundle(version);
        if (!bundle)
            return done(api::fail(404, api::code::versionNotFound, "The code of this Worker is gone."));
        m_loop->whenDurable([this, bundle, whenDone = std::move(done)](bool durable) {
            if (durable) return m_runtime->connect(*bundle, WhenStuck::wait, whenDone);
            whenDone(tl::unexpected(diskFailed()));
        });
    }
    void connectSite(const Bundle& bundle, WhenStuck whenStuck,
                     std::function<void(api::Result<HandlerConnection>)> done) override {
        m_runtime->connect(bundle, whenStuck, std::move(done));
    }
    void whenDurable(std::function<void(bool)> then) override { m_loop->whenDurable(std::move(then)); }
    std::vector<LogRow> handlerLogs(const std::string& script, std::int64_t after, int limit) const override {
        return m_logs.list(script, after, limit);
    }
    fs::path databasePath() const override { return m_databasePath; }
    api::Result<std::unique_ptr<analytics::Snapshot>> analyticsSnapshot() override {
        if (!m_analytics) return tl::unexpected(m_analyticsError);
        return m_analytics->snapshot();
    }
    void record(const analytics::DirectRow& row) override {
        if (m_analytics) m_analytics->record(row);
    }
    std::unique_ptr<Subscription> subscribe(FeedHandler handler) override {
        return std::make_unique<HubSubscription>(m_hub, std::move(handler));
    }

    EngineHealth health() const override {
        EngineHealth health;
        health.started = m_started;
        health.scripts = countScripts();
        health.runtimes = m_runtime->usage();
        health.stepsCompleted = m_loop->stepsCompleted();
        health.stepsPerSecond = m_rate.sample(health.stepsCompleted);
        health.sandbox = m_runtime->sandbox();
        health.liveInstances = m_loop->liveCount();
        health.commits = m_loop->commits();
        health.storageError = m_loop->storageError();
        health.rowsNotCounted = m_analytics ? m_analytics->dropped() : 0;
        return health;
    }

  private:
    /// Without analytics everything else goes on.
    bool openAnalytics(const EngineOptions& options) {
        m_analyticsError = {503, api::code::unavailable,
                            "Analytics are turned off: start the engine without --no-analytics."};
        if (!options.countsAnalytics) return false;
        analytics::AnalyticsOptions asked;
        asked.database = options.dataDir / "analytics.db";
        asked.log = m_databasePath;
        asked.keepRows = options.keepAnalyticsRows;
        asked.onProblem = options.onAnalytics;
        auto opened = analytics::Analytics::open(asked);
        if (opened) {
            m_analytics = std::move(*opened);
            return true;
        }
        m_analyticsError = opened.error();
        if (options.onAnalytics) options.onAnalytics(m_analyticsError.message);
        return false;
    }

    // RuntimeListener: on the runtime's thread
    void onLines(RuntimeId id, std::string lines, std::chrono::microseconds cpu) override {
        m_loop->push(DriverLines{id, std::move(lines), cpu});
    }
    void onExit(RuntimeId id, RuntimeExit exit) override { m_loop->push(RuntimeEnded{id, std::move(exit)}); }
    void onOutbound(OutboundReport report) override {
        if (report.instance != 0) return m_loop->push(std::move(report));
        if (report.finished) countRequest(report);
    }

    /// One that no instance made.
    void countRequest(const OutboundReport& report) {
        const std::array<std::string_view, 4> words = {
            report.script, {}, hostOfUrl(report.url), report.error.empty() ? "success" : "error"};
        const std::array<std::int64_t, 4> integers = {report.status, report.requestBytes,
                                                      report.responseBytes, report.duration.count()};
        record({analytics::TableId::subrequests, report.start, words, integers});
    }

    void onCall(ScriptVersionKey caller, std::string body, std::function<void(CallAnswer)> answer) override {
        if (isEventsCall(body)) return onEventsCall(caller, body, std::move(answer));
        auto calls = readCalls(caller, body);
        if (!calls) return answer({calls.error().http, calls.error().message});
        m_loop->submit(std::move(*calls),
                       [respond = std::move(answer)](const Reply& reply) { respond(writeAnswers(reply)); });
    }
    void onEventsCall(ScriptVersionKey caller, const std::string& body,
                      std::function<void(CallAnswer)> answer) {
        auto call = readEventsCall(caller, body);
        if (!call) return answer(writeRefusal(call.error()));
        m_loop->submit(std::move(call->find), [this, caller, cursor = call->cursor,
                                               filter = std::move(call->filter),
                                               respond = std::move(answer)](const Reply& reply) {
            if (!reply) return respond(writeRefusal(reply.error()));
            const auto& found = std::get<BindingAnswers>(*reply).answers.at(0);
            if (found.error) return respond(writeRefusal(*found.error));
            m_polls.ask({caller, InstanceEvents(eventSubject(found.workflow, *found.found), filter), cursor,
                         [this, respond](CallAnswer events) {
                             m_loop->whenDurable([respond, events = std::move(events)](bool durable) {
                                 respond(durable ? events : writeRefusal(diskFailed()));
                             });
                         }});
        });
    }
    void onHandlerLog(ScriptVersionKey version, HandlerLog log) override {
        LogRow row;
        row.level = log.level;
        row.time = log.time;
        row.text = std::move(log.text);
        m_logs.add(scriptOf(version), std::move(row));
    }

    // Effects: on the core thread, but for `publish`
    void send(RuntimeId id, std::string lines) override {
        if (const auto* bundle = bundleOf(id.version))
            return m_runtime->send(*bundle, id.quarantine, std::move(lines));
        m_loop->push(RuntimeEnded{id, {ExitCause::failedToStart, "its code is no longer in the database"}});
    }
    void exitSeen(RuntimeId id) override { m_runtime->exitSeen(id); }
    void release(RuntimeId id) override { m_runtime->release(id); }
    void stop(RuntimeId id) override { m_runtime->stop(id); }
    void publish(const Feed& feed) override {
        m_hub->publish(feed);
        m_polls.publish(feed.last);
    }
    void counted(const Actions::Metrics& metrics) override {
        if (m_analytics) m_analytics->logGrew(metrics.sequence, metrics.rows);
    }

    void storageChanged(const std::string& error) override {
        if (!m_onStorage) return;
        m_onStorage(error.empty()
                        ? error
                        : "The database " + m_databasePath.string() + " cannot be written: " + error +
                              ". Nothing is lost, but nothing goes on: make room on its disk, or "
                              "check who may write there. It is tried again every second.");
    }

    void storageLost(const std::string& error) override {
        if (!m_onStorage) return;
        m_onStorage(
            "The disk failed to keep what was written to " + m_databasePath.string() + ": " + error +
            ". What was answered is safe, but nothing goes on: check the disk, then start the engine anew.");
    }

    void fire(const Actions::Firing& firing) override {
        const auto* bundle = bundleOf(firing.version);
        if (bundle == nullptr) return;
        m_runtime->runScheduled(
            *bundle, firing.cron, firing.time,
            [this, version = firing.version, cron = firing.cron, script = bundle->scriptName,
             began = systemNow()](const api::Result<void>& ran) {
                countScheduled(script, began, ran.has_value());
                if (ran) return;
                HandlerLog log{levelError, systemNow(), {}};
                log.text = "The scheduled handler for \"" + cron + "\" failed: " + ran.error().message;
                onHandlerLog(version, std::move(log));
            });
    }

    void countScheduled(const std::string& script, api::Time began, bool isOk) {
        const std::array<std::string_view, 5> words = {
            "worker", script, {}, isOk ? "success" : "scriptThrewException", "scheduled"};
        const std::array<std::int64_t, 5> integers = {
            std::chrono::duration_cast<std::chrono::microseconds>(systemNow() - began).count(),
            analytics::noValue, analytics::noValue, 0, isOk ? 0 : 1};
        record({analytics::TableId::invocations, began, words, integers});
    }

    const Bundle* bundleOf(ScriptVersionKey version) {
        const auto known = m_bundleCache.find(version);
        if (known != m_bundleCache.end()) return &known->second;
        if (m_bundleCache.size() >= mostVersions) m_bundleCache.clear();
        auto bundle = loadBundle(version);
        return bundle ? &m_bundleCache.emplace(version, std::move(*bundle)).first->second : nullptr;
    }

    /// From any thread.
    std::optional<Bundle> loadBundle(ScriptVersionKey version) {
        const auto row = rowOf(version);
        return row ? std::optional(makeBundle(*row)) : std::nullopt;
    }

    std::string scriptOf(ScriptVersionKey version) {
        const auto known = m_scriptNames.find(version);
        if (known != m_scriptNames.end()) return known->second;
        if (m_scriptNames.size() >= mostVersions) m_scriptNames.clear();
        const auto bundle = loadBundle(version);
        return m_scriptNames.emplace(version, bundle ? bundle->scriptName : std::string()).first->second;
    }

    std::optional<ScriptVersionRow> rowOf(ScriptVersionKey version) const {
        const std::lock_guard lock(m_bundleMutex);
        m_bundleDb->clearError();
        return m_bundleReads.scriptVersion(version);
    }

    GraphMaker::Parts graphParts() {
        return {[this](ScriptVersionKey version) -> std::optional<GraphMaker::Source> {
                    const auto row = rowOf(version);
                    if (!row) return std::nullopt;
                    const auto names = parseBounded<nlohmann::json>(row->entrypoints);
                    GraphMaker::Source source{makeBundle(*row), {}};
                    for (const auto& name : names)
                        if (name.is_string()) source.classNames.push_back(name);
                    return source;
                },
                [this](GraphMaker::Source source, auto done) {
                    m_runtime->analyse(std::move(source.bundle), std::move(source.classNames),
                                       std::move(done));
                },
                [this](PutGraphs graphs, ReplyHandler reply) {
                    m_loop->submit(std::move(graphs), std::move(reply));
                }};
    }

    Bundle makeBundle(const ScriptVersionRow& row) const {
        Bundle bundle;
        bundle.version = row.key;
        bundle.scriptName = row.scriptName;
        bundle.mainModule = row.mainModule;
        for (const auto& module : row.modules)
            bundle.modules.push_back({module.name, module.contentType, m_blobs.path(module.blob)});
        const auto metadata = parseBounded<nlohmann::json>(row.metadata);
        if (!metadata.is_object()) return bundle;
        if (const auto date = metadata.find("compatibility_date");
            date != metadata.end() && date->is_string())
            bundle.compatibilityDate = date->get<std::string>();
        if (const auto flags = metadata.find("compatibility_flags");
            flags != metadata.end() && flags->is_array())
            for (const auto& flag : *flags)
                if (flag.is_string()) bundle.compatibilityFlags.push_back(flag.get<std::string>());
        const auto bindings = metadata.find("bindings");
        bundle.bindingsJson = bindings != metadata.end() ? bindings->dump() : "[]";
        return bundle;
    }

    int countScripts() const {
        const std::lock_guard lock(m_bundleMutex);
        m_bundleDb->clearError();
        auto query = m_bundleDb->query("SELECT count(*) FROM scripts");
        return query.step() ? query.small() : 0;
    }

    BlobStore m_blobs;
    fs::path m_databasePath;
    std::function<void(const std::string& message)> m_onStorage;
    mutable std::mutex m_bundleMutex;
    std::unique_ptr<Sqlite> m_bundleDb;                               ///< read-only; guarded by m_bundleMutex
    mutable SqliteTransaction m_bundleReads;                          ///< guarded by m_bundleMutex
    std::unordered_map<ScriptVersionKey, Bundle> m_bundleCache;       ///< core thread only
    std::unordered_map<ScriptVersionKey, std::string> m_scriptNames;  ///< runtime's thread only
    ScriptLogs m_logs;
    std::shared_ptr<FeedHub> m_hub;
    WalSync m_walSync{m_databasePath};  ///< the outbox's thread only
    EventPolls m_polls;
    api::Time m_started;
    mutable RateMeter m_rate;
    std::unique_ptr<analytics::Analytics> m_analytics;  ///< null: nothing is counted
    api::Error m_analyticsError;                        ///< why
    GraphMaker m_graphs{graphParts()};
    std::unique_ptr<Runtime> m_runtime;
    std::unique_ptr<TurnLoop> m_loop;
};

api::Result<void> prepareFolder(const fs::path& dir) {
    std::error_code error;
    fs::create_directories(dir, error);
    if (error)
        return api::fail(500, api::code::storage,
                         "The data folder " + dir.string() + " cannot be created: " + error.message() +
                             ". Choose another one with --data-dir.");
    ::chmod(dir.c_str(), S_IRWXU);
    fs::create_directories(dir / "blobs", error);
    return {};
}

/// The log may be whole in memory and have holes on the disk: after a failed sync the system tells a new
/// process nothing of it. What is in it is written anew, to the database, before anything is appended behind
/// it.
api::Result<void> writeLogAnew(Sqlite& db, const fs::path& file) {
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    if (db.ok()) return {};
    return api::fail(500, api::code::storage,
                     "The database " + file.string() + " cannot be written: " + db.error() +
                         ". Check that its disk works and has room, then start again.");
}

}  // namespace

api::Result<std::unique_ptr<Engine>> Engine::start(EngineOptions options) {
    if (const auto prepared = prepareFolder(options.dataDir); !prepared)
        return tl::unexpected(prepared.error());
    const auto file = options.dataDir / "stepwell.db";
    auto db = openDatabase(file);
    if (!db) return tl::unexpected(db.error());
    if (const auto written = writeLogAnew(**db, file); !written) return tl::unexpected(written.error());
    std::string error;
    auto bundles = Sqlite::open(file, Sqlite::Mode::readOnly, error);
    if (!bundles)
        return api::fail(500, api::code::storage,
                         "The database " + file.string() + " cannot be read: " + error);
    return std::unique_ptr<Engine>(
        std::make_unique<LocalEngine>(options, std::move(*db), std::move(bundles)));
}

}  // namespace stepwell::engine
