#pragma once

#include "app/engine/analytics/graphql_datasets.h"
#include "app/engine/graphql/schema.h"

namespace stepwell::engine::datasets {

/// By these the sources know what a field is; `field.tag` is one of them, or one plus an index into the data
/// set.
namespace tag {
inline constexpr int viewer = 0, accounts = 1, settings = 2;
inline constexpr int dataset = 100;  ///< + index into allDatasets(); of account, of settings
// Of a row:
inline constexpr int count = 1, object = 2, dimensions = 3, confidence = 4, endTimestamp = 5;
inline constexpr int level = 6, estimate = 7, lower = 8, upper = 9, sampleSize = 10;
inline constexpr int dimension = 1'000;  ///< + index into Dataset::dimensions
inline constexpr int metric = 2'000;     ///< + index into Dataset::metrics
inline constexpr int measure = 3'000;    ///< + index into Dataset::measures
inline constexpr int bounded = 4'000;    ///< + index into Dataset::metrics: a metric with its confidence
// Of settings:
inline constexpr int enabled = 1, availableFields = 2, maxPageSize = 3, maxNumberOfFields = 4,
                     notOlderThan = 5, maxDuration = 6;
}  // namespace tag

/// The schema of `allDatasets()`, made once.
const graphql::Schema& schema();

/// "AccountWorkflowsAdaptiveGroups": what the names of a data set's types begin with.
std::string typePrefix(const Dataset& dataset);

}  // namespace stepwell::engine::datasets
