#include "app/engine/engine.h"
#include "app/engine/instance_lock.h"
#include "app/engine/private_files.h"
#include "app/engine/private_memory.h"
#include "app/engine/server.h"
#include "app/headless/backup/commands.h"
#include "app/headless/log.h"
#include "app/headless/options.h"
#include "app/headless/program_files.h"
#include "app/headless/steady_memory.h"
#include "app/headless/token_command.h"

#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <map>
#include <mutex>
#include <optional>
#include <unistd.h>

namespace {

namespace api = stepwell::api;
using stepwell::engine::DataLock;
using stepwell::engine::Engine;
using stepwell::engine::EngineOptions;
using stepwell::engine::RunningEngine;
using stepwell::engine::Server;
using stepwell::engine::ServerOptions;
using stepwell::headless::Level;
using stepwell::headless::log;
using stepwell::headless::Options;

constexpr int storageTrouble = 1;
constexpr int badUsage = 2;

int failed(const api::Error& error) {
    log(Level::error, error.message);
    return 1;
}

/// The one line on stdout.
void printReady(const RunningEngine& running) {
    const nlohmann::ordered_json line = {{"url", running.url},
                                         {"api", running.url + "/client/v4"},
                                         {"account", running.account},
                                         {"token_file", running.tokenFile}};
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
}

/// Another process has the folder.
int join(const DataLock::Taken& taken, const Options& options) {
    if (!taken.running) {
        log(Level::error,
            "Another process uses " + options.dataDir.string() +
                " and has not said where it can be reached. Stop it, or choose another --data-dir.");
        return 1;
    }
    log(Level::info, "An engine runs on this folder already, as process " +
                         std::to_string(taken.running->pid) + "; nothing was started.");
    printReady(*taken.running);
    return 0;
}

api::Result<EngineOptions> engineOptions(const Options& options) {
    const auto files =
        stepwell::headless::findProgramFiles(stepwell::headless::thisProgram(), options.workerd);
    if (!files) return tl::unexpected(files.error());
    EngineOptions engine;
    engine.dataDir = options.dataDir;
    engine.workerd = files->workerd;
    engine.driver = files->driver;
    engine.allowUnsandboxed = options.allowUnsandboxed;
    engine.cpuLimit = options.cpuLimit;
    engine.heapLimitMiB = options.memoryLimitMiB;
    engine.countsAnalytics = options.countsAnalytics;
    engine.onAnalytics = [](const std::string& message) {
        if (message.empty())
            log(Level::info, "Analytics can be written again.");
        else
            log(Level::warning, message);
    };
    engine.onStorage = [](const std::string& message) {
        if (message.empty())
            log(Level::info, "The database can be written again; instances go on.");
        else
            log(Level::error, message);
    };
    return engine;
}

/// What the lock file says, also of a certificate that was renewed meanwhile.
class Announcement {
  public:
    explicit Announcement(DataLock& lock)
        : m_lock(lock) {}
    api::Result<void> make(const RunningEngine& running) {
        const std::lock_guard guard(m_mutex);
        m_running = running;
        return m_lock.announce(m_running);
    }
    void change(const std::string& publicKey) {
        const std::lock_guard guard(m_mutex);
        if (m_running.url.empty()) return;
        m_running.publicKey = publicKey;
        if (const auto announced = m_lock.announce(m_running); !announced)
            log(Level::warning, announced.error().message);
    }

  private:
    DataLock& m_lock;
    std::mutex m_mutex;
    RunningEngine m_running;  ///< guarded by m_mutex
};

sigset_t stopSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return signals;
}

int serve(Engine& engine, DataLock& lock, const Options& options, const std::string& token,
          const std::string& tokenFile, std::atomic<bool>& auditLost) {
    ServerOptions face;
    face.listenHost = options.listenHost;
    face.port = options.port;
    face.token = token;
    face.account = options.account;
    face.trustedProxies = options.trustedProxies;
    if (!options.tlsCertificate.empty())
        face.tls = stepwell::engine::http::TlsFiles{options.tlsCertificate, options.tlsKey};
    face.plainHttpAnywhere = options.plainHttp;
    face.publicNames = options.publicNames;
    face.sitesDomain = options.sitesDomain;
    face.publicUrl = options.publicUrl;
    face.connections = options.connections;
    face.connectionsPerAddress = options.connectionsPerAddress;
    face.pace = options.pace;
    face.onNotice = [](const std::string& message) { log(Level::info, message); };
    face.rateLimit = options.rateLimit;
    face.onWarning = [](const std::string& message) { log(Level::warning, message); };
    face.onAuditLost = [&auditLost](const std::string& message) {
        auditLost = true;
        log(Level::error, message);
    };
    Announcement announcement(lock);
    face.onCertificate = [&announcement](const std::string& key) { announcement.change(key); };
    const auto server = Server::start(engine, face);
    if (!server) return failed(server.error());

    const RunningEngine running{(*server)->url(),           options.account,       tokenFile,
                                static_cast<int>(getpid()), (*server)->localUrl(), (*server)->publicKey()};
    if (const auto announced = announcement.make(running); !announced) return failed(announced.error());
    const auto sandbox = engine.health().sandbox;
    if (!sandbox.message.empty()) log(Level::warning, sandbox.message);
    log(Level::info, "Ready on " + running.url + ", data in " + options.dataDir.string() + ".");
    printReady(running);

    const auto signals = stopSignals();
    int signal = 0;
    while (sigwait(&signals, &signal) != 0) {
    }
    log(Level::info, "Stopping.");
    return 0;
}

int run(const Options& options) {
    auto acquired = DataLock::acquire(options.dataDir);
    if (!acquired) return failed(acquired.error());
    if (const auto* taken = std::get_if<DataLock::Taken>(&*acquired)) return join(*taken, options);
    const auto lock = std::get<std::unique_ptr<DataLock>>(std::move(*acquired));

    for (const auto& told : stepwell::engine::closeDataFolder(options.dataDir))
        log(Level::warning, told);
    const auto tokenFile = options.tokenFile.empty() ? options.dataDir / "token" : options.tokenFile;
    const auto exposure = stepwell::engine::exposureOf(tokenFile);
    if (!exposure.empty()) log(Level::warning, exposure);
    const auto token = stepwell::engine::loadOrCreateToken(tokenFile);
    if (!token) return failed(token.error());
    auto settings = engineOptions(options);
    if (!settings) return failed(settings.error());
    std::atomic<bool> auditLost{false};  // told until the engine has ended
    auto engine = Engine::start(std::move(*settings));
    if (!engine) return failed(engine.error());
    const int code = serve(**engine, *lock, options, *token, tokenFile.string(), auditLost);
    const auto trouble = (*engine)->health().storageError;
    engine->reset();
    if (!trouble.empty()) log(Level::error, "Stopped while the database could not be written: " + trouble);
    if (!trouble.empty() || auditLost) return storageTrouble;
    if (code == 0) log(Level::info, "Stopped; everything is on disk.");
    return code;
}

}  // namespace

namespace {

/// The command that the first argument names.
std::optional<int> runCommand(const std::vector<std::string>& arguments) {
    if (arguments.empty()) return std::nullopt;
    using Command = int (*)(const std::vector<std::string>&);
    const std::map<std::string, Command> commands = {{"backup", stepwell::headless::runBackup},
                                                     {"restore", stepwell::headless::runRestore},
                                                     {"healthcheck", stepwell::headless::runHealthcheck},
                                                     {"token", stepwell::headless::tokenCommand}};
    const auto command = commands.find(arguments.front());
    if (command == commands.end()) return std::nullopt;
    ::umask(S_IRWXG | S_IRWXO);
    return command->second({arguments.begin() + 1, arguments.end()});
}

}  // namespace

int main(int argc, char** argv) {
    stepwell::engine::keepMemoryPrivate();
    stepwell::headless::keepMemorySteady();
    if (const auto code = runCommand({argv + 1, argv + argc})) return *code;
    const auto options = stepwell::headless::parseOptions({argv + 1, argv + argc});
    if (!options) {
        std::fprintf(stderr, "stepwelld: %s\n", options.error().message.c_str());
        return badUsage;
    }
    if (options->action == Options::Action::help) {
        std::fputs(stepwell::headless::usage().c_str(), stdout);
        return 0;
    }
    if (options->action == Options::Action::version) {
        std::puts("stepwelld " STEPWELL_VERSION);
        return 0;
    }
    // Everything in the data folder is its owner's alone, whoever made the folder.
    ::umask(S_IRWXG | S_IRWXO);
    // Before any thread starts, so that all inherit it: the signals wait for `sigwait`.
    const auto signals = stopSignals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return run(*options);
}
