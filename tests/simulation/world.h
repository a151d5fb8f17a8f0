#pragma once

#include "app/engine/core/actions.h"
#include "tests/simulation/driver.h"

#include <queue>

/// Everything around the core: time, the processes that run user code, and what travels between them.
namespace stepwell::simulation {

/// Chances in percent, decided by the seed.
struct Faults {
    int processDies = 0;     ///< per message of a process
    int suspicious = 0;      ///< of those deaths that look like the code's fault
    int failedStart = 0;     ///< per start; never three in a row
    int duplicate = 0;       ///< a message of a driver arrives twice
    int slow = 0;            ///< a message takes up to 300 ms instead of 3
    int commitFails = 0;     ///< per turn
    int operationFails = 0;  ///< per turn: some operation within it
    int engineDies = 0;      ///< per turn: before the commit, between commit and actions, or after
    int clockJumps = 0;      ///< per command
    int diskFull = 0;        ///< per command: for a while
    int powerCuts = 0;       ///< per turn: at some operation of the disk from then on
};

class SimProcess;

class World {
  public:
    explicit World(std::uint64_t seed);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Random random;
    Faults faults;
    std::int64_t now = 0;     ///< steady ms since the simulation began
    std::int64_t wallOffset;  ///< what the wall clock adds to it
    std::deque<engine::Command> inbox;
    std::map<std::string, int> occasions;
    std::optional<std::string> violation;  ///< the first one
    std::function<void(RunId, int step, int attempt)> onExecution;
    std::function<void(RunId, int entry)> onUndone;
    /// Processes that ended under suspicion although the code did nothing, with the version they ran.
    std::function<void(engine::RuntimeId, engine::ExitCause)> onFalseAccusation;

    api::Time wall() const { return api::Time{api::Milliseconds{now + wallOffset}}; }
    std::int64_t toSteady(api::Time time) const { return time.time_since_epoch().count() - wallOffset; }
    void violated(const std::string& what);
    void at(std::int64_t time, std::function<void()> action);
    std::optional<std::int64_t> nextEvent() const;
    void fireNext();

    void send(engine::RuntimeId id, const std::string& lines);
    /// The engine has taken the end of this process into account: lines start a new one.
    void exitSeen(engine::RuntimeId id);
    void release(engine::RuntimeId id);
    void stop(engine::RuntimeId id);
    /// Of a random process, for no fault of its code or, by chance, under suspicion.
    void killSomeProcess();
    /// All processes die with the engine, and what was under way is lost.
    void engineDied();

    bool anyProcess() const { return !m_processes.empty(); }
    /// A process was handed this run and its end has not been reported.
    bool holds(RunId run) const;
    bool awaits(RunId run, int step) const;
    /// Some process runs a suspect.
    bool anyQuarantine() const;
    /// Nothing of the run executes and nothing is under way to or from its process.
    bool isIdle(RunId run) const;
    std::int64_t latency();

  private:
    friend class SimProcess;
    struct Event {
        std::int64_t time;
        std::int64_t number;
        std::function<void()> action;
        bool operator<(const Event& other) const {
            return std::pair(time, number) > std::pair(other.time, other.number);
        }
    };

    std::priority_queue<Event> m_events;
    std::int64_t m_number = 0;
    std::map<engine::RuntimeId, std::shared_ptr<SimProcess>> m_processes;
    std::map<engine::RuntimeId, int> m_failedStarts;  ///< in a row
    std::int64_t m_engineLife = 0;
};

}  // namespace stepwell::simulation
