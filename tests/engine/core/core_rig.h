#pragma once

#include "app/engine/core/core.h"
#include "app/engine/store/schema.h"
#include "app/engine/store/sqlite_transaction.h"

#include <QTemporaryDir>

namespace stepwell::engine {

/// The core on a real database with a clock and a driver that the test plays by hand.
class CoreRig {
  public:
    explicit CoreRig(CoreSettings settings = {});

    /// One turn with these commands; advances no time.
    void turn(std::vector<Command> commands);
    /// Lets time pass, and runs turns whenever the core asked for one.
    void pass(std::chrono::milliseconds time);
    /// The wall clock is set; the next turn hears of it.
    void jump(std::chrono::milliseconds by);
    Reply ask(Request request);
    /// Scheduled handlers that were to be run since the last call.
    std::vector<Actions::Firing> firings() { return std::exchange(m_firings, {}); }
    /// The driver says this. `%` stands for "<instance key>\t<run>" of the instance "one".
    void say(const std::string& lines);
    /// What the driver has been told since the last call, without batch marks; they are echoed at once.
    std::string heard();
    void die(ExitCause cause, const std::string& reason = "died", bool quarantine = false);
    /// kill -9 and a new start on the same database.
    void restartEngine();

    /// Creates an instance of workflow "flow" and answers its key.
    InstanceKey create(const std::string& id = "one", const std::string& params = "j{}");
    InstanceRow row(const std::string& id = "one");
    std::vector<StepRow> steps(const std::string& id = "one");
    std::vector<AttemptRow> attempts(const std::string& id, int step, int count);
    std::vector<std::string> feedTypes() const;  ///< types of all events so far, in order
    std::int64_t count(api::Status status);
    std::string run(const std::string& id = "one");  ///< "<key>\t<run>"
    std::optional<api::Time> nextTurn() const { return m_core->nextTurn(); }
    api::Time now() const { return m_now; }
    /// How many runtimes the last turn let go.
    int released() const { return m_released; }
    /// How many times a runtime was to be stopped so far.
    int stopped() const { return m_stopped; }
    std::int64_t liveCount() const { return m_core->liveCount(); }
    Sqlite& db() { return *m_db; }

    static std::string config(int limit, std::int64_t delay, const char* backoff,
                              std::int64_t timeout = 600'000);

  private:
    void install();

    QTemporaryDir m_dir;
    CoreSettings m_settings;
    std::unique_ptr<Sqlite> m_db;
    std::unique_ptr<SqliteTransaction> m_transaction;
    std::unique_ptr<Core> m_core;
    api::Time m_now = *api::fromIso("2026-01-01T00:00:00Z");
    int m_released = 0;
    int m_stopped = 0;
    std::chrono::milliseconds m_jump{0};
    std::int64_t m_lastReply = 0;
    std::map<std::int64_t, Reply> m_replies;
    std::string m_heard;
    std::vector<Actions::Firing> m_firings;
    std::vector<std::string> m_types;
    std::vector<std::pair<RuntimeId, std::string>> m_echoes;
    bool m_fresh = true;
};

}  // namespace stepwell::engine
