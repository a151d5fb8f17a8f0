#pragma once

#include "models/analytics/chart.h"
#include "models/analytics/cost.h"
#include "models/analytics/page_query.h"

#include <map>
#include <optional>

/// What the Analytics page shows, made of one answer.
namespace stepwell::analytics {

/// Of the whole window. Nothing: the backend did not tell.
struct Totals {
    std::map<std::string, double> events = {};  ///< count by type of event
    std::optional<double> retries = {};
    std::optional<double> steps = {};    ///< that ended, as they are billed
    std::optional<double> cpuTime = {};  ///< ms, of all steps of the instances that ended
    std::optional<double> wallP50 = {};  ///< ms, of instances that ended
    std::optional<double> wallP99 = {};
    std::optional<double> wallMean = {};

    double count(const std::string& event) const;
    std::optional<double> successRate() const;  ///< percent; nothing where no instance ended
};

struct PageData {
    Window window;
    PageFilter filter;
    bool compared = false;
    api::Time takenAt{};                               ///< when the answer came
    std::vector<std::shared_ptr<const Chart>> charts;  ///< in the order of the page
    Totals totals;
    Totals before;               ///< of the period before
    std::optional<Usage> usage;  ///< for its cost; of what is filtered, see `usageOf`
    bool estimated = false;      ///< the backend sampled
    GraphqlQuery query;          ///< the one behind all of it

    bool hasData() const;
    const Chart* chart(const QString& id) const;  ///< null when the backend does not tell it
};

/// What of a load is of these names; with workflows alone chosen, no script, and the other way round. What is
/// told of days and of the longest step is of the account, so it is not known of a part.
Usage usageOf(Usage all, const PageFilter& filter);

/// Reads an answer to `pageQuery`. Takes long for big answers: not for the GUI thread. An error when the
/// answer is a refusal or none of this.
api::Result<PageData> pageDataFrom(const PageAsk& ask, const Facts& facts, const api::GraphqlAnswer& answer,
                                   api::Time now);

}  // namespace stepwell::analytics
