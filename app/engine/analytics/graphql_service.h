#pragma once

#include "app/engine/analytics/query.h"
#include "app/engine/graphql/request.h"

#include <functional>
#include <memory>

namespace stepwell::engine::datasets {

/// A moment of the tables to ask.
using SnapshotFactory = std::function<api::Result<std::unique_ptr<analytics::Snapshot>>()>;

/// Answers GraphQL requests from the tables. Any thread; reads the disk.
class GraphqlService {
  public:
    GraphqlService(std::string account, SnapshotFactory snapshots)
        : account_(std::move(account))
        , snapshots_(std::move(snapshots)) {}

    /// Answers the body of a request. All data sets of one request are of one moment.
    graphql::Answer answer(std::string_view body, api::Time now) const;

  private:
    std::string account_;
    SnapshotFactory snapshots_;
};

}  // namespace stepwell::engine::datasets
