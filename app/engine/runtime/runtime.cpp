#include "app/engine/runtime/runtime.h"

#include "app/engine/runtime/egress_server.h"
#include "app/engine/runtime/sandbox.h"
#include "app/engine/runtime/worker_config.h"
#include "app/engine/runtime/worker_process.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <stdlib.h>
#include <sys/stat.h>

#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace stepwell::engine {

namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

/// A folder for one process, removed with it.
class WorkerFolder {
  public:
    explicit WorkerFolder(fs::path path) : m_path(std::move(path)) {
        std::error_code error;
        fs::create_directories(m_path, error);
        ::chmod(m_path.c_str(), S_IRWXU);
    }
    ~WorkerFolder() {
        std::error_code error;
        fs::remove_all(m_path, error);
    }
    WorkerFolder(const WorkerFolder&) = delete;
    WorkerFolder& operator=(const WorkerFolder&) = delete;
    const fs::path& path() const { return m_path; }

  private:
    fs::path m_path;
};

/// Paths of Unix sockets may have 107 bytes, and a data folder's may be longer, so the processes' folders lie in a short
/// one of their own. `stateDir/at` names it, so that the next start can clean up after a kill.
fs::path makeShortFolder(const fs::path& stateDir) {
    std::error_code error;
    fs::create_directories(stateDir, error);
    ::chmod(stateDir.c_str(), S_IRWXU);
    const auto note = stateDir / "at";
    const auto left = fs::read_symlink(note, error);
    if (!error && left.filename().string().starts_with("stepwell-")) fs::remove_all(left, error);
    fs::remove(note, error);
    const char* base = ::getenv("XDG_RUNTIME_DIR");
    const bool usable = base != nullptr && std::string_view(base).size() < 40 && ::access(base, W_OK) == 0;
    std::string name = std::string(usable ? base : "/tmp") + "/stepwell-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) return stateDir;
    fs::create_symlink(name, note, error);
    return name;
}

struct Worker {
    std::unique_ptr<WorkerFolder> folder;
    std::unique_ptr<EgressServer> egress;
    std::shared_ptr<WorkerProcess> process;
    std::unique_ptr<asio::steady_timer> idle;
};

class LocalRuntime final : public Runtime {
  public:
    LocalRuntime(RuntimeOptions options, RuntimeListener& listener)
        : m_options(std::move(options)), m_listener(listener), m_sandbox(m_options),
          m_folder(makeShortFolder(m_options.stateDir)), m_pool(CurlPool::create()), m_work(asio::make_work_guard(m_io)),
          m_thread([this] { m_io.run(); }) {}

    ~LocalRuntime() override {
        asio::post(m_io, [this] {
            m_closing = true;
            m_workers.clear();
            m_checks.clear();
            m_work.reset();
            m_io.stop();
        });
        m_thread.join();
        m_pool.reset();
        std::error_code error;
        fs::remove_all(m_folder, error);
        fs::remove(m_options.stateDir / "at", error);
    }
    LocalRuntime(const LocalRuntime&) = delete;
    LocalRuntime& operator=(const LocalRuntime&) = delete;

    SandboxState sandbox() const override { return m_sandbox.state(); }

    void send(const Bundle& bundle, bool quarantine, std::string lines) override {
        const RuntimeId id{bundle.version, quarantine};
        markUp(id);
        // Most sends go to a process that is up, which needs no bundle: it is copied only to start one.
        if (isStarted(id)) {
            asio::post(m_io, [this, id, text = std::move(lines)] { deliver(id, text); });
            return;
        }
        markStarted(id);
        asio::post(m_io, [this, id, copy = bundle, text = std::move(lines)] {
            if (!m_workers.contains(id)) startWorker(id, copy);
            deliver(id, text);
        });
    }

    bool isUp(RuntimeId id) const override {
        const std::lock_guard lock(m_mutex);
        return m_up.contains(id);
    }

    void release(RuntimeId id) override {
        asio::post(m_io, [this, id] { scheduleStop(id); });
    }

    void stop(RuntimeId id) override {
        asio::post(m_io, [this, id] {
            const auto it = m_workers.find(id);
            if (it != m_workers.end()) it->second.process->stop(ExitCause::stopped, "stopped");
        });
    }

    void check(Bundle bundle, std::function<void(api::Result<BundleFacts>)> done) override {
        if (!m_sandbox.state().usable) return done(api::fail(503, api::code::unavailable, m_sandbox.state().message));
        asio::post(m_io, [this, copy = std::move(bundle), answer = std::move(done)] { startCheck(copy, answer); });
    }

    RuntimeUsage usage() const override {
        const std::lock_guard lock(m_mutex);
        RuntimeUsage usage;
        for (const auto pid : m_pids) {
            ++usage.processes;
            usage.residentBytes += residentBytes(pid);
        }
        return usage;
    }

  private:
    void markUp(RuntimeId id) {
        const std::lock_guard lock(m_mutex);
        m_up.insert(id);
    }
    bool isStarted(RuntimeId id) const {
        const std::lock_guard lock(m_mutex);
        return m_started.contains(id);
    }
    void markStarted(RuntimeId id) {
        const std::lock_guard lock(m_mutex);
        m_started.insert(id);
    }

    // io thread from here on

    void deliver(RuntimeId id, const std::string& lines) {
        const auto it = m_workers.find(id);
        if (it == m_workers.end()) return;  // it could not start, which was told
        it->second.idle.reset();
        it->second.process->send(lines);
    }

    /// Folder, way out and process of a bundle; the error when they cannot be made.
    api::Result<Worker> makeWorker(const Bundle& bundle, WorkerProcess::Handlers handlers) {
        if (!m_sandbox.state().usable) return api::fail(503, api::code::unavailable, m_sandbox.state().message);
        Worker worker;
        worker.folder = std::make_unique<WorkerFolder>(m_folder / std::to_string(++m_folders));
        const auto& dir = worker.folder->path();
        const auto prepared = writeWorkerFolder(dir, bundle, m_options.driver, m_options.heapLimitMiB);
        if (!prepared) return tl::unexpected(prepared.error());
        worker.egress = EgressServer::listen(
            m_io, dir / "run" / egressSocket,
            {*m_pool, [this](OutboundReport report) { m_listener.onOutbound(std::move(report)); }, m_options.largestBody});
        if (!worker.egress) return api::fail(500, api::code::internal, "No socket could be made in " + dir.string());
        worker.process = std::make_shared<WorkerProcess>(m_io, m_options, std::move(handlers));
        return worker;
    }

    void launch(Worker& worker) {
        const auto& dir = worker.folder->path();
        worker.process->start(m_sandbox.serve(dir), dir / "run");
        const std::lock_guard lock(m_mutex);
        if (worker.process->pid() > 0) m_pids.insert(worker.process->pid());
    }

    void startWorker(RuntimeId id, const Bundle& bundle) {
        WorkerProcess::Handlers handlers;
        handlers.lines = [this, id](std::string lines) { m_listener.onLines(id, std::move(lines)); };
        handlers.ended = [this, id](RuntimeExit exit) { forget(id, std::move(exit)); };
        auto worker = makeWorker(bundle, std::move(handlers));
        if (!worker) return forget(id, {ExitCause::failedToStart, worker.error().message});
        launch(m_workers.emplace(id, std::move(*worker)).first->second);
    }

    void forget(RuntimeId id, RuntimeExit exit) {
        if (m_closing) return;
        auto node = m_workers.extract(id);
        {
            const std::lock_guard lock(m_mutex);
            m_up.erase(id);
            m_started.erase(id);
            dropDeadPids();
        }
        m_listener.onExit(id, std::move(exit));
        // The process is still calling us: its object must outlive this call.
        if (!node.empty()) asio::post(m_io, [keep = node.mapped().process] {});
    }

    void dropDeadPids() {
        std::erase_if(m_pids, [this](pid_t pid) {
            const auto is = [pid](const auto& entry) { return entry.second.process && entry.second.process->pid() == pid; };
            return std::none_of(m_workers.begin(), m_workers.end(), is) &&
                   std::none_of(m_checks.begin(), m_checks.end(), is);
        });
    }

    void scheduleStop(RuntimeId id) {
        const auto it = m_workers.find(id);
        if (it == m_workers.end()) return;
        it->second.idle = std::make_unique<asio::steady_timer>(m_io, m_options.idleStop);
        it->second.idle->async_wait([this, id](auto error) {
            const auto worker = m_workers.find(id);
            if (!error && worker != m_workers.end()) worker->second.process->stop(ExitCause::stopped, "idle");
        });
    }

    void startCheck(const Bundle& bundle, const std::function<void(api::Result<BundleFacts>)>& done) {
        const int number = ++m_checkNumber;
        const auto facts = std::make_shared<std::optional<BundleFacts>>();
        WorkerProcess::Handlers handlers;
        handlers.lines = [](const std::string&) {};
        handlers.ready = [this, number, facts](BundleFacts found) {
            *facts = std::move(found);
            m_checks.at(number).process->stop(ExitCause::stopped, "checked");
        };
        handlers.ended = [this, number, facts, done](const RuntimeExit& exit) {
            if (m_closing) return;
            auto node = m_checks.extract(number);
            {
                const std::lock_guard lock(m_mutex);
                dropDeadPids();
            }
            if (!node.empty()) asio::post(m_io, [keep = node.mapped().process] {});
            if (*facts) return done(std::move(**facts));
            done(api::fail(400, api::code::scriptInvalid, "The Worker could not be started: " + exit.reason));
        };
        auto worker = makeWorker(bundle, std::move(handlers));
        if (!worker) return done(tl::unexpected(worker.error()));
        launch(m_checks.emplace(number, std::move(*worker)).first->second);
    }

    RuntimeOptions m_options;
    RuntimeListener& m_listener;
    Sandbox m_sandbox;
    fs::path m_folder;
    std::unique_ptr<CurlPool> m_pool;
    asio::io_context m_io;
    asio::executor_work_guard<asio::io_context::executor_type> m_work;
    std::map<RuntimeId, Worker> m_workers;  ///< io thread only
    std::map<int, Worker> m_checks;         ///< io thread only
    int m_checkNumber = 0;                  ///< io thread only
    int m_folders = 0;                      ///< io thread only
    bool m_closing = false;                 ///< io thread only
    mutable std::mutex m_mutex;
    std::set<RuntimeId> m_up;       ///< guarded by m_mutex: up or starting
    std::set<RuntimeId> m_started;  ///< guarded by m_mutex: a start was posted and has not ended
    std::set<pid_t> m_pids;         ///< guarded by m_mutex
    std::thread m_thread;
};

}  // namespace

std::unique_ptr<Runtime> Runtime::create(RuntimeOptions options, RuntimeListener& listener) {
    return std::make_unique<LocalRuntime>(std::move(options), listener);
}

}  // namespace stepwell::engine
