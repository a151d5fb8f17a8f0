#include "app/engine/runtime/child_process.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <signal.h>
#include <sstream>
#include <unistd.h>

namespace stepwell::engine {

namespace {

constexpr int wrapperSignalBase = 128;
constexpr std::size_t longestStderr = 4'096;

/// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void becomeProgram(char* const* arguments, const char* directory, int stderrWrite,
                                pid_t parent) {
    static const char* const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", nullptr};
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent || ::chdir(directory) != 0) ::_exit(commandNotFound);
    const int null = ::open("/dev/null", O_RDWR);
    ::dup2(null, STDIN_FILENO);
    ::dup2(null, STDOUT_FILENO);
    ::dup2(stderrWrite, STDERR_FILENO);
    ::syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    ::execvpe(arguments[0], arguments, const_cast<char* const*>(environment));
    ::_exit(commandNotFound);
}

int openPidfd(pid_t pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

std::vector<pid_t> childrenOf(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
    std::vector<pid_t> children;
    for (pid_t child = 0; file >> child;)
        children.push_back(child);
    return children;
}

/// Fields of /proc/<pid>/stat after the command name, which may hold anything.
std::vector<std::string> statFields(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const auto end = text.rfind(')');
    if (end == std::string::npos) return {};
    std::istringstream rest(text.substr(end + 1));
    std::vector<std::string> fields;
    for (std::string field; rest >> field;)
        fields.push_back(field);
    return fields;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        reset();
        m_fd = other.release();
    }
    return *this;
}

int Descriptor::release() {
    const int fd = m_fd;
    m_fd = -1;
    return fd;
}

void Descriptor::reset() {
    if (m_fd >= 0) ::close(m_fd);
    m_fd = -1;
}

std::optional<Child> spawn(const std::vector<std::string>& command, const std::string& directory) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return std::nullopt;
    Child child;
    child.stderrRead = Descriptor(pipe[0]);
    const Descriptor stderrWrite(pipe[1]);
    ::fcntl(pipe[0], F_SETFL, O_NONBLOCK);
    std::vector<char*> arguments;
    for (const auto& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    const pid_t parent = ::getpid();
    child.pid = ::fork();
    if (child.pid == 0) becomeProgram(arguments.data(), directory.c_str(), stderrWrite.get(), parent);
    if (child.pid < 0) return std::nullopt;
    child.pidfd = Descriptor(openPidfd(child.pid));
    return child;
}

ExitState reap(pid_t pid) {
    int status = 0;
    if (::waitpid(pid, &status, 0) < 0) return {};
    if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
    const int code = WEXITSTATUS(status);
    return code > wrapperSignalBase ? ExitState{code, code - wrapperSignalBase} : ExitState{code, 0};
}

Finished runToEnd(const std::vector<std::string>& command, std::chrono::milliseconds limit) {
    auto child = spawn(command);
    if (!child) return {commandNotFound, {}};
    pollfd ended{child->pidfd.get(), POLLIN, 0};
    const bool inTime = ::poll(&ended, 1, static_cast<int>(limit.count())) > 0;
    if (!inTime) ::kill(child->pid, SIGKILL);
    const auto state = reap(child->pid);
    std::string text(longestStderr, '\0');
    const auto size = ::read(child->stderrRead.get(), text.data(), text.size());
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    return {inTime ? state.code : -1, text};
}

pid_t leafProcess(pid_t pid) {
    for (;;) {
        const auto children = childrenOf(pid);
        if (children.empty()) return pid;
        pid = children.back();
    }
}

long long residentBytes(pid_t pid) {
    long long pages = 0;
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    long long size = 0;
    file >> size >> pages;
    long long bytes = pages * ::sysconf(_SC_PAGESIZE);
    for (const auto child : childrenOf(pid))
        bytes += residentBytes(child);
    return bytes;
}

std::chrono::milliseconds cpuTime(pid_t pid) {
    const auto fields = statFields(pid);
    if (fields.size() < 13) return {};
    // utime and stime are fields 14 and 15 of the line; two came before the name's end.
    const long long ticks = std::stoll(fields[11]) + std::stoll(fields[12]);
    return std::chrono::milliseconds{ticks * 1000 / ::sysconf(_SC_CLK_TCK)};
}

}  // namespace stepwell::engine
