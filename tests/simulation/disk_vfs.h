#pragma once

#include <memory>

struct sqlite3_vfs;

namespace stepwell::simulation {

class Disk;

/// Makes SQLite use this disk. The caller unregisters it before the disk ends.
std::unique_ptr<sqlite3_vfs> registerVfs(Disk& disk);

}  // namespace stepwell::simulation
