#pragma once

#include "app/engine/store/reader.h"
#include "app/engine/store/sqlite.h"

namespace stepwell::engine {

/// All scripts with what a list tells of them, without their modules. Inside a read transaction.
std::vector<ScriptListing> readScriptListings(Sqlite& db);

}  // namespace stepwell::engine
