#pragma once

#include "app/engine/core/lines.h"
#include "app/engine/runtime/runtime.h"
#include "tests/simulation/program.h"
#include "tests/simulation/random.h"

#include <functional>
#include <memory>
#include <optional>
#include <set>

/// A model of the JavaScript driver: speaks resources/driver/PROTOCOL.md for programs of the simulation.
namespace stepwell::simulation {

/// An instance as the driver names it.
struct RunId {
    std::int64_t instance = 0;
    std::int64_t run = 0;
    friend auto operator<=>(const RunId&, const RunId&) = default;
};

/// The process around a driver.
class DriverHost {
  public:
    virtual ~DriverHost() = default;
    virtual Random& random() = 0;
    virtual std::int64_t wallNow() = 0;  ///< epoch ms
    /// Does nothing when the process has ended by then.
    virtual void after(std::int64_t ms, std::function<void()> action) = 0;
    /// A macrotask of the driver's event loop: gather what it has to say.
    virtual void wantsToSpeak() = 0;
    virtual void die(engine::ExitCause cause, const std::string& reason) = 0;
    /// How often this was asked for `what`, from 1, over all processes.
    virtual int occasion(const std::string& what) = 0;
    virtual void executes(RunId run, int step, int attempt) = 0;
    /// A rollback handler has returned.
    virtual void undid(RunId run, int entry) = 0;
    virtual void violated(const std::string& what) = 0;
};

class SimRun;

class Driver {
  public:
    explicit Driver(DriverHost& host);
    ~Driver();
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    /// Whole lines; user code that they wake runs before this returns.
    void hear(std::string_view lines);
    /// What there is to say; empties it.
    std::string speak();
    bool hasRun(RunId id) const;
    /// Nothing executes in the run and it has nothing to say: only the engine can move it.
    bool isIdle(RunId id) const;

    /// User code waits for this step.
    bool awaits(RunId id, int step) const;

  private:
    friend class SimRun;
    void handle(std::string_view line);
    void describe(engine::LineReader& reader);

    DriverHost& m_host;
    std::map<std::int64_t, std::unique_ptr<SimRun>> m_runs;
    std::set<std::int64_t> m_woken;
    std::string m_text;
    std::string m_echoes;
};

/// What `params` of a simulated instance say.
struct Params {
    std::uint64_t seed = 0;
    ProgramShape shape;
    std::string text() const;  ///< as a value of the protocol
    static Params from(const std::string& value);
};

}  // namespace stepwell::simulation
