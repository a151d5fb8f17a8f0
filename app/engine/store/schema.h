#pragma once

#include "app/engine/store/sqlite.h"
#include "models/api/error.h"

#include <span>

namespace stepwell::engine {

/// The version that this program writes. `PRAGMA user_version` of the file holds its own.
int schemaVersion();

/// Opens the engine's database for writing: creates it, or brings an older one up to date step by step, each
/// step in a transaction. A database of a newer version is refused and not touched. WAL, synchronous=FULL.
api::Result<std::unique_ptr<Sqlite>> openDatabase(const std::filesystem::path& file);

/// Statements of which number i brings a database from version i to i + 1.
using Migrations = std::span<const char* const>;
/// The same for a database with a schema of its own.
api::Result<std::unique_ptr<Sqlite>> openDatabase(const std::filesystem::path& file, Migrations migrations);

}  // namespace stepwell::engine
