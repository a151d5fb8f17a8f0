#include "app/engine/turn_loop.h"

#include <algorithm>
#include <utility>

namespace stepwell::engine {

namespace {

constexpr std::size_t commandsPerTurn = 4'000;
constexpr std::size_t longestQueue = 200'000;
constexpr api::Milliseconds calmAfterFailure{5'000};

api::Time clockNow() {
    return std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
}

api::Milliseconds steadyNow() {
    return std::chrono::floor<api::Milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace

TurnLoop::TurnLoop(std::unique_ptr<Sqlite> db, Sync sync, CoreSettings settings, Effects& effects)
    : m_db(std::move(db))
    , m_turns(*m_db, settings)
    , m_effects(effects)
    , m_outbox({std::move(sync),
                [this](Actions told, const std::string& error) { deliver(std::move(told), error); },
                [this] {
                    m_isLost = true;
                    m_alarm.ring();
                }}) {
    m_db->leaveSyncing();
    m_turns.setBeforeCommit([this] { m_outbox.announce(); });
}

TurnLoop::~TurnLoop() {
    stop();
}

void TurnLoop::start() {
    m_thread = std::thread([this] { run(); });
}

void TurnLoop::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_alarm.ring();
    if (!m_thread.joinable()) return;
    m_thread.join();
    m_outbox.stop();
    m_db->clearError();
    // A log that the disk did not keep is left to the next start, which writes it anew.
    if (!m_isLost) m_db->exec("PRAGMA wal_checkpoint(TRUNCATE)");
    std::unordered_map<std::int64_t, ReplyHandler> unanswered;
    {
        const std::lock_guard lock(m_mutex);
        unanswered.swap(m_handlers);
    }
    for (auto& [id, handler] : unanswered)
        handler(api::fail(503, api::code::unavailable,
                          "The engine is stopping; nothing of the request was done"));
}

void TurnLoop::push(Command command) {
    bool first = false;
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopping) return;
        first = m_queue.empty();
        m_queue.push_back(std::move(command));
    }
    if (first) m_alarm.ring();
}

void TurnLoop::submit(Request request, ReplyHandler reply) {
    std::unique_lock lock(m_mutex);
    if (m_stopping || m_queue.size() >= longestQueue) {
        const bool stopping = m_stopping;
        lock.unlock();
        reply(stopping ? api::fail(503, api::code::unavailable,
                                   "The engine is stopping; nothing of the request was done")
                       : api::fail(429, api::code::unavailable,
                                   "The engine has too much to do; try again in a moment"));
        return;
    }
    const ReplyId id{++m_lastReply};
    m_handlers.emplace(id.value, std::move(reply));
    const bool first = m_queue.empty();
    m_queue.push_back(RequestCommand{id, std::move(request)});
    lock.unlock();
    if (first) m_alarm.ring();
}

std::string TurnLoop::storageError() const {
    const std::lock_guard lock(m_mutex);
    return m_storageError;
}

bool TurnLoop::waitForWork(std::vector<Command>& commands) {
    const auto next = m_turns.nextTurn();
    const bool failed = m_turns.failed();
    bool due = false;
    std::unique_lock lock(m_mutex);
    while (!due) {
        if (m_stopping && (m_queue.empty() || failed)) return false;
        if (m_isLost && !m_turns.hasGivenUp()) break;
        // While storage fails, commands wait as well: trying each of them would only fail again.
        if (!m_queue.empty() && !failed) break;
        due = next && *next <= clockNow();
        if (due) break;
        lock.unlock();
        due = m_alarm.wait(next) == Alarm::Cause::clock;  // it is looked at in `turn`
        lock.lock();
    }
    const auto count = std::min(m_queue.size(), commandsPerTurn);
    commands.assign(std::make_move_iterator(m_queue.begin()),
                    std::make_move_iterator(m_queue.begin() + static_cast<std::ptrdiff_t>(count)));
    m_queue.erase(m_queue.begin(), m_queue.begin() + static_cast<std::ptrdiff_t>(count));
    return true;
}

void TurnLoop::run() {
    std::vector<Command> commands;
    while (waitForWork(commands))
        turn(std::exchange(commands, {}));
}

void TurnLoop::turn(std::vector<Command> commands) {
    if (m_isLost && !m_turns.hasGivenUp()) giveUp(m_outbox.error());
    auto actions = m_turns.turn({clockNow(), steadyNow()}, std::move(commands));
    if (!m_turns.failed() && !m_turns.hasGivenUp()) ++m_commits;
    m_live = m_turns.liveCount();
    {
        const std::lock_guard lock(m_mutex);
        m_storageError = m_turns.storageError();
    }
    if (!m_turns.hasGivenUp()) tellStorage(!actions.feed.empty());
    perform(actions);
    m_outbox.put(std::move(actions));
}

void TurnLoop::giveUp(const std::string& error) {
    auto actions =
        m_turns.giveUp("the disk failed to keep what was written (" + error +
                       "). Check the disk, then start the engine anew: it goes on from what is stored.");
    perform(actions);
    m_effects.storageLost(error);
}

/// A small commit may find room where the next one does not: it takes a while without failures to be well.
void TurnLoop::tellStorage(bool wrote) {
    const auto& error = m_turns.storageError();
    const auto now = steadyNow();
    if (!error.empty()) {
        if (!std::exchange(m_storageFailed, now)) m_effects.storageChanged(error);
    } else if (wrote && m_storageFailed && now - *m_storageFailed >= calmAfterFailure) {
        m_storageFailed.reset();
        m_effects.storageChanged({});
    }
}

void TurnLoop::perform(Actions& actions) {
    m_stepsCompleted += actions.stepsCompleted;
    for (const auto& runtime : actions.ended)
        m_effects.exitSeen(runtime);
    for (auto& [runtime, lines] : actions.lines)
        m_effects.send(runtime, std::move(lines));
    for (const auto& runtime : actions.release)
        m_effects.release(runtime);
    for (const auto& runtime : actions.stop)
        m_effects.stop(runtime);
    for (const auto& firing : actions.firings)
        m_effects.fire(firing);
}

void TurnLoop::deliver(Actions told, const std::string& error) {
    for (auto& [id, reply] : told.replies) {
        const bool doubtful = !error.empty() && reply.has_value();
        answer(id, doubtful ? Reply(api::fail(507, api::code::storage,
                                              "The disk failed while this was being stored (" + error +
                                                  "): it may be done, or not. Look after the next start."))
                            : std::move(reply));
    }
    if (!told.feed.empty() && error.empty()) m_effects.publish(told.feed);
    if (told.metrics.rows > 0 && error.empty()) m_effects.counted(told.metrics);
}

void TurnLoop::answer(ReplyId id, Reply reply) {
    ReplyHandler handler;
    {
        const std::lock_guard lock(m_mutex);
        auto node = m_handlers.extract(id.value);
        if (node.empty()) return;
        handler = std::move(node.mapped());
    }
    handler(std::move(reply));
}

}  // namespace stepwell::engine
