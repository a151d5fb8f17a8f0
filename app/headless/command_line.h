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

}  // namespace stepwell::headless
