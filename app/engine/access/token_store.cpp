#include "app/engine/access/token_store.h"

#include "app/engine/access/database.h"
#include "app/engine/access/secret.h"

namespace stepwell::engine::access {

namespace {

constexpr std::chrono::hours revokedKept{24 * 90};

/// "workflows=edit pages=read"
std::string textOf(const Permissions& permissions) {
    std::string text;
    for (const auto product : allProducts) {
        if (permissions.of(product) == Level::none) continue;
        if (!text.empty()) text += ' ';
        text.append(toString(product)).append("=").append(toString(permissions.of(product)));
    }
    return text;
}

/// What is not known grants nothing.
Permissions permissionsOf(std::string_view text) {
    Permissions permissions;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(' ', at), text.size());
        const auto word = text.substr(at, end - at);
        at = end + 1;
        const auto equals = std::min(word.find('='), word.size());
        const auto product = productOf(word.substr(0, equals));
        const auto level = levelOf(word.substr(std::min(equals + 1, word.size())));
        if (product && level) permissions.grant(*product, *level);
    }
    return permissions;
}

StoredToken readToken(Sqlite::Query& row) {
    StoredToken stored;
    auto& token = stored.token;
    token.id = row.text();
    stored.hash = row.text();
    token.name = row.text();
    token.account = row.text();
    token.permissions = permissionsOf(row.text());
    token.created = row.time();
    token.expires = row.optionalTime();
    token.used = row.optionalTime();
    token.revoked = row.optionalTime();
    return stored;
}

std::int64_t countOf(Sqlite& db) {
    auto query = db.query("SELECT count(*) FROM tokens WHERE revoked IS NULL");
    return query.step() ? query.integer() : 0;
}

void insert(Sqlite& db, const CreatedToken& made) {
    const auto& token = made.token;
    const auto hash = hashOf(made.secret);
    const auto permissions = textOf(token.permissions);
    db.query("INSERT INTO tokens(id, hash, name, account, permissions, created, expires) "
             "VALUES(?, ?, ?, ?, ?, ?, ?)")
        .bind(token.id)
        .blob(hash)
        .bind(token.name)
        .bind(token.account)
        .bind(permissions)
        .bind(token.created)
        .bind(token.expires)
        .run();
}

void advance(Sqlite& db) {
    db.query("UPDATE generation SET number = number + 1").run();
}

/// Ends the transaction: with what was done, or without it.
std::optional<api::Error> finish(Sqlite& db) {
    if (db.ok() && db.exec("COMMIT")) return std::nullopt;
    auto error = takeError(db);
    db.exec("ROLLBACK");
    db.clearError();
    return error;
}

}  // namespace

api::Error noToken(const std::string& id) {
    return {404, api::code::noRoute, "There is no token \"" + id + "\" here."};
}

api::Result<CreatedToken> createToken(Sqlite& db, NewToken wanted, api::Time now,
                                      const Alongside& alongside) {
    if (auto fine = check(wanted, now); !fine) return tl::unexpected(fine.error());
    CreatedToken made{{newId(), std::move(wanted.name), std::move(wanted.account), wanted.permissions, now,
                       wanted.expires, std::nullopt, std::nullopt},
                      newSecret()};
    if (made.token.name.empty()) made.token.name = "token " + made.token.id.substr(0, 8);
    db.exec("BEGIN IMMEDIATE");
    if (countOf(db) >= mostTokens) {
        db.exec("ROLLBACK");
        return api::fail(409, api::code::badBody,
                         "There are " + std::to_string(mostTokens) +
                             " tokens, and no more are kept: revoke those that nobody uses.");
    }
    db.query("DELETE FROM tokens WHERE revoked < ?").bind(now - revokedKept).run();
    insert(db, made);
    advance(db);
    if (alongside) alongside(db, made.token);
    if (auto error = finish(db)) return tl::unexpected(std::move(*error));
    return made;
}

api::Result<Token> revokeToken(Sqlite& db, const std::string& id, api::Time now, const Alongside& alongside) {
    db.exec("BEGIN IMMEDIATE");
    std::optional<Token> found;
    {
        auto row = db.query("SELECT id, hash, name, account, permissions, created, expires, used, revoked "
                            "FROM tokens WHERE id = ?");
        if (row.bind(id).step()) found = readToken(row).token;
    }
    if (db.ok() && (!found || found->revoked)) {
        db.exec("ROLLBACK");
        return tl::unexpected(found ? api::Error{404, api::code::noRoute,
                                                 "The token \"" + id + "\" was revoked at " +
                                                     api::toIso(*found->revoked) + " already."}
                                    : noToken(id));
    }
    db.query("UPDATE tokens SET revoked = ? WHERE id = ?").bind(now).bind(id).run();
    advance(db);
    if (alongside && found) alongside(db, *found);
    if (auto error = finish(db)) return tl::unexpected(std::move(*error));
    found->revoked = now;
    return *found;
}

void noteUse(Sqlite& db, const std::string& id, api::Time used) {
    db.query("UPDATE tokens SET used = ? WHERE id = ?").bind(used).bind(id).run();
}

api::Result<std::vector<StoredToken>> loadTokens(Sqlite& db) {
    std::vector<StoredToken> all;
    {
        auto row = db.query("SELECT id, hash, name, account, permissions, created, expires, used, revoked "
                            "FROM tokens ORDER BY created DESC, id");
        while (row.step())
            all.push_back(readToken(row));
    }
    if (!db.ok()) return tl::unexpected(takeError(db));
    return all;
}

std::int64_t generationOf(Sqlite& db) {
    auto query = db.query("SELECT number FROM generation");
    return query.step() ? query.integer() : 0;
}

}  // namespace stepwell::engine::access
