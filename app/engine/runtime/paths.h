#pragma once

#include <filesystem>

namespace stepwell::engine {

/// Where an installed program finds these: beside the executable in ../share/stepwell; in a build tree: where the build
/// put them.
std::filesystem::path defaultWorkerd();
std::filesystem::path defaultDriver();

}  // namespace stepwell::engine
