#pragma once

#include "models/analytics/chart.h"
#include "models/analytics/facts.h"
#include "models/analytics/page_query.h"

#include <optional>

/// From a point of a chart to what it counted. Pure functions.
namespace stepwell::analytics {

/// A stretch of a chart that was clicked: what happened in [from, to) in this series.
struct Spot {
    api::Time from;
    api::Time to;
    QString chart;   ///< Chart::id
    QString series;  ///< Series::key; of a ranking, the category
};

/// How what a point counted is asked for.
struct Behind {
    enum class Kind {
        events,  ///< one row each, with their instances
        groups   ///< counts only, split as far as the backend tells them apart
    };
    Kind kind = Kind::events;
    QString words;                      ///< "Errored", "Failed attempts of charge-card"
    std::optional<api::Status> status;  ///< that their instances have in a list; nothing: any
    GraphqlQuery query;                 ///< with one list, `behind`, and for events their number, `total`
};

/// Whether a click on a chart leads anywhere.
bool leadsOn(const QString& chart);
/// Nothing where the backend has no such data.
std::optional<Behind> behindOf(const PageAsk& ask, const Facts& facts, const Chart& chart, const Spot& spot);

/// One event behind a point.
struct BehindRow {
    api::Time time{};
    QString workflow;
    QString instance;
    QString event;        ///< "STEP_FAILURE"
    QString step;         ///< empty for the instance itself
    double wallTime = 0;  ///< ms; 0 for what only started
};
struct BehindRows {
    std::vector<BehindRow> rows;  ///< newest first, at most as many as were asked for
    double total = 0;             ///< how many there are
};
inline constexpr int behindAtMost = 1'000;
/// Reads an answer to a query of events. Fails when it is a refusal or none of this.
api::Result<BehindRows> behindRowsFrom(const api::GraphqlAnswer& answer);

}  // namespace stepwell::analytics
