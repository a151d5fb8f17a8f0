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

/// The account that an engine on this folder served last; empty: none has yet.
std::string accountOf(Sqlite& db);
/// Remembers it. Without effect where the disk takes nothing: it is for messages alone.
void noteAccount(Sqlite& db, const std::string& account);

/// What the database last failed with, and forgets it.
api::Error takeError(Sqlite& db);

}  // namespace stepwell::engine::access
