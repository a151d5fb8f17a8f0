#pragma once

#include "app/engine/runtime/asset_server.h"
#include "app/engine/runtime/call_server.h"
#include "app/engine/runtime/child_process.h"
#include "app/engine/runtime/control_channel.h"
#include "app/engine/runtime/egress_server.h"
#include "app/engine/runtime/handler_logs.h"
#include "app/engine/runtime/process_stats.h"
#include "app/engine/runtime/sandbox.h"
#include "app/engine/runtime/worker_config.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <optional>

namespace stepwell::engine {

/// What all processes of a runtime share. Outlives them.
struct WorkerEnvironment {
    boost::asio::io_context& io;
    const RuntimeOptions& options;
    const Sandbox& sandbox;
    CurlPool& pool;
    std::shared_ptr<EgressGate> gate;
    std::function<void(OutboundReport)> report;
    std::function<void(std::function<void(bool durable)>)> whenDurable;
};

/// One workerd process, from its folder to its end. Used on the runtime's thread.
class WorkerProcess : public std::enable_shared_from_this<WorkerProcess> {
  public:
    struct Events {
        /// `cpu`: see RuntimeListener::onLines.
        std::function<void(std::string lines, std::chrono::microseconds cpu)> onLines;
        /// The bundle is imported.
        std::function<void(BundleFacts)> onReady;
        /// Once; the process is gone and its folder is removed.
        std::function<void(RuntimeExit)> onExit;
        /// User code calls the engine; without it such calls are refused.
        CallServer::OnCall onCall;
        /// A line of `console` in a handler.
        std::function<void(HandlerLog)> onLog{};
        std::function<void(HandlerReport)> onReport{};
        /// At every look at the heartbeat while it is stalled.
        std::function<void()> onStalled{};
        /// The code of a site asks for one of its files.
        AssetServer::OnAsset onAsset{};
    };

    /// `folder` is made anew and belongs to this process.
    WorkerProcess(WorkerEnvironment& environment, std::filesystem::path folder, Events events);
    ~WorkerProcess();

    /// Lays out `folder/code` and an empty `folder/run`: see writeWorkerFolder.
    using WriteFolder = std::function<api::Result<void>(const std::filesystem::path& folder)>;

    /// Neither reports before it returns.
    void start(const Bundle& bundle, WorkerRole role = WorkerRole::instances);
    void start(const WriteFolder& write);
    bool isReady() const { return m_ready && !m_verdict && !m_finished; }
    /// It was told to end, or has ended.
    bool isEnding() const { return m_verdict || m_finished; }
    /// It has not answered its heartbeat for longer than handlers mostly take.
    bool isStalled() const;
    /// A connection to the fetch handler of a process for handlers that is ready.
    api::Result<UniqueFd> connectHandler() const;
    void send(std::string lines);
    void stop();

    /// Process id of workerd itself, 0 while unknown; from any thread.
    const std::shared_ptr<std::atomic<pid_t>>& workerdPid() const { return m_workerd; }

  private:
    using Clock = std::chrono::steady_clock;
    /// Since when an answer is awaited, and the CPU time the process had used then.
    struct Awaited {
        Clock::time_point since{};
        std::chrono::milliseconds cpu{0};
    };

    api::Result<void> launch(const WriteFolder& write);
    api::Result<void> listen();
    void connectLater();
    void tryConnect();
    void onLines(std::string lines);
    std::chrono::microseconds newCpuTime();
    void onImported(std::string_view json);
    void onEcho();
    void takeOwnLines(std::string& lines);
    void watch();
    void onTick();
    void findWorkerd();
    std::chrono::milliseconds cpuUsed() const;
    void await();
    std::chrono::milliseconds answerLimit() const;
    bool isStuck() const;
    void readOutput();
    void keepOutput(const std::string& text);
    void onChannelClosed(const std::string& why);
    void killAs(ExitCause cause, std::string reason);
    void onChildExit();
    void finish(RuntimeExit exit);
    RuntimeExit judge(const ChildStatus& status) const;
    std::string lastWords() const;

    WorkerEnvironment& m_environment;
    std::filesystem::path m_folder;
    std::string m_script;  ///< whose code it runs
    Events m_events;
    UniqueFd m_runFolder;  ///< sockets are reached through it, since the path of the folder may be too long
                           ///< for them
    std::unique_ptr<EgressServer> m_egress;
    std::unique_ptr<CallServer> m_calls;
    std::unique_ptr<AssetServer> m_assets;
    HandlerLogs m_logs;
    std::shared_ptr<ControlChannel> m_channel;
    std::optional<ChildProcess> m_child;
    boost::asio::posix::stream_descriptor m_exitWatch;
    boost::asio::posix::stream_descriptor m_outputWatch;
    boost::asio::steady_timer m_connectTimer;
    boost::asio::steady_timer m_tick;
    std::shared_ptr<std::atomic<pid_t>> m_workerd = std::make_shared<std::atomic<pid_t>>(0);
    Clock::time_point m_started{};
    std::optional<Awaited> m_awaited;
    ThreadClock m_clock;
    std::chrono::nanoseconds m_counted{
        0};  ///< CPU time that was told of, or used before the bundle was there
    std::int64_t m_heartbeat = 0;
    std::string m_waiting;                 ///< lines for the driver until the bundle is imported
    std::string m_output;                  ///< the last of what workerd printed
    std::optional<RuntimeExit> m_verdict;  ///< why we killed it
    bool m_ready = false;
    bool m_finished = false;
};

}  // namespace stepwell::engine
