#pragma once

#include "app/engine/runtime/child_process.h"
#include "app/engine/runtime/control_channel.h"
#include "app/engine/runtime/runtime.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace stepwell::engine {

/// One workerd process: started, connected, watched, ended. io thread only.
class WorkerProcess : public std::enable_shared_from_this<WorkerProcess> {
  public:
    struct Handlers {
        std::function<void(BundleFacts)> ready;    ///< the bundle is imported
        std::function<void(std::string)> lines;    ///< of the driver, whole lines
        std::function<void(RuntimeExit)> ended;    ///< exactly once; nothing comes after it
    };
    WorkerProcess(boost::asio::io_context& io, const RuntimeOptions& options, Handlers handlers);
    ~WorkerProcess();
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;

    /// Starts `command` in `directory`, where its control socket appears. `ended` may be called before this returns.
    void start(const std::vector<std::string>& command, const std::filesystem::path& directory);
    /// Kept until the bundle is imported.
    void send(std::string_view lines);
    /// Kills it; `ended` follows with this cause.
    void stop(ExitCause cause, const std::string& reason);
    pid_t pid() const { return m_child ? m_child->pid : -1; }

  private:
    void watchExit();
    void readStderr();
    void onLines(std::string lines);
    std::string withoutOwnEchoes(std::string lines);
    void onGreeting(std::string_view line);
    void scheduleHeartbeat();
    void heartbeat();
    void onExit();
    RuntimeExit explain(const ExitState& state) const;

    boost::asio::io_context& m_io;
    const RuntimeOptions& m_options;
    Handlers m_handlers;
    std::optional<Child> m_child;
    boost::asio::posix::stream_descriptor m_exit;
    boost::asio::posix::stream_descriptor m_stderr;
    boost::asio::steady_timer m_timer;
    std::array<char, 4096> m_stderrChunk{};
    std::string m_stderrTail;
    std::shared_ptr<ControlChannel> m_channel;
    std::string m_waiting;  ///< lines to deliver once the bundle is imported
    bool m_ready = false;
    std::optional<RuntimeExit> m_asked;  ///< why we killed it
    std::chrono::steady_clock::time_point m_started;
    std::chrono::steady_clock::time_point m_lastEcho;
    std::chrono::milliseconds m_cpuAtEcho{0};
    long long m_beat = 0;
};

}  // namespace stepwell::engine
