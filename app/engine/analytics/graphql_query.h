#pragma once

#include "app/engine/analytics/graphql_datasets.h"
#include "app/engine/graphql/plan.h"

namespace stepwell::engine::datasets {

/// Where in a group of the answer a metric is found.
struct MetricPlace {
    std::size_t measure = 0;  ///< of a count of a word: its place in `counted`
    std::size_t quantile = 0;
};

/// A selected data set as a question to its table.
struct GroupQuestion {
    analytics::Query query;
    std::vector<std::size_t> keys;       ///< by index of the dimension: its place in a group's key
    std::vector<MetricPlace> metrics;    ///< by index of the metric
    std::vector<const Metric*> counted;  ///< words to count in each group
};
struct RowQuestion {
    analytics::RowQuery query;
    std::vector<std::size_t> dimensions;  ///< by index: its place in a row's values
    std::vector<std::size_t> measures;
};

/// The same question about the rows alone that have the metric's word.
analytics::Query countOf(const analytics::Query& query, const Metric& metric);

/// Reads selection and arguments. The errors are the documented ones.
graphql::Result<GroupQuestion> groupQuestion(const Dataset& dataset, const graphql::Selected& selected,
                                             api::Time since, api::Time now);
graphql::Result<RowQuestion> rowQuestion(const Dataset& dataset, const graphql::Selected& selected,
                                         api::Time since, api::Time now);

}  // namespace stepwell::engine::datasets
