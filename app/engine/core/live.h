#pragma once

#include "app/engine/core/actions.h"
#include "app/engine/core/transaction.h"

#include <deque>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace stepwell::engine {

/// Streams are stored in chunks of this size; only the last one is smaller.
constexpr std::size_t streamChunkBytes = 256 << 10;

/// A step's row has so many bits for its index.
constexpr std::int32_t mostSteps = 1 << 20;

/// Kinds that run user code in attempts.
inline bool isAttempted(api::StepKind kind) {
    return kind == api::StepKind::step || kind == api::StepKind::rollback;
}

inline bool isUnderWay(Rollback rollback) {
    return rollback == Rollback::thenErrored || rollback == Rollback::thenTerminated;
}

/// A step of an instance in memory that is not over yet.
struct OpenStep {
    StepRow row;
    api::Time attemptStarted{};  ///< of the attempt that executes
    bool reached = false;        ///< user code waits for it in the present run (do steps)
    bool executing = false;      ///< a do step whose attempt runs in the driver
    bool dirty = false;          ///< to be written at the end of the turn
    std::int64_t chunks = 0;     ///< of the stream that the present attempt returned, so far
    std::int64_t streamBytes = 0;
    std::chrono::microseconds cpu{0};  ///< of the present attempt
};

/// An instance in memory: it has a run in a driver, or is about to get one.
struct LiveInstance {
    InstanceRow row;
    std::string workflowName;
    RuntimeId runtime;
    std::map<StepIndex, OpenStep> open;
    std::deque<SentEventRow> events;   ///< buffered, oldest first
    std::vector<StepRow> finished;     ///< ended in this turn, still to be written
    std::vector<AttemptRow> attempts;  ///< changed in this turn
    int nextStep = 0;                  ///< the index that the next new step of this run has at least
    int executing = 0;                 ///< open do steps whose attempt runs
    int logs = 0;
    int requests = 0;
    std::int64_t streamBytes = 0;    ///< of all stream results
    std::int64_t lastBatch = 0;      ///< batch that carried the last line which may have woken user code
    bool running = false;            ///< its run was handed to the driver
    bool touched = false;            ///< is in the turn's list
    bool dirty = false;              ///< the row is to be written
    bool progressed = false;         ///< only its numbers are to be written, see Transaction::updateProgress
    bool finishedProgress = false;   ///< a step ended since it entered quarantine
    std::optional<api::Time> armed;  ///< its entry in the timer set
    /// Of all its steps; nothing while it is not known, for the steps are in the database.
    std::optional<std::chrono::microseconds> cpu;
    std::optional<api::Time> restSince;  ///< when it was last seen with nothing to do
    mutable MetricWord metricId;         ///< its id, in the turn's rows for analytics
};

/// What a workflow's settings say, taken apart.
struct FlowRules {
    std::optional<api::Milliseconds> successRetention;
    std::optional<api::Milliseconds> errorRetention;
    int concurrency = 0;  ///< instances that run at the same time; 0: no limit
};

/// Counts what was created within a second.
struct CreationRate {
    api::Time second{};
    int count = 0;
};

/// What the core knows of a workerd process.
struct RuntimeState {
    std::unordered_set<InstanceKey> instances;
    std::int64_t batch = 0;   ///< last batch mark sent
    std::int64_t echoed = 0;  ///< last one that came back
    std::deque<std::pair<std::int64_t, InstanceKey>>
        unrested;  ///< instances woken by a batch, in order of batches
    int failedStarts = 0;
    std::int64_t lastDrop =
        0;  ///< batch that told the driver of the last run which was dropped while it executed
    std::optional<api::Time> dropped;  ///< when that was, until the process has been looked at
};

/// Instances suspected of killing their process run one by one, apart from the others.
struct Quarantine {
    std::deque<InstanceKey> waiting;
    std::optional<InstanceKey> current;
    api::Time since{};  ///< when it entered
};

}  // namespace stepwell::engine
