#pragma once

#include "models/api/error.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;

namespace stepwell::headless {

/// Told of what a backup does, for people.
using Progress = std::function<void(const std::string& line)>;

/// A file of a backup.
struct BackupFile {
    std::string name;            ///< in the archive and in a data folder
    std::filesystem::path path;  ///< where its bytes are now
};

/// A data folder that an engine may write to meanwhile. Each database is read from one transaction, and is as
/// it was when that began; they begin one after the other, some milliseconds apart: sites, analytics, engine,
/// tokens. Sites and tokens stand for themselves, and may therefore be a little older or newer than the rest.
/// Analytics, which is the older one, never knows more than the engine's database; that it knows no less than
/// what that still has to tell it is checked, and tried again. Packs of sites are immutable and get a second
/// name at once, so that the collector may remove its own; other files are never removed.
class DataSnapshot {
  public:
    /// Copies of the databases go to `staging`, a folder of the caller's.
    static api::Result<DataSnapshot> take(const std::filesystem::path& dataDir,
                                          const std::filesystem::path& staging, const Progress& progress);
    DataSnapshot(DataSnapshot&&) = default;
    DataSnapshot& operator=(DataSnapshot&&) = default;

    const std::vector<BackupFile>& files() const { return m_files; }
    /// Files that rows know and that are not there: they were missing before the backup.
    const std::vector<std::string>& missing() const { return m_missing; }

  private:
    struct Links;
    explicit DataSnapshot(std::filesystem::path dataDir);
    api::Result<bool> pin();
    bool link(const std::filesystem::path& relative);
    api::Result<void> linkFiles(sqlite3* pages, sqlite3* engine, bool& moved);
    api::Result<void> copy(sqlite3* from, const std::filesystem::path& to, const Progress& progress);

    struct Database {
        std::string name;
        std::shared_ptr<sqlite3> handle;
    };
    std::filesystem::path m_dataDir;
    std::shared_ptr<Links> m_links;
    std::vector<Database> m_databases;
    std::vector<BackupFile> m_files;
    std::vector<std::string> m_missing;
    bool m_together = true;  ///< what the databases say belongs together
};

/// Whether a copy of a database is whole.
api::Result<void> checkDatabase(const std::filesystem::path& file);

/// Whether a data folder has a file of this name that a backup holds: databases, token, blobs and packs.
bool isBackupName(const std::string& name);
bool isDatabaseName(const std::string& name);

}  // namespace stepwell::headless
