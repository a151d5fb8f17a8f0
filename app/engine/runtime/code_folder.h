#pragma once

#include "app/engine/runtime/runtime.h"
#include "models/api/error.h"

#include <filesystem>
#include <string>

namespace stepwell::engine {

/// `folder`, only for us, with the empty folders `code` and `run` in it.
api::Result<void> makeProcessFolder(const std::filesystem::path& folder);
/// Puts a file where a process finds it: a hard link, or a copy across file systems.
api::Result<void> placeFile(const std::filesystem::path& from, const std::filesystem::path& to);
/// The bytes of a module, which may be a part of a file.
api::Result<void> placeModule(const Module& module, const std::filesystem::path& to);
api::Result<void> writeFile(const std::filesystem::path& file, const std::string& text);

}  // namespace stepwell::engine
