#include "app/engine/api/context.h"

/// Who one is: what `wrangler whoami` and the account pickers of clients ask. There is one account and one
/// person.
namespace stepwell::engine::rest {

namespace {

constexpr std::string_view userId = "5745505745c15745c15745505745c157";
constexpr std::string_view email = "local@stepwell.localhost";

void writeAccount(http::JsonWriter& json, const std::string& account) {
    json.text("id", account).text("name", account).text("type", "standard").object("settings").endObject();
}

/// A token of another account has nothing to see here.
bool sees(const http::Request& request, const std::string& account) {
    const auto& own = request.identity->token.account;
    return own.empty() || own == account;
}

http::ResultInfo atMostOne(bool one) {
    return {one ? 1 : 0, 50, one ? 1 : 0, 1, std::nullopt};
}

using Make = std::function<http::Response(const http::Request&)>;
http::Handler answering(Make make) {
    return [respond = std::move(make)](const http::ExchangePtr& exchange) {
        exchange->respond(respond(exchange->request()));
    };
}

}  // namespace

void addAccountRoutes(Routes& routes, http::Router& router) {
    const auto& account = routes.context().account;
    const auto add = [&router](std::string_view path, Make make) {
        router.add(http::Method::get, path, need::anyToken, noBody, answering(std::move(make)));
    };
    add("/client/v4/accounts", [account](const http::Request& request) {
        return http::success(
            [&](http::JsonWriter& json) {
                json.array();
                if (sees(request, account)) {
                    json.object();
                    writeAccount(json, account);
                    json.endObject();
                }
                json.endArray();
            },
            atMostOne(sees(request, account)));
    });
    add("/client/v4/accounts/{account}", [account](const http::Request&) {
        return http::success([&](http::JsonWriter& json) {
            json.object();
            writeAccount(json, account);
            json.endObject();
        });
    });
    add("/client/v4/memberships", [account](const http::Request& request) {
        return http::success(
            [&](http::JsonWriter& json) {
                json.array();
                if (sees(request, account)) {
                    json.object().text("id", account).text("status", "accepted").object("account");
                    writeAccount(json, account);
                    json.endObject().array("roles").text("Administrator").endArray().endObject();
                }
                json.endArray();
            },
            atMostOne(sees(request, account)));
    });
    add("/client/v4/user", [](const http::Request&) {
        return http::success([](http::JsonWriter& json) {
            json.object().text("id", userId).text("email", email).endObject();
        });
    });
}

}  // namespace stepwell::engine::rest
