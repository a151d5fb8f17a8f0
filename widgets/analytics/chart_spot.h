#pragma once

#include "models/api/time.h"

#include <QString>

namespace stepwell::analytics {

/// A stretch of a chart that was clicked: what happened in [from, to) in this series.
struct Spot {
    api::Time from;
    api::Time to;
    QString chart;   ///< Chart::id
    QString series;  ///< Series::key; of a ranking, the category
};

}  // namespace stepwell::analytics
