#include "tests/simulation/simulation.h"

#include <algorithm>
#include <cstdio>

namespace stepwell::simulation {

namespace {

/// A thousand years.
constexpr api::Milliseconds always = std::chrono::hours{24 * 365'000};

constexpr std::int64_t mostTurns = 30'000;
constexpr int mostIdleTurns = 300;
constexpr std::int64_t longestHalt = 60'000;
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
const std::string script = "worker";

}  // namespace

Simulation::Simulation(std::uint64_t seed, Setting setting)
    : m_seed(seed)
    , m_world(seed)
    , m_disk(setting.cutsPower ? std::make_unique<Disk>(m_world.random) : nullptr)
    , m_database(m_disk.get())
    , m_oracle(m_database.db(), [this](const std::string& what) { m_world.violated(what); }) {
    m_world.onExecution = [this](RunId run, int step, int attempt) { m_oracle.executes(run, step, attempt); };
    m_world.onUndone = [this](RunId run, int entry) { m_oracle.undid(run, entry); };
    m_world.onFalseAccusation = [this](engine::RuntimeId, engine::ExitCause cause) {
        m_oracle.falselyAccused(cause);
    };
    chooseSettings();
    chooseFaults();
    if (m_disk) prepareDisk(setting);
}

void Simulation::prepareDisk(const Setting& setting) {
    auto& random = m_world.random;
    m_world.faults.powerCuts = static_cast<int>(random.between(3, 20));
    m_database.setSynchronous(setting.synchronous);
    m_database.setCheckpoint(random.pick(std::vector<int>{0, 20, 100}));
    if (setting.ignoresSyncs) m_disk->ignoreSyncs();
    m_acknowledgesEarly = setting.acknowledgesEarly;
    // Also the making of the database is cut short.
    m_disk->cutAfter(static_cast<int>(random.between(1, 400)));
    m_database.reopen();
    m_oracle.reopened(m_database.db());
    m_durable.push_back(m_oracle);
}

void Simulation::chooseSettings() {
    auto& random = m_world.random;
    m_settings.maxLive = random.pick(std::vector<int>{1, 2, 4, 100, 100});
    m_settings.hibernateAfter = api::Milliseconds{random.pick(std::vector<int>{0, 100, 1'000, 5'000})};
    m_settings.quarantineStay = api::Milliseconds{random.between(1'000, 20'000)};
    m_settings.sentEventsPerInstance = random.pick(std::vector<int>{3, 10'000});
    m_shape.flat = random.percent(20);
    m_shape.killers = random.percent(25);
    m_shape.undoes = random.percent(50);
    if (m_shape.flat) m_settings.stepLimit = random.pick(std::vector<int>{2, 4, 10'000});
    m_oracle.stepLimit = m_settings.stepLimit;
}

/// Some seeds have few faults of every kind, some have none of one kind and many of another.
void Simulation::chooseFaults() {
    auto& random = m_world.random;
    auto& faults = m_world.faults;
    const auto draw = [&](int most) {
        return random.percent(50) ? 0 : static_cast<int>(random.between(1, most));
    };
    faults.processDies = draw(8);
    faults.suspicious = random.percent(25) ? 30 : 0;
    faults.failedStart = draw(30);
    faults.duplicate = draw(20);
    faults.slow = draw(40);
    faults.commitFails = draw(10);
    faults.operationFails = draw(15);
    faults.engineDies = draw(8);
    faults.clockJumps = draw(15);
    faults.diskFull = draw(10);
}

void Simulation::send(engine::Request request) {
    m_world.inbox.emplace_back(engine::RequestCommand{engine::ReplyId{++m_lastReply}, std::move(request)});
}

void Simulation::deploy(const std::string& workflow) {
    const auto tag = std::to_string(++m_names);
    engine::PutScriptVersion upload;
    upload.script = script;
    upload.scriptTag = "tag" + tag;
    upload.version.uuid = "script-version-" + tag;
    upload.version.entrypoints = R"(["Flow"])";
    upload.deploymentUuid = "deployment-" + tag;
    send(upload);
    send(engine::PutWorkflow{workflow, "Flow", script, m_flowSettings[workflow], "workflow-" + tag,
                             "version-" + tag});
}

void Simulation::install() {
    const auto flows = m_world.random.between(1, 2);
    for (std::int64_t i = 0; i < flows; ++i) {
        m_workflows.push_back("flow" + std::to_string(i));
        chooseLimits(m_workflows.back());
        deploy(m_workflows.back());
    }
    engine::ChangeAccount account;
    account.concurrency = m_world.random.pick(std::vector<int>{0, 0, 0, 1, 3});
    send(account);
}

/// In most seeds nothing goes while it is watched, however far the clock jumps.
void Simulation::chooseLimits(const std::string& workflow) {
    auto& random = m_world.random;
    const auto limit = random.pick(std::vector<int>{0, 0, 0, 1, 2, 5});
    const auto kept = std::to_string(random.percent(75) ? always.count() : random.between(1, 60'000));
    m_flowSettings[workflow] = R"({"concurrency":{"limit":)" + std::to_string(limit) +
                               R"(},"default_retention":{"success_retention":)" + kept +
                               R"(,"error_retention":)" + kept + "}}";
}

/// The outbox begins with a sync, for those before it may have died with turns that were not durable.
void Simulation::startEngine() {
    m_engine = std::make_unique<engine::TurnRunner>(m_database.db(), m_settings);
    m_isSyncing = false;
    if (m_disk) planSync();
}

/// It takes as long as the disk needs; turns that come meanwhile are synced together.
void Simulation::planSync() {
    if (m_isSyncing) return;
    m_isSyncing = true;
    m_world.at(m_world.now + m_world.random.pick(std::vector<int>{0, 0, 1, 5, 50}),
               [this, life = m_engineLife] {
                   if (m_engineLife != life) return;
                   m_isSyncing = false;
                   sync();
               });
}

/// What was committed before it is durable from now on, and only now does anybody hear of it.
void Simulation::sync() {
    if (!m_acknowledgesEarly && !m_database.sync()) return losePower({});
    while (m_durable.size() > 1)
        m_durable.pop_front();
}

void Simulation::committed(const std::vector<engine::Command>& commands, const engine::Actions& actions) {
    m_oracle.committed(m_world.wall(), commands, actions);
    if (!m_disk) return;
    m_durable.push_back(m_oracle);
    planSync();
}

void Simulation::killEngine() {
    ++m_faultsSeen;
    ++m_engineLife;
    m_engine.reset();
    m_world.engineDied();
    m_world.at(m_world.now + m_world.random.between(0, 3'000), [this] { startEngine(); });
}

/// With `commands` in a turn of their own, or outside any turn.
void Simulation::losePower(const std::vector<engine::Command>& commands) {
    if (m_isVerbose) std::printf("%lld the power is cut\n", static_cast<long long>(m_world.now));
    killEngine();
    m_database.reopen();
    if (const auto flaw = m_database.flaw()) m_world.violated(*flaw);
    m_database.setFull(m_isFull);
    m_oracle.reopened(m_database.db());
    comeBackTo(commands);
}

/// Turns that are durable are there afterwards. Of those after them, and of the one that the power went out
/// in, the first are, and each as a whole.
void Simulation::comeBackTo(const std::vector<engine::Command>& commands) {
    const bool hasNews = m_oracle.hasNews();
    for (auto seen = m_durable.rbegin(); !hasNews && seen != m_durable.rend(); ++seen) {
        seen->reopened(m_database.db());
        if (!seen->agrees()) continue;
        m_oracle = *seen;
        m_durable = {m_oracle};
        return;
    }
    m_oracle.mayHaveCommitted(m_world.wall(), commands);
    m_durable = {m_oracle};
}

std::int64_t Simulation::nextTurnAt() const {
    if (!m_engine) return never;
    const bool waitsOut = m_engine->failed();
    const auto soonest = std::max(m_world.now, m_lastTurn + 1);
    if (!m_world.inbox.empty() && !waitsOut) return soonest;
    const auto next = m_engine->nextTurn();
    if (!next || *next > api::Time{always}) return never;  // all that is left is to be removed then
    const auto due = std::max(soonest, m_world.toSteady(*next));
    return waitsOut ? std::min(due, m_lastTurn + longestHalt) : due;
}

/// What a turn takes is cut at random; commands that change much have a turn of their own, which makes them
/// easier to judge.
std::vector<engine::Command> Simulation::takeCommands() {
    std::vector<engine::Command> commands;
    if (m_engine->failed()) return commands;
    const auto most = m_world.random.between(1, 12);
    while (!m_world.inbox.empty() && static_cast<std::int64_t>(commands.size()) < most) {
        const auto* request = std::get_if<engine::RequestCommand>(&m_world.inbox.front());
        const bool alone =
            request != nullptr && (std::holds_alternative<engine::RestartInstance>(request->request) ||
                                   std::holds_alternative<engine::DeleteWorkflow>(request->request));
        if (alone && !commands.empty()) break;
        commands.push_back(std::move(m_world.inbox.front()));
        m_world.inbox.pop_front();
        if (alone) break;
    }
    return commands;
}

void Simulation::prepareFault() {
    m_diesNow = false;
    if (m_isHealing) return;
    auto& random = m_world.random;
    const auto& faults = m_world.faults;
    m_diesNow = random.percent(faults.engineDies);
    const bool beforeCommit = m_diesNow && random.percent(40);
    if (beforeCommit || random.percent(faults.commitFails)) m_database.failNextCommit();
    if (m_disk && random.percent(faults.powerCuts)) m_disk->cutAfter(static_cast<int>(random.between(1, 60)));
    if (random.percent(faults.operationFails))
        m_database.failAfter(
            static_cast<int>(random.percent(50) ? random.between(1, 60) : random.between(1, 3'000)));
}

void Simulation::turn() {
    m_world.now = std::max(m_world.now, nextTurnAt());
    m_lastTurn = m_world.now;
    ++m_turns;
    const auto commands = takeCommands();
    prepareFault();
    auto actions = m_engine->turn({m_world.wall(), api::Milliseconds{m_world.now}}, commands);
    m_database.heal();
    if (m_isVerbose)
        std::printf("%lld turn: %zu commands, %s, %zu events\n", static_cast<long long>(m_world.now),
                    commands.size(), m_engine->failed() ? m_engine->storageError().c_str() : "committed",
                    actions.feed.size());
    if (m_isVerbose) {
        for (const auto& command : commands)
            if (const auto* lines = std::get_if<engine::DriverLines>(&command))
                std::printf("  said: %s", lines->lines.c_str());
        for (const auto& line : engine::expand(actions.feed))
            std::printf("  %s\n", line.json.c_str());
        for (const auto& [runtime, text] : actions.lines)
            std::printf("  told %lld%s: %s", static_cast<long long>(runtime.version.value),
                        runtime.quarantine ? "q" : "", text.c_str());
    }
    if (m_engine->failed()) {
        ++m_faultsSeen;
        m_oracle.failed(commands, actions);
    }
    if (m_disk && m_disk->isOut()) return losePower(commands);
    if (!m_engine->failed()) committed(commands, actions);
    if (m_diesNow && m_world.random.percent(50)) return killEngine();
    perform(actions);
    if (m_diesNow) return killEngine();
    checkProgress(!commands.empty(), actions);
    if (!m_engine->failed()) checkWakeable();
}

void Simulation::perform(engine::Actions& actions) {
    for (const auto& runtime : actions.ended)
        m_world.exitSeen(runtime);
    for (const auto& [runtime, lines] : actions.lines)
        m_world.send(runtime, lines);
    for (const auto& runtime : actions.release)
        m_world.release(runtime);
    for (const auto& runtime : actions.stop)
        m_world.stop(runtime);
}

/// An engine that asks for turn after turn and does nothing in them spins.
void Simulation::checkProgress(bool hadCommands, const engine::Actions& actions) {
    const bool something = hadCommands || !actions.feed.empty() || m_engine->failed();
    m_idleTurns = something ? 0 : m_idleTurns + 1;
    if (m_idleTurns > mostIdleTurns) m_world.violated("the engine takes turn after turn without need");
}

void Simulation::checkWakeable() {
    const bool endPending = std::any_of(m_world.inbox.begin(), m_world.inbox.end(), [](const auto& command) {
        return std::holds_alternative<engine::RuntimeEnded>(command);
    });
    if (endPending) return;
    for (const auto& [key, instance] : m_oracle.instances())
        if (!m_oracle.isDeleted(instance)) checkWakeable(instance);
}

/// Everything that has not ended has something that will move it.
void Simulation::checkWakeable(const InstanceSeen& instance) {
    if (api::isFinal(instance.status) || instance.status == api::Status::paused) return;
    const auto next = m_engine->nextTurn();
    const auto nextAt = next ? m_world.toSteady(*next) : never;
    const auto stuck = [&](const std::string& why) {
        m_world.violated(instance.id + " is " + std::string(api::toString(instance.status)) +
                         " and nothing will wake it: " + why);
    };
    const bool room = m_engine->liveCount() < m_settings.maxLive;
    if (instance.status == api::Status::queued) {
        if (room && m_oracle.slots(instance.workflow) > 0 && nextAt > m_world.now) stuck("it is queued");
        return;
    }
    const RunId run{instance.key, instance.run};
    if (!m_world.holds(run)) {
        if (instance.status == api::Status::waiting ||
            (instance.status == api::Status::rollingBack && instance.wake)) {
            if (!instance.wake) return stuck("it has no time to wake");
            const auto wake = std::max(m_world.now + 50, *instance.wake - m_world.wallOffset);
            if (room && nextAt > wake) stuck("no turn is due for it");
            return;
        }
        if (!m_world.anyQuarantine()) stuck("no process runs it");
        return;
    }
    if (!m_world.isIdle(run) || !m_world.inbox.empty() || m_world.anyQuarantine()) return;
    const bool isUndoing = instance.status == api::Status::rollingBack;
    const bool isPausing = instance.status == api::Status::waitingForPause;
    std::optional<std::int64_t> due;
    for (const auto& [index, step] : instance.steps) {
        const bool counts = isPausing   ? step.kind == 0 && step.state == 0
                            : isUndoing ? step.kind == 4
                                        : m_world.awaits(run, index);
        if (!step.isOver() && step.due && counts) due = due ? std::min(*due, *step.due) : *step.due;
    }
    if (!due) return stuck("no open step has a time");
    if (nextAt > std::max(m_world.now, *due - m_world.wallOffset)) stuck("its timer is lost");
}

void Simulation::runUntil(const std::function<bool()>& done) {
    while (!m_world.violation && !done()) {
        const auto turnAt = nextTurnAt();
        const auto event = m_world.nextEvent();
        if (turnAt == never && !event) return;
        if (event && *event <= turnAt)
            m_world.fireNext();
        else
            turn();
        if (m_turns > mostTurns) m_world.violated("it does not come to an end");
    }
}

bool Simulation::allEnded() {
    if (!m_engine || m_engine->failed() || !m_world.inbox.empty()) return false;
    for (const auto& [key, instance] : m_oracle.instances())
        if (m_oracle.isDeleted(instance) || !api::isFinal(instance.status)) return false;
    return true;
}

/// Faults stop. What is paused is resumed; then all must end by themselves, and leave no process behind.
void Simulation::heal() {
    m_isHealing = true;
    m_world.faults = {};
    m_database.setFull(false);
    if (m_disk) m_disk->neverMind();
    runUntil([this] { return m_engine && !m_engine->failed() && m_world.inbox.empty(); });
    for (const auto& [key, instance] : m_oracle.instances())
        if (instance.status == api::Status::paused || instance.status == api::Status::waitingForPause)
            send(engine::ResumeInstance{m_oracle.workflowName(instance), instance.id});
    runUntil([this] { return allEnded(); });
    if (m_world.violation) return;
    m_oracle.judgeEnds();
    runUntil([] { return false; });
    if (m_world.anyProcess()) m_world.violated("processes are left although no instance needs them");
}

std::optional<std::string> Simulation::run() {
    install();
    startEngine();
    planCommands();
    runUntil([this] { return m_commandsLeft == 0; });
    if (!m_world.violation) heal();
    return m_world.violation;
}

}  // namespace stepwell::simulation
