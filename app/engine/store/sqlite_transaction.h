#pragma once

#include "app/engine/core/transaction.h"
#include "app/engine/store/sqlite.h"

#include <functional>

namespace stepwell::engine {

/// The core's transaction on one SQLite connection. `begin`, work, `commit`; an error of any statement fails
/// the commit and nothing of the turn stays.
class SqliteTransaction final : public Transaction {
  public:
    explicit SqliteTransaction(Sqlite& db)
        : m_db(db) {}

    void begin();
    /// True when everything is durable. Otherwise everything is undone and `error` says why.
    bool commit(std::string& error);
    void rollback();

    std::optional<ScriptRow> script(const std::string& name) override;
    void putScript(ScriptRow& row) override;
    void removeScript(ScriptKey key) override;
    std::optional<ScriptVersionRow> scriptVersion(ScriptVersionKey key) override;
    std::optional<ScriptVersionRow> scriptVersion(ScriptKey script, const std::string& uuid) override;
    std::optional<ScriptVersionRow> deployedVersion(ScriptKey script) override;
    void insertScriptVersion(ScriptVersionRow& row) override;
    void putGraph(ScriptVersionKey version, const ClassGraph& graph) override;
    void insertDeployment(const DeploymentRow& row) override;
    std::optional<WorkflowRow> workflow(const std::string& name) override;
    std::optional<WorkflowRow> workflow(WorkflowKey key) override;
    std::vector<WorkflowRow> workflowsOf(const std::string& script) override;
    void putWorkflow(WorkflowRow& row) override;
    std::optional<WorkflowVersionRow> workflowVersion(WorkflowVersionKey key) override;
    void insertWorkflowVersion(WorkflowVersionRow& row) override;
    void removeWorkflow(WorkflowKey key) override;
    std::vector<WorkflowKey> deletedWorkflows() override;
    int purgeInstances(WorkflowKey key, int limit) override;

    std::vector<ScheduleRow> schedules(WorkflowKey workflow, ScriptKey script) override;
    std::vector<ScheduleRow> dueSchedules(api::Time now) override;
    std::optional<api::Time> nextSchedule() override;
    void putSchedule(const ScheduleRow& row) override;
    void removeSchedule(std::int64_t key) override;

    std::optional<InstanceRow> instance(InstanceKey key) override;
    std::optional<InstanceRow> instance(WorkflowKey workflow, const std::string& id) override;
    void insertInstance(const InstanceRow& row) override;
    void updateInstance(const InstanceRow& row) override;
    void updateProgress(const InstanceRow& row) override;
    void removeInstance(InstanceKey key) override;
    std::vector<StepRow> steps(InstanceKey instance, bool openOnly) override;
    std::optional<StepRow> step(InstanceKey instance, StepIndex index) override;
    std::optional<StepRow> lastToRollBack(InstanceKey instance, StepIndex before) override;
    int lastStepIndex(InstanceKey instance) override;
    void putStep(const StepRow& row) override;
    void putAttempt(const AttemptRow& row) override;
    std::optional<AttemptRow> attempt(InstanceKey instance, StepIndex step, int number) override;
    void removeSteps(InstanceKey instance, StepIndex from) override;
    void insertChunk(InstanceKey instance, StepIndex step, std::int64_t number,
                     std::string_view bytes) override;
    std::string chunk(InstanceKey instance, StepIndex step, std::int64_t number) override;
    void removeChunks(InstanceKey instance, StepIndex step) override;
    std::int64_t streamBytes(InstanceKey instance) override;
    std::vector<SentEventRow> sentEvents(InstanceKey instance) override;
    void insertSentEvent(SentEventRow& row) override;
    void removeSentEvent(std::int64_t key) override;
    void removeSentEvents(InstanceKey instance) override;
    void putRequest(RequestRow& row) override;
    void insertLog(const LogRow& row) override;
    int logCount(InstanceKey instance) override;
    int requestCount(InstanceKey instance) override;

    AccountRow account() override;
    void putAccount(const AccountRow& row) override;
    std::string triggers(const std::string& script) override;
    void putTriggers(const std::string& script, const std::string& items) override;

    std::vector<InstanceKey> expired(api::Time now, int limit) override;
    std::optional<api::Time> nextExpiry() override;
    std::vector<TerminationRow> terminations() override;
    void putTermination(const TerminationRow& row) override;
    void removeTermination(WorkflowKey workflow) override;
    std::vector<InstanceKey> unfinished(const TerminationRow& termination, int limit) override;
    std::vector<InstanceKey> due(api::Time now, int limit) override;
    std::optional<api::Time> nextWake() override;
    std::vector<Queued> queued(WorkflowKey workflow, int limit) override;
    std::vector<WorkflowKey> workflowsWithQueued() override;
    std::vector<InstanceKey> interrupted(InstanceKey after, int limit) override;

    void appendFeed(const Feed& feed) override;
    void addCount(const InstanceGroup& group, std::int64_t delta) override;
    void addActivity(WorkflowKey workflow, api::Time hour, ActivityDelta delta) override;
    void addDuration(WorkflowKey workflow, api::Time hour, int bucket) override;
    Sequence lastSequence() override;
    InstanceKey lastInstance() override;
    std::int64_t appendMetrics(api::Time time, const MetricRows& rows) override;
    std::map<WorkflowKey, std::int64_t> queuedCounts() override;

    /// Rows of the log of analytics up to what this tells are of no more use. Any thread.
    void setFolded(std::function<std::int64_t()> folded) { m_folded = std::move(folded); }

  private:
    void trimFeed();
    void trimMetrics(std::int64_t newest);
    Sqlite& m_db;
    std::function<std::int64_t()> m_folded;
    int m_metricsSinceTrim = 0;
    int m_turnsSinceTrim = 0;
};

}  // namespace stepwell::engine
