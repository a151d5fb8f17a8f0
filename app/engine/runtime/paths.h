#pragma once

#include <filesystem>

/// Where the runtime's parts lie: in `../share/stepwell` and `../lib/stepwell` beside the program when it is
/// installed, else where the build left or found them. A path is returned even when nothing is there.
namespace stepwell::engine {

/// The program of guard/main.cpp.
std::filesystem::path defaultGuard();
std::filesystem::path defaultWorkerd();
std::filesystem::path defaultDriver();
std::filesystem::path defaultEsbuild();

}  // namespace stepwell::engine
