#pragma once

#include "models/api/error.h"

#include <map>
#include <string>
#include <vector>

namespace stepwell::headless {

/// The options of a command, `--name VALUE` or `--name=VALUE`, each at most once. Errors name the argument
/// and say how the command is used.
api::Result<std::map<std::string, std::string>> readArguments(const std::vector<std::string>& arguments,
                                                              const std::vector<std::string>& known,
                                                              const std::string& usage);

/// Whether a command is asked how it is used.
bool asksForHelp(const std::vector<std::string>& arguments);

/// Tells on stderr, in one line, what is wrong. A command speaks to whoever typed it: this is no log.
void complain(const std::string& message);
/// Tells why a command could not do it, or that it was interrupted and took away what it had made; the exit
/// code.
int giveUp(const std::string& message);
/// The same, for arguments that are wrong; the exit code.
int refuse(const std::string& message);

}  // namespace stepwell::headless
