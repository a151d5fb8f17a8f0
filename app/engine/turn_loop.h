#pragma once

#include "app/engine/alarm.h"
#include "app/engine/engine.h"
#include "app/engine/outbox.h"
#include "app/engine/turn_runner.h"

#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

namespace stepwell::engine {

/// The core thread: gathers commands, runs turns, performs what came out. Commands may come from any thread;
/// runtime calls happen on the core thread, right after the commit; replies and feed follow on the thread of
/// the outbox, when the commit is durable.
class TurnLoop {
  public:
    /// What a turn's actions act upon. Called on the core thread, after the commit, but for `publish` and
    /// `counted`, which the outbox calls.
    class Effects {
      public:
        virtual ~Effects() = default;
        virtual void send(RuntimeId runtime, std::string lines) = 0;
        /// A turn has taken the exit of this runtime into account: see Runtime::exitSeen.
        virtual void exitSeen(RuntimeId runtime) = 0;
        virtual void release(RuntimeId runtime) = 0;
        virtual void stop(RuntimeId runtime) = 0;
        virtual void fire(const Actions::Firing& firing) = 0;
        virtual void publish(const Feed& feed) = 0;
        /// Rows for analytics are durable; told by the outbox, too.
        virtual void counted(const Actions::Metrics& metrics) = 0;
        /// The database cannot be written any more, for this reason; empty: it can again.
        virtual void storageChanged(const std::string& error) = 0;
        /// The disk did not keep what it was given, for this reason: nothing goes on until the next start.
        virtual void storageLost(const std::string& error) = 0;
    };
    /// See Outbox::Parts.
    using Sync = std::function<bool(std::string& error)>;

    /// `sync` makes the commits of `db` durable.
    TurnLoop(std::unique_ptr<Sqlite> db, Sync sync, CoreSettings settings, Effects& effects);
    /// Finishes the turn under way, answers what waits with an error, checkpoints.
    ~TurnLoop();

    /// See SqliteTransaction::setFolded. Before `start`.
    void setFolded(std::function<std::int64_t()> folded) { m_turns.setFolded(std::move(folded)); }
    void start();
    void stop();
    void push(Command command);
    /// `reply` is called once, on any thread: hand over and return.
    void submit(Request request, ReplyHandler reply);
    /// See Outbox::whenDurable.
    void whenDurable(std::function<void(bool durable)> then) { m_outbox.whenDurable(std::move(then)); }

    std::int64_t commits() const { return m_commits; }
    std::int64_t stepsCompleted() const { return m_stepsCompleted; }
    std::int64_t liveCount() const { return m_live; }
    std::string storageError() const;

  private:
    void run();
    bool waitForWork(std::vector<Command>& commands);
    void turn(std::vector<Command> commands);
    void giveUp(const std::string& error);
    void tellStorage(bool wrote);
    void perform(Actions& actions);
    void deliver(Actions told, const std::string& error);
    void answer(ReplyId id, Reply reply);

    std::unique_ptr<Sqlite> m_db;
    TurnRunner m_turns;  ///< core thread only
    Effects& m_effects;

    mutable std::mutex m_mutex;
    Alarm m_alarm;
    std::deque<Command> m_queue;                                ///< guarded by m_mutex
    std::unordered_map<std::int64_t, ReplyHandler> m_handlers;  ///< guarded by m_mutex
    std::int64_t m_lastReply = 0;                               ///< guarded by m_mutex
    bool m_stopping = false;                                    ///< guarded by m_mutex
    std::string m_storageError;                                 ///< guarded by m_mutex
    /// Last failure to write, by the steady clock, until it is told that all is well. Core thread only.
    std::optional<api::Milliseconds> m_storageFailed;
    std::atomic<std::int64_t> m_commits{0};
    std::atomic<std::int64_t> m_stepsCompleted{0};
    std::atomic<std::int64_t> m_live{0};
    std::atomic<bool> m_isLost{false};  ///< the outbox's sync has failed
    Outbox m_outbox;
    std::thread m_thread;
};

}  // namespace stepwell::engine
