#pragma once

#include "tests/simulation/world.h"

namespace stepwell::simulation {

/// A runtime process with a driver in it. Messages keep their order in each direction.
class SimProcess final : public DriverHost, public std::enable_shared_from_this<SimProcess> {
  public:
    SimProcess(World& world, engine::RuntimeId id);

    void start();
    void hear(const std::string& lines);
    void stopWhenIdle(std::int64_t ms);
    void die(engine::ExitCause cause, const std::string& reason) override;

    /// Its end was reported.
    bool hasEnded() const { return m_hasEnded; }
    bool holds(RunId run) const { return m_told.contains(run); }
    bool awaits(RunId run, int step) const { return m_driver.awaits(run, step); }
    bool isIdle(RunId run) const { return m_underWay == 0 && !m_isDead && m_driver.isIdle(run); }

  private:
    Random& random() override { return m_world.random; }
    std::int64_t wallNow() override { return m_world.now + m_world.wallOffset; }
    void after(std::int64_t ms, std::function<void()> action) override;
    void wantsToSpeak() override;
    int occasion(const std::string& what) override { return ++m_world.occasions[what]; }
    void executes(RunId run, int step, int attempt) override { m_world.onExecution(run, step, attempt); }
    void undid(RunId run, int entry) override { m_world.onUndone(run, entry); }
    void violated(const std::string& what) override { m_world.violated(what); }

    void note(std::string_view line);
    void deliver(std::string chunk);
    void say(const std::string& frame);

    World& m_world;
    engine::RuntimeId m_id;
    Driver m_driver;
    std::set<RunId> m_told;
    std::int64_t m_lastIn = 0;
    std::int64_t m_lastOut = 0;
    std::int64_t m_underWay = 0;
    std::int64_t m_idleToken = 0;
    bool m_isSpeaking = false;
    bool m_isDead = false;
    bool m_hasEnded = false;
    bool m_losesFrames = false;
};

}  // namespace stepwell::simulation
