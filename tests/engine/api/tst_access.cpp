#include "tests/engine/api/rig.h"

#include <QTest>

using namespace stepwell::test;

namespace {

const std::string workflows = "/client/v4/accounts/local/workflows";

}  // namespace

/// Who may ask what: everything that is refused before a handler runs.
class AccessTest : public QObject {
    Q_OBJECT

    Rig rig_;

    JsonAnswer ask(const std::string& target, const std::string& head, const std::string& method = "GET") {
        return parsed(stepwell::test::ask(rig_.port(), method, target, head));
    }

  private slots:
    void theTokenIsNeeded_data() {
        QTest::addColumn<QByteArray>("head");
        QTest::addColumn<int>("status");
        const auto row = [](const char* name, const std::string& head, int status) {
            QTest::newRow(name) << QByteArray::fromStdString(head) << status;
        };
        row("none", "", 401);
        row("wrong", "Authorization: Bearer 0123456789abcdef0123456789abcdeX\r\n", 401);
        row("prefix", "Authorization: Bearer 0123456789abcdef\r\n", 401);
        row("empty", "Authorization: Bearer \r\n", 401);
        row("basic", "Authorization: Basic " + Rig::token() + "\r\n", 401);
        row("bearer", Rig::authorization(), 200);
        row("api key", "X-Auth-Email: a@b.c\r\nX-Auth-Key: " + Rig::token() + "\r\n", 200);
    }
    void theTokenIsNeeded() {
        QFETCH(QByteArray, head);
        QFETCH(int, status);
        for (const auto* target : {"/client/v4/accounts/local/workflows", "/client/v4/user"}) {
            const auto answer = ask(target, head.toStdString());
            QCOMPARE(answer.status, status);
            if (status == 401) QCOMPARE(answer.code(), 10000);
        }
    }

    void onlyHealthzIsOpen() {
        COMPARE_JSON(ask("/healthz", "").body, nlohmann::json({{"status", "ok"}}));
        QCOMPARE(ask("/metrics", "").status, 401);
        QCOMPARE(ask("/nowhere", "").status, 401);
        const auto metrics = stepwell::test::ask(rig_.port(), "GET", "/metrics", Rig::authorization());
        QVERIFY(metrics.body.find("stepwell_commits_total 17\n") != std::string::npos);
    }

    void foreignHostsAndOriginsAreRefused() {
        const auto head = Rig::authorization();
        QCOMPARE(ask(workflows, head + "Host: evil.example\r\n").status, 403);
        QCOMPARE(ask(workflows, head + "Host: localhost:1234\r\n").status, 200);
        QCOMPARE(ask(workflows, head + "Host: localhost\r\nHost: evil.example\r\n").status, 403);
        QCOMPARE(ask(workflows, head + "Origin: http://evil.example\r\n").status, 403);
        QCOMPARE(ask(workflows, head + "Origin: null\r\n").status, 403);
        QCOMPARE(ask(workflows, head + "Origin: http://localhost\r\nOrigin: http://evil.example\r\n").status,
                 403);
        QCOMPARE(ask(workflows, head + "Origin: http://localhost:3000\r\n").status, 200);
        QCOMPARE(ask("/healthz", "Host: evil.example\r\n").code(), 10000);
    }

    void anotherAccountIsNamed() {
        const auto answer = ask("/client/v4/accounts/other/workflows", Rig::authorization());
        QCOMPARE(answer.status, 403);
        QCOMPARE(answer.code(), 10000);
        QVERIFY(answer.message().find("\"other\"") != std::string::npos);
        QVERIFY(answer.message().find("\"local\"") != std::string::npos);
    }

    void unknownRoutes() {
        for (const auto* target : {"/", "/client/v4", "/client/v4/accounts/local/nothing", "/index.html"}) {
            const auto answer = ask(target, Rig::authorization());
            QCOMPARE(answer.status, 404);
            QCOMPARE(answer.code(), 7003);
            QVERIFY(answer.body["result"].is_null());
        }
        const auto wrongMethod = ask(workflows, Rig::authorization(), "DELETE");
        QCOMPARE(wrongMethod.status, 405);
        QVERIFY(wrongMethod.message().find("GET") != std::string::npos);
    }

    void noPathLeadsToAFile() {
        for (const auto* target :
             {"/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
              "/client/v4/accounts/local/..%2f..%2fetc%2fpasswd",
              "/client/v4/accounts/local/workflows/..%2f..%2fetc%2fpasswd", "/token", "//etc/passwd"}) {
            const auto answer = stepwell::test::ask(rig_.port(), "GET", target, Rig::authorization());
            QCOMPARE(answer.status, 404);
            QVERIFY(answer.body.find("root:") == std::string::npos);
        }
        QCOMPARE(stepwell::test::ask(rig_.port(), "GET", "/a%00b", Rig::authorization()).status, 400);
    }

    void optionsTellsTheMethods() {
        const auto answer =
            stepwell::test::ask(rig_.port(), "OPTIONS", workflows + "/x", Rig::authorization());
        QCOMPARE(answer.status, 204);
        QCOMPARE(answer.fields.at("allow"), std::string("GET, HEAD, PUT, DELETE, OPTIONS"));
    }

    void oversizedBodiesNameTheLimit() {
        const auto answer = rig_.call("POST", "/workflows/x/instances", std::string(1600000, ' '));
        QCOMPARE(answer.status, 413);
        QVERIFY(answer.message().find("1.5 MiB") != std::string::npos);
        QVERIFY(rig_.engine.commands().empty());
    }

    void whoAmI() {
        COMPARE_JSON(ask("/client/v4/user/tokens/verify", Rig::authorization()).result()["status"], "active");
        QVERIFY(ask("/client/v4/user", Rig::authorization()).result()["email"].is_string());
        const auto accounts = ask("/client/v4/accounts?page=1", Rig::authorization());
        COMPARE_JSON(accounts.result()[0]["id"], "local");
        COMPARE_JSON(accounts.body["result_info"]["total_count"], 1);
        COMPARE_JSON(ask("/client/v4/memberships?page=1", Rig::authorization()).result()[0]["account"]["id"],
                     "local");
    }

    void healthOfTheEngine() {
        const auto health = rig_.get("/stepwell/health").result();
        COMPARE_JSON(health["scripts"], 3);
        COMPARE_JSON(health["can_run"], true);
        COMPARE_JSON(health["sandboxed"], false);
        COMPARE_JSON(health["sandbox_message"], "not sandboxed");
        QVERIFY(health["resident_bytes"].get<std::int64_t>() > 0);
    }
};

QTEST_GUILESS_MAIN(AccessTest)
#include "tst_access.moc"
