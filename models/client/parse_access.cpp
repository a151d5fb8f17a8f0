#include "models/client/parse_access.h"

#include "models/client/parse.h"

#include <nlohmann/json.hpp>

namespace stepwell::client {

using json = nlohmann::ordered_json;
using namespace detail;

namespace {

constexpr std::size_t mostAccounts = 200;

api::Error lacking(const Response& response, const char* what) {
    return {response.status, api::code::internal, std::string("The backend sent no ") + what + "."};
}

}  // namespace

api::Result<std::map<std::string, std::string>> parsePermissions(const Response& response) {
    auto access = parseOwnAccess(response);
    if (!access) return api::fail(access.error());
    return std::move(access->permissions);
}

api::Result<OwnAccess> parseOwnAccess(const Response& response) {
    const auto answer = envelope(response);
    if (!answer) return api::fail(answer.error());
    const auto& result = at(*answer, "result");
    const auto& permissions = at(result, "permissions");
    if (!permissions.is_object()) return api::fail(lacking(response, "permissions"));
    OwnAccess access{text(result, "name"), {}};
    for (const auto& [product, level] : permissions.items())
        if (level.is_string()) access.permissions[product] = level.get<std::string>();
    return access;
}

api::Result<TokenFacts> parseTokenFacts(const Response& response) {
    const auto answer = envelope(response);
    if (!answer) return api::fail(answer.error());
    const auto& result = at(*answer, "result");
    if (!result.is_object()) return api::fail(lacking(response, "facts about the token"));
    return TokenFacts{text(result, "id"), text(result, "status"), time(result, "expires_on")};
}

api::Result<std::vector<AccountFacts>> parseAccounts(const Response& response) {
    const auto answer = envelope(response);
    if (!answer) return api::fail(answer.error());
    const auto& list = at(*answer, "result");
    if (!list.is_array()) return api::fail(lacking(response, "list of accounts"));
    std::vector<AccountFacts> accounts;
    for (const auto& item : list)
        if (item.is_object() && accounts.size() < mostAccounts)
            accounts.push_back({text(item, "id"), text(item, "name")});
    return accounts;
}

}  // namespace stepwell::client
