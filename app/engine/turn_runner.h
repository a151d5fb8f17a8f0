#pragma once

#include "app/engine/core/core.h"
#include "app/engine/store/sqlite_transaction.h"

namespace stepwell::engine {

/// What the clocks say at the beginning of a turn. `steady` counts on through changes of the wall clock, and
/// stands still while the machine is suspended.
struct Clocks {
    api::Time wall{};
    api::Milliseconds steady{};
};

/// The turns of the engine without its thread and its clock: one turn, one transaction. Keeps the core, and
/// makes a new one from the database when a commit fails. One thread.
class TurnRunner {
  public:
    TurnRunner(Sqlite& db, CoreSettings settings);

    /// Applies the commands and commits. What comes back is to be performed now, see Actions. After a failure
    /// it holds an error for every request of the turn and stops every runtime, for all user code starts
    /// over.
    Actions turn(Clocks now, std::vector<Command> commands);
    /// See SqliteTransaction::setFolded.
    void setFolded(std::function<std::int64_t()> folded) { m_transaction.setFolded(std::move(folded)); }
    /// Is called before each commit.
    void setBeforeCommit(std::function<void()> call) { m_beforeCommit = std::move(call); }
    /// For good: the disk did not keep what it was given, so what is in memory, and in the database as this
    /// process sees it, is not to be trusted. Stops every runtime; every later turn is refused.
    Actions giveUp(std::string error);
    bool hasGivenUp() const { return m_hasGivenUp; }

    /// When the next turn is needed even if no command comes.
    std::optional<api::Time> nextTurn() const;
    /// The last turn failed: commands had better wait until `nextTurn`, each of them would only fail again.
    bool failed() const { return m_retryAt.has_value(); }
    /// Of the last turn; empty when it went well.
    const std::string& storageError() const { return m_storageError; }
    std::int64_t liveCount() const { return m_core->liveCount(); }

  private:
    bool applyAll(Clocks now, const std::vector<Command>& commands, Actions& actions, std::string& error);
    void dropStaleLines(std::vector<Command>& commands) const;
    void noteExits(const std::vector<Command>& commands, Actions& actions);
    Actions refuse(const std::vector<Command>& commands) const;
    Actions rebuildAfter(std::string error, api::Time now, const std::vector<Command>& commands);

    SqliteTransaction m_transaction;
    CoreSettings m_settings;
    std::unique_ptr<Core> m_core;
    std::function<void()> m_beforeCommit = [] {};
    bool m_recovered = false;
    bool m_hasGivenUp = false;
    std::optional<Clocks> m_last;        ///< of the last turn
    std::optional<api::Time> m_retryAt;  ///< after a failed commit
    std::string m_storageError;
    std::set<RuntimeId> m_known;  ///< runtimes that were sent something and have not ended
    std::set<RuntimeId> m_dying;  ///< those of them that were stopped after a failure
};

}  // namespace stepwell::engine
