#pragma once

#include "models/analytics/page_charts.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>

/// What charts are put together from. For the reader of the page's answer only.
namespace stepwell::analytics {

/// Counts (or another sum) of one alias by some word of its rows and by bucket. What did not happen is zero.
class CountBy {
  public:
    using WordOf = std::function<std::string(const nlohmann::json& row)>;
    /// `field`: what is added up instead of the count.
    CountBy(const ChartSource& source, const char* alias, const Grid& grid, const WordOf& wordOf,
            const std::string& field = {});

    Series series(const std::string& word, const QString& name, Tone tone) const;
    /// A series each, those left out that never happened.
    std::vector<Series> those(const std::vector<std::pair<std::string, Tone>>& words) const;
    /// The `most` words with most of it, and all others together.
    std::vector<Series> largest(std::size_t most) const;
    /// Of one word; zeros for one that is not there.
    const std::vector<double>& values(const std::string& word, bool before) const;
    std::size_t size() const { return zeros_.size(); }

  private:
    struct Sums {
        std::vector<double> now;
        std::vector<double> before;
        double total = 0;
    };
    std::map<std::string, Sums> sums_;
    std::vector<double> zeros_;
};

/// Percent that `good` are of `all`; a gap where there is none at all.
Series shareOf(const CountBy& counts, const std::vector<std::string>& good,
               const std::vector<std::string>& all);

/// p50, p90 ... of a time by bucket, or its mean where the backend has no quantiles; gaps where nothing was
/// measured.
std::vector<Series> percentileSeries(const ChartSource& source, const char* alias, const Grid& grid,
                                     const std::string& measure, const std::vector<int>& percentiles);
/// A number of one row per bucket.
Series measured(const ChartSource& source, const char* alias, const Grid& grid, const std::string& field,
                const QString& name, Tone tone);

/// A chart with the words of a dimension as its categories, in the order of the answer.
Chart ranking(const ChartSource& source, const char* alias, const std::string& dimension);
Series rankedCounts(const ChartSource& source, const char* alias, const QString& name);
std::vector<Series> rankedTimes(const ChartSource& source, const char* alias, const std::string& measure,
                                const std::vector<int>& percentiles);

}  // namespace stepwell::analytics
