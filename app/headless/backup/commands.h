#pragma once

#include <string>
#include <vector>

namespace stepwell::headless {

/// `stepwelld backup`, on a folder that an engine uses or not. Each command gets the arguments after its name
/// and returns the exit code of the program; progress and errors go to stderr.
int runBackup(const std::vector<std::string>& arguments);
/// `stepwelld restore`.
int runRestore(const std::vector<std::string>& arguments);
/// `stepwelld healthcheck`: one line on stdout; 0: well, 1: not.
int runHealthcheck(const std::vector<std::string>& arguments);

}  // namespace stepwell::headless
