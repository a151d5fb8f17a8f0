#pragma once

#include "models/api/status.h"
#include "models/api/time.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// What a client learns from a backend, as values. Fields that only Stepwell's own extension (`"stepwell"`
/// keys of the JSON) delivers are optional or empty on other backends, and say so.
namespace stepwell::api {

struct NamedError {
    std::string name;
    std::string message;
    std::string stack;  ///< extension; empty when unknown
    friend bool operator==(const NamedError&, const NamedError&) = default;
};

struct WorkflowActivity {  ///< extension: the last 24 hours, oldest first
    std::array<std::int64_t, 24> created{};
    std::array<std::int64_t, 24> errored{};
    std::optional<Milliseconds> p50;  ///< wall time of finished instances
    std::optional<Milliseconds> p99;
};

struct Schedule {
    std::string cron;          ///< five fields
    std::optional<Time> next;  ///< when it starts the next instance
};

/// How long a finished instance is kept.
struct Retention {
    std::optional<Milliseconds> success;  ///< nothing: not set here
    std::optional<Milliseconds> error;
    friend bool operator==(const Retention&, const Retention&) = default;
};

/// What a workflow was declared with; what is not set follows the account.
struct WorkflowSettings {
    std::optional<std::int64_t> stepLimit;         ///< steps of one instance
    std::optional<std::int64_t> concurrencyLimit;  ///< instances that run at once
    Retention retention;
    std::vector<std::string> crons;
    friend bool operator==(const WorkflowSettings&, const WorkflowSettings&) = default;
};

struct Workflow {
    std::string id;
    std::string name;
    std::string className;
    std::string scriptName;
    std::optional<Time> createdOn;
    std::optional<Time> modifiedOn;
    std::optional<Time> triggeredOn;
    std::vector<Schedule> schedules;
    std::map<Status, std::int64_t> counts;  ///< instances by status; statuses that were not sent are absent
    std::map<std::string, std::int64_t> otherCounts = {};  ///< by statuses that we do not know, as they came
    std::optional<WorkflowActivity> activity;
    int versionNumber = 0;  ///< extension: 12 for "v12"; 0 when unknown

    /// Of all statuses, also those that we do not know.
    std::int64_t instanceCount() const {
        std::int64_t all = 0;
        for (const auto& [status, count] : counts)
            all += count;
        for (const auto& [status, count] : otherCounts)
            all += count;
        return all;
    }
};

struct Version {
    std::string id;
    std::string workflowId;
    std::string className;
    std::optional<Time> createdOn;
    int number = 0;                    ///< extension
    WorkflowSettings settings = {};    ///< without schedules: those belong to the workflow
    std::string scriptVersionId = {};  ///< extension: the upload that this version runs
    /// What came beside all this: an object as JSON text, bounded; empty: nothing.
    std::string otherFields = {};
};

/// One segment of the little bar in an instance row.
struct StepGlimpse {
    StepKind kind = StepKind::step;
    StepState state = StepState::running;
    Milliseconds duration{0};
};

struct InstanceSummary {
    std::string id;
    std::string workflowId;
    std::string versionId;
    Status status = Status::unknown;
    TriggerSource trigger = TriggerSource::unknown;
    std::optional<Time> createdOn;
    std::optional<Time> modifiedOn;
    std::optional<Time> startedOn;
    std::optional<Time> endedOn;
    // extension
    std::optional<int> stepCount;
    std::optional<int> retries;
    std::vector<StepGlimpse> glimpse;  ///< at most 24, oldest first
    int versionNumber = 0;
    bool sleeping = false;  ///< `waiting`, and what it waits for is a sleep
    // what came where we know no name for it
    std::string otherStatus = {};
    std::string otherTrigger = {};
};

struct OutboundRequest {  ///< extension: a fetch that user code made
    std::int64_t id = 0;
    int stepIndex = -1;  ///< -1: outside any step
    int attempt = 0;
    std::string method;
    std::string url;
    int status = 0;  ///< HTTP status; 0 when it failed before an answer
    std::string error;
    Time start{};
    std::optional<Milliseconds> duration;  ///< nothing while under way
    std::int64_t requestBytes = 0;
    std::int64_t responseBytes = 0;
};

struct Attempt {
    std::optional<Time> start;
    std::optional<Time> end;
    std::optional<bool> success;  ///< nothing while executing
    std::optional<NamedError> error;
    std::optional<Time> retryOn;      ///< extension: when the next attempt starts or started
    std::optional<Milliseconds> cpu;  ///< extension: time on the processor
    std::string otherFields = {};     ///< as those of a version
};

struct Step {
    std::string name;  ///< with its counter: "charge-card-1"
    StepKind kind = StepKind::step;
    StepState state = StepState::running;
    bool isRollback = false;  ///< undoes an earlier step of the same name; `kind` is step
    int index = 0;            ///< position in order of first start; unique within the instance
    std::optional<Time> start;
    std::optional<Time> end;
    // kind step
    std::string retryLimit;  ///< "5", "Infinity"; empty when unknown
    std::string retryDelay;  ///< as configured: "1000", "5 seconds", "[dynamic]"
    std::string backoff;
    std::string timeout;
    std::vector<Attempt> attempts;
    // kind waitForEvent
    std::string eventType;
    // all
    std::optional<NamedError> error;
    std::optional<std::string> output;  ///< JSON text, perhaps cut
    bool outputTruncated = false;       ///< the whole of it is to be asked for by name
    std::optional<Time>
        wakeOn;  ///< extension: end of the sleep, timeout of the wait, start of the next attempt
    std::vector<OutboundRequest> requests;
    std::optional<Milliseconds> cpu;  ///< extension: of all attempts
    std::string otherType = {};       ///< the `type` that came, where we know no such kind
    std::string otherFields = {};     ///< as those of a version
};

enum class LogLevel { debug = 0, log = 1, info = 2, warn = 3, error = 4 };

struct LogLine {  ///< extension
    std::int64_t id = 0;
    int stepIndex = -1;  ///< -1: outside any step
    LogLevel level = LogLevel::log;
    Time time{};
    std::string text;
};

/// How undoing ended.
struct RollbackOutcome {
    bool complete = false;
    std::optional<NamedError> error;
    std::string other = {};  ///< the outcome that came, where we know no such one
};

struct InstanceDetail {
    std::string id;
    std::string versionId;
    int versionNumber = 0;  ///< extension
    Status status = Status::unknown;
    bool sleeping = false;  ///< extension, see InstanceSummary
    TriggerSource trigger = TriggerSource::unknown;
    std::string params;                 ///< JSON text
    std::optional<std::string> output;  ///< JSON text
    std::optional<NamedError> error;
    std::optional<RollbackOutcome> rollback;  ///< nothing: there was none, or it is not over
    std::optional<Milliseconds> cpu;          ///< extension: time on the processor, of all steps
    std::optional<Time> queued;
    std::optional<Time> start;
    std::optional<Time> end;
    int stepCount = 0;
    std::vector<Step> steps;                ///< in order of start
    std::vector<OutboundRequest> requests;  ///< extension: those outside any step
    std::int64_t sequence = 0;              ///< extension: state as of this event of the live stream
    bool partial =
        false;  ///< extension: `steps` and `requests` hold only what changed since the asked sequence
    // what came where we know no name for it
    std::string otherStatus = {};
    std::string otherTrigger = {};
    std::string otherFields = {};  ///< as those of a version
};

/// One event of the live stream (extension), in commit order.
struct LiveEvent {
    std::int64_t sequence = 0;
    Time time{};
    std::string type;  ///< names of the reference, section 4.10, plus log, request, workflow_changed,
                       ///< workflow_deleted
    std::string workflow;
    std::string instance;  ///< empty for events of a workflow
    std::string stepName;
};

struct EngineHealth {  ///< extension
    std::string version;
    std::optional<Time> startedOn;
    int scripts = 0;
    int runtimes = 0;
    std::int64_t residentBytes = 0;
    double stepsPerSecond = 0;
    bool sandboxed = true;       ///< false: the opt-out is on
    bool canRun = true;          ///< false: user code does not run, see `sandboxMessage`
    std::string sandboxMessage;  ///< why, and what to do; empty when all is well
    std::string storageError;    ///< why it cannot store anything; empty when it can
};

}  // namespace stepwell::api
