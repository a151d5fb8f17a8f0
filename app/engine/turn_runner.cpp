#include "app/engine/turn_runner.h"

namespace stepwell::engine {

namespace {

/// Less is the ordinary correction of a clock.
constexpr std::chrono::seconds smallestJump{1};
constexpr std::chrono::seconds retryAfterStorageError{1};

api::Error storageFailure(const std::string& error) {
    return {507, api::code::storage,
            "The database could not be written, and nothing of the request was done: " + error +
                ". Check that the disk has room, then try again."};
}

api::Error diskFailure(const std::string& error) {
    return {507, api::code::storage,
            "Nothing of the request was done, for the engine has stopped working: " + error};
}

}  // namespace

TurnRunner::TurnRunner(Sqlite& db, CoreSettings settings)
    : m_transaction(db)
    , m_settings(settings)
    , m_core(std::make_unique<Core>(settings)) {}

std::optional<api::Time> TurnRunner::nextTurn() const {
    if (m_hasGivenUp) return std::nullopt;
    if (m_retryAt) return m_retryAt;
    return m_recovered ? m_core->nextTurn() : std::optional(api::Time{});
}

Actions TurnRunner::turn(Clocks now, std::vector<Command> commands) {
    if (m_hasGivenUp) return refuse(commands);
    Actions actions;
    std::string error;
    dropStaleLines(commands);
    m_transaction.begin();
    if (!applyAll(now, commands, actions, error)) {
        m_transaction.rollback();
        return rebuildAfter(std::move(error), now.wall, commands);
    }
    m_beforeCommit();
    if (!m_transaction.commit(error)) return rebuildAfter(std::move(error), now.wall, commands);
    m_recovered = true;
    m_retryAt.reset();
    m_storageError.clear();
    noteExits(commands, actions);
    for (const auto& [runtime, lines] : actions.lines)
        m_known.insert(runtime);
    return actions;
}

/// A runtime that was stopped after a failure runs what no longer is: only its exit counts.
void TurnRunner::dropStaleLines(std::vector<Command>& commands) const {
    if (m_dying.empty()) return;
    auto dying = m_dying;
    std::erase_if(commands, [&dying](const Command& command) {
        if (const auto* ended = std::get_if<RuntimeEnded>(&command)) dying.erase(ended->runtime);
        const auto* lines = std::get_if<DriverLines>(&command);
        return lines != nullptr && dying.contains(lines->runtime);
    });
}

void TurnRunner::noteExits(const std::vector<Command>& commands, Actions& actions) {
    for (const auto& command : commands) {
        const auto* ended = std::get_if<RuntimeEnded>(&command);
        if (ended == nullptr) continue;
        m_known.erase(ended->runtime);
        m_dying.erase(ended->runtime);
        actions.ended.push_back(ended->runtime);
    }
}

/// Nothing throws by design; if something does, it costs this turn and not the process.
bool TurnRunner::applyAll(Clocks now, const std::vector<Command>& commands, Actions& actions,
                          std::string& error) {
    try {
        m_core->beginTurn(now.wall, m_transaction, actions);
        const auto last = std::exchange(m_last, now).value_or(now);
        const auto jump = (now.wall - last.wall) - (now.steady - last.steady);
        if (jump >= smallestJump || jump <= -smallestJump) m_core->clockJumped(jump);
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

Actions TurnRunner::giveUp(std::string error) {
    m_hasGivenUp = true;
    m_retryAt.reset();
    m_storageError = std::move(error);
    Actions actions;
    actions.stop.assign(m_known.begin(), m_known.end());
    return actions;
}

Actions TurnRunner::refuse(const std::vector<Command>& commands) const {
    Actions actions;
    for (const auto& command : commands)
        if (const auto* request = std::get_if<RequestCommand>(&command))
            actions.replies.emplace_back(request->reply, tl::unexpected(diskFailure(m_storageError)));
    return actions;
}

/// What is in memory is ahead of the disk now: it is thrown away and read anew.
Actions TurnRunner::rebuildAfter(std::string error, api::Time now, const std::vector<Command>& commands) {
    m_core = std::make_unique<Core>(m_settings);
    m_recovered = false;
    m_retryAt = now + retryAfterStorageError;
    m_storageError = std::move(error);
    Actions actions;
    noteExits(commands, actions);  // a core that is made anew has no run in them
    actions.stop.assign(m_known.begin(), m_known.end());
    m_dying = m_known;
    for (const auto& command : commands)
        if (const auto* request = std::get_if<RequestCommand>(&command))
            actions.replies.emplace_back(request->reply, tl::unexpected(storageFailure(m_storageError)));
    return actions;
}

}  // namespace stepwell::engine
