#include "app/engine/turn_runner.h"

namespace stepwell::engine {

namespace {

constexpr std::chrono::seconds retryAfterStorageError{1};

api::Error storageFailure(const std::string& error) {
    return {507, api::code::storage,
            "The database could not be written, and nothing of the request was done: " + error +
                ". Check that the disk has room, then try again."};
}

}  // namespace

TurnRunner::TurnRunner(Sqlite& db, CoreSettings settings)
    : m_transaction(db)
    , m_settings(settings)
    , m_core(std::make_unique<Core>(settings)) {}

std::optional<api::Time> TurnRunner::nextTurn() const {
    if (m_retryAt) return m_retryAt;
    return m_recovered ? m_core->nextTurn() : std::optional(api::Time{});
}

Actions TurnRunner::turn(api::Time now, const std::vector<Command>& commands) {
    Actions actions;
    std::string error;
    m_transaction.begin();
    if (!applyAll(now, commands, actions, error)) {
        m_transaction.rollback();
        return rebuildAfter(std::move(error), now, commands);
    }
    if (!m_transaction.commit(error)) return rebuildAfter(std::move(error), now, commands);
    m_recovered = true;
    m_retryAt.reset();
    m_storageError.clear();
    for (const auto& [runtime, lines] : actions.lines)
        m_known.insert(runtime);
    return actions;
}

/// Nothing throws by design; if something does, it costs this turn and not the process.
bool TurnRunner::applyAll(api::Time now, const std::vector<Command>& commands, Actions& actions,
                          std::string& error) {
    try {
        m_core->beginTurn(now, m_transaction, actions);
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

/// What is in memory is ahead of the disk now: it is thrown away and read anew.
Actions TurnRunner::rebuildAfter(std::string error, api::Time now, const std::vector<Command>& commands) {
    m_core = std::make_unique<Core>(m_settings);
    m_recovered = false;
    m_retryAt = now + retryAfterStorageError;
    m_storageError = std::move(error);
    Actions actions;
    actions.stop.assign(m_known.begin(), m_known.end());
    m_known.clear();
    for (const auto& command : commands)
        if (const auto* request = std::get_if<RequestCommand>(&command))
            actions.replies.emplace_back(request->reply, tl::unexpected(storageFailure(m_storageError)));
    return actions;
}

}  // namespace stepwell::engine
