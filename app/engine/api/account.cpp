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

http::ResultInfo onlyOne() {
    return {1, 50, 1, 1, std::nullopt};
}

http::Handler answering(std::function<http::Response()> make) {
    return [respond = std::move(make)](const http::ExchangePtr& exchange) { exchange->respondWith(respond); };
}

}  // namespace

void addAccountRoutes(Routes& routes, http::Router& router) {
    const auto& account = routes.context().account;
    const auto add = [&router](std::string_view path, std::function<http::Response()> make) {
        router.add(http::Method::get, path, noBody, answering(std::move(make)));
    };
    add("/client/v4/accounts", [account] {
        return http::success(
            [&](http::JsonWriter& json) {
                json.array().object();
                writeAccount(json, account);
                json.endObject().endArray();
            },
            onlyOne());
    });
    add("/client/v4/accounts/{account}", [account] {
        return http::success([&](http::JsonWriter& json) {
            json.object();
            writeAccount(json, account);
            json.endObject();
        });
    });
    add("/client/v4/memberships", [account] {
        return http::success(
            [&](http::JsonWriter& json) {
                json.array().object().text("id", account).text("status", "accepted").object("account");
                writeAccount(json, account);
                json.endObject().array("roles").text("Administrator").endArray().endObject().endArray();
            },
            onlyOne());
    });
    add("/client/v4/user", [] {
        return http::success([](http::JsonWriter& json) {
            json.object().text("id", userId).text("email", email).endObject();
        });
    });
    add("/client/v4/user/tokens/verify", [] {
        return http::success([](http::JsonWriter& json) {
            json.object().text("id", userId).text("status", "active").endObject();
        });
    });
}

}  // namespace stepwell::engine::rest
