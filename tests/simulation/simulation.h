#pragma once

#include "app/engine/turn_runner.h"
#include "tests/simulation/database.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/world.h"

namespace stepwell::simulation {

/// How a simulation differs from the ordinary one.
struct Setting {
    bool cutsPower = false;  ///< the database is on a disk, and not in memory
    // Canaries: what then has to be found out.
    FaultyDatabase::Synchronous synchronous = FaultyDatabase::Synchronous::normal;
    bool ignoresSyncs = false;
    bool acknowledgesEarly = false;  ///< before the sync
};

/// One run of the engine from first upload to last end, all of it decided by the seed: workload, settings,
/// faults. First everything goes wrong that can; then faults stop, and all instances must come to their ends.
class Simulation {
  public:
    explicit Simulation(std::uint64_t seed, Setting setting = {});

    /// The first violation, if there was one.
    std::optional<std::string> run();
    std::int64_t turns() const { return m_turns; }
    std::int64_t faults() const { return m_faultsSeen; }
    std::int64_t powerCuts() const { return m_disk ? m_disk->cuts() : 0; }
    /// Prints what happens.
    void setVerbose() { m_isVerbose = true; }

  private:
    void chooseSettings();
    void chooseFaults();
    void prepareDisk(const Setting& setting);
    void install();
    void chooseLimits(const std::string& workflow);
    void planCommands();
    void command();
    void createInstance();
    void disturb();
    void send(engine::Request request);
    engine::CreateInstance creation();
    std::optional<std::pair<std::string, std::string>> someInstance();
    engine::RestartInstance restart(const std::string& workflow, const std::string& id);
    void deploy(const std::string& workflow);

    void startEngine();
    void killEngine();
    void losePower(const std::vector<engine::Command>& commands);
    void comeBackTo(const std::vector<engine::Command>& commands);
    void committed(const std::vector<engine::Command>& commands, const engine::Actions& actions);
    void planSync();
    void sync();
    std::int64_t nextTurnAt() const;
    void turn();
    std::vector<engine::Command> takeCommands();
    void prepareFault();
    void perform(engine::Actions& actions);
    void checkWakeable();
    void checkWakeable(const InstanceSeen& instance);
    void checkProgress(bool hadCommands, const engine::Actions& actions);
    void runUntil(const std::function<bool()>& done);
    void heal();
    bool allEnded();

    std::uint64_t m_seed;
    World m_world;
    std::unique_ptr<Disk> m_disk;  ///< when power is cut
    FaultyDatabase m_database;
    engine::CoreSettings m_settings;
    std::unique_ptr<engine::TurnRunner> m_engine;
    Oracle m_oracle;
    /// When power is cut: what the judge saw at the last turn that is durable, and at those after it.
    std::deque<Oracle> m_durable;
    bool m_isSyncing = false;  ///< a sync is under way
    std::int64_t m_engineLife = 0;
    bool m_acknowledgesEarly = false;
    std::vector<std::string> m_workflows;
    std::int64_t m_lastReply = 0;
    std::int64_t m_names = 0;
    std::int64_t m_lastTurn = 0;
    std::int64_t m_turns = 0;
    std::int64_t m_faultsSeen = 0;
    int m_idleTurns = 0;
    std::map<std::string, std::string> m_flowSettings;
    int m_commandsLeft = 0;
    bool m_diesNow = false;  ///< the engine dies in this turn
    bool m_isHealing = false;
    bool m_isFull = false;
    bool m_isVerbose = false;
    ProgramShape m_shape;
};

}  // namespace stepwell::simulation
