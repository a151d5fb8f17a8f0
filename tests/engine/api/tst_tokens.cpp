#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/access/database.h"
#include "app/engine/access/token_store.h"
#include "tests/engine/api/rig.h"
#endif

#include <QTemporaryDir>
#include <QTest>

using namespace stepwell;
using namespace stepwell::engine;
using namespace stepwell::test;
using nlohmann::json;

namespace {

constexpr std::int64_t rateLimit = 200;

std::string bearer(const std::string& token) {
    return "Authorization: Bearer " + token + "\r\nConnection: close\r\n";
}

}  // namespace

/// API tokens over HTTP: made, told of, used, limited, revoked, and noted in the audit log.
class TokensTest : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> folder_;
    std::unique_ptr<Rig> rig_;

    JsonAnswer callAs(const std::string& token, const std::string& method, const std::string& path,
                      const json& body = {}) {
        return parsed(ask(rig_->port(), method, "/client/v4" + path, bearer(token),
                          body.is_null() ? std::string() : body.dump()));
    }
    JsonAnswer made(const json& permissions, const json& more = json::object()) {
        json body{{"name", "ci"}, {"permissions", permissions}};
        body.update(more);
        return callAs(Rig::token(), "POST", "/accounts/local/tokens", body);
    }
    std::string secretOf(const json& permissions) { return made(permissions).result()["value"]; }
    /// Rows of the audit log, the newest first, as soon as there are so many.
    json audit(const std::string& query, std::size_t count) {
        json rows;
        [&] {
            QTRY_VERIFY_WITH_TIMEOUT(
                (rows = callAs(Rig::token(), "GET", "/accounts/local/audit_logs" + query).result()).size() >=
                    count,
                30'000);
        }();
        return rows;
    }

  private slots:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        ServerOptions options;
        options.accessFile = std::filesystem::path(folder_->path().toStdString()) / access::databaseName;
        options.rateLimit = rateLimit;
        rig_ = std::make_unique<Rig>(std::move(options));
    }
    void cleanup() { rig_.reset(); }

    void aTokenIsToldOnce() {
        const auto answer = made({{"workflows", "edit"}, {"pages", "read"}}, {{"expires_on", "30 days"}});
        QCOMPARE(answer.status, 200);
        const auto token = answer.result();
        COMPARE_JSON(token["name"], "ci");
        COMPARE_JSON(token["status"], "active");
        COMPARE_JSON(token["account"], "local");
        COMPARE_JSON(token["permissions"], (json{{"workflows", "edit"},
                                                 {"workers", "none"},
                                                 {"pages", "read"},
                                                 {"analytics", "none"},
                                                 {"account", "none"}}));
        const auto id = token["id"].get<std::string>();
        const auto secret = token["value"].get<std::string>();
        const auto one = rig_->get("/tokens/" + id);
        COMPARE_JSON(one.result()["id"], id);
        QVERIFY(one.body.dump().find(secret) == std::string::npos);
        const auto list = rig_->get("/tokens");
        QVERIFY(list.body.dump().find(secret) == std::string::npos);
        COMPARE_JSON(list.body["result_info"]["total_count"], 1);
        QCOMPARE(rig_->get("/tokens/nobody").status, 404);
    }

    void verifyingTellsTheState() {
        const auto token = made({{"pages", "edit"}}).result();
        const auto secret = token["value"].get<std::string>();
        for (const auto* path : {"/user/tokens/verify", "/accounts/local/tokens/verify"}) {
            const auto verified = callAs(secret, "GET", path);
            COMPARE_JSON(verified.result(), (json{{"id", token["id"]},
                                                  {"status", "active"},
                                                  {"expires_on", nullptr},
                                                  {"not_before", nullptr}}));
        }
        QCOMPARE(rig_->call("DELETE", "/tokens/" + token["id"].get<std::string>()).status, 200);
        COMPARE_JSON(callAs(secret, "GET", "/user/tokens/verify").result()["status"], "disabled");
        QCOMPARE(callAs("stepwell_unknown", "GET", "/user/tokens/verify").status, 401);
        COMPARE_JSON(rig_->get("/tokens").result(), json::array());
        COMPARE_JSON(rig_->get("/tokens?include_disabled=true").result()[0]["status"], "disabled");
    }

    void aTokenThatWorksNoMoreIsNotUsed() {
        const auto token = made({{"pages", "edit"}}).result();
        const auto id = token["id"].get<std::string>();
        const auto used = [&] {
            return rig_->get("/tokens?include_disabled=true").result()[0]["last_used_on"];
        };
        rig_->call("DELETE", "/tokens/" + id);
        COMPARE_JSON(callAs(token["value"], "GET", "/user/tokens/verify").result()["status"], "disabled");
        QCOMPARE(callAs(token["value"], "GET", "/accounts/local/pages/projects").status, 401);
        COMPARE_JSON(used(), nullptr);
    }

    void aTokenIsNotThereWithoutItsRowOfTheLog() {
        const auto db = std::move(*access::openDatabase(std::filesystem::path(folder_->path().toStdString()) /
                                                        access::databaseName));
        const auto id = made({{"pages", "edit"}}).result()["id"].get<std::string>();
        // At once, and not only when rows were gathered.
        COMPARE_JSON(audit("", 0)[0]["resource"]["id"], id);
        db->exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
        QCOMPARE(made({{"pages", "edit"}}).status, 507);
        QCOMPARE(rig_->call("DELETE", "/tokens/" + id).status, 507);
        COMPARE_JSON(rig_->get("/tokens").body["result_info"]["total_count"], 1);
        db->exec("DROP TRIGGER full");
        QCOMPARE(rig_->call("DELETE", "/tokens/" + id).status, 200);
        const auto rows = audit("?action.type=delete", 2);
        COMPARE_JSON(rows[0]["action"]["result"], true);
        COMPARE_JSON(rows[1]["action"]["result"], false);
    }

    void whatOneMayDo() {
        const auto secret = secretOf({{"workflows", "read"}});
        const auto self = callAs(secret, "GET", "/accounts/local/stepwell/access/self").result();
        COMPARE_JSON(self["type"], "token");
        COMPARE_JSON(self["permissions"]["workflows"], "read");
        COMPARE_JSON(self["permissions"]["pages"], "none");
        COMPARE_JSON(rig_->get("/stepwell/access/self").result()["permissions"]["account"], "edit");
        COMPARE_JSON(callAs(secret, "GET", "/accounts").result()[0]["id"], "local");
        QVERIFY(callAs(secret, "GET", "/user").result()["email"].is_string());
        const auto refused =
            callAs(secret, "PATCH", "/accounts/local/workflows/a/instances/b/status", {{"status", "pause"}});
        QCOMPARE(refused.status, 403);
        QCOMPARE(refused.code(), 10000);
        QCOMPARE(refused.message(), std::string("Authentication error: this token may not do this; it needs "
                                                "the permission \"Workflows: edit\"."));
        QVERIFY(rig_->engine.commands().empty());
    }

    void accountsThatATokenMayNotSeeAreNotListed() {
        access::NewToken foreign{{}, "other", access::Permissions::all(), {}};
        const auto db = std::move(*access::openDatabase(std::filesystem::path(folder_->path().toStdString()) /
                                                        access::databaseName));
        const auto secret =
            access::createToken(*db, foreign,
                                std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now()))
                ->secret;
        const auto list = callAs(secret, "GET", "/accounts");
        COMPARE_JSON(list.result(), json::array());
        COMPARE_JSON(list.body["result_info"]["total_count"], 0);
        COMPARE_JSON(callAs(secret, "GET", "/memberships").result(), json::array());
        QCOMPARE(callAs(secret, "GET", "/accounts/local/workflows").status, 403);
    }

    void wrongBodies_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("names");
        const auto row = [](const char* name, const char* body, const char* names) {
            QTest::newRow(name) << QByteArray(body) << QByteArray(names);
        };
        row("nothing", "{}", "permissions");
        row("misspelt", R"({"permissions":{"pages":"read"},"expires":"1 day"})", "expires_on");
        row("account", R"({"permissions":{"pages":"read"},"account":"other"})", "\"local\"");
        row("none", R"({"permissions":{"pages":"none"}})", "at least one");
        row("product", R"({"permissions":{"kv":"read"}})", "\"kv\"");
        row("level", R"({"permissions":{"pages":"write"}})", "pages");
        row("name", R"({"name":7,"permissions":{"pages":"read"}})", "name");
        row("expiry", R"({"permissions":{"pages":"read"},"expires_on":"soon"})", "soon");
        row("over", R"({"permissions":{"pages":"read"},"expires_on":"2020-01-01"})", "over");
    }
    void wrongBodies() {
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, names);
        const auto answer = rig_->call("POST", "/tokens", body.toStdString());
        QCOMPARE(answer.status, 400);
        QVERIFY2(answer.message().find(names.toStdString()) != std::string::npos, answer.message().c_str());
    }

    void nobodyGivesMoreThanTheyHave() {
        const auto clerk = made({{"account", "edit"}, {"pages", "read"}}, {{"expires_on", "1 day"}}).result();
        const auto secret = clerk["value"].get<std::string>();
        const auto give = [&](const json& permissions, const json& expires) {
            return callAs(secret, "POST", "/accounts/local/tokens",
                          {{"permissions", permissions}, {"expires_on", expires}});
        };
        QCOMPARE(give({{"pages", "read"}}, "1 hour").status, 200);
        const auto more = give({{"pages", "edit"}}, "1 hour");
        QCOMPARE(more.status, 403);
        QVERIFY(more.message().find("Pages: edit") != std::string::npos);
        QCOMPARE(give({{"pages", "read"}}, "2 days").status, 403);
        QCOMPARE(give({{"pages", "read"}}, nullptr).status, 403);
    }

    void everyChangeIsNoted() {
        rig_->engine.reply = [](const engine::Request&) -> Reply {
            return Answer{InstanceChanged{"i1", api::Status::paused, at(0)}};
        };
        const auto writer = made({{"workflows", "edit"}}).result();
        const auto reader = secretOf({{"workflows", "read"}});
        const auto secret = writer["value"].get<std::string>();
        callAs(secret, "PATCH", "/accounts/local/workflows/orders/instances/i1/status",
               {{"status", "pause"}});
        callAs(secret, "PATCH", "/accounts/local/workflows/orders/instances/i1/status", {{"status", "nap"}});
        callAs(reader, "DELETE", "/accounts/local/workflows/orders?token=x");
        callAs(secret, "GET", "/accounts/local/workflows");
        const auto rows = audit("", 5);
        QCOMPARE(rows.size(), std::size_t{5});  // two tokens, three changes, no reading
        COMPARE_JSON(rows[0]["action"], (json{{"type", "delete"}, {"result", false}}));
        COMPARE_JSON(rows[0]["resource"], (json{{"type", "workflows"}, {"id", "orders"}}));
        COMPARE_JSON(rows[0]["metadata"], (json{{"method", "DELETE"},
                                                {"path", "/client/v4/accounts/local/workflows/orders"},
                                                {"status", 403}}));
        COMPARE_JSON(rows[1]["action"], (json{{"type", "change_status"}, {"result", false}}));
        COMPARE_JSON(rows[2]["action"], (json{{"type", "pause"}, {"result", true}}));
        COMPARE_JSON(rows[2]["actor"],
                     (json{{"id", writer["id"]}, {"name", "ci"}, {"ip", "127.0.0.1"}, {"type", "token"}}));
        COMPARE_JSON(rows[2]["resource"], (json{{"type", "workflows.instances"}, {"id", "orders/i1"}}));
        COMPARE_JSON(rows[2]["interface"], "API");
        COMPARE_JSON(rows[4]["resource"], (json{{"type", "tokens"}, {"id", writer["id"]}}));
        COMPARE_JSON(rows[4]["actor"]["type"], "owner");
        COMPARE_JSON(audit("?actor.id=" + writer["id"].get<std::string>(), 2).size(), 2);
        COMPARE_JSON(audit("?action.type=pause", 1).size(), 1);
        COMPARE_JSON(audit("?resource.type=workflows", 3).size(), 3);
        COMPARE_JSON(audit("?direction=asc&per_page=1&page=2", 1)[0]["id"], rows[3]["id"]);
        QCOMPARE(rig_->get("/audit_logs?direction=up").status, 400);
        QCOMPARE(rig_->get("/audit_logs?since=noon").status, 400);
    }

    void aStreamEndsWhenItsTokenIsRevoked() {
        const auto token = made({{"workflows", "read"}}).result();
        RawClient stream(rig_->port());
        stream.send("GET /client/v4/accounts/local/stepwell/events HTTP/1.1\r\nHost: localhost\r\n" +
                    bearer(token["value"]) + "\r\n");
        QVERIFY(!stream.receiveUntil("\r\n\r\n").empty());
        rig_->call("DELETE", "/tokens/" + token["id"].get<std::string>());
        QVERIFY(stream.isEnded());
    }

    void theLimitOfATokenNamesTheWait() {
        const auto secret = secretOf({{"workflows", "read"}});
        for (std::int64_t i = 0; i < rateLimit; ++i)
            QCOMPARE(callAs(secret, "GET", "/accounts/local/workflows").status, 200);
        const auto answer = ask(rig_->port(), "GET", "/client/v4/accounts/local/workflows", bearer(secret));
        QCOMPARE(answer.status, 429);
        QCOMPARE(parsed(answer).code(), 971);
        const auto wait = std::stoi(answer.fields.at("retry-after"));
        QVERIFY(wait >= 1 && wait <= 300);
        // Others go on, and the owner here is not counted.
        QCOMPARE(callAs(secretOf({{"workflows", "read"}}), "GET", "/accounts/local/workflows").status, 200);
        const auto graphql = ask(rig_->port(), "POST", "/client/v4/graphql", bearer(secret), "{}");
        QCOMPARE(graphql.status, 429);
        COMPARE_JSON(parsed(graphql).body["errors"][0]["extensions"]["code"], "budget");
        for (std::int64_t i = 0; i < rateLimit; ++i)
            QCOMPARE(rig_->get("/workflows").status, 200);
    }

    void wrongTokensPutOnTheBrake() {
        const auto secret = secretOf({{"workflows", "read"}});
        const auto wrong = [&] {
            return ask(rig_->port(), "GET", "/client/v4/accounts/local/workflows", bearer("stepwell_guess"));
        };
        int refused = 0;
        RawAnswer last;
        while (refused < 50 && (last = wrong()).status == 401)
            ++refused;
        QVERIFY(refused >= 11);
        QCOMPARE(last.status, 429);
        QVERIFY(last.fields.contains("retry-after"));
        QCOMPARE(rig_->get("/workflows").status, 200);
        COMPARE_JSON(audit("?action.type=brake", 1)[0]["actor"]["ip"], "127.0.0.1");
        QTRY_COMPARE_WITH_TIMEOUT(callAs(secret, "GET", "/accounts/local/workflows").status, 200, 30'000);
    }
};

QTEST_GUILESS_MAIN(TokensTest)
#include "tst_tokens.moc"
