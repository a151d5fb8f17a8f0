#pragma once

#include "app/engine/analytics/query.h"
#include "app/engine/graphql/execute.h"

#include <functional>
#include <memory>

namespace stepwell::engine::datasets {

/// Threads that may be asked to help. `post` runs the job on one of them when one is free, or never.
struct Helpers {
    std::size_t count = 0;  ///< that help one request at most
    std::function<void(std::function<void()> job)> post = {};
};

/// What a data set has for one field of a request.
struct Prepared {
    std::unique_ptr<graphql::Source> source;
    std::size_t size = 0;  ///< rows of it
};
using Prepare = std::function<graphql::Result<Prepared>(const graphql::Selected&, analytics::Snapshot&)>;

/// Prepares the data sets of one request: the thread that writes the answer takes them one after the other,
/// while others prepare those whose turn has not come. Each has a snapshot of its own of the same moment.
/// What waits to be written is bounded; then nobody works ahead.
class Ahead {
  public:
    /// `own` and what `prepare` uses must outlive this.
    Ahead(std::vector<const graphql::Selected*> fields, analytics::Snapshot& own, Prepare prepare,
          const Helpers& helpers);
    ~Ahead();  ///< waits for those that are helping
    Ahead(const Ahead&) = delete;
    Ahead& operator=(const Ahead&) = delete;

    bool has(const graphql::Selected& field) const;
    /// By one thread, each field once.
    graphql::Result<Prepared> take(const graphql::Selected& field);

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace stepwell::engine::datasets
