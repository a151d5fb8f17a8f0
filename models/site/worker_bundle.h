#pragma once

#include "models/api/error.h"

#include <string>
#include <vector>

namespace stepwell::site {

struct WorkerModule {
    std::string name;  ///< "index.js"
    std::string contentType;
    std::string bytes;
};

/// The part `_worker.bundle` of a deployment: a form with the metadata and the modules, the first of which is
/// the main one.
std::string workerBundle(const std::vector<WorkerModule>& modules);

/// The modules of a folder `_worker.js`, as they are; `index.js` in it is the main one. Blocks on the disk.
api::Result<std::vector<WorkerModule>> modulesOf(const std::string& folder);

}  // namespace stepwell::site
