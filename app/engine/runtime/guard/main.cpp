// Stands between the engine and a sandboxed process: `stepwell-guard ENGINE_PID COMMAND...`.
//
// A process can ask to be killed with its parent, but not its grandchildren, and bubblewrap makes some:
// killed while it sets up a sandbox, it would leave half of one behind, for ever. This program adopts
// whatever loses its parent below it (PR_SET_CHILD_SUBREAPER) and ends all of it when the engine ends, is
// asked to (SIGTERM), or the command is over. Its exit code is that of the command, 128 + n for signal n.
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <signal.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

constexpr int commandNotFound = 127;
constexpr int signalBase = 128;

[[noreturn]] void becomeCommand(char** command, const sigset_t& previousMask, pid_t guard) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != guard) ::_exit(commandNotFound);
    ::sigprocmask(SIG_SETMASK, &previousMask, nullptr);
    ::execvp(command[0], command);
    std::cerr << command[0] << " could not be started\n";
    ::_exit(commandNotFound);
}

void killChildren() {
    std::ifstream file("/proc/self/task/" + std::to_string(::getpid()) + "/children");
    for (pid_t child = 0; file >> child;)
        ::kill(child, SIGKILL);
}

int exitCode(int status) {
    return WIFSIGNALED(status) ? signalBase + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Takes everything that has ended; true when the command is among it.
bool takeEnded(pid_t command, int& code) {
    bool over = false;
    int status = 0;
    for (pid_t pid = ::waitpid(-1, &status, WNOHANG); pid > 0; pid = ::waitpid(-1, &status, WNOHANG)) {
        if (pid != command) continue;
        over = true;
        code = exitCode(status);
    }
    return over;
}

/// Killing a child may hand us its children, so this goes on until there are none.
void endEverything() {
    int status = 0;
    do
        killChildren();
    while (::waitpid(-1, &status, 0) > 0);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: stepwell-guard ENGINE_PID COMMAND...\n";
        return 2;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    std::ofstream("/proc/self/oom_score_adj")
        << 1000;  // when memory runs out, user code goes before the engine
    sigset_t watched;
    sigset_t previous;
    ::sigemptyset(&watched);
    ::sigaddset(&watched, SIGTERM);
    ::sigaddset(&watched, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &watched, &previous);
    if (::getppid() != std::atoi(argv[1])) return commandNotFound;  // the engine was faster
    const pid_t guard = ::getpid();
    const pid_t command = ::fork();
    if (command == 0) becomeCommand(argv + 2, previous, guard);
    if (command < 0) return commandNotFound;
    int code = signalBase + SIGKILL;
    for (bool over = false; !over;) {
        const int signal = ::sigwaitinfo(&watched, nullptr);
        over = takeEnded(command, code) || signal == SIGTERM;
    }
    endEverything();
    return code;
}
