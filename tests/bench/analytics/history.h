#pragma once

#include "app/engine/core/metric_rows.h"

#include <functional>
#include <random>
#include <string>
#include <vector>

/// A made-up month of a busy account: workflows of very different popularity, days and nights, weekends.
namespace stepwell::bench {

struct HistoryOptions {
    std::int64_t events = 20'000'000;  ///< of workflows
    int workflows = 200;
    int days = 31;
    std::int64_t end = 0;  ///< milliseconds since 1970
    std::uint64_t seed = 1;
};

/// One event of a workflow, as a row of the table.
struct HistoryEvent {
    std::int64_t time = 0;
    std::uint32_t workflow = 0;
    std::uint64_t instance = 0;
    std::uint32_t step = 0;  ///< from 1 on; 0: none
    engine::MetricEvent event = engine::MetricEvent::workflowQueued;
    bool isRetry = false;
    std::int64_t wall = -1;
    std::int64_t cpu = -1;
};

std::string workflowName(std::uint32_t workflow);
std::string instanceName(std::uint64_t instance);
std::string stepName(std::uint32_t workflow, std::uint32_t step);

/// Calls `take` with every event, in order of time.
void makeHistory(const HistoryOptions& options, const std::function<void(const HistoryEvent&)>& take);
/// A tenth as many rows of the other tables.
void noteOthers(std::mt19937_64& random, std::int64_t time, engine::MetricRows& rows);

}  // namespace stepwell::bench
