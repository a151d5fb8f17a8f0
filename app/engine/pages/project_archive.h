#pragma once

#include "app/engine/pages/archive_bytes.h"
#include "app/engine/pages/service.h"

/// A project as one file, a tar; EXTENSIONS.md says what is in it. Blocks on the disk.
namespace stepwell::engine::pages {

/// Takes the archive in parts.
using ArchiveSink = std::function<api::Result<void>(std::string_view)>;

/// Writes a project with all of its deployments, the oldest first. One file is in memory at a time.
api::Result<void> exportProject(Service& service, const std::string& name, const ArchiveSink& sink);

/// Makes a project of an archive; `name` instead of the one it has there, when it is not empty. When it fails
/// there is no project. One file is in memory at a time, and what is stored together.
api::Result<ProjectView> importProject(Service& service, ArchiveBytes& archive, const std::string& name);
/// The same of an archive in memory.
inline api::Result<ProjectView> importProject(Service& service, std::string_view archive,
                                              const std::string& name) {
    ArchiveText text(archive);
    return importProject(service, text, name);
}

}  // namespace stepwell::engine::pages
