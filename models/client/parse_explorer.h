#pragma once

#include "models/api/types.h"
#include "models/api/worker.h"
#include "models/client/client.h"

#include <string>
#include <vector>

/// Answers of the local explorer API of `wrangler dev`, where they differ from those of the v4 API.
namespace stepwell::client {

/// A Worker that `wrangler dev` runs.
struct ExplorerWorker {
    std::string name;
    bool isSelf = false;  ///< of the process that answered; others run beside it
    std::vector<api::Binding> bindings;
    std::vector<std::string> crons;
};

api::Result<std::vector<ExplorerWorker>> parseExplorerWorkers(const Response& response);
/// The Worker of the process itself; empty when it does not tell.
std::string ownName(const std::vector<ExplorerWorker>& workers);

}  // namespace stepwell::client
