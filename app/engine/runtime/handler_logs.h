#pragma once

#include "app/engine/runtime/runtime.h"

#include <functional>
#include <string>

namespace stepwell::engine {

/// Finds the lines of `console`, and what the driver tells of requests, in what a process for handlers
/// prints: the driver marks them, because in a handler it cannot use the engine's WebSocket, which belongs to
/// another event.
class HandlerLogs {
  public:
    struct Found {
        std::function<void(HandlerLog)> log;
        std::function<void(HandlerReport)> report;  ///< may be empty
    };
    /// Calls `found` for every line that is complete, and answers what else was printed.
    std::string take(const std::string& printed, const Found& found);

  private:
    std::string m_rest;  ///< a marked line whose end is to come
};

}  // namespace stepwell::engine
