#pragma once

#include "models/api/error.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace stepwell::engine::pages {

/// The bytes of a stretch of a file. Errors name the file.
api::Result<std::string> readStretch(const std::filesystem::path& file, std::int64_t start,
                                     std::int64_t bytes);

}  // namespace stepwell::engine::pages
