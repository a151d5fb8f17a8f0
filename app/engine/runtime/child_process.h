#pragma once

#include "app/engine/runtime/unique_fd.h"
#include "models/api/error.h"

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace stepwell::engine {

/// How a child ended.
struct ChildStatus {
    int code = 0;    ///< exit code, if it was not a signal
    int signal = 0;  ///< signal that ended it, 0 for none. A code of 128 + n counts as signal n: bubblewrap
                     ///< reports so.
};

/// A child process with its own pipe for what it prints. It dies with the thread that started it, even when
/// that is ended by SIGKILL. Used from one thread.
class ChildProcess {
  public:
    /// Starts `argv[0]` (searched in PATH) in `directory`, without environment except PATH. Descriptor 3 of
    /// the child is a pipe that `takeInfo` reads. Errors name the program. Behind a guard (see
    /// guard/main.cpp), everything that the program started ends with it and with us, and `pid` is that of
    /// the guard.
    static api::Result<ChildProcess> start(const std::vector<std::string>& argv,
                                           const std::filesystem::path& directory);
    static api::Result<ChildProcess> startGuarded(const std::filesystem::path& guard,
                                                  std::vector<std::string> argv,
                                                  const std::filesystem::path& directory);

    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) noexcept;
    ~ChildProcess();  ///< kills and reaps it

    pid_t pid() const { return m_pid; }
    /// Readable once the process has ended.
    int exitFd() const { return m_exit.get(); }
    /// Everything it prints, standard output and errors alike. Non-blocking.
    int outputFd() const { return m_output.get(); }

    void kill() const;  ///< with all that it started, when it is guarded
    /// Takes the status of a child that has ended; waits for it if it has not.
    ChildStatus reap();
    /// What can be read from descriptor 3 by now.
    std::string takeInfo() const;

  private:
    ChildProcess() = default;

    pid_t m_pid = -1;
    bool m_guarded = false;
    UniqueFd m_exit;
    UniqueFd m_output;
    UniqueFd m_info;
};

/// What a finished command printed, and how it ended.
struct CommandOutcome {
    ChildStatus status;
    std::string output;
    bool timedOut = false;
};

/// Runs a command to its end, killed after `limit`. Blocks.
api::Result<CommandOutcome> runCommand(const std::vector<std::string>& argv,
                                       const std::filesystem::path& directory,
                                       std::chrono::milliseconds limit);

/// Reads what is there; empty when nothing is, or at the end.
std::string readAvailable(int fd);

}  // namespace stepwell::engine
