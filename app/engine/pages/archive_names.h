#pragma once

#include <string_view>

/// Names of the files in the archive of a project.
namespace stepwell::engine::pages {

inline constexpr int archiveFormat = 1;
inline constexpr std::string_view projectFile = "project.json";
inline constexpr std::string_view deploymentFile = "deployment.json";
/// Assets whose key is computed as models/api/asset_key.h does it, which an import checks ...
inline constexpr std::string_view assetFolder = "assets/";
/// ... and those that were uploaded under another one, as clients may. An import gives them that key, so that
/// no archive brings bytes under the key of others.
inline constexpr std::string_view foreignFolder = "foreign/";

}  // namespace stepwell::engine::pages
