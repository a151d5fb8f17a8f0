#pragma once

#include "models/api/error.h"

#include <cstdint>
#include <string_view>

/// What the archive of a project may hold.
namespace stepwell::engine::pages {

inline constexpr std::size_t largestAsset = 25 * 1024 * 1024;

/// Whether every entry of an archive is one that a project may have, before anything is made of them. Errors
/// name the entry.
api::Result<void> checkEntries(std::string_view archive);

/// That the archive is refused, and why.
tl::unexpected<api::Error> refusedArchive(const std::string& what);

}  // namespace stepwell::engine::pages
