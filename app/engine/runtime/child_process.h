#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace stepwell::engine {

/// A file descriptor with an owner.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int fd)
        : m_fd(fd) {}
    Descriptor(Descriptor&& other) noexcept
        : m_fd(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept;
    ~Descriptor() { reset(); }
    int get() const { return m_fd; }
    int release();
    void reset();

  private:
    int m_fd = -1;
};

/// A child that gets SIGKILL when the thread that started it ends. stdin and stdout are /dev/null, the
/// environment is PATH alone, no other descriptor is inherited.
struct Child {
    pid_t pid = -1;
    Descriptor pidfd;       ///< readable once it has ended
    Descriptor stderrRead;  ///< what it writes to stderr, non-blocking
};

/// Starts a program in `directory`. Nothing when there is no room for another process; a program that does
/// not exist ends with commandNotFound.
std::optional<Child> spawn(const std::vector<std::string>& command, const std::string& directory = "/");

/// How a child ended: `signal` is 0 unless a signal did it, also when a wrapper reports it as 128 + n.
struct ExitState {
    int code = 0;
    int signal = 0;
};
ExitState reap(pid_t pid);

inline constexpr int commandNotFound = 127;
struct Finished {
    int exitCode = 0;  ///< commandNotFound when it could not be started, -1 when it took too long
    std::string stderrText;
};
/// Runs a short command to its end. Blocks.
Finished runToEnd(const std::vector<std::string>& command, std::chrono::milliseconds limit);

/// The youngest descendant: behind a wrapper, the program that does the work. `pid` itself when it has no
/// children.
pid_t leafProcess(pid_t pid);
/// Memory that the process and its descendants hold in RAM, in bytes.
long long residentBytes(pid_t pid);
/// CPU time of one process so far.
std::chrono::milliseconds cpuTime(pid_t pid);

}  // namespace stepwell::engine
