#pragma once

#include "models/site/local_site.h"

namespace stepwell::site {

/// The files of a `functions/` folder that may hold functions: folder by folder, those further up first, by
/// name. Links and `node_modules` are passed over. Blocks on the disk.
api::Result<std::vector<FunctionFile>> functionFiles(const std::string& folder, const Stop& stop);

inline constexpr std::size_t mostFunctionFiles = 2'000;
inline constexpr std::int64_t largestFunctionFile = std::int64_t{10} * 1024 * 1024;

}  // namespace stepwell::site
