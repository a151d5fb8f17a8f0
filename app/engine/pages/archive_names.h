#pragma once

#include <string_view>

/// Names of the files in the archive of a project.
namespace stepwell::engine::pages {

inline constexpr int archiveFormat = 1;
inline constexpr std::string_view projectFile = "project.json";
inline constexpr std::string_view deploymentFile = "deployment.json";
inline constexpr std::string_view assetFolder = "assets/";

}  // namespace stepwell::engine::pages
