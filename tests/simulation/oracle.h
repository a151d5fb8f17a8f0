#pragma once

#include "app/engine/core/actions.h"
#include "app/engine/store/sqlite.h"
#include "tests/simulation/driver.h"

#include <deque>
#include <optional>

/// Judges a run of the engine by what it has committed, independently of how the core works.
namespace stepwell::simulation {

struct StepSeen {
    int kind = 0;
    int state = 0;
    int count = 0;
    int attempts = 0;
    int failures = 0;
    std::int64_t started = 0;
    std::optional<std::int64_t> ended, due;
    std::int64_t timeoutMs = 0;
    std::int64_t target = 0;
    std::string name, value, error;
    bool hasUndo = false;  ///< a rollback handler
    bool isOver() const { return state >= 2; }
    bool operator==(const StepSeen&) const = default;
};

struct InstanceSeen {
    std::int64_t key = 0;
    std::int64_t workflow = 0;
    std::string id;
    api::Status status = api::Status::queued;
    std::int64_t run = 0;
    std::optional<std::int64_t> wake, expires;
    int rollback = 0;
    std::int64_t created = 0;
    std::string params, output, errorName, errorMessage;
    std::map<int, StepSeen> steps;
    bool operator==(const InstanceSeen&) const = default;
};

/// What the judge remembers of an instance beside its rows.
struct Memory {
    std::optional<api::Status> told;  ///< by its latest event
    struct Step {
        int attempts = 0;
        bool isOver = false;
    };
    std::map<int, Step> steps;                            ///< by the events
    std::map<std::string, std::deque<std::string>> sent;  ///< payloads that no wait has had, by type
    bool mayBeTerminated = false;
    bool mayBeDeleted = false;
    bool isJudged = false;  ///< its end was compared with its program
    std::set<int> undone;   ///< entries whose handler has returned
    bool isRestarting = false;
    int accusedOfCrash = 0;  ///< deaths of its process that were made to look like its fault
    int accusedOfLoop = 0;
};

class Oracle {
  public:
    Oracle(engine::Sqlite& db, std::function<void(const std::string&)> violated);

    /// After every commit, also when the engine died before it could act.
    void committed(api::Time now, const std::vector<engine::Command>& commands,
                   const engine::Actions& actions);
    void failed(const std::vector<engine::Command>& commands, const engine::Actions& actions);
    /// The database was opened anew, after the power was cut.
    void reopened(engine::Sqlite& db);
    /// Whether the database says what this judge saw last.
    bool agrees() const;
    /// Whether the database holds events that this judge has not seen.
    bool hasNews() const { return newestEvent() > m_sequence; }
    /// After the power was cut within a turn that was acknowledged to nobody: it may be stored as a whole, or
    /// not at all.
    void mayHaveCommitted(api::Time now, const std::vector<engine::Command>& commands);
    void executes(RunId run, int step, int attempt);
    void undid(RunId run, int entry);
    void falselyAccused(engine::ExitCause cause);
    /// Everything is over: has every instance ended as its program says?
    void judgeEnds();

    const std::map<std::int64_t, InstanceSeen>& instances() const { return m_instances; }
    bool isDeleted(const InstanceSeen& instance) const { return m_deleted.contains(instance.workflow); }
    const std::string& workflowName(const InstanceSeen& instance) { return m_workflows[instance.workflow]; }
    int stepLimit = 10'000;
    /// How many more instances of the workflow may run.
    int slots(std::int64_t workflow) const;

  private:
    void takeRequests(const std::vector<engine::Command>& commands, const engine::Actions& actions);
    void takeUnanswered(const std::vector<engine::Command>& commands, const engine::Actions& actions);
    bool holdsEvent(const std::string& payload);
    engine::Feed newFeed();
    void takeEvents(const engine::Actions& actions, api::Time now);
    void takeEvent(const engine::FeedLine& line, api::Time now);
    void takeStepEvent(Memory& memory, const std::string& type, const std::string& json,
                       const InstanceSeen& instance);
    void checkTransition(Memory& memory, const std::string& type, const std::string& who);
    void checkFeed(const engine::Actions& actions);
    void checkRows(const std::map<std::int64_t, InstanceSeen>& before, api::Time now);
    void checkSteps(const InstanceSeen& before, const InstanceSeen& after, Memory& memory, api::Time now);
    void checkCounts();
    void checkSent();
    void checkSlots();
    void checkOrphans();
    void checkUndoing(const InstanceSeen& instance);
    void checkGone(const InstanceSeen& old, api::Time now);
    void checkLines(const engine::Actions& actions);
    void checkLine(std::string_view line);
    void judge(const InstanceSeen& instance);
    void judgeSteps(const InstanceSeen& instance);
    void judgeUndoing(const InstanceSeen& instance);
    std::int64_t newestEvent() const;
    void load();
    void violated(const std::string& what) { m_violated(what); }
    Memory& memory(const std::string& workflow, const std::string& id) {
        return m_memory[workflow + "/" + id];
    }

    engine::Sqlite* m_db;
    std::function<void(const std::string&)> m_violated;
    std::map<std::int64_t, InstanceSeen> m_instances;
    std::map<std::int64_t, std::string> m_workflows;
    using Buffered = std::map<std::string, std::deque<std::string>>;  ///< by type
    std::map<std::int64_t, Buffered> m_buffered;                      ///< stored events
    std::map<std::int64_t, int> m_concurrency;                        ///< limits by workflow; 0: none
    int m_concurrencyOfAll = 0;
    std::set<std::int64_t> m_deleted;  ///< workflows that are being removed
    std::map<std::string, Memory> m_memory;
    std::set<std::string> m_gone;                ///< "workflow/id" of what this turn has deleted
    std::map<std::string, std::int64_t> m_keys;  ///< "workflow/id" of what exists
    std::int64_t m_sequence = 0;
};

}  // namespace stepwell::simulation
