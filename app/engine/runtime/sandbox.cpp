#include "app/engine/runtime/sandbox.h"

#include "app/engine/runtime/child_process.h"

#include <sys/stat.h>

#include <array>
#include <unistd.h>

namespace stepwell::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds longestProbe{10};
constexpr auto optOut =
    "or turn on \"Run code without a sandbox\" (--allow-unsandboxed) if you trust the code you run";

/// Directories of shared libraries, as they lie on this system: `/lib` is a link to `/usr/lib` on most.
void addLibraries(std::vector<std::string>& argv) {
    for (const char* name : {"/usr/lib", "/usr/lib64", "/lib", "/lib64"}) {
        std::error_code error;
        const auto status = fs::symlink_status(name, error);
        if (fs::is_symlink(status)) {
            const auto target = fs::read_symlink(name, error).string();
            if (!error) argv.insert(argv.end(), {"--symlink", target, name});
        } else if (fs::is_directory(status)) {
            argv.insert(argv.end(), {"--ro-bind", name, name});
        }
    }
}

std::string firstLine(const std::string& text) {
    const auto start = text.find_first_not_of(" \n\r\t");
    if (start == std::string::npos) return "it said nothing";
    return text.substr(start, text.find('\n', start) - start);
}

bool isExecutable(const fs::path& file) {
    return ::access(file.c_str(), X_OK) == 0 && !fs::is_directory(file);
}

}  // namespace

Sandbox::Sandbox(const RuntimeOptions& options)
    : m_workerd(fs::absolute(options.workerd))
    , m_bubblewrap(options.bubblewrap)
    , m_direct(options.allowUnsandboxed) {
    probe();
}

void Sandbox::refuse(const std::string& why, const std::string& remedy) {
    m_state.usable = false;
    m_state.sandboxed = false;
    m_state.message = "User code does not run: " + why + ". " + remedy + ".";
}

void Sandbox::probe() {
    if (!isExecutable(m_workerd))
        return refuse("the JavaScript runtime workerd is not at " + m_workerd.string(),
                      "Install it with `npm ci` in resources/driver, or reinstall Stepwell");
    std::vector<std::string> argv;
    if (!m_direct) argv = bubblewrap();
    argv.insert(argv.end(), {m_direct ? m_workerd.string() : "/stepwell/workerd", "--version"});
    const auto outcome = runCommand(argv, "/", longestProbe);
    if (!outcome && !m_direct)
        return refuse("bubblewrap is missing (" + outcome.error().message + ")",
                      std::string("Install it with `apt install bubblewrap`, ") + optOut);
    if (outcome && outcome->status.code == 0 && outcome->status.signal == 0 && !outcome->timedOut) {
        m_state.usable = true;
        m_state.sandboxed = !m_direct;
        if (m_direct)
            m_state.message =
                "User code runs without a sandbox, because \"Run code without a sandbox\" is turned on.";
        return;
    }
    const auto said = !outcome            ? outcome.error().message
                      : outcome->timedOut ? "it did not answer within 10 s"
                                          : firstLine(outcome->output);
    if (m_direct)
        return refuse("workerd does not start (" + said + ")",
                      "Install its npm package for this machine again");
    refuse("bubblewrap cannot make a sandbox here (" + said + ")",
           std::string(
               "User namespaces may be turned off: allow them (sysctl kernel.unprivileged_userns_clone=1, or "
               "kernel.apparmor_restrict_unprivileged_userns=0 with AppArmor), ") +
               optOut);
}

std::vector<std::string> Sandbox::bubblewrap() const {
    std::vector<std::string> argv{
        m_bubblewrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop",
        "ALL"};
    addLibraries(argv);
    argv.insert(argv.end(), {"--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"});
    // workerd refuses to start without certificates, although it makes no connection by itself.
    for (const char* name : {"/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/usr/share/ca-certificates"})
        argv.insert(argv.end(), {"--ro-bind-try", name, name});
    argv.insert(argv.end(), {"--ro-bind", m_workerd.string(), "/stepwell/workerd"});
    return argv;
}

std::vector<std::string> Sandbox::serve(const fs::path& folder) const {
    const auto code = (folder / "code").string();
    if (m_direct) return {m_workerd.string(), "serve", code + "/config.capnp"};
    auto argv = bubblewrap();
    argv.insert(argv.end(), {"--ro-bind", code, "/stepwell/code", "--bind", (folder / "run").string(),
                             "/stepwell/run", "--chdir", "/stepwell/run", "--info-fd", "3",
                             "/stepwell/workerd", "serve", "/stepwell/code/config.capnp"});
    return argv;
}

}  // namespace stepwell::engine
