#pragma once

#include "app/engine/store/sqlite.h"
#include "models/api/error.h"

namespace stepwell::engine::pages {

/// Opens the database of sites for writing, created or brought up to date. It is a file of its own: a
/// manifest of many thousand files is one long transaction, and the turns of workflows must not wait for it.
api::Result<std::unique_ptr<Sqlite>> openPagesDatabase(const std::filesystem::path& file);

}  // namespace stepwell::engine::pages
