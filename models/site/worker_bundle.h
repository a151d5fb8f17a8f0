#pragma once

#include "models/api/error.h"
#include "models/site/difference.h"

#include <string>
#include <vector>

namespace stepwell::site {

struct WorkerModule {
    std::string name;  ///< "index.js"
    std::string contentType;
    std::string bytes;
};

/// The type of a module `NAME.map`, which makes the stacks of NAME readable and is no code.
inline constexpr std::string_view sourceMapType = "application/source-map";

/// What the metadata says beside the main module.
struct WorkerSettings {
    std::string compatibilityDate;  ///< empty: as the project has it
    std::vector<std::string> compatibilityFlags;
    std::string varsJson = "{}";  ///< an object; its members become variables
};

/// The part `_worker.bundle` of a deployment: a form with the metadata and the modules, the first of which is
/// the main one.
std::string workerBundle(const std::vector<WorkerModule>& modules, const WorkerSettings& settings = {});
/// Source maps that make the part larger than it may be are left out of it.
std::string workerBundleThatFits(std::vector<WorkerModule> modules, const WorkerSettings& settings);
/// The most bytes that part may have.
inline constexpr std::size_t largestWorkerBundle = std::size_t{25} * 1024 * 1024;

/// The same as it is compared with the code of a deployment, whoever packed that: the main module is called
/// `mainName`, others `mainName/NAME`, and the settings that change how it runs "code settings". Source maps
/// are no part of it. As the engine tells them, EXTENSIONS.md.
std::vector<Part> codeParts(const std::vector<WorkerModule>& modules, const WorkerSettings& settings,
                            const std::string& mainName);

/// The modules of a folder `_worker.js`, as they are, and their source maps; `index.js` in it is the main
/// one. Blocks on the disk.
api::Result<std::vector<WorkerModule>> modulesOf(const std::string& folder);

}  // namespace stepwell::site
