#pragma once

#include "models/api/time.h"
#include "models/client/client.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// What backends say about tokens and accounts.
namespace stepwell::client {

/// What our own access/self tells of the token that asks.
struct OwnAccess {
    std::string name;                                ///< empty: it has none
    std::map<std::string, std::string> permissions;  ///< "workflows" -> "edit"
};
api::Result<OwnAccess> parseOwnAccess(const Response& response);
/// The permissions of that alone.
api::Result<std::map<std::string, std::string>> parsePermissions(const Response& response);

struct TokenFacts {
    std::string id;
    std::string status;  ///< active, disabled, expired, or whatever came
    std::optional<api::Time> expiresOn;
};
api::Result<TokenFacts> parseTokenFacts(const Response& response);

struct AccountFacts {
    std::string id;
    std::string name;
};
/// At most 200.
api::Result<std::vector<AccountFacts>> parseAccounts(const Response& response);

}  // namespace stepwell::client
