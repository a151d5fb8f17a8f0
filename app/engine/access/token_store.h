#pragma once

#include "app/engine/access/token.h"
#include "app/engine/store/sqlite.h"

#include <functional>
#include <string>
#include <vector>

/// The tokens in the database. The thread of the connection.
namespace stepwell::engine::access {

inline constexpr std::int64_t mostTokens = 1'000;  ///< that were not revoked

struct CreatedToken {
    Token token;
    std::string secret;  ///< the token itself: told once, kept nowhere
};
/// What else is written, in the same transaction: all of it, or nothing. May be null.
using Alongside = std::function<void(Sqlite& db, const Token& token)>;
/// Errors: what `check` refuses; too many tokens; the database.
api::Result<CreatedToken> createToken(Sqlite& db, NewToken token, api::Time now,
                                      const Alongside& alongside = nullptr);

/// The token that works no more. Errors: 404, there is none of that id; it was revoked before.
api::Result<Token> revokeToken(Sqlite& db, const std::string& id, api::Time now,
                               const Alongside& alongside = nullptr);

/// When tokens were last used.
void noteUse(Sqlite& db, const std::string& id, api::Time used);

struct StoredToken {
    Token token;
    std::string hash;
};
/// All, the newest first; those that were revoked stay for 90 days.
api::Result<std::vector<StoredToken>> loadTokens(Sqlite& db);

/// Grows with every token that is created or revoked.
std::int64_t generationOf(Sqlite& db);

/// No token of that id, in an answer.
api::Error noToken(const std::string& id);

}  // namespace stepwell::engine::access
