#pragma once

#include "app/engine/core/actions.h"
#include "app/engine/core/feed.h"
#include "app/engine/core/lines.h"
#include "app/engine/core/live.h"

namespace stepwell::engine {

struct CoreSettings {
    int maxLive = 4'000;
    api::Milliseconds hibernateAfter{5'000};
    int stepLimit = 10'000;                    ///< do steps per run unless the workflow says otherwise
    api::Milliseconds quarantineStay{40'000};  ///< longer than the CPU limit, so that a loop is found first
    /// A process that does not answer for so long after it was told to drop a run is stopped.
    api::Milliseconds stopAfterDrop{5'000};
    int strikes = 3;  ///< deaths in a row after which an instance is ended
    int logsPerInstance = 1'000;
    int requestsPerInstance = 10'000;
    int sentEventsPerInstance = 10'000;
    std::int64_t streamBytesPerInstance = std::int64_t{1} << 30;
    bool countsMetrics = true;  ///< rows for analytics are noted
    bool canRun = true;         ///< false while there is no usable sandbox: instances stay queued
};

/// The instance state machine. One turn is: `beginTurn`, `apply` for each command, `endTurn`; the caller
/// commits the transaction and then performs the actions. Reads no clock, no file and no random source: time
/// comes in with the turn, ids come in with the commands. After a failed commit the object is worthless: make
/// a new one and `recover`.
///
/// Where to look: requests in core_requests.cpp and core_scripts.cpp, driver messages in core_driver.cpp,
/// attempts and retries in core_steps.cpp, streams in core_streams.cpp, undoing steps in core_rollback.cpp,
/// calls of user code in core_bindings.cpp, crons in core_schedules.cpp, runs, timers and hibernation in
/// core_runs.cpp, process deaths in core_quarantine.cpp, the queue and its limits in core_queue.cpp, bulk
/// endings and retention in core_bulk.cpp, rows for analytics in core_metrics.cpp.
class Core {
  public:
    explicit Core(CoreSettings settings)
        : m_settings(settings) {}

    /// After start: takes up what the last engine left. Within a turn.
    void recover();

    void beginTurn(api::Time now, Transaction& transaction, Actions& actions);
    /// The wall clock was set, or the machine slept: it is `jump` ahead of where the time that passed would
    /// have brought it. Sleeps and waits end by the wall clock; attempts keep the time that they had left.
    void clockJumped(api::Milliseconds jump);
    void apply(const Command& command);
    void endTurn();

    /// When the next turn is needed even if no command comes.
    std::optional<api::Time> nextTurn() const;
    std::int64_t liveCount() const { return static_cast<std::int64_t>(m_live.size()); }

  private:
    // Requests (core_requests.cpp, core_scripts.cpp)
    Reply handle(const CreateInstance& request);
    void addRecorded(InstanceKey instance, const CreateInstance& request);  // core_recorded.cpp
    Reply handle(const PauseInstance& request);
    Reply handle(const ResumeInstance& request);
    Reply handle(const TerminateInstance& request);
    Reply handle(const RestartInstance& request);
    Reply handle(const DeleteInstance& request);
    Reply handle(const TerminateBatch& request);
    Reply handle(const TerminateAll& request);
    Reply handle(const AskTermination& request);
    Reply handle(const ChangeAccount& request);
    Reply handle(const ChangeTriggers& request);
    Reply handle(const SendEvent& request);
    Reply handle(const PutWorkflow& request);
    Reply handle(const DeleteWorkflow& request);
    Reply handle(const PutScriptVersion& request);
    Reply handle(const PutGraphs& request);
    Reply handle(const EditSecrets& request);
    Reply handle(const DeployScriptVersion& request);
    Reply handle(const PatchScript& request);
    Reply handle(const DeleteScript& request);
    Reply handle(const PutSchedules& request);
    Reply handle(const CallBindings& request);
    api::Result<InstanceRow> findInstance(const std::string& workflow, const std::string& id);
    api::Result<StepIndex> restartPoint(const InstanceRow& row, const RestartInstance::From& from);
    void wipeForRestart(InstanceRow& row, StepIndex from);
    void deliverOrBuffer(InstanceKey key, const SendEvent& request);
    bool deliver(LiveInstance& live, const SentEventRow& event);
    void deliverBuffered(LiveInstance& live);
    void removeWorkflow(WorkflowRow& row);
    void deploy(const ScriptRow& script, const ScriptVersionRow& version, const std::string& uuid,
                const std::string& annotations);
    void followDeployment(WorkflowRow row, const ScriptVersionRow& version, const std::string& deployment);
    void purgeSome();

    // Ends of many, and what is kept for how long (core_bulk.cpp)
    void terminateSome();
    void removeInstance(const InstanceRow& row, const std::string& workflowName);
    void expireSome();
    void scheduleExpiry(InstanceRow& row);
    const FlowRules& rules(WorkflowKey workflow);

    // Who may run (core_queue.cpp)
    void admitQueued();
    void admit(InstanceKey key);
    int slots(WorkflowKey workflow);
    int places(WorkflowKey workflow);
    bool maySoonAdmit();
    void requeue(LiveInstance& live);
    std::optional<api::Error> tooFast(const WorkflowRow& row);

    // Workflow bindings (core_bindings.cpp)
    struct BoundWorkflow {
        std::string name;
        std::string script;  ///< that owns it
    };
    const std::map<std::string, BoundWorkflow>& bindingsOf(ScriptVersionKey version);
    api::Result<std::string> boundWorkflow(ScriptVersionKey caller, const std::string& binding);
    BindingAnswer answerCall(ScriptVersionKey caller, const BindingCall& call);

    // Schedules (core_schedules.cpp)
    void setSchedules(WorkflowKey workflow, ScriptKey script, std::vector<std::string> crons);
    static std::string scheduleOf(const InstanceRow& row);
    void fireSchedules();
    void fire(const ScheduleRow& row);

    // Driver messages (core_driver.cpp)
    struct Failure;
    static Failure readFailure(LineReader& reader, bool& notSerialisable);
    void onDriverLines(const DriverLines& lines);
    std::chrono::microseconds shareCpu(const DriverLines& lines);
    void onDriverLine(RuntimeId runtime, std::string_view line);
    void onInstanceLine(LiveInstance& live, std::string_view op, LineReader& reader);
    bool accepts(LiveInstance& live, StepIndex index);
    StepRow configured(const std::string& text);
    void onStepDo(LiveInstance& live, LineReader& reader);
    void onStepReached(LiveInstance& live, LineReader& reader);
    OpenStep* answered(LiveInstance& live, LineReader& reader);
    void attemptSucceeded(LiveInstance& live, OpenStep& step);
    void onStepOk(LiveInstance& live, LineReader& reader);
    void onUndone(LiveInstance& live, LineReader& reader);
    void takeResult(LiveInstance& live, OpenStep& step);
    void onStepFailed(LiveInstance& live, LineReader& reader);
    void onUndoFailed(LiveInstance& live, LineReader& reader);
    void onSleep(LiveInstance& live, LineReader& reader, api::StepKind kind);
    void onWait(LiveInstance& live, LineReader& reader);
    void onComplete(LiveInstance& live, LineReader& reader);
    void onErrored(LiveInstance& live, LineReader& reader);
    void onLog(LiveInstance& live, LineReader& reader);
    void warn(LiveInstance& live, std::string text);
    void addLog(LiveInstance& live, LogRow row);
    void onOutbound(const OutboundReport& report);

    // Steps and attempts (core_steps.cpp)
    struct Failure {
        std::string name;
        std::string message;
        std::string stack;
        bool retryable = true;
        bool counted = true;        ///< against the retry limit; interruptions are not
        std::int64_t delayMs = -1;  ///< result of a delay function, -1: as configured
    };
    OpenStep* openStep(LiveInstance& live, std::int64_t index);
    OpenStep& addStep(LiveInstance& live, StepRow row);
    void startAttempt(LiveInstance& live, OpenStep& step);
    void failAttempt(LiveInstance& live, OpenStep& step, Failure failure);
    void scheduleRetry(LiveInstance& live, OpenStep& step, const Failure& failure);
    void finishStep(LiveInstance& live, StepIndex index, api::StepState state);
    void rejectStep(LiveInstance& live, OpenStep& step);
    void recordAttempt(LiveInstance& live, const OpenStep& step, bool success, const Failure& failure);
    void stopExecuting(LiveInstance& live, OpenStep& step);
    void stepDue(LiveInstance& live, OpenStep& step);
    /// What executes is to be tried again, which does not count against its limit.
    void interruptOpenAttempts(LiveInstance& live, const std::string& why);
    /// What executes has failed for good, and its instance is about to end.
    void failOpenAttempts(LiveInstance& live, const std::string& why);
    static std::vector<StepIndex> openAttempts(const LiveInstance& live);

    // Results that are streams (core_streams.cpp)
    void onStreamChunk(LiveInstance& live, LineReader& reader);
    void streamTooLarge(LiveInstance& live, OpenStep& step);
    void onStreamAsked(LiveInstance& live, LineReader& reader);
    void dropStream(LiveInstance& live, OpenStep& step);
    void dropOpenStreams(LiveInstance& live);

    // Undoing steps (core_rollback.cpp)
    /// False, and nothing is changed, when no step has a rollback handler.
    bool beginRollback(LiveInstance& live, Rollback ending);
    void continueRollback(LiveInstance& live);
    void nextRollback(LiveInstance& live);
    void askForRollback(LiveInstance& live, const OpenStep& step);
    void rollbackFailed(LiveInstance& live);
    void endRollback(LiveInstance& live, Rollback outcome, std::string name = {}, std::string message = {});
    void abortInstance(LiveInstance& live, std::string name, std::string message);
    bool restsInRollback(const LiveInstance& live) const;

    // Runs, timers, processes (core_runs.cpp)
    LiveInstance* live(InstanceKey key);
    LiveInstance& bringToLife(InstanceRow row);
    LiveInstance* wake(InstanceKey key);
    void startRun(LiveInstance& live);
    void describeStep(std::string& out, const LiveInstance& live, const StepRow& row);
    void wakeDue();
    void fireTimers();
    void arm(LiveInstance& live, api::Time due);
    void rearm(LiveInstance& live);
    void endInstance(LiveInstance& live, api::Status status);
    void pauseNow(LiveInstance& live);
    void dropRun(LiveInstance& live);
    void leaveMemory(LiveInstance& live);
    bool isCrowded() const;
    void sweepWhenCrowded();
    void hibernateRested();
    void hibernate(LiveInstance& live);
    void sweepAt(api::Time time);
    void onEcho(RuntimeId runtime, std::int64_t batch);
    void settle(LiveInstance& live);
    void onRuntimeEnded(const RuntimeEnded& ended);
    void strike(LiveInstance& live, const RuntimeExit& exit);
    void intoQuarantine(LiveInstance& live);
    void admitQuarantined(ScriptVersionKey version);
    static bool mayExecute(const LiveInstance& live, const RuntimeState& state);
    void noteDrop(RuntimeState& state);
    void stopAfterDrops();
    void releaseFromQuarantine();
    void leaveQuarantine(LiveInstance& live);

    // Rows for analytics (core_metrics.cpp)
    void noteInstance(MetricEvent event, const std::string& workflow, const std::string& id,
                      MetricSpent spent = {});
    void noteEnd(LiveInstance& live, api::Status status);
    void noteStep(MetricEvent event, const LiveInstance& live, const StepRow& row, MetricSpent spent = {});
    void noteAttempt(MetricEvent event, MetricEvent undoing, const LiveInstance& live, const OpenStep& step);
    void noteStepEnd(const LiveInstance& live, const StepRow& row);
    void noteQueueWait(const std::string& workflow, api::Time queued);
    void noteBlocked(const std::string& workflow, std::string_view reason);
    void noteRest(const LiveInstance& live);
    void noteQueued(WorkflowKey workflow, int delta);
    void noteDepths();
    void noteRequest(const OutboundReport& report);
    void writeMetrics();

    // Bookkeeping (core.cpp)
    std::string& lines(LiveInstance& live);  ///< where lines for its driver go; marks it as woken
    void touch(LiveInstance& live);
    void setStatus(LiveInstance& live, api::Status status);
    void changeStatus(InstanceRow& row, api::Status status);
    void tally(const InstanceRow& row, int delta);
    void publish(FeedEvent event) { event.end(); }
    FeedEvent event(std::string_view type, const LiveInstance& live);
    /// `type` as it is told of a do step; that of a rollback gets its own name.
    FeedEvent stepEvent(std::string_view type, const LiveInstance& live, const StepRow& row);
    FeedEvent event(std::string_view type, const std::string& workflow, const std::string& instance = {});
    Sequence newestSequence() const { return m_sequence; }
    void flush(LiveInstance& live);
    const WorkflowRow* workflow(const std::string& name);
    const WorkflowVersionRow* workflowVersion(WorkflowVersionKey key);
    std::string workflowName(WorkflowKey key);
    void forgetWorkflow(const std::string& name) {
        m_workflows.erase(name);
        m_rules.clear();
    }
    void loadCounters();

    CoreSettings m_settings;
    api::Time m_now{};
    std::string m_eventWorkflow, m_eventInstance;  ///< what the turn's last event was about
    Transaction* m_transaction = nullptr;          ///< of the turn under way
    Actions* m_actions = nullptr;

    std::unordered_map<InstanceKey, LiveInstance> m_live;
    LiveInstance* m_lastFound = nullptr;  ///< by `live`: most lines are about the instance of the line before
    std::set<std::pair<api::Time, InstanceKey>> m_timers;
    std::map<RuntimeId, RuntimeState> m_runtimes;
    std::map<ScriptVersionKey, Quarantine> m_quarantine;
    std::unordered_map<std::int64_t, RequestRow> m_requests;  ///< outbound requests under way, by report id
    std::unordered_map<std::string, StepRow> m_configs;       ///< by the config text of a step
    std::unordered_map<std::string, WorkflowRow> m_workflows;
    std::unordered_map<WorkflowKey, FlowRules> m_rules;
    std::unordered_map<WorkflowVersionKey, WorkflowVersionRow> m_versions;
    AccountRow m_account;
    std::map<WorkflowKey, TerminationRow> m_terminations;
    std::map<ScriptVersionKey, std::map<std::string, BoundWorkflow>> m_bindings;  ///< of versions that called
    std::vector<InstanceKey> m_touched;
    std::map<InstanceGroup, std::int64_t> m_counts;      ///< changes of this turn
    MetricRows m_metrics;                                ///< of this turn
    std::map<WorkflowKey, std::int64_t> m_queued;        ///< how many instances wait
    std::map<WorkflowKey, std::int64_t> m_queuedBefore;  ///< this turn, of workflows whose queue it touched
    std::map<std::pair<WorkflowKey, api::Time>, Transaction::ActivityDelta> m_activity;
    std::unordered_set<WorkflowKey> m_triggered;  ///< workflows whose triggered_on this turn moved
    Sequence m_sequence;
    InstanceKey m_lastInstance;
    bool m_loaded = false;
    std::set<WorkflowKey> m_backlog;  ///< workflows with queued instances in the database
    bool m_mayAdmit = false;          ///< some of them could have been admitted at the end of the last turn
    std::unordered_map<WorkflowKey, int> m_running;  ///< instances that hold a slot
    int m_runningTotal = 0;
    std::unordered_map<WorkflowKey, CreationRate> m_created;  ///< key 0: of all workflows
    bool m_purging = false;                                   ///< deleted workflows still hold instances
    std::optional<api::Time> m_nextExpiry;  ///< when the next final instance is to be removed
    std::optional<api::Time> m_nextWake;    ///< earliest wake time among hibernating instances
    api::Time m_lastSweep{};
    bool m_someRest = false;    ///< since the last sweep, or it left some that will soon have rested enough
    bool m_wasCrowded = false;  ///< at the end of the last turn
    std::optional<api::Time> m_nextSweep;  ///< next look for instances to hibernate, or to leave quarantine
    std::chrono::microseconds m_cpuShare{0};  ///< for each attempt that ends in the lines at hand
    std::optional<api::Time> m_nextSchedule;  ///< when the next cron fires
};

}  // namespace stepwell::engine
