#pragma once

#include "app/engine/core/class_graph.h"
#include "app/engine/store/rows.h"
#include "models/api/error.h"

#include <filesystem>
#include <memory>

namespace stepwell::engine {

struct Page {
    int number = 1;  ///< from 1
    int size = 10;
};

template <class Row>
struct Listed {
    std::vector<Row> rows;
    std::int64_t total = 0;
};

struct InstanceQuery {
    WorkflowKey workflow;
    std::optional<api::Status> status;
    std::optional<api::Time> from;  ///< created at or after
    std::optional<api::Time> to;    ///< created at or before
    int size = 50;
    bool ascending = false;
    std::optional<InstanceKey> after;  ///< keyset: rows beyond this one, in the asked direction
    std::int64_t offset = 0;           ///< rows to skip (page mode)
};

struct InstanceListing {
    struct Item {
        InstanceRow instance;  ///< without params, output and stack
        int versionNumber = 0;
        std::string versionUuid;
        std::vector<StepRow> glimpse;  ///< first 24 steps: kind, state, times only
    };
    std::vector<Item> rows;
    std::int64_t total = 0;  ///< see listInstances for how exact it is
    bool more = false;
};

struct ScriptListing {
    ScriptRow script;
    std::string handlers;  ///< JSON array, of the deployed version
    std::vector<ScheduleRow> schedules;
};

/// What a detail needs, from one snapshot of the database.
struct InstanceSnapshot {
    InstanceRow instance;
    WorkflowVersionRow version;
    std::vector<StepRow> steps;        ///< in order of start; values only where `withValues`
    std::vector<AttemptRow> attempts;  ///< ordered by step, number
    std::vector<RequestRow> requests;
    Sequence sequence;                 ///< the newest committed event
    std::chrono::microseconds cpu{0};  ///< of all its steps
};

/// Reads committed state through a connection of its own. One thread at a time; the API keeps one per reader
/// thread. Every call is one consistent snapshot. Errors: code::storage when the database cannot be read,
/// else the code that the missing thing has in the API.
class Reader {
  public:
    static api::Result<std::unique_ptr<Reader>> open(const std::filesystem::path& database);
    virtual ~Reader() = default;

    virtual api::Result<Listed<WorkflowRow>> workflows(Page page, const std::string& search) = 0;
    virtual api::Result<WorkflowRow> workflow(const std::string& name) = 0;
    virtual api::Result<StatusCounts> counts(WorkflowKey workflow) = 0;
    virtual api::Result<ActivityRow> activity(WorkflowKey workflow, api::Time now) = 0;
    virtual api::Result<Listed<WorkflowVersionRow>> versions(WorkflowKey workflow, Page page) = 0;
    virtual api::Result<WorkflowVersionRow> version(WorkflowKey workflow, const std::string& uuid) = 0;
    /// Nothing when the class of this bundle was not analysed yet, or by an older analyser.
    virtual api::Result<std::optional<ClassGraph>> graph(ScriptVersionKey script,
                                                         const std::string& className) = 0;
    /// Whether analysis is known to give no graph; false while nothing is known.
    virtual api::Result<bool> lacksGraph(ScriptVersionKey script, const std::string& className) = 0;

    virtual api::Result<InstanceListing> instances(const InstanceQuery& query) = 0;
    virtual api::Result<InstanceRow> instance(WorkflowKey workflow, const std::string& id) = 0;
    /// `since`: only steps and requests that changed after it. `detailed` false: no steps at all
    /// (simple=true).
    virtual api::Result<InstanceSnapshot> snapshot(WorkflowKey workflow, const std::string& id,
                                                   std::optional<Sequence> since, bool detailed) = 0;
    /// The `count`-th do step (or wait) of that name, with its whole value and its attempts.
    virtual api::Result<StepRow> step(InstanceKey instance, const std::string& name, int count,
                                      bool wait) = 0;
    /// The step with that index, with its whole value.
    virtual api::Result<StepRow> step(InstanceKey instance, StepIndex index) = 0;
    virtual api::Result<std::vector<AttemptRow>> attempts(InstanceKey instance, StepIndex step) = 0;
    /// Chunk `number` of a stream result; empty when there is none.
    virtual api::Result<std::string> chunk(InstanceKey instance, StepIndex step, std::int64_t number) = 0;
    virtual api::Result<std::vector<LogRow>> logs(InstanceKey instance, std::optional<std::int32_t> step,
                                                  std::int64_t afterKey, int limit) = 0;

    virtual api::Result<std::vector<ScriptRow>> scripts() = 0;
    virtual api::Result<std::vector<ScriptListing>> scriptListings() = 0;  ///< by name
    virtual api::Result<ScriptRow> script(const std::string& name) = 0;
    virtual api::Result<std::vector<DeploymentRow>>
    deployments(ScriptKey script) = 0;  ///< newest first, 10 at most
    virtual api::Result<std::vector<ScriptVersionRow>>
    scriptVersions(ScriptKey script) = 0;  ///< newest first, 100 at most
    virtual api::Result<ScriptVersionRow> scriptVersion(ScriptKey script, const std::string& uuid) = 0;

    virtual api::Result<std::vector<ScheduleRow>> schedules(ScriptKey script) = 0;  ///< in order of creation

    /// Lines of the live stream after `cursor`, oldest first. `first` is the oldest sequence still kept: a
    /// cursor below it has missed events.
    struct FeedPage {
        std::vector<FeedLine> lines;
        Sequence first;
        Sequence last;  ///< newest committed
    };
    virtual api::Result<FeedPage> feed(Sequence cursor, int limit) = 0;
};

}  // namespace stepwell::engine
