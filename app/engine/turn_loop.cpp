#include "app/engine/turn_loop.h"

#include <algorithm>

namespace stepwell::engine {

namespace {

constexpr std::size_t commandsPerTurn = 4'000;
constexpr std::size_t longestQueue = 200'000;
constexpr std::chrono::seconds longestWait{60};
constexpr std::chrono::seconds retryAfterStorageError{1};

api::Time clockNow() {
    return std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
}

api::Error storageFailure(const std::string& error) {
    return {507, api::code::storage,
            "The database could not be written, and nothing of the request was done: " + error +
                ". Check that the disk has room, then try again."};
}

}  // namespace

TurnLoop::TurnLoop(std::unique_ptr<Sqlite> db, CoreSettings settings, Effects& effects)
    : m_db(std::move(db))
    , m_transaction(*m_db)
    , m_settings(settings)
    , m_effects(effects)
    , m_core(std::make_unique<Core>(settings)) {}

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
    m_wake.notify_all();
    if (!m_thread.joinable()) return;
    m_thread.join();
    m_db->clearError();
    m_db->exec("PRAGMA wal_checkpoint(TRUNCATE)");
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
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopping) return;
        m_queue.push_back(std::move(command));
    }
    m_wake.notify_one();
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
    m_queue.push_back(RequestCommand{id, std::move(request)});
    lock.unlock();
    m_wake.notify_one();
}

std::string TurnLoop::storageError() const {
    const std::lock_guard lock(m_mutex);
    return m_storageError;
}

void TurnLoop::setStorageError(const std::string& error) {
    const std::lock_guard lock(m_mutex);
    m_storageError = error;
}

bool TurnLoop::waitForWork(std::vector<Command>& commands) {
    auto next = m_recovered ? m_core->nextTurn() : std::optional(api::Time{});
    if (m_retryAt) next = *m_retryAt;
    const auto now = clockNow();
    const auto wait =
        next ? std::clamp<api::Milliseconds>(*next - now, api::Milliseconds{0}, longestWait) : longestWait;
    std::unique_lock lock(m_mutex);
    // While storage fails, commands wait as well: trying each of them would only fail again.
    m_wake.wait_for(lock, wait, [this] { return m_stopping || (!m_queue.empty() && !m_retryAt); });
    if (m_stopping && m_queue.empty()) return false;
    if (m_stopping && m_retryAt) return false;
    const auto count = std::min(m_queue.size(), commandsPerTurn);
    commands.assign(std::make_move_iterator(m_queue.begin()),
                    std::make_move_iterator(m_queue.begin() + static_cast<std::ptrdiff_t>(count)));
    m_queue.erase(m_queue.begin(), m_queue.begin() + static_cast<std::ptrdiff_t>(count));
    return true;
}

void TurnLoop::run() {
    std::vector<Command> commands;
    while (waitForWork(commands)) {
        turn(commands);
        commands.clear();
    }
}

void TurnLoop::turn(std::vector<Command>& commands) {
    Actions actions;
    std::string error;
    m_transaction.begin();
    if (!applyAll(commands, actions, error)) {
        m_transaction.rollback();
        return rebuildAfter(error, actions);
    }
    if (!m_transaction.commit(error)) return rebuildAfter(error, actions);
    m_recovered = true;
    if (m_retryAt) setStorageError({});
    m_retryAt.reset();
    ++m_commits;
    m_live = m_core->liveCount();
    perform(actions);
}

/// Nothing throws by design; if something does, it costs this turn and not the process.
bool TurnLoop::applyAll(const std::vector<Command>& commands, Actions& actions, std::string& error) {
    try {
        m_core->beginTurn(clockNow(), m_transaction, actions);
        if (!m_recovered) m_core->recover();
        for (const auto& command : commands)
            m_core->apply(command);
        m_core->endTurn();
        return true;
    } catch (const std::exception& exception) {
        error = std::string("internal error: ") + exception.what();
        return false;
    }
}

void TurnLoop::perform(Actions& actions) {
    m_stepsCompleted += actions.stepsCompleted;
    for (auto& [runtime, lines] : actions.lines) {
        m_known.insert(runtime);
        m_effects.send(runtime, std::move(lines));
    }
    for (const auto& runtime : actions.release)
        m_effects.release(runtime);
    for (const auto& runtime : actions.stop)
        m_effects.stop(runtime);
    for (auto& [id, reply] : actions.replies)
        answer(id, std::move(reply));
    if (!actions.feed.empty()) m_effects.publish(actions.feed);
}

/// What is in memory is ahead of the disk now: it is thrown away and read anew, and all user code starts
/// over.
void TurnLoop::rebuildAfter(const std::string& error, Actions& actions) {
    setStorageError(error);
    m_retryAt = clockNow() + retryAfterStorageError;
    m_core = std::make_unique<Core>(m_settings);
    m_recovered = false;
    for (const auto& runtime : m_known)
        m_effects.stop(runtime);
    m_known.clear();
    for (auto& [id, reply] : actions.replies)
        answer(id, tl::unexpected(storageFailure(error)));
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
