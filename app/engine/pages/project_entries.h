#pragma once

#include "app/engine/pages/archive_bytes.h"

#include <cstdint>
#include <string_view>

/// What the archive of a project may hold.
namespace stepwell::engine::pages {

inline constexpr std::size_t largestAsset = 25 * 1024 * 1024;

/// Whether a file of this name is part of a project, so that its size is bounded.
bool isProjectEntry(std::string_view name);

/// Whether every entry of an archive is one that a project may have, before anything is made of them. Errors
/// name the entry.
api::Result<void> checkEntries(ArchiveBytes& archive);

/// That the archive is refused, and why.
tl::unexpected<api::Error> refusedArchive(const std::string& what);

}  // namespace stepwell::engine::pages
