#pragma once

#include "models/api/error.h"

#include <filesystem>

namespace stepwell::headless {

/// What the program needs beside itself.
struct ProgramFiles {
    std::filesystem::path workerd;  ///< the runtime binary
    std::filesystem::path driver;   ///< folder of the driver's JavaScript
};

/// Looks beside an installed program (`../lib/stepwell`, `../share/stepwell`), then upwards from it for a
/// source tree. `workerd` overrides the search when it is not empty. Errors name what is missing and the
/// remedy.
api::Result<ProgramFiles> findProgramFiles(const std::filesystem::path& program,
                                           const std::filesystem::path& workerd);

/// The file this process runs.
std::filesystem::path thisProgram();

}  // namespace stepwell::headless
