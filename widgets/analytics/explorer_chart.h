#pragma once

#include "models/analytics/chart.h"
#include "models/graphql/answer.h"

#include <memory>

namespace stepwell {

/// A list of an answer as a chart: its measure over its time, a line for each of the words beside it; at most
/// four lines, the rest added up. Null where it has no time or fewer than two of them.
std::shared_ptr<const analytics::Chart> explorerChart(const graphql::AnswerTable& table, std::size_t measure);

}  // namespace stepwell
