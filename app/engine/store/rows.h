#pragma once

#include "app/engine/core/ids.h"
#include "models/api/status.h"
#include "models/api/time.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Rows of the database as values. JSON columns are kept as text: the engine does not look into them.
namespace stepwell::engine {

struct ScriptRow {
    ScriptKey key;
    std::string name;
    std::string tag;  ///< uuid, the same for all versions
    api::Time created{};
    api::Time modified{};
    bool subdomainEnabled = true;
    bool previewsEnabled = false;
    std::string settings = "{}";  ///< JSON of PATCH script-settings: observability, tags, ...
};

struct ModuleRow {
    std::string name;
    std::string contentType;
    std::string blob;  ///< lowercase hex SHA-256; the file is blobs/<first two>/<rest>
    std::int64_t bytes = 0;
};

struct ScriptVersionRow {
    ScriptVersionKey key;
    std::string uuid;
    ScriptKey script;
    std::string scriptName;
    int number = 0;  ///< 1, 2, 3 within the script
    api::Time created{};
    std::string mainModule;
    std::string metadata = "{}";  ///< the upload's metadata part with its secrets: never told whole
    std::string etag;
    std::string entrypoints = "[]";  ///< JSON array of class names
    std::string handlers = "[]";
    std::vector<ModuleRow> modules;
};

struct DeploymentRow {
    std::string uuid;
    ScriptKey script;
    std::string versionUuid;
    api::Time created{};
    std::string annotations = "{}";
    std::string source = "wrangler";
};

struct WorkflowRow {
    WorkflowKey key;
    std::string uuid;
    std::string name;
    std::string className;
    std::string scriptName;
    api::Time created{};
    api::Time modified{};
    std::optional<api::Time> triggered;
    std::string settings =
        "{}";  ///< JSON: limits, concurrency, default_retention, schedules as PUT gave them
    WorkflowVersionKey latest;
    int latestNumber = 0;
    bool deleted = false;  ///< instances are being removed
};

struct WorkflowVersionRow {
    WorkflowVersionKey key;
    std::string uuid;
    WorkflowKey workflow;
    ScriptVersionKey script;  ///< the bundle that instances of this version run
    std::string className;
    int number = 0;
    api::Time created{};
    std::string settings = "{}";
};

/// Where the undoing of an instance's steps stands. The numbers are stored and never change.
enum class Rollback {
    none = 0,
    thenErrored = 1,     ///< under way; the instance ends as errored
    thenTerminated = 2,  ///< under way; the instance ends as terminated
    complete = 3,
    failed = 4,
};

struct InstanceRow {
    InstanceKey key;
    WorkflowKey workflow;
    std::string id;
    WorkflowVersionKey version;
    api::Status status = api::Status::queued;
    api::TriggerSource trigger = api::TriggerSource::api;
    api::Time created{};
    api::Time modified{};
    std::optional<api::Time> started;
    std::optional<api::Time> ended;
    std::optional<api::Milliseconds> successRetention;  ///< of this instance alone
    std::optional<api::Milliseconds> errorRetention;
    std::optional<api::Time> expires;  ///< when a final instance is removed
    std::string params;                ///< a value of the driver protocol; empty means `{}`
    std::string outputPreview;
    std::string output;  ///< a value of the driver protocol; empty while there is none
    std::string errorName;
    std::string errorMessage;
    std::string errorStack;
    std::optional<api::Time> wake;      ///< while waiting: the earliest thing that will wake it
    std::optional<api::Time> pausedAt;  ///< while paused or waitingForPause
    Run run;
    int stepCount = 0;
    int retries =
        0;  ///< attempts after the first, over all steps; those after an interruption are not counted
    int strikes = 0;  ///< deaths of its process in a row that it is suspected of
    bool sleeping = false;
    Sequence changed;
    Rollback rollback = Rollback::none;
    std::string rollbackErrorName;  ///< why a rollback failed
    std::string rollbackErrorMessage;
};

struct StepRow {
    InstanceKey instance;
    StepIndex index;
    api::StepKind kind = api::StepKind::step;
    int count = 1;
    std::string name;  ///< without the counter
    api::StepState state = api::StepState::running;
    api::Time started{};
    std::optional<api::Time> ended;
    std::string config;        ///< do: the `shown` JSON; for the rules see the columns below
    int retryLimit = 0;        ///< -1: no limit
    std::int64_t delayMs = 0;  ///< -1: a function in user code
    api::Backoff backoff = api::Backoff::exponential;
    std::int64_t timeoutMs = 0;  ///< do: per attempt; waitForEvent: of the wait; sleep: its duration
    std::int64_t target = 0;  ///< sleepUntil: epoch ms as asked, part of its key; rollback: index of its step
    int attempts = 0;         ///< started so far
    int failures = 0;         ///< failed and counted against the limit; interrupted ones are not
    std::optional<api::Time>
        due;  ///< sleep: end; wait: timeout; retrying: start of the next attempt; running: its timeout
    std::string eventType;
    std::string preview;
    std::string value;
    std::string errorName;
    std::string errorMessage;
    std::string errorStack;
    Sequence changed;
    std::string rollback;              ///< do: config JSON of its rollback handler; empty when it has none
    std::chrono::microseconds cpu{0};  ///< of all attempts; see DriverLines::cpu
};

/// Stored only for steps with more than one attempt, or with a failed one; a step without rows here had one
/// attempt that is described by the step itself.
struct AttemptRow {
    InstanceKey instance;
    StepIndex step;
    int number = 1;
    api::Time started{};
    std::optional<api::Time> ended;
    std::optional<bool> success;
    std::string errorName;
    std::string errorMessage;
    std::string errorStack;
    std::optional<api::Time> retryOn;
    std::chrono::microseconds cpu{0};
};

struct SentEventRow {
    std::int64_t key = 0;
    InstanceKey instance;
    std::string type;
    std::string payload;  ///< a value of the driver protocol
    api::Time time{};
};

struct RequestRow {
    std::int64_t key = 0;
    InstanceKey instance;
    std::int32_t step = -1;
    int attempt = 0;
    std::string method;
    std::string url;
    int status = 0;
    std::string error;
    api::Time started{};
    std::optional<std::chrono::microseconds> duration;
    std::int64_t requestBytes = 0;
    std::int64_t responseBytes = 0;
    Sequence changed;
};

struct LogRow {
    std::int64_t key = 0;
    InstanceKey instance;
    std::int32_t step = -1;
    int level = 1;  ///< api::LogLevel
    api::Time time{};
    std::string text;
};

/// A cron of a workflow, which creates instances, or of a Worker, which runs its scheduled handler.
struct ScheduleRow {
    std::int64_t key = 0;
    WorkflowKey workflow;  ///< 0: of a Worker
    ScriptKey script;      ///< 0: of a workflow
    std::string cron;
    api::Time created{};
    api::Time next{};  ///< when it fires next
};

/// The last 24 hours of a workflow, oldest first, and quantiles of wall time over the same hours.
struct ActivityRow {
    std::array<std::int64_t, 24> created{};
    std::array<std::int64_t, 24> errored{};
    std::optional<api::Milliseconds> p50;
    std::optional<api::Milliseconds> p99;
};

/// What holds for all workflows.
struct AccountRow {
    api::Milliseconds successRetention{std::chrono::hours{7 * 24}};
    api::Milliseconds errorRetention{std::chrono::hours{7 * 24}};
    // Limits of the sum of all workflows; 0: none.
    int concurrency = 0;           ///< instances that are running at the same time
    int creationRate = 0;          ///< instances created in a second
    int workflowCreationRate = 0;  ///< the same, of one workflow
};

/// All instances of a workflow up to `last` are being ended, or those of them in `status`.
struct TerminationRow {
    WorkflowKey workflow;
    std::optional<api::Status> status;
    InstanceKey last;
};

using StatusCounts = std::map<api::Status, std::int64_t>;

/// Instances are also counted by blocks of 1,024 neighbouring keys: where the n-th row of a long list lies is
/// found by adding up blocks instead of walking rows.
inline constexpr int blockBits = 10;

struct InstanceGroup {
    WorkflowKey workflow;
    api::Status status = api::Status::queued;
    std::int64_t block = 0;  ///< instance key >> blockBits
    friend auto operator<=>(const InstanceGroup&, const InstanceGroup&) = default;
};

inline InstanceGroup groupOf(const InstanceRow& row) {
    return {row.workflow, row.status, row.key.value >> blockBits};
}

/// A line of the live stream, as its readers get it; see core/feed_text.h for how it is kept.
struct FeedLine {
    Sequence sequence;
    std::string workflow;  ///< name
    std::string instance;  ///< id; empty for events of a workflow
    std::string json;      ///< the whole event as one line of JSON
};

}  // namespace stepwell::engine
