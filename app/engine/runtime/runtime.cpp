#include "app/engine/runtime/runtime.h"

#include "app/engine/runtime/analysis_folder.h"
#include "app/engine/runtime/handlers.h"
#include "app/engine/runtime/process_stats.h"
#include "app/engine/runtime/worker_process.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <sys/file.h>
#include <sys/resource.h>

#include <deque>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <signal.h>
#include <thread>

namespace stepwell::engine {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t mostAnalyses = 64;

class ProcessRuntime : public Runtime {
  public:
    using AnalysisDone = std::function<void(api::Result<std::vector<ClassGraph>>)>;

    ProcessRuntime(RuntimeOptions options, RuntimeListener& listener);
    ~ProcessRuntime() override;

    SandboxState sandbox() const override { return m_sandbox.state(); }
    void send(const Bundle& bundle, bool quarantine, std::string lines) override;
    void exitSeen(RuntimeId id) override;
    bool isUp(RuntimeId id) const override;
    void release(RuntimeId id) override;
    void stop(RuntimeId id) override;
    void check(Bundle bundle, std::function<void(api::Result<BundleFacts>)> done) override;
    void analyse(Bundle bundle, std::vector<std::string> classNames, AnalysisDone done) override;
    void connect(const Bundle& bundle, WhenStuck whenStuck, HandlerPool::Connected done) override;
    void runScheduled(const Bundle& bundle, std::string cron, api::Time time, HandlerPool::Ran done) override;
    RuntimeUsage usage() const override;

  private:
    using CheckDone = std::function<void(api::Result<BundleFacts>)>;
    struct Held {
        std::shared_ptr<WorkerProcess> process;
        std::unique_ptr<asio::steady_timer> idle;
    };
    struct Up {
        std::shared_ptr<std::atomic<pid_t>> pid;  ///< set once the process runs
        bool ended = false;                       ///< its exit was told and not seen yet
    };
    struct Check {
        std::shared_ptr<WorkerProcess> process;
        CheckDone done;
    };

    struct Analysis {
        Bundle bundle;
        std::vector<std::string> classNames;
        AnalysisDone done;
        std::shared_ptr<WorkerProcess> process;
    };

    void startProcess(RuntimeId id, const Bundle& bundle);
    void onExit(RuntimeId id, RuntimeExit exit);
    void startCheck(const Bundle& bundle, CheckDone done);
    void endCheck(std::uint64_t number, api::Result<BundleFacts> result);
    void startAnalysis();
    void endAnalysis(api::Result<std::vector<ClassGraph>> result);
    bool isIdle() const {
        return m_processes.empty() && m_checks.empty() && m_analyses.empty() && m_handlers.isEmpty();
    }
    void stopAll();
    void endLoopWhenEmpty();
    fs::path nextFolder();

    const RuntimeOptions m_options;
    const RuntimeOptions m_analysisOptions;
    RuntimeListener& m_listener;
    Sandbox m_sandbox;
    asio::io_context m_io{1};
    CurlPool m_pool;
    WorkerEnvironment m_environment;
    WorkerEnvironment m_analysisEnvironment;
    std::deque<Analysis> m_analyses;          // the runtime's thread only; the first one is under way
    std::map<RuntimeId, Held> m_processes;    // the runtime's thread only
    std::map<std::uint64_t, Check> m_checks;  // the runtime's thread only
    HandlerPool m_handlers;                   // the runtime's thread only
    std::uint64_t m_folders = 0;              // the runtime's thread only
    bool m_stopping = false;                  // the runtime's thread only
    mutable std::mutex m_mutex;
    std::map<RuntimeId, Up> m_up;  // guarded by m_mutex
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> m_work;
    std::thread m_thread;
};

void emptyFolder(const fs::path& folder) {
    std::error_code ignored;
    fs::create_directories(folder, ignored);
    fs::permissions(folder, fs::perms::owner_all, ignored);
    for (const auto& entry : fs::directory_iterator(folder, ignored))
        fs::remove_all(entry.path(), ignored);
}

/// A request that waits holds a file descriptor, one on its way two; desktops begin with 1024 in all.
void fitToDescriptors(EgressLimits& limits) {
    constexpr rlim_t wanted = 16'384;
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    if (files.rlim_cur < wanted) {
        files.rlim_cur = std::min(wanted, files.rlim_max);
        ::setrlimit(RLIMIT_NOFILE, &files);
    }
    if (files.rlim_cur >= wanted) return;
    limits.total = std::min(limits.total, static_cast<int>(files.rlim_cur / 8));
    limits.waitingTotal = std::min(limits.waitingTotal, static_cast<int>(files.rlim_cur / 4));
}

/// Syntax trees take some fifty bytes for each byte of source; the analyser itself counts its work.
RuntimeOptions forAnalysis(RuntimeOptions options) {
    options.heapLimitMiB = 768;
    options.cpuLimit = std::chrono::seconds{20};
    return options;
}

RuntimeOptions prepared(RuntimeOptions options) {
    fitToDescriptors(options.egress);
    options.stateDir = fs::absolute(options.stateDir);
    options.driver = fs::absolute(options.driver);
    emptyFolder(options.stateDir);
    return options;
}

ProcessRuntime::ProcessRuntime(RuntimeOptions options, RuntimeListener& listener)
    : m_options(prepared(std::move(options)))
    , m_analysisOptions(forAnalysis(m_options))
    , m_listener(listener)
    , m_sandbox(m_options)
    , m_environment{m_io,
                    m_options,
                    m_sandbox,
                    m_pool,
                    std::make_shared<EgressGate>(m_options.egress),
                    [this](OutboundReport report) { m_listener.onOutbound(std::move(report)); },
                    [this](std::function<void(bool)> then) { m_listener.whenDurable(std::move(then)); }}
    , m_analysisEnvironment{m_io,
                            m_analysisOptions,
                            m_sandbox,
                            m_pool,
                            std::make_shared<EgressGate>(m_options.egress),
                            [](const OutboundReport&) {},
                            [](const std::function<void(bool)>& then) { then(true); }}
    , m_handlers({m_environment, listener, [this] { return nextFolder(); }, [this] { endLoopWhenEmpty(); }})
    , m_work(asio::make_work_guard(m_io)) {
    // Children die with the thread that started them, so this one starts them all and lives as long as the
    // runtime.
    m_thread = std::thread([this] { m_io.run(); });
}

ProcessRuntime::~ProcessRuntime() {
    asio::post(m_io, [this] { stopAll(); });
    m_thread.join();
}

void ProcessRuntime::stopAll() {
    m_stopping = true;
    for (auto& [id, held] : m_processes) {
        held.idle.reset();
        held.process->stop();
    }
    for (auto& [number, check] : m_checks)
        check.process->stop();
    if (!m_analyses.empty()) m_analyses.front().process->stop();
    m_handlers.stop();
    endLoopWhenEmpty();
}

/// The last exit lets the loop end; see onExit, endCheck and endAnalysis.
void ProcessRuntime::endLoopWhenEmpty() {
    if (m_stopping && isIdle()) m_work.reset();
}

fs::path ProcessRuntime::nextFolder() {
    return m_options.stateDir / std::to_string(++m_folders);
}

void ProcessRuntime::send(const Bundle& bundle, bool quarantine, std::string lines) {
    const RuntimeId id{bundle.version, quarantine};
    bool isNew = false;
    {
        const std::lock_guard lock(m_mutex);
        const auto [up, inserted] = m_up.try_emplace(id);
        if (up->second.ended) return;  // whoever sends is still to learn that the process is gone
        isNew = inserted;
    }
    // A process that ends meanwhile reports its exit, and these lines are lost with it.
    if (isNew) asio::post(m_io, [this, id, bundle] { startProcess(id, bundle); });
    asio::post(m_io, [this, id, lines = std::move(lines)]() mutable {
        const auto found = m_processes.find(id);
        if (found == m_processes.end()) return;
        found->second.idle.reset();
        found->second.process->send(std::move(lines));
    });
}

void ProcessRuntime::startProcess(RuntimeId id, const Bundle& bundle) {
    if (m_stopping) return;
    WorkerProcess::Events events;
    events.onLines = [this, id](std::string lines, std::chrono::microseconds cpu) {
        m_listener.onLines(id, std::move(lines), cpu);
    };
    events.onExit = [this, id](RuntimeExit exit) { onExit(id, std::move(exit)); };
    events.onCall = [this, id](std::string body, std::function<void(CallAnswer)> answer) {
        m_listener.onCall(id.version, std::move(body), std::move(answer));
    };
    auto process = std::make_shared<WorkerProcess>(m_environment, nextFolder(), std::move(events));
    {
        const std::lock_guard lock(m_mutex);
        m_up[id].pid = process->workerdPid();
    }
    m_processes[id] = Held{process, nullptr};
    process->start(bundle, id.quarantine ? WorkerRole::suspects : WorkerRole::instances);
}

void ProcessRuntime::onExit(RuntimeId id, RuntimeExit exit) {
    m_processes.erase(id);
    {
        const std::lock_guard lock(m_mutex);
        m_up[id] = {nullptr, true};
    }
    m_listener.onExit(id, std::move(exit));
    endLoopWhenEmpty();
}

void ProcessRuntime::exitSeen(RuntimeId id) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_up.find(id);
    if (found != m_up.end() && found->second.ended) m_up.erase(found);
}

bool ProcessRuntime::isUp(RuntimeId id) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_up.find(id);
    return found != m_up.end() && !found->second.ended;
}

void ProcessRuntime::release(RuntimeId id) {
    asio::post(m_io, [this, id] {
        const auto found = m_processes.find(id);
        if (found == m_processes.end() || m_stopping) return;
        auto& idle = found->second.idle;
        idle = std::make_unique<asio::steady_timer>(m_io, m_options.idleStop);
        idle->async_wait([this, id, timer = idle.get()](boost::system::error_code error) {
            const auto held = m_processes.find(id);  // a send may have come while this was on its way
            if (!error && held != m_processes.end() && held->second.idle.get() == timer)
                held->second.process->stop();
        });
    });
}

void ProcessRuntime::stop(RuntimeId id) {
    asio::post(m_io, [this, id] {
        const auto found = m_processes.find(id);
        if (found != m_processes.end()) found->second.process->stop();
    });
}

void ProcessRuntime::check(Bundle bundle, CheckDone done) {
    asio::post(m_io, [this, bundle = std::move(bundle), done = std::move(done)]() mutable {
        startCheck(bundle, std::move(done));
    });
}

void ProcessRuntime::startCheck(const Bundle& bundle, CheckDone done) {
    if (m_stopping) return done(api::fail(503, api::code::unavailable, "The engine is stopping."));
    if (!m_sandbox.state().usable)
        return done(api::fail(503, api::code::unavailable, m_sandbox.state().message));
    const auto folder = nextFolder();
    const auto number = m_folders;
    auto facts = std::make_shared<std::optional<BundleFacts>>();
    auto process = std::make_shared<WorkerProcess>(
        m_environment, folder,
        WorkerProcess::Events{nullptr,
                              [this, number, facts](BundleFacts found) {
                                  *facts = std::move(found);
                                  m_checks.at(number).process->stop();
                              },
                              [this, number, facts](const RuntimeExit& exit) {
                                  if (*facts) return endCheck(number, std::move(**facts));
                                  if (exit.cause == ExitCause::stopped || exit.cause == ExitCause::killed)
                                      return endCheck(number,
                                                      api::fail(503, api::code::unavailable,
                                                                "The check of the script was interrupted: "
                                                                "upload it again."));
                                  endCheck(number, api::fail(400, api::code::scriptInvalid, exit.reason));
                              },
                              nullptr, nullptr});
    m_checks[number] = Check{process, std::move(done)};
    process->start(bundle);
}

void ProcessRuntime::endCheck(std::uint64_t number, api::Result<BundleFacts> result) {
    auto node = m_checks.extract(number);
    node.mapped().done(std::move(result));
    endLoopWhenEmpty();
}

void ProcessRuntime::analyse(Bundle bundle, std::vector<std::string> classNames, AnalysisDone done) {
    asio::post(m_io, [this, analysis = Analysis{std::move(bundle), std::move(classNames), std::move(done),
                                                nullptr}]() mutable {
        if (m_stopping)
            return analysis.done(api::fail(503, api::code::unavailable, "The engine is stopping."));
        if (!m_sandbox.state().usable)
            return analysis.done(api::fail(503, api::code::unavailable, m_sandbox.state().message));
        if (m_analyses.size() >= mostAnalyses)
            return analysis.done(api::fail(503, api::code::unavailable,
                                           "Too many bundles wait to be analysed: ask again in a moment."));
        m_analyses.push_back(std::move(analysis));
        if (m_analyses.size() == 1) startAnalysis();
    });
}

void ProcessRuntime::startAnalysis() {
    auto& analysis = m_analyses.front();
    auto found = std::make_shared<std::optional<std::string>>();
    analysis.process = std::make_shared<WorkerProcess>(
        m_analysisEnvironment, nextFolder(),
        WorkerProcess::Events{nullptr,
                              [this, found](BundleFacts facts) {
                                  *found = std::move(facts.graphs);
                                  m_analyses.front().process->stop();
                              },
                              [this, found](const RuntimeExit& exit) {
                                  const auto& classes = m_analyses.front().classNames;
                                  if (*found) return endAnalysis(readGraphs(**found, classes));
                                  if (exit.cause == ExitCause::stopped || exit.cause == ExitCause::killed)
                                      return endAnalysis(
                                          api::fail(503, api::code::unavailable,
                                                    "The analysis was interrupted: ask again."));
                                  std::vector<ClassGraph> none;
                                  for (const auto& name : classes)
                                      none.push_back({name, {}, "The analysis of the bundle " + exit.reason});
                                  endAnalysis(std::move(none));
                              },
                              nullptr, nullptr});
    analysis.process->start([this, &analysis](const fs::path& folder) {
        return writeAnalysisFolder(folder, analysis.bundle, analysis.classNames, m_analysisOptions.driver,
                                   m_analysisOptions.heapLimitMiB);
    });
}

void ProcessRuntime::endAnalysis(api::Result<std::vector<ClassGraph>> result) {
    const auto done = std::move(m_analyses.front().done);
    m_analyses.pop_front();
    done(std::move(result));
    if (m_stopping) {
        for (const auto& analysis : std::exchange(m_analyses, {}))
            analysis.done(api::fail(503, api::code::unavailable, "The engine is stopping."));
        endLoopWhenEmpty();
    } else if (!m_analyses.empty()) {
        startAnalysis();
    }
}

void ProcessRuntime::connect(const Bundle& bundle, WhenStuck whenStuck, HandlerPool::Connected done) {
    asio::post(m_io, [this, bundle, whenStuck, done = std::move(done)]() mutable {
        m_handlers.connect(bundle, whenStuck, std::move(done));
    });
}

void ProcessRuntime::runScheduled(const Bundle& bundle, std::string cron, api::Time time,
                                  HandlerPool::Ran done) {
    asio::post(m_io, [this, bundle, cron = std::move(cron), time, done = std::move(done)]() mutable {
        m_handlers.run(bundle, cron, time, std::move(done));
    });
}

RuntimeUsage ProcessRuntime::usage() const {
    RuntimeUsage usage;
    const std::lock_guard lock(m_mutex);
    for (const auto& [id, up] : m_up) {
        if (up.ended) continue;
        ++usage.processes;
        if (up.pid && up.pid->load() > 0) usage.residentBytes += residentBytes(up.pid->load());
    }
    m_handlers.addTo(usage);
    return usage;
}

}  // namespace

std::unique_ptr<Runtime> Runtime::create(RuntimeOptions options, RuntimeListener& listener) {
    return std::make_unique<ProcessRuntime>(std::move(options), listener);
}

}  // namespace stepwell::engine
