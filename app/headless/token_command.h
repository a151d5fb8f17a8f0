#pragma once

#include "app/engine/access/token_store.h"

#include <filesystem>
#include <string>
#include <vector>

/// `stepwelld token create|list|revoke`: API tokens of a data folder, whether an engine runs on it or not.
namespace stepwell::headless {

struct TokenCommand {
    enum class Verb { create, list, revoke, help } verb = Verb::help;
    std::filesystem::path dataDir;
    engine::access::NewToken token;  ///< to be created
    std::string id;                  ///< to be revoked
};

/// Reads the arguments behind `token`. Errors say which one is wrong and what it may be.
api::Result<TokenCommand> parseTokenCommand(const std::vector<std::string>& arguments, api::Time now);

/// Does it. The line of JSON for stdout: what was created, with the token, this once; all tokens; or what was
/// revoked.
api::Result<std::string> perform(const TokenCommand& command, api::Time now);

/// Both, with what goes to stdout and stderr; the exit code.
int tokenCommand(const std::vector<std::string>& arguments);

}  // namespace stepwell::headless
