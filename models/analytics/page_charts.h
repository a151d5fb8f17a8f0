#pragma once

#include "models/analytics/page_data.h"
#include "models/analytics/page_rows.h"

/// The charts of the page, each from the rows of its aliases. For the reader of the page's answer only.
namespace stepwell::analytics {

/// What all charts are made from.
struct ChartSource {
    const PageAsk& ask;
    const Facts& facts;
    const Rows& rows;
    api::Time now;
};

/// In the order of the page, without those of which the backend tells nothing.
std::vector<std::shared_ptr<const Chart>> chartsFrom(const ChartSource& source);

}  // namespace stepwell::analytics
