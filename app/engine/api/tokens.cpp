#include "app/engine/api/body.h"
#include "app/engine/api/change_record.h"
#include "app/engine/api/context.h"
#include "app/engine/api/query.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

/// API tokens: what verifies them as the original does, what tells what one may do, and their management,
/// which is simpler than the original's; see EXTENSIONS.md.
namespace stepwell::engine::rest {

namespace {

using access::Identity;
using access::IdentityPtr;
using access::Level;
using access::Token;

constexpr std::size_t tokenBody = 64 * 1024;

std::string_view stateName(const Token& token, api::Time now) {
    return toString(access::stateOf(token, now));
}

void writePermissions(http::JsonWriter& json, const access::Permissions& permissions) {
    json.object("permissions");
    for (const auto product : access::allProducts)
        json.text(toString(product), toString(permissions.of(product)));
    json.endObject();
}

void writeToken(http::JsonWriter& json, const Token& token, api::Time now) {
    json.text("id", token.id).text("name", token.name).text("status", stateName(token, now));
    token.account.empty() ? json.null("account") : json.text("account", token.account);
    writePermissions(json, token.permissions);
    json.time("issued_on", token.created)
        .time("expires_on", token.expires)
        .time("last_used_on", token.used)
        .time("revoked_on", token.revoked);
}

http::Response verified(const http::Request& request, api::Time now) {
    const auto& token = request.identity->token;
    const auto state = stateName(token, now);
    return http::success(
        [&](http::JsonWriter& json) {
            json.object()
                .text("id", token.id)
                .text("status", state)
                .time("expires_on", token.expires)
                .null("not_before")
                .endObject();
        },
        state == "active" ? "This API Token is valid and active" : "This API Token is " + std::string(state));
}

http::Response self(const http::Request& request, api::Time now) {
    const auto& identity = *request.identity;
    return http::success([&](http::JsonWriter& json) {
        json.object();
        json.text("type", identity.kind == Identity::Kind::owner ? "owner" : "token");
        writeToken(json, identity.token, now);
        json.endObject();
    });
}

http::Response tokenList(const std::vector<IdentityPtr>& tokens, bool disabledToo, api::Time now) {
    std::int64_t count = 0;
    http::JsonWriter list(4096);
    list.array();
    for (const auto& identity : tokens) {
        if (!disabledToo && identity->token.revoked) continue;
        ++count;
        list.object();
        writeToken(list, identity->token, now);
        list.endObject();
    }
    list.endArray();
    return http::success([text = list.take()](http::JsonWriter& json) { json.raw(text); },
                         {count, count, count, 1, std::nullopt});
}

void list(Context& context, const http::ExchangePtr& exchange) {
    const auto disabledToo = flagQuery(exchange->request(), "include_disabled");
    if (!disabledToo) return exchange->respond(http::failure(disabledToo.error()));
    exchange->respond(tokenList(context.access.tokens(), *disabledToo, context.now()));
}

void getOne(Context& context, const http::ExchangePtr& exchange) {
    const auto& id = exchange->request().params[1];
    for (const auto& identity : context.access.tokens())
        if (identity->token.id == id)
            return exchange->respond(http::success([&](http::JsonWriter& json) {
                json.object();
                writeToken(json, identity->token, context.now());
                json.endObject();
            }));
    exchange->respond(http::failure(access::noToken(id)));
}

api::Result<access::Permissions> readPermissions(const nlohmann::json& given) {
    if (!given.is_object())
        return badRequest(R"(permissions must be an object like {"workflows":"edit","pages":"read"}.)");
    access::Permissions permissions;
    for (const auto& [name, value] : given.items()) {
        const auto product = access::productOf(name);
        if (!product)
            return badRequest("There is no product \"" + name +
                              "\": permissions are for workflows, workers, pages, analytics and account.");
        if (value == "none") continue;
        const auto level = value.is_string() ? access::levelOf(value.get<std::string>()) : std::nullopt;
        if (!level) return badRequest("The permission for " + name + " must be none, read or edit.");
        permissions.grant(*product, *level);
    }
    return permissions;
}

/// A field that is passed over could be the one that was to limit the token.
api::Result<void> checkFields(const nlohmann::json& body, const std::string& account) {
    constexpr std::array<std::string_view, 4> known = {"name", "permissions", "expires_on", "account"};
    for (const auto& [name, value] : body.items())
        if (std::find(known.begin(), known.end(), name) == known.end())
            return badRequest("There is no field \"" + name +
                              "\" of a token: it has name, permissions, expires_on and account.");
    const auto given = body.find("account");
    if (given == body.end() || given->is_null() || *given == account) return {};
    return badRequest("account must be \"" + account + "\" or left out: this engine has that one account.");
}

api::Result<access::NewToken> readToken(const http::Request& request, const std::string& account,
                                        api::Time now) {
    const auto body = parseObject(request.body, "The body");
    if (!body) return tl::unexpected(body.error());
    if (auto fine = checkFields(*body, account); !fine) return tl::unexpected(fine.error());
    access::NewToken token;
    if (const auto name = body->find("name"); name != body->end()) {
        if (!name->is_string()) return badRequest("name must be a text.");
        token.name = name->get<std::string>();
    }
    auto permissions = readPermissions(body->value("permissions", nlohmann::json()));
    if (!permissions) return tl::unexpected(permissions.error());
    token.permissions = *permissions;
    const auto expires = body->value("expires_on", nlohmann::json());
    if (expires.is_null()) return token;
    if (!expires.is_string()) return badRequest("expires_on must be a time or a duration, as a text.");
    const auto time = access::expiryOf(expires.get<std::string>(), now);
    if (!time) return tl::unexpected(time.error());
    token.expires = *time;
    return token;
}

/// Nobody gets at more, or for longer, by making a token.
api::Result<void> checkGrant(const Token& giver, const access::NewToken& token) {
    for (const auto product : access::allProducts) {
        const access::Need need(product, token.permissions.of(product));
        if (!need.metBy(giver.permissions))
            return api::fail(403, api::code::authentication,
                             "Authentication error: a token can give no more than it has; this one lacks "
                             "the permission \"" +
                                 need.name() + "\".");
    }
    if (giver.expires && (!token.expires || *token.expires > *giver.expires))
        return api::fail(403, api::code::authentication,
                         "Authentication error: a token cannot make one that outlives it; this one expires "
                         "at " +
                             api::toIso(*giver.expires) + ". Name an expires_on that is not later.");
    return {};
}

tl::unexpected<api::Error> notKept() {
    return api::fail(503, api::code::unavailable, "This engine keeps no API tokens.");
}

http::Response createdAnswer(const access::CreatedToken& created, api::Time now) {
    auto response = http::success([&](http::JsonWriter& json) {
        json.object();
        writeToken(json, created.token, now);
        json.text("value", created.secret).endObject();
    });
    response.made = created.token.id;
    return response;
}

// The row of the audit log is written with the token: neither is there without the other.
using Record = std::shared_ptr<ChangeRecord>;

void create(Context& context, const http::ExchangePtr& exchange, const Record& record) {
    const auto refuse = [&](const api::Error& error) { exchange->respond(http::failure(error)); };
    const auto now = context.now();
    auto token = readToken(exchange->request(), context.account, now);
    if (!token) return refuse(token.error());
    token->account = context.account;
    if (auto allowed = checkGrant(exchange->request().identity->token, *token); !allowed)
        return refuse(allowed.error());
    context.access.ledger()->post([exchange, record, wanted = std::move(*token), now](Sqlite& db) {
        const auto created = access::createToken(
            db, wanted, now, [&](Sqlite& same, const Token& made) { record->write(same, made.id); });
        if (created) record->written();
        exchange->respond(created ? createdAnswer(*created, now) : http::failure(created.error()));
    });
}

void revoke(Context& context, const http::ExchangePtr& exchange, const Record& record) {
    context.access.ledger()->post([exchange, record, now = context.now()](Sqlite& db) {
        const auto revoked =
            access::revokeToken(db, exchange->request().params[1], now,
                                [&](Sqlite& same, const Token&) { record->write(same, {}); });
        if (!revoked) return exchange->respond(http::failure(revoked.error()));
        record->written();
        exchange->respond(http::success(
            [&](http::JsonWriter& json) { json.object().text("id", revoked->id).endObject(); }));
    });
}

}  // namespace

void addTokenRoutes(Routes& routes, http::Router& router) {
    using http::Method;
    auto& context = routes.context();
    const auto verify = [now = context.now](const http::ExchangePtr& exchange) {
        exchange->respond(verified(exchange->request(), now()));
    };
    router.add(Method::get, "/client/v4/user/tokens/verify", need::knownToken, noBody, verify);
    routes.handle(Method::get, "/tokens/verify", need::knownToken, noBody, verify);
    routes.handle(Method::get, "/stepwell/access/self", need::anyToken, noBody,
                  [now = context.now](const http::ExchangePtr& exchange) {
                      exchange->respond(self(exchange->request(), now()));
                  });
    routes.handle(Method::get, "/tokens", need::readAccount, noBody,
                  [&context](const http::ExchangePtr& exchange) { list(context, exchange); });
    const auto notKeptHere = [](const http::ExchangePtr& exchange) {
        exchange->respond(http::failure(notKept().value()));
    };
    routes.handle(Method::post, "/tokens", need::editAccount, tokenBody, notKeptHere).noting =
        [&context](const http::ExchangePtr& exchange, const Record& record) {
            create(context, exchange, record);
        };
    routes.handle(Method::get, "/tokens/{token}", need::readAccount, noBody,
                  [&context](const http::ExchangePtr& exchange) { getOne(context, exchange); });
    routes.handle(Method::remove, "/tokens/{token}", need::editAccount, noBody, notKeptHere).noting =
        [&context](const http::ExchangePtr& exchange, const Record& record) {
            revoke(context, exchange, record);
        };
}

}  // namespace stepwell::engine::rest
