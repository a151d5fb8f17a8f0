#pragma once

#include <filesystem>
#include <string>
#include <vector>

/// Files that nobody but their owner is to read.
namespace stepwell::engine {

/// Makes token and databases of a data folder their owner's alone (mode 0600). What people should know, one
/// sentence or two for each file that others could get at or still can: the file, its mode and the remedy.
/// Before anything opens the databases.
std::vector<std::string> closeDataFolder(const std::filesystem::path& dataDir);

/// What people should know of a token file outside of the data folder, which is left as it is: that others
/// can read it, and the remedy. Empty when they cannot, or there is no such file.
std::string exposureOf(const std::filesystem::path& tokenFile);

}  // namespace stepwell::engine
