#pragma once

#include "tests/simulation/driver.h"

namespace stepwell::simulation {

/// One run of one instance in a driver.
class SimRun final : private StepSource {
  public:
    /// `reader` stands behind the run number of an `r` line.
    SimRun(Driver& driver, RunId id, engine::LineReader& reader);

    RunId id() const { return m_id; }
    bool isOver() const { return m_over; }
    bool isIdle() const;
    bool awaits(int step) const { return m_open.contains(step); }
    void tell(std::string_view op, engine::LineReader& reader);
    /// Runs user code as far as it comes.
    void advance();

  private:
    struct Call {
        const Op* op = nullptr;
        int count = 0;
        int index = -1;
        Outcome outcome;
        int attempt = 0;  ///< that executes; 0 between attempts
        int ends = 0;     ///< ends of attempts that are still to come
        bool isFromHistory = false;
        std::string kept;
    };
    /// An attempt of a rollback handler.
    struct Undoing {
        int target = 0;
        int attempt = 0;  ///< that executes; 0: none
    };
    struct Known {
        int index = 0;
        std::string state, extra, value;
    };

    Outcome ask(const Op& op, int count) override;
    void enter(Call& call);
    void start(Call& call);
    void announce(Call& call);
    void runAttempt(Call& call, int number);
    void attemptEnds(const std::string& key, int number);
    Outcome askToUndo(const Op& op, const std::string& key);
    void undo(int index, engine::LineReader& reader);
    void undoEnds(int index, int number);
    void sayFailure(const char* op, int index, int number, const char* flags, std::int64_t delay,
                    const std::string& name, const std::string& message);
    void remember(engine::LineReader& reader);
    void settle(int index, Outcome::State state, const std::string& text);
    void letGo();
    Outcome checked(const Call& call, Outcome outcome);
    std::string keyOf(const Op& op, int count) const;
    engine::LineWriter line(std::string_view op);

    Driver& m_driver;
    RunId m_id;
    int m_nextStep = 0;
    std::int64_t m_stepLimit = 0;
    std::int64_t m_created = 0;
    std::uint64_t m_seed = 0;
    Block m_program;
    int m_doSteps = 0;
    bool m_begun = false;
    bool m_over = false;
    bool m_hasEnded = false;       ///< `run` has thrown; only handlers run from then on
    bool m_isUndoing = false;      ///< likewise
    bool m_onlyRegisters = false;  ///< `run` is called for its handlers alone
    bool m_isHeld = false;
    std::vector<std::string> m_held;      ///< keys of calls that wait to be let go
    std::map<std::string, Call> m_calls;  ///< by key
    std::map<std::string, Known> m_history;
    std::map<int, Undo> m_handlers;          ///< registered, by the index of their step
    std::map<int, Undoing> m_undoing;        ///< by the index of the entry
    int m_pendingUndos = 0;                  ///< attempts that are still to end
    std::map<int, std::string> m_open;       ///< calls that the engine may speak about, by index
    std::map<int, std::string> m_unreached;  ///< open steps of the history, by index
};

}  // namespace stepwell::simulation
