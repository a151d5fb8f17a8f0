#include "app/desktop/local_engine.h"

#include "app/desktop/process_watch.h"
#include "app/engine/instance_lock.h"
#include "app/engine/private_files.h"
#include "app/engine/server.h"
#include "app/headless/log.h"
#include "app/headless/program_files.h"

#include <QMetaObject>
#include <QUrl>

#include <cstdio>
#include <unistd.h>
#include <utility>

namespace stepwell {

namespace {

const std::string localAccount = "local";

BackendChoice choiceOf(const engine::RunningEngine& running, const std::string& token) {
    auto choice = localChoiceOf(QString::fromStdString(running.urlFromHere() + "/client/v4"),
                                QString::fromStdString(running.account), QString::fromStdString(token));
    // Its certificate is for its public names, of whatever authority: who has the key is who was meant.
    choice.spec.pinnedSha256 = QString::fromStdString(running.publicKey);
    return choice;
}

api::Result<engine::EngineOptions> engineOptions(const std::filesystem::path& dataDir,
                                                 const LocalEngine::Settings& settings) {
    const auto files = headless::findProgramFiles(headless::thisProgram(), {});
    if (!files) return api::fail(files.error());
    engine::EngineOptions options;
    options.dataDir = dataDir;
    options.workerd = files->workerd;
    options.driver = files->driver;
    options.allowUnsandboxed = settings.allowUnsandboxed;
    options.cpuLimit = std::chrono::seconds(settings.cpuLimitSeconds);
    options.heapLimitMiB = settings.memoryLimitMiB;
    return options;
}

/// Where the window may be gone already. Any thread.
void tell(const std::string& message) {
    std::fprintf(stderr, "stepwell: %s\n", headless::oneLine(message).c_str());
}

// The port of the engine before, so that whoever talked to it finds the next one; else the usual one, so that
// wrangler's settings stay the same from start to start; any other when somebody has it.
api::Result<std::unique_ptr<engine::Server>> listen(engine::Engine& engine, const std::string& token,
                                                    unsigned short portBefore) {
    engine::ServerOptions options;
    options.token = token;
    options.account = localAccount;
    options.onWarning = tell;
    options.onAuditLost = tell;
    const auto usual = options.port;
    for (const auto port : {portBefore, usual}) {
        options.port = port;
        if (port == 0) continue;
        if (auto server = engine::Server::start(engine, options)) return server;
    }
    options.port = 0;
    return engine::Server::start(engine, options);
}

api::Result<BackendChoice> join(const engine::DataLock::Taken& taken, const std::filesystem::path& dataDir) {
    if (!taken.running)
        return api::fail(
            0, api::code::unavailable,
            "Another process uses " + dataDir.string() +
                " and has not said where it can be reached. End it, or start with another --data-dir.");
    const auto token = engine::loadOrCreateToken(taken.running->tokenFile);
    if (!token) return api::fail(token.error());
    return choiceOf(*taken.running, *token);
}

}  // namespace

// In the order of creation; destroyed the other way round.
struct LocalEngine::Running {
    std::unique_ptr<engine::DataLock> lock;
    std::unique_ptr<engine::Engine> engine;
    std::unique_ptr<engine::Server> server;
};

struct LocalEngine::Outcome {
    api::Result<BackendChoice> choice;
    std::unique_ptr<Running> running;  ///< nothing when joined or failed
    QString sandboxProblem;
    int owner = 0;  ///< process that runs the engine which was joined
};

LocalEngine::LocalEngine(Settings settings, QObject* parent)
    : QObject(parent)
    , settings_(std::move(settings)) {
    retry_.setSingleShot(true);
    retry_.setInterval(retryInterval);
    connect(&retry_, &QTimer::timeout, this, &LocalEngine::recover);
}

LocalEngine::~LocalEngine() {
    if (starter_.joinable()) starter_.join();
}

LocalEngine::Outcome LocalEngine::launch(const Settings& settings, unsigned short portBefore) {
    const std::filesystem::path dataDir = settings.dataDir.toStdString();
    auto acquired = engine::DataLock::acquire(dataDir);
    if (!acquired) return {api::fail(acquired.error()), nullptr, {}, 0};
    if (const auto* taken = std::get_if<engine::DataLock::Taken>(&*acquired))
        return {join(*taken, dataDir), nullptr, {}, taken->running ? taken->running->pid : 0};

    auto running = std::make_unique<Running>();
    running->lock = std::get<std::unique_ptr<engine::DataLock>>(std::move(*acquired));
    for (const auto& told : engine::closeDataFolder(dataDir))
        tell(told);
    const auto tokenFile = dataDir / "token";
    const auto token = engine::loadOrCreateToken(tokenFile);
    if (!token) return {api::fail(token.error()), nullptr, {}, 0};
    auto options = engineOptions(dataDir, settings);
    if (!options) return {api::fail(options.error()), nullptr, {}, 0};
    auto started = engine::Engine::start(std::move(*options));
    if (!started) return {api::fail(started.error()), nullptr, {}, 0};
    running->engine = std::move(*started);
    auto server = listen(*running->engine, *token, portBefore);
    if (!server) return {api::fail(server.error()), nullptr, {}, 0};
    running->server = std::move(*server);

    const engine::RunningEngine address{running->server->url(), localAccount, tokenFile.string(),
                                        static_cast<int>(getpid())};
    if (const auto announced = running->lock->announce(address); !announced)
        return {api::fail(announced.error()), nullptr, {}, 0};
    const auto sandbox = running->engine->health().sandbox;
    return {choiceOf(address, *token), std::move(running),
            sandbox.usable ? QString() : QString::fromStdString(sandbox.message), 0};
}

void LocalEngine::start() {
    if (starting_) return;
    starting_ = true;
    retry_.stop();
    const auto portBefore = static_cast<unsigned short>(QUrl(current_.spec.apiBase).port(0));
    if (starter_.joinable()) starter_.join();
    starter_ = std::thread([this, settings = settings_, before = std::move(running_), portBefore]() mutable {
        before.reset();
        auto outcome = std::make_shared<Outcome>(launch(settings, portBefore));
        QMetaObject::invokeMethod(
            this, [this, outcome] { take(std::move(*outcome)); }, Qt::QueuedConnection);
    });
}

void LocalEngine::recover() {
    const bool neverServed = current_.spec.apiBase.isEmpty();
    if (running_ != nullptr || neverServed || starting_) return;
    replacing_ = !wasOurs_;
    start();
}

void LocalEngine::take(Outcome outcome) {
    starting_ = false;
    running_ = std::move(outcome.running);
    owner_.reset();
    if (!outcome.choice) {
        // What keeps it from starting may pass: a full disk, a process that has not let go of the folder yet.
        if (!current_.spec.apiBase.isEmpty()) retry_.start();
        emit failed(QString::fromStdString(outcome.choice.error().message));
        return;
    }
    const bool wasReplacing = std::exchange(replacing_, false);
    if (outcome.owner > 0) {
        owner_ = std::make_unique<ProcessWatch>(outcome.owner);
        connect(owner_.get(), &ProcessWatch::ended, this, &LocalEngine::recover);
    }
    const bool isOther = running_ != nullptr || *outcome.choice != current_;
    current_ = *outcome.choice;
    wasOurs_ = running_ != nullptr;
    emit ready(*outcome.choice);
    if (wasReplacing && isOther)
        emit replaced(running_ != nullptr
                          ? tr("The program that ran the engine ended; this window runs it now")
                          : tr("The engine changed hands; this window uses the one that runs now"));
    if (!outcome.sandboxProblem.isEmpty()) emit sandboxMissing(outcome.sandboxProblem);
}

}  // namespace stepwell
