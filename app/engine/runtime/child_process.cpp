#include "app/engine/runtime/child_process.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>

namespace stepwell::engine {

namespace {

struct Pipe {
    UniqueFd read, write;
};

api::Result<Pipe> makePipe() {
    std::array<int, 2> fds{};
    if (::pipe2(fds.data(), O_CLOEXEC) != 0)
        return api::fail(500, api::code::internal,
                         std::string("Cannot make a pipe: ") + std::strerror(errno));
    return Pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

constexpr int infoDescriptor = 3;
constexpr int wrapperSignalBase = 128;

/// What the child does between fork and exec. Only calls that are safe there.
[[noreturn]] void becomeProgram(char* const* argv, const char* directory, pid_t parent, const Pipe& output,
                                const Pipe& info, int failure) {
    static const char* const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", nullptr};
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    const int nothing = ::open("/dev/null", O_RDONLY);
    const int keptFailure = ::fcntl(failure, F_DUPFD_CLOEXEC, 10);
    const int keptInfo = ::fcntl(info.write.get(), F_DUPFD_CLOEXEC, 10);
    const bool wired = ::dup2(nothing, 0) == 0 && ::dup2(output.write.get(), 1) == 1 &&
                       ::dup2(output.write.get(), 2) == 2 &&
                       ::dup2(keptInfo, infoDescriptor) == infoDescriptor && ::chdir(directory) == 0;
    if (wired) {
        ::syscall(SYS_close_range, infoDescriptor + 1, keptFailure - 1, 0);
        ::syscall(SYS_close_range, keptFailure + 1, ~0U, 0);
        ::execvpe(argv[0], argv, const_cast<char* const*>(environment));
    }
    const int error = errno;
    [[maybe_unused]] const auto written = ::write(keptFailure, &error, sizeof error);
    ::_exit(127);
}

ChildStatus statusFrom(int raw) {
    ChildStatus status;
    if (WIFSIGNALED(raw)) {
        status.signal = WTERMSIG(raw);
        return status;
    }
    status.code = WEXITSTATUS(raw);
    if (status.code > wrapperSignalBase) status.signal = status.code - wrapperSignalBase;
    return status;
}

/// The error of a child that could not become its program; 0 when it has.
int startFailure(int fd) {
    int error = 0;
    ssize_t size = 0;
    do
        size = ::read(fd, &error, sizeof error);
    while (size < 0 && errno == EINTR);
    return size == static_cast<ssize_t>(sizeof error) ? error : 0;
}

}  // namespace

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : m_pid(std::exchange(other.m_pid, -1))
    , m_guarded(other.m_guarded)
    , m_exit(std::move(other.m_exit))
    , m_output(std::move(other.m_output))
    , m_info(std::move(other.m_info)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
    if (this == &other) return *this;
    kill();
    reap();
    m_pid = std::exchange(other.m_pid, -1);
    m_guarded = other.m_guarded;
    m_exit = std::move(other.m_exit);
    m_output = std::move(other.m_output);
    m_info = std::move(other.m_info);
    return *this;
}

ChildProcess::~ChildProcess() {
    kill();
    reap();
}

api::Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& argv,
                                              const std::filesystem::path& directory) {
    auto output = makePipe();
    auto info = makePipe();
    auto failure = makePipe();
    for (const auto* pipe : {&output, &info, &failure})
        if (!*pipe) return tl::make_unexpected(pipe->error());
    std::vector<char*> arguments;
    for (const auto& argument : argv)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    const auto where = directory.string();
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0)
        becomeProgram(arguments.data(), where.c_str(), parent, *output, *info, failure->write.get());
    if (pid < 0)
        return api::fail(500, api::code::internal,
                         "Cannot start " + argv.front() + ": " + std::strerror(errno));
    ChildProcess child;
    child.m_pid = pid;
    child.m_exit = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (child.m_exit.get() < 0)
        return api::fail(500, api::code::internal,
                         std::string("Cannot watch a process: ") + std::strerror(errno));
    child.m_output = std::move(output->read);
    child.m_info = std::move(info->read);
    for (const int fd : {child.m_output.get(), child.m_info.get()})
        ::fcntl(fd, F_SETFL, O_NONBLOCK);
    failure->write.reset();
    if (const int error = startFailure(failure->read.get()); error != 0)
        return api::fail(500, api::code::internal,
                         "Cannot start " + argv.front() + ": " + std::strerror(error));
    return child;
}

api::Result<ChildProcess> ChildProcess::startGuarded(const std::filesystem::path& guard,
                                                     std::vector<std::string> argv,
                                                     const std::filesystem::path& directory) {
    argv.insert(argv.begin(), {guard.string(), std::to_string(::getpid())});
    auto child = start(argv, directory);
    if (child) child->m_guarded = true;
    return child;
}

void ChildProcess::kill() const {
    if (m_pid > 0) ::kill(m_pid, m_guarded ? SIGTERM : SIGKILL);
}

ChildStatus ChildProcess::reap() {
    if (m_pid <= 0) return {};
    int raw = 0;
    const pid_t pid = std::exchange(m_pid, -1);
    while (::waitpid(pid, &raw, 0) < 0 && errno == EINTR) {
    }
    return statusFrom(raw);
}

std::string ChildProcess::takeInfo() const {
    return readAvailable(m_info.get());
}

api::Result<CommandOutcome> runCommand(const std::vector<std::string>& argv,
                                       const std::filesystem::path& directory,
                                       std::chrono::milliseconds limit) {
    auto child = ChildProcess::start(argv, directory);
    if (!child) return tl::make_unexpected(child.error());
    CommandOutcome outcome;
    pollfd ended{child->exitFd(), POLLIN, 0};
    outcome.timedOut = ::poll(&ended, 1, static_cast<int>(limit.count())) <= 0;
    if (outcome.timedOut) child->kill();
    outcome.status = child->reap();
    outcome.output = readAvailable(child->outputFd());
    return outcome;
}

std::string readAvailable(int fd) {
    std::string text;
    std::array<char, 4096> chunk{};
    for (;;) {
        const auto size = ::read(fd, chunk.data(), chunk.size());
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return text;
        text.append(chunk.data(), static_cast<std::size_t>(size));
    }
}

}  // namespace stepwell::engine
