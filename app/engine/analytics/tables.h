#pragma once

#include "app/engine/core/metric_rows.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

/// What is counted: tables of rows with dimensions (words or integers, to filter and to group by) and
/// measures (numbers from 0 up, to add up), and the rollups that are kept of them. Durations are in
/// microseconds.
namespace stepwell::engine::analytics {

using TableId = MetricTable;
inline constexpr std::size_t tableCount = metricTables;
using EventType = MetricEvent;  ///< see engine::wordOf for their words

/// Position of a column in its table: dimensions come first, then measures. The numbers are stored.
using Column = std::uint8_t;

namespace workflow_events {
enum : Column {
    workflowName,
    instanceId,
    stepName,    ///< empty for events of the workflow itself
    eventType,   ///< the words of EventType
    stepCount,   ///< ordinal of the step in its instance from 1 on; 0 for events of the workflow itself
    wallTime,    ///< only of what ended: from its start to its end
    cpuTime,     ///< only of what ended; of a workflow: that of all its steps
    retryCount,  ///< 1 for each start of an attempt after the first
    steps,       ///< 1 for each do step that ended
    allSteps,    ///< the same, with sleeps and waits
};
}
namespace queue_wait {
enum : Column { workflowName, queueWait };
}
namespace queue_depth {
enum : Column { workflowName, depth };
}
namespace blocked {
enum : Column { workflowName, blockedReason };
}
namespace invocations {
enum : Column {
    kind,  ///< "worker" or "pages"
    scriptName,
    scriptVersion,
    status,
    eventType,  ///< "fetch" or "scheduled"
    wallTime,
    cpuTime,  ///< only where the runtime tells it
    responseBodySize,
    subrequests,
    errors,
};
}
namespace site_requests {
enum : Column {
    host,
    projectName,
    environment,
    method,
    path,
    status,       ///< integer
    cacheStatus,  ///< "hit", "miss", "dynamic" or "none"
    contentType,
    bytes,
    duration,
};
}
namespace subrequests {
enum : Column {
    scriptName,
    workflowName,  ///< empty when no workflow made it
    hostname,
    status,  ///< integer, 0 when there was no answer
    outcome,
    requestBytes,
    responseBytes,
    duration,
};
}

enum class ColumnKind : std::uint8_t { word, integer };

struct ColumnSpec {
    std::string_view name;
    ColumnKind kind = ColumnKind::integer;
    bool isMeasure = false;
    /// Measures only: has quantiles, minimum and maximum, of the rows that have a value at all.
    bool isSketched = false;
};

/// The length of a stretch of time that starts at a multiple of it. Each divides the next one.
enum class Grain : std::uint8_t {
    instant = 0,
    minute = 1,
    fiveMinutes = 2,
    fifteenMinutes = 3,
    hour = 4,
    day = 5
};
api::Milliseconds lengthOf(Grain grain);  ///< of `instant`, one millisecond
api::Time truncate(api::Time time, Grain grain);

inline constexpr std::size_t mostKeys = 8;
inline constexpr std::size_t mostWords = 1'000;
/// What stands in a rollup for words beyond the bound.
inline constexpr std::string_view otherWord = "(other)";

struct GrainRule {
    Grain grain = Grain::hour;
    std::chrono::hours keep{0};  ///< how long its cells are kept
};

/// A rollup: the table grouped by some of its dimensions and by time. Its cells are found by its first
/// dimension, its lead, which is a word.
struct CuboidSpec {
    std::uint8_t id = 0;      ///< unique over all tables; stored
    std::vector<Column> key;  ///< at most `mostKeys`; none: everything in one
    /// The dimension that may have any number of words. Of those, `mostWords` of a lead and period are told
    /// apart, and queries that look at it are answered from the rows where there were more.
    std::optional<Column> open;
    std::vector<GrainRule> grains;  ///< finest first
    /// Blobs of the past are packed: there are very many, and mostly those of few leads are asked for.
    bool isPacked = false;
};

struct TableSpec {
    TableId id = TableId::workflowEvents;
    std::string_view name;
    std::vector<ColumnSpec> columns;
    std::vector<CuboidSpec> cuboids;  ///< those with fewer cells first

    /// Nothing when no column is called so.
    std::optional<Column> column(std::string_view columnName) const;
    std::size_t dimensions() const;  ///< how many columns are dimensions
};

const TableSpec& tableSpec(TableId table);
std::span<const TableSpec> allTables();

}  // namespace stepwell::engine::analytics
