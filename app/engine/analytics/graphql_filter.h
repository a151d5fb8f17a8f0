#pragma once

#include "app/engine/analytics/graphql_datasets.h"
#include "app/engine/graphql/source.h"

#include <nlohmann/json_fwd.hpp>

namespace stepwell::engine::datasets {

/// What the argument `filter` says.
struct Conditions {
    analytics::Filter filter;
    api::Time from{};
    api::Time to{};
};

/// Reads a coerced filter (an object or null). The range is what the conditions on times at its top leave of
/// the time from `since` to `now` and a little beyond. Refuses what is older or wider than the data set's
/// bounds.
graphql::Result<Conditions> readFilter(const Dataset& dataset, const nlohmann::json& filter, api::Time since,
                                       api::Time now);

}  // namespace stepwell::engine::datasets
