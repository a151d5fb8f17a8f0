#pragma once

#include "app/headless/backup/snapshot.h"

namespace stepwell::headless {

/// What an archive says of itself, in its last entry `manifest.json`.
struct Manifest {
    struct File {
        std::string name;
        std::uint64_t bytes = 0;
        std::string sha256;  ///< lower-case hex
    };
    std::string created;  ///< ISO 8601
    std::string version;  ///< of the program that made it
    std::vector<File> files;
};

/// One tar with a manifest of checksums: compressed with zstd when the name ends in .zst, gzip for .gz and
/// .tgz. Its owner alone can read it. Durable on return.
api::Result<Manifest> writeArchive(const std::filesystem::path& file, const std::vector<BackupFile>& files,
                                   const Progress& progress);

/// Reads an archive to its end (plain, gzip or zstd) and compares every file with the manifest. With `into`,
/// a folder that is there, the files are written there, durably, as far as its disk has room for them. The
/// archive may be anybody's.
api::Result<Manifest> readArchive(const std::filesystem::path& file, const std::filesystem::path& into = {});

}  // namespace stepwell::headless
