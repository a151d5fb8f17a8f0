#pragma once

#include "app/engine/core/core.h"
#include "app/engine/engine.h"
#include "app/engine/store/sqlite_transaction.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace stepwell::engine {

/// The core thread: gathers commands, runs turns, commits, performs what came out. One turn, one transaction,
/// one fsync. Commands may come from any thread; replies, feed and runtime calls happen on the core thread.
class TurnLoop {
  public:
    /// What a turn's actions act upon. Called on the core thread, after the commit.
    class Effects {
      public:
        virtual ~Effects() = default;
        virtual void send(RuntimeId runtime, std::string lines) = 0;
        virtual void release(RuntimeId runtime) = 0;
        virtual void stop(RuntimeId runtime) = 0;
        virtual void publish(const std::vector<FeedLine>& lines) = 0;
    };

    TurnLoop(std::unique_ptr<Sqlite> db, CoreSettings settings, Effects& effects);
    /// Finishes the turn under way, answers what waits with an error, checkpoints.
    ~TurnLoop();

    void start();
    void stop();
    void push(Command command);
    void submit(Request request, ReplyHandler reply);

    std::int64_t commits() const { return m_commits; }
    std::int64_t stepsCompleted() const { return m_stepsCompleted; }
    std::int64_t liveCount() const { return m_live; }
    std::string storageError() const;

  private:
    void run();
    bool waitForWork(std::vector<Command>& commands);
    void turn(std::vector<Command>& commands);
    bool applyAll(const std::vector<Command>& commands, Actions& actions, std::string& error);
    void perform(Actions& actions);
    void rebuildAfter(const std::string& error, Actions& actions);
    void answer(ReplyId id, Reply reply);
    void setStorageError(const std::string& error);

    std::unique_ptr<Sqlite> m_db;
    SqliteTransaction m_transaction;
    CoreSettings m_settings;
    Effects& m_effects;
    std::unique_ptr<Core> m_core;        ///< core thread only
    bool m_recovered = false;            ///< core thread only
    std::optional<api::Time> m_retryAt;  ///< core thread only: after a failed commit
    std::set<RuntimeId> m_known;         ///< core thread only: runtimes that were sent something

    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Command> m_queue;                                ///< guarded by m_mutex
    std::unordered_map<std::int64_t, ReplyHandler> m_handlers;  ///< guarded by m_mutex
    std::int64_t m_lastReply = 0;                               ///< guarded by m_mutex
    bool m_stopping = false;                                    ///< guarded by m_mutex
    std::string m_storageError;                                 ///< guarded by m_mutex
    std::atomic<std::int64_t> m_commits{0};
    std::atomic<std::int64_t> m_stepsCompleted{0};
    std::atomic<std::int64_t> m_live{0};
    std::thread m_thread;
};

}  // namespace stepwell::engine
