#pragma once

#include "app/engine/core/class_graph.h"
#include "app/engine/core/feed_text.h"
#include "app/engine/core/metric_rows.h"
#include "app/engine/store/rows.h"

namespace stepwell::engine {

/// What the core reads and writes within one turn. One SQLite transaction in production; core thread only.
/// A failing read or write is remembered by the transaction: reads then answer nothing, and the commit fails
/// as a whole, so the core needs no error path of its own.
class Transaction {
  public:
    virtual ~Transaction() = default;

    // Scripts and workflows
    virtual std::optional<ScriptRow> script(const std::string& name) = 0;
    virtual void putScript(ScriptRow& row) = 0;  ///< inserts and sets `key` when it is 0
    virtual void
    removeScript(ScriptKey key) = 0;  ///< with its deployments; versions stay while instances need them
    virtual std::optional<ScriptVersionRow> scriptVersion(ScriptVersionKey key) = 0;
    virtual std::optional<ScriptVersionRow> scriptVersion(ScriptKey script, const std::string& uuid) = 0;
    virtual std::optional<ScriptVersionRow> deployedVersion(ScriptKey script) = 0;
    virtual void insertScriptVersion(ScriptVersionRow& row) = 0;                   ///< sets key and number
    virtual void putGraph(ScriptVersionKey version, const ClassGraph& graph) = 0;  ///< replaces an older one
    virtual void insertDeployment(const DeploymentRow& row) = 0;
    virtual std::optional<WorkflowRow> workflow(const std::string& name) = 0;
    virtual std::optional<WorkflowRow> workflow(WorkflowKey key) = 0;
    virtual std::vector<WorkflowRow> workflowsOf(const std::string& script) = 0;
    virtual void putWorkflow(WorkflowRow& row) = 0;  ///< inserts and sets `key` when it is 0
    virtual std::optional<WorkflowVersionRow> workflowVersion(WorkflowVersionKey key) = 0;
    virtual void insertWorkflowVersion(WorkflowVersionRow& row) = 0;  ///< sets key and number
    virtual void removeWorkflow(WorkflowKey key) = 0;
    virtual std::vector<WorkflowKey> deletedWorkflows() = 0;  ///< whose instances are still to be removed
    /// Removes at most `limit` instances of a workflow with all they hold; returns how many.
    virtual int purgeInstances(WorkflowKey key, int limit) = 0;

    // Schedules
    virtual std::vector<ScheduleRow> schedules(WorkflowKey workflow,
                                               ScriptKey script) = 0;  ///< one of them 0
    /// At most 1000 whose time has come, in order of their times.
    virtual std::vector<ScheduleRow> dueSchedules(api::Time now) = 0;
    virtual std::optional<api::Time> nextSchedule() = 0;
    virtual void putSchedule(const ScheduleRow& row) = 0;  ///< inserts when `key` is 0
    virtual void removeSchedule(std::int64_t key) = 0;

    // Instances
    virtual std::optional<InstanceRow> instance(InstanceKey key) = 0;
    virtual std::optional<InstanceRow> instance(WorkflowKey workflow, const std::string& id) = 0;
    virtual void insertInstance(const InstanceRow& row) = 0;
    virtual void
    updateInstance(const InstanceRow& row) = 0;  ///< everything but workflow, id, params and created
    /// Only the numbers that change without the status: retries, strikes, and the step count along with them.
    /// Cheap, since no index has them. The step count alone is no reason to call it: the last step tells it.
    virtual void updateProgress(const InstanceRow& row) = 0;
    virtual void removeInstance(InstanceKey key) = 0;  ///< with all it holds
    /// Steps of an instance in order; `openOnly` leaves out complete and errored ones.
    virtual std::vector<StepRow> steps(InstanceKey instance, bool openOnly) = 0;
    virtual std::optional<StepRow> step(InstanceKey instance, StepIndex index) = 0;
    /// The last step before index `before` that has a rollback handler.
    virtual std::optional<StepRow> lastToRollBack(InstanceKey instance, StepIndex before) = 0;
    virtual int lastStepIndex(InstanceKey instance) = 0;  ///< -1 when it has none
    virtual void putStep(const StepRow& row) = 0;
    virtual void putAttempt(const AttemptRow& row) = 0;
    virtual std::optional<AttemptRow> attempt(InstanceKey instance, StepIndex step, int number) = 0;
    /// Removes steps from `from` on, with their attempts, chunks, requests and logs; from 0: also those
    /// outside any step.
    virtual void removeSteps(InstanceKey instance, StepIndex from) = 0;
    virtual void insertChunk(InstanceKey instance, StepIndex step, std::int64_t number,
                             std::string_view bytes) = 0;
    virtual std::string chunk(InstanceKey instance, StepIndex step,
                              std::int64_t number) = 0;  ///< empty: none
    virtual void removeChunks(InstanceKey instance, StepIndex step) = 0;
    virtual std::int64_t streamBytes(InstanceKey instance) = 0;              ///< of all its chunks
    virtual std::vector<SentEventRow> sentEvents(InstanceKey instance) = 0;  ///< oldest first
    virtual void insertSentEvent(SentEventRow& row) = 0;
    virtual void removeSentEvent(std::int64_t key) = 0;
    virtual void removeSentEvents(InstanceKey instance) = 0;
    virtual void putRequest(RequestRow& row) = 0;  ///< inserts and sets `key` when it is 0
    virtual void insertLog(const LogRow& row) = 0;
    virtual int logCount(InstanceKey instance) = 0;
    virtual int requestCount(InstanceKey instance) = 0;

    // Account
    virtual AccountRow account() = 0;
    virtual void putAccount(const AccountRow& row) = 0;
    virtual std::string triggers(const std::string& script) = 0;  ///< JSON array
    virtual void putTriggers(const std::string& script, const std::string& items) = 0;

    // What is to be done
    /// Final instances whose time is over, oldest first.
    virtual std::vector<InstanceKey> expired(api::Time now, int limit) = 0;
    virtual std::optional<api::Time> nextExpiry() = 0;
    virtual std::vector<TerminationRow> terminations() = 0;
    virtual void putTermination(const TerminationRow& row) = 0;
    virtual void removeTermination(WorkflowKey workflow) = 0;
    /// What a termination still has to end.
    virtual std::vector<InstanceKey> unfinished(const TerminationRow& termination, int limit) = 0;
    /// Waiting instances whose wake time has come, earliest first.
    virtual std::vector<InstanceKey> due(api::Time now, int limit) = 0;
    virtual std::optional<api::Time> nextWake() = 0;
    /// Queued instances of a workflow: those that ran before, then new ones, each oldest first.
    struct Queued {
        InstanceKey key;
        bool ranBefore = false;
    };
    virtual std::vector<Queued> queued(WorkflowKey workflow, int limit) = 0;
    virtual std::vector<WorkflowKey> workflowsWithQueued() = 0;
    /// Instances that were in memory when the engine last ended: running, waitingForPause, rollingBack.
    virtual std::vector<InstanceKey> interrupted(InstanceKey after, int limit) = 0;

    // Bookkeeping
    virtual void appendFeed(const Feed& feed) = 0;
    virtual void addCount(const InstanceGroup& group, std::int64_t delta) = 0;
    struct ActivityDelta {
        std::int64_t created = 0;
        std::int64_t errored = 0;
    };
    virtual void addActivity(WorkflowKey workflow, api::Time hour, ActivityDelta delta) = 0;
    /// `bucket`: see durationBucket in core/feed.h.
    virtual void addDuration(WorkflowKey workflow, api::Time hour, int bucket) = 0;
    virtual Sequence lastSequence() = 0;
    /// Rows for analytics, see core/metric_rows.h; returns their number in the log.
    virtual std::int64_t appendMetrics(api::Time time, const MetricRows& rows) = 0;
    /// Queued instances, of workflows that have any.
    virtual std::map<WorkflowKey, std::int64_t> queuedCounts() = 0;
    virtual InstanceKey lastInstance() = 0;
};

}  // namespace stepwell::engine
