#include "models/backends/probe.h"
#include "models/http_backend.h"
#include "tests/models/fake_server.h"

#include <QSignalSpy>
#include <QtTest>

#include <map>

using namespace stepwell;
using test::FakeServer;
using test::SeenRequest;

namespace {

BackendSpec specOf(const FakeServer& server, BackendKind kind) {
    auto spec = newBackendSpec(kind);
    spec.name = "Test";
    spec.apiBase = QString::fromStdString(server.apiBase());
    spec.account = "acc";
    return spec;
}

/// Answers by the end of the path; everything else is no route.
struct Routes {
    std::map<QByteArray, FakeServer::Answer> answers;

    std::function<FakeServer::Answer(const SeenRequest&)> handler() const {
        return [answers = answers](const SeenRequest& request) {
            const auto path = request.target.split('?').first();
            for (const auto& [end, answer] : answers)
                if (path.endsWith(end)) return answer;
            return FakeServer::Answer{.status = 404,
                                      .body = FakeServer::failure(7003, "Could not route to path")};
        };
    }
};

Routes cloudflare() {
    return {{{"/user/tokens/verify",
              {.body = FakeServer::success(
                   R"({"id":"t1","status":"active","expires_on":"2027-01-01T00:00:00Z"})")}},
             {"/accounts",
              {.body = FakeServer::success(R"([{"id":"acc","name":"Shop"},{"id":"b","name":"Other"}])")}},
             {"/workflows", {.body = FakeServer::success("[]")}},
             {"/workers/scripts", {.body = FakeServer::success("[]")}},
             {"/pages/projects", {.body = FakeServer::success("[]")}},
             {"/graphql", {.body = R"({"data":{"viewer":{"accounts":[]}},"errors":null})"}}}};
}

FakeServer::Answer denied() {
    return {.status = 403, .body = FakeServer::failure(10000, "Authentication error")};
}

std::optional<ProbeReport> ask(const BackendSpec& spec) {
    QObject context;
    std::optional<ProbeReport> report;
    probe(spec, "s3cret", &context, [&report](ProbeReport answer) { report = std::move(answer); });
    if (!QTest::qWaitFor([&report] { return report.has_value(); }, 20'000)) return {};
    return report;
}

}  // namespace

class ProbeTest : public QObject {
    Q_OBJECT
  private slots:
    void cloudflareWithAGoodToken();
    void missingPermissionsAreNamed();
    void deadTokensAreTold();
    void aStepwellTellsItsVersionAndPermissions();
    void wranglerIsFoundWhereItIs();
    void nothingThere();
    void laterRefusalsTurnFeaturesOff();
};

void ProbeTest::cloudflareWithAGoodToken() {
    FakeServer server;
    server.handler = cloudflare().handler();
    auto spec = specOf(server, BackendKind::cloudflare);
    spec.account.clear();
    const auto report = ask(spec);
    QVERIFY(report);
    QCOMPARE(report->problem, QString());
    QVERIFY(report->reachable);
    QCOMPARE(report->kind, BackendKind::cloudflare);
    QCOMPARE(report->token, ProbeReport::Token::active);
    QVERIFY(report->tokenExpires);
    QCOMPARE(report->accounts.size(), 2);
    QCOMPARE(report->accounts.first().name, QString("Shop"));
    QVERIFY(report->of(Feature::workflows).available);
    QVERIFY(!report->of(Feature::logs).available);
    for (const auto& request : server.seen) {
        QCOMPARE(request.headers.value("authorization"), QByteArray("Bearer s3cret"));
        QVERIFY(request.method == "GET" || request.target.endsWith("/graphql"));
    }
}

void ProbeTest::missingPermissionsAreNamed() {
    FakeServer server;
    auto routes = cloudflare();
    routes.answers["/pages/projects"] = denied();
    routes.answers["/graphql"] = {
        .status = 403, .body = R"({"data":null,"errors":[{"message":"not authorized for that account"}]})"};
    server.handler = routes.handler();
    const auto report = ask(specOf(server, BackendKind::cloudflare));
    QVERIFY(report);
    QCOMPARE(report->problem, QString());
    QCOMPARE(report->tokenName, QString());  // an id is nobody's name for it
    QVERIFY(report->of(Feature::workflows).available);
    QVERIFY(report->of(Feature::sites).reason.contains("Cloudflare Pages: Read"));
    QVERIFY(report->of(Feature::siteUpload).reason.contains("Cloudflare Pages: Edit"));
    QVERIFY(report->of(Feature::analytics).reason.contains("Account Analytics: Read"));
}

void ProbeTest::deadTokensAreTold() {
    FakeServer server;
    auto routes = cloudflare();
    routes.answers["/user/tokens/verify"] = {.body = FakeServer::success(R"({"id":"t","status":"expired"})")};
    server.handler = routes.handler();
    auto report = ask(specOf(server, BackendKind::cloudflare));
    QVERIFY(report && report->problem.contains("expired"));

    server.handler = [](const auto&) {
        return FakeServer::Answer{.status = 401, .body = FakeServer::failure(10000, "Authentication error")};
    };
    report = ask(specOf(server, BackendKind::cloudflare));
    QVERIFY(report);
    QCOMPARE(report->token, ProbeReport::Token::refused);
    QVERIFY(!report->problem.isEmpty());
    QVERIFY(!report->problem.contains("s3cret"));
}

void ProbeTest::aStepwellTellsItsVersionAndPermissions() {
    FakeServer server;
    auto routes = cloudflare();
    routes.answers["/stepwell/health"] = {.body = FakeServer::success(R"({"version":"1.4.0"})")};
    routes.answers["/stepwell/access/self"] = {
        .body = FakeServer::success(
            R"({"id":"x","name":"laptop","permissions":{"workflows":"read","pages":"edit"}})")};
    server.handler = routes.handler();
    const auto report = ask(specOf(server, BackendKind::cloudflare));
    QVERIFY(report);
    QCOMPARE(report->kind, BackendKind::stepwell);
    QVERIFY(report->serverVersion.contains("1.4.0"));
    QVERIFY(report->of(Feature::workflows).available);
    QVERIFY(report->of(Feature::logs).available);
    QVERIFY(report->of(Feature::triggerInstance).reason.contains("Workflows: edit"));
    QVERIFY(report->of(Feature::siteUpload).available);
    QVERIFY(report->of(Feature::audit).reason.contains("Account: read"));
    QCOMPARE(report->tokenName, QString("laptop"));
    QCOMPARE(report->tokenMay, QString("Edit: Sites · Read: Workflows"));
}

void ProbeTest::wranglerIsFoundWhereItIs() {
    FakeServer server;
    server.handler = [](const SeenRequest& request) {
        if (request.target == "/cdn-cgi/explorer/api/local/workers")
            return FakeServer::Answer{.body = FakeServer::success(R"([{"isSelf":true,"name":"shop"}])")};
        return FakeServer::Answer{.status = 404, .body = "404 Not Found", .type = "text/plain"};
    };
    auto spec = newBackendSpec(BackendKind::wranglerDev);
    spec.apiBase = QString::fromStdString(server.origin());
    const auto report = ask(spec);
    QVERIFY(report);
    QCOMPARE(report->problem, QString());
    QCOMPARE(report->apiBase, spec.apiBase + "/cdn-cgi/explorer/api");
    QVERIFY(report->serverVersion.contains("shop"));
    QCOMPARE(report->token, ProbeReport::Token::none);
}

void ProbeTest::nothingThere() {
    FakeServer server;
    const auto spec = specOf(server, BackendKind::stepwell);
    server.stop();
    const auto report = ask(spec);
    QVERIFY(report);
    QVERIFY(!report->reachable);
    QVERIFY(report->problem.contains("127.0.0.1"));
}

void ProbeTest::laterRefusalsTurnFeaturesOff() {
    FakeServer server;
    auto routes = cloudflare();
    server.handler = [&routes](const SeenRequest& request) {
        return request.method == "POST" ? denied() : routes.handler()(request);
    };
    HttpBackend backend({.kind = BackendKind::cloudflare,
                         .name = "Test",
                         .apiBase = server.apiBase(),
                         .account = "acc",
                         .token = "s3cret",
                         .live = false});
    QVERIFY(backend.support(Feature::sendEvent).available);
    QSignalSpy changed(&backend, &Backend::supportChanged);
    backend.trigger("w", {}, {}, nullptr, [](const auto&) {});
    QTRY_COMPARE(changed.size(), 1);
    QVERIFY(!backend.support(Feature::triggerInstance).available);
    QVERIFY(backend.support(Feature::sendEvent).reason.contains("Workers Scripts: Edit"));
    QVERIFY(backend.support(Feature::workflows).available);
    // Reading still works, which says nothing about changing.
    bool read = false;
    backend.workflows(nullptr, [&read](const auto& answer) { read = answer.has_value(); });
    QTRY_VERIFY(read);
    QVERIFY(!backend.support(Feature::triggerInstance).available);
    // Of a kind that counts requests, it is shown how many are left.
    QTRY_VERIFY(!backend.budgets().empty() && backend.budgets().front().used == 2);
    QCOMPARE(backend.budgets().front().allowed, 1'200);
}

QTEST_GUILESS_MAIN(ProbeTest)
#include "test_probe.moc"
