#pragma once

#include "app/engine/access/permission.h"
#include "models/api/error.h"
#include "models/api/time.h"

#include <memory>
#include <optional>
#include <string>

namespace stepwell::engine::access {

/// What is kept of a token. The token itself is not: only its hash is, in the store.
struct Token {
    std::string id;
    std::string name;     ///< for people; need not be unique
    std::string account;  ///< the only one it opens; empty: whichever the engine serves
    Permissions permissions;
    api::Time created{};
    std::optional<api::Time> expires;
    std::optional<api::Time> used;  ///< to the minute
    std::optional<api::Time> revoked;
};

enum class TokenState : std::uint8_t { active, expired, disabled };
TokenState stateOf(const Token& token, api::Time now);
std::string_view toString(TokenState state);

/// Who asks: the owner, by the token of the data folder, or somebody with an API token.
struct Identity {
    enum class Kind : std::uint8_t { owner, token };
    Kind kind = Kind::owner;
    Token token;  ///< of the owner: id and name are "owner", everything is permitted
};
using IdentityPtr = std::shared_ptr<const Identity>;

/// The owner of the data folder.
IdentityPtr owner();

struct NewToken {
    std::string name;  ///< empty: one is made of the id
    std::string account;
    Permissions permissions;
    std::optional<api::Time> expires;
};
inline constexpr std::size_t longestName = 120;  ///< bytes

/// When a token expires: an ISO 8601 time, or a duration from now like "30 days", of a hundred years at most.
api::Result<api::Time> expiryOf(std::string_view text, api::Time now);

/// Refuses what cannot be a token: no permission, a name or an account of another form, an expiry that is
/// over.
api::Result<void> check(const NewToken& token, api::Time now);

}  // namespace stepwell::engine::access
