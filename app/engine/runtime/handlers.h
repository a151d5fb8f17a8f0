#pragma once

#include "app/engine/runtime/worker_process.h"

#include <deque>
#include <map>
#include <mutex>
#include <set>

namespace stepwell::engine {

class Tenancy;

/// The processes that run fetch and scheduled handlers: at most one per version, apart from all instances, so
/// that a handler that loops or fills the memory ends no instance. Started on demand, stopped when idle. Used
/// on the runtime's thread.
class HandlerPool {
  public:
    using Connected = std::function<void(api::Result<HandlerConnection>)>;
    using Ran = std::function<void(api::Result<void>)>;

    struct Surroundings {
        WorkerEnvironment& environment;
        RuntimeListener& listener;
        std::function<std::filesystem::path()> nextFolder;
        std::function<void()> onExit;  ///< one of the processes is gone
    };

    explicit HandlerPool(Surroundings surroundings);
    ~HandlerPool();

    /// Processes at once. One that nobody uses makes room for another.
    static constexpr std::size_t mostProcesses = 32;

    /// See Runtime::connect and Runtime::runScheduled.
    void connect(const Bundle& bundle, WhenStuck whenStuck, Connected done);
    void run(const Bundle& bundle, const std::string& cron, api::Time time, Ran done);
    /// Ends all of them; `isEmpty` says when that is done.
    void stop();
    bool isEmpty() const { return m_handlers.empty(); }
    /// From any thread.
    void addTo(RuntimeUsage& usage) const;

  private:
    using Number = std::uint64_t;
    using Pid = std::shared_ptr<std::atomic<pid_t>>;
    struct Firing {
        Ran done;
        std::shared_ptr<HandlerLease> lease;
    };
    struct Waiting {
        Connected done;
        std::shared_ptr<HandlerLease> lease;
    };
    struct Handler {
        Number number = 0;
        ScriptVersionKey version;
        std::shared_ptr<SiteSurroundings> site;
        std::shared_ptr<WorkerProcess> process;
        std::shared_ptr<Tenancy> tenancy;
        std::unique_ptr<boost::asio::steady_timer> idle;
        std::vector<Waiting> waiting;  ///< for the process to be ready
        std::map<std::int64_t, Firing> firings;
    };

    struct Queued {
        Bundle bundle;
        std::string cron;
        api::Time time;
        Ran done;
    };
    static constexpr std::size_t mostQueued = 1'000;

    api::Result<void> usable() const;
    void runQueued();
    /// Nothing when there is no room for one more process.
    Handler* obtain(const Bundle& bundle);
    Handler* startProcess(const Bundle& bundle);
    bool makeRoom();
    WorkerProcess::Events eventsOf(const Bundle& bundle, Number number);
    void onReady(Number number);
    void onLines(Number number, std::string_view lines);
    void onExit(Number number, const RuntimeExit& exit);
    void onUnused(Number number);
    static void finish(const Handler& handler, Waiting waiting);

    Surroundings m_around;
    std::map<Number, Handler> m_handlers;
    std::map<ScriptVersionKey, Number> m_current;
    Number m_lastNumber = 0;
    std::int64_t m_lastFiring = 0;
    std::deque<Queued> m_queued;  ///< crons that are due, until there is room for their process
    bool m_stopping = false;
    mutable std::mutex m_mutex;
    std::set<Pid> m_pids;  ///< guarded by m_mutex
};

}  // namespace stepwell::engine
