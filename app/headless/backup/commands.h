#pragma once

#include <string>
#include <vector>

namespace stepwell::headless {

/// `stepwelld backup`, on a folder that an engine uses or not. Each command gets the arguments after its name
/// and returns the exit code of the program: 0, 1 when it could not do it, 2 for wrong arguments. What was
/// done is one line on stdout, errors go to stderr, and how far it is to a terminal alone. With --help, how
/// it is used.
int runBackup(const std::vector<std::string>& arguments);
/// `stepwelld restore`.
int runRestore(const std::vector<std::string>& arguments);
/// `stepwelld healthcheck`: one line on stdout; 0: well, 1: not.
int runHealthcheck(const std::vector<std::string>& arguments);

}  // namespace stepwell::headless
