#pragma once

#include "app/engine/store/sqlite.h"
#include "models/api/error.h"

namespace stepwell::engine::access {

/// The name of the database in a data folder: API tokens and the audit log.
inline constexpr const char* databaseName = "access.db";

/// A connection that writes. Makes the file (mode 0600) and its tables where there are none. Errors name the
/// file and the remedy.
api::Result<std::unique_ptr<Sqlite>> openDatabase(const std::filesystem::path& file);
/// A connection that reads, of a file that is there.
api::Result<std::unique_ptr<Sqlite>> openReader(const std::filesystem::path& file);

/// What the database last failed with, and forgets it.
api::Error takeError(Sqlite& db);

}  // namespace stepwell::engine::access
