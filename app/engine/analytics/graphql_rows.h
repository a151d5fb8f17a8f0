#pragma once

#include "app/engine/analytics/graphql_query.h"
#include "app/engine/graphql/execute.h"

namespace stepwell::engine::datasets {

/// "2026-01-01T00:00:00Z", with milliseconds where there are some.
std::string timeText(api::Time time);

/// By the place in GroupQuestion::counted: how many rows each group has of that word.
using WordCounts = std::vector<std::vector<std::int64_t>>;
/// Finds the groups of `some` in `all`, which are grouped alike; those that are not there have none.
std::vector<std::int64_t> countsOf(const analytics::Answer& all, const analytics::Answer& some);

/// The groups of an answer as rows of the data set.
class GroupRows final : public graphql::Source {
  public:
    GroupRows(const Dataset& dataset, GroupQuestion question, analytics::Answer answer, WordCounts counts)
        : dataset_(dataset)
        , question_(std::move(question))
        , answer_(std::move(answer))
        , counts_(std::move(counts)) {}

    std::size_t size() const { return answer_.groups.size(); }
    graphql::Result<graphql::Output> value(std::size_t index, const graphql::Selected& selected,
                                           graphql::Arena& arena) override;

  private:
    graphql::Output dimension(const analytics::Group& group, std::size_t index);
    graphql::Output metric(std::size_t row, std::size_t index) const;
    graphql::Output bounded(std::size_t index, int tag) const;

    const Dataset& dataset_;
    GroupQuestion question_;
    analytics::Answer answer_;
    WordCounts counts_;
    std::string scratch_;
};

/// Raw rows.
class RawRows final : public graphql::Source {
  public:
    RawRows(const Dataset& dataset, RowQuestion question, analytics::RowAnswer answer)
        : dataset_(dataset)
        , question_(std::move(question))
        , answer_(std::move(answer)) {}

    std::size_t size() const { return answer_.rows.size(); }
    graphql::Result<graphql::Output> value(std::size_t index, const graphql::Selected& selected,
                                           graphql::Arena& arena) override;

  private:
    const Dataset& dataset_;
    RowQuestion question_;
    analytics::RowAnswer answer_;
    std::string scratch_;
};

}  // namespace stepwell::engine::datasets
