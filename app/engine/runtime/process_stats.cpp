#include "app/engine/runtime/process_stats.h"

#include <array>
#include <charconv>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

namespace stepwell::engine {

namespace {

std::string readProc(pid_t pid, const char* name) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/" + name);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The fields of `stat` after the name of the program, which may hold blanks and brackets.
std::istringstream statFields(pid_t pid) {
    const auto text = readProc(pid, "stat");
    const auto end = text.rfind(')');
    return std::istringstream(end == std::string::npos ? std::string{} : text.substr(end + 1));
}

}  // namespace

std::optional<std::chrono::milliseconds> cpuTime(pid_t pid) {
    auto fields = statFields(pid);
    std::string skipped;
    for (int i = 0; i < 11; ++i)
        fields >> skipped;
    std::int64_t user = 0;
    std::int64_t system = 0;
    if (!(fields >> user >> system)) return std::nullopt;
    static const auto ticksPerSecond = ::sysconf(_SC_CLK_TCK);
    return std::chrono::milliseconds{(user + system) * 1000 / ticksPerSecond};
}

std::chrono::nanoseconds ThreadClock::read(pid_t pid) {
    if (pid == 0) return {};
    if (pid != m_pid) {
        const auto path = "/proc/" + std::to_string(pid) + "/schedstat";
        m_file = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        m_pid = pid;
    }
    std::array<char, 64> text{};
    const auto length = ::pread(m_file.get(), text.data(), text.size(), 0);
    std::int64_t value = 0;
    if (length > 0) std::from_chars(text.data(), text.data() + length, value);
    return std::chrono::nanoseconds{value};
}

std::int64_t residentBytes(pid_t pid) {
    std::istringstream fields(readProc(pid, "statm"));
    std::int64_t total = 0;
    std::int64_t resident = 0;
    fields >> total >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

pid_t firstChild(pid_t pid) {
    const auto path = "task/" + std::to_string(pid) + "/children";
    std::istringstream children(readProc(pid, path.c_str()));
    pid_t child = 0;
    if (children >> child) return child;
    // A kernel without that file: look for a process whose parent it is.
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
        const auto name = entry.path().filename().string();
        pid_t candidate = 0;
        const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), candidate);
        if (failed != std::errc{} || end != name.data() + name.size()) continue;
        auto fields = statFields(candidate);
        std::string state;
        pid_t parent = 0;
        if (fields >> state >> parent && parent == pid) return candidate;
    }
    return 0;
}

}  // namespace stepwell::engine
