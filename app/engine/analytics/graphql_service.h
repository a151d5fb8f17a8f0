#pragma once

#include "app/engine/analytics/graphql_ahead.h"
#include "app/engine/graphql/request.h"

namespace stepwell::engine::datasets {

/// A moment of the tables to ask.
using SnapshotFactory = std::function<api::Result<std::unique_ptr<analytics::Snapshot>>()>;

/// Answers GraphQL requests from the tables. Any thread; reads the disk.
class GraphqlService {
  public:
    /// Without helpers, the thread that asks does all.
    GraphqlService(std::string account, SnapshotFactory snapshots, Helpers helpers = {})
        : account_(std::move(account))
        , snapshots_(std::move(snapshots))
        , helpers_(std::move(helpers)) {}

    /// Answers the body of a request. All data sets of one request are of one moment.
    graphql::Answer answer(std::string_view body, api::Time now) const;

  private:
    std::string account_;
    SnapshotFactory snapshots_;
    Helpers helpers_;
};

}  // namespace stepwell::engine::datasets
