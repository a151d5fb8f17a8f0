#include "models/client/answer_store.h"
#include "models/http_backend.h"
#include "tests/models/fake_server.h"

#include <QSemaphore>
#include <QtTest>

#include <atomic>

using namespace stepwell;
using test::FakeServer;

namespace {

BackendAddress addressOf(const FakeServer& server) {
    return {.name = "Test", .apiBase = server.apiBase(), .account = "acc", .token = "secret", .live = false};
}

/// Takes the one answer of a call.
template <class T>
struct Taken {
    int count = 0;
    std::optional<api::Result<T>> result;
    QThread* thread = nullptr;

    Done<T> done() {
        return [this](api::Result<T> answer) {
            ++count;
            thread = QThread::currentThread();
            result = std::move(answer);
        };
    }
    const api::Result<T>& value() const { return *result; }
};

/// On a disk that does not answer: whoever asks waits until the test lets go, or for a long time.
class HangingStore final : public client::AnswerStore {
  public:
    QSemaphore asked;
    QSemaphore goOn;
    std::atomic<bool> isOver = false;

    void keep(const std::string&, const client::Response&) override {
        asked.release();
        goOn.tryAcquire(1, 10'000);
        isOver = true;
    }
    std::optional<Stored> find(const std::string&) override { return std::nullopt; }
};

}  // namespace

class HttpBackendTest : public QObject {
    Q_OBJECT
  private slots:
    void describesItself();
    void answersOnTheOwnersThread();
    void loadsAllPagesOfWorkflows();
    void asksForOnePageOfInstances();
    void asksForChangesOnly();
    void createsAndChanges();
    void readsStepsLogsAndHealth();
    void findsTheAddressOfAWorker();
    void readsWorkers();
    void sendsSecretsAndDeployments();
    void uploads();
    void refusedVerbsKeepTheReason();
    void unreachableNamesTheAddress();
    void dropsAnswersOfDeadContexts();
    void goesWithoutWaitingForItsThread();
    void badSettingsFailWithoutARequest();
    void asksGraphql();
    void tellsErrorsOfGraphqlFromNoAnswer();
};

void HttpBackendTest::describesItself() {
    FakeServer server;
    const HttpBackend backend(addressOf(server));
    QCOMPARE(backend.name(), QString("Test"));
    QCOMPARE("http://" + backend.address(), QString::fromStdString(server.origin()));
    QCOMPARE(backend.liveState(), LiveState::polling);
}

void HttpBackendTest::answersOnTheOwnersThread() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{.body = FakeServer::success("{\"name\":\"orders\"}")};
    };
    HttpBackend backend(addressOf(server));
    Taken<api::Workflow> taken;
    backend.workflow("orders", this, taken.done());
    QCOMPARE(taken.count, 0);
    QTRY_COMPARE(taken.count, 1);
    QCOMPARE(taken.thread, thread());
    QCOMPARE(taken.value()->name, std::string("orders"));
    QCOMPARE(server.seen.front().target, QByteArray("/client/v4/accounts/acc/workflows/orders"));
    QCOMPARE(server.seen.front().headers.value("authorization"), QByteArray("Bearer secret"));
}

void HttpBackendTest::loadsAllPagesOfWorkflows() {
    FakeServer server;
    server.handler = [](const auto& request) {
        const bool second = request.target.contains("page=2&");
        QByteArray rows = "[";
        for (int i = 0; i < (second ? 5 : 100); ++i)
            rows +=
                QByteArray(i ? "," : "") + "{\"name\":\"w" + QByteArray::number(second ? 100 + i : i) + "\"}";
        return FakeServer::Answer{.body = FakeServer::success(rows + "]", "{\"total_count\":105}")};
    };
    HttpBackend backend(addressOf(server));
    Taken<std::vector<api::Workflow>> taken;
    backend.workflows(this, taken.done());
    QTRY_COMPARE(taken.count, 1);
    QCOMPARE(taken.value()->size(), std::size_t{105});
    QCOMPARE(taken.value()->back().name, std::string("w104"));
    QCOMPARE(server.seen.size(), 2);
}

void HttpBackendTest::asksForOnePageOfInstances() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{
            .body = FakeServer::success("[{\"id\":\"a\",\"status\":\"errored\"}]", "{\"total_count\":1234}")};
    };
    HttpBackend backend(addressOf(server));
    Taken<InstanceList> taken;
    backend.instances({.workflow = "orders",
                       .status = api::Status::errored,
                       .from = api::fromIso("2026-01-01"),
                       .to = {},
                       .page = 7,
                       .perPage = 100},
                      this, taken.done());
    QTRY_COMPARE(taken.count, 1);
    QCOMPARE(taken.value()->total, std::int64_t{1234});
    QCOMPARE(
        server.seen.front().target,
        QByteArray("/client/v4/accounts/acc/workflows/orders/instances?per_page=100&page=7&status=errored"
                   "&date_start=2026-01-01T00%3A00%3A00.000Z"));
}

void HttpBackendTest::asksForChangesOnly() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{
            .body = FakeServer::success(
                "{\"status\":\"running\",\"steps\":[],\"stepwell\":{\"sequence\":9,\"partial\":true}}")};
    };
    HttpBackend backend(addressOf(server));
    Taken<api::InstanceDetail> taken;
    backend.instance("orders", "a/b", 8, this, taken.done());
    QTRY_COMPARE(taken.count, 1);
    QVERIFY(taken.value()->partial);
    QCOMPARE(taken.value()->id, std::string("a/b"));
    QVERIFY(server.seen.front().target.endsWith("/instances/a%2Fb?stepwell_since=8"));
}

void HttpBackendTest::createsAndChanges() {
    FakeServer server;
    server.handler = [](const test::SeenRequest& request) {
        return FakeServer::Answer{.body = FakeServer::success(request.method == "POST"
                                                                  ? "{\"id\":\"new\"}"
                                                                  : "{\"status\":\"queued\"}")};
    };
    HttpBackend backend(addressOf(server));
    Taken<std::string> created;
    backend.trigger("orders", "", "{\"a\":1}", this, created.done());
    QTRY_COMPARE(created.count, 1);
    QCOMPARE(*created.value(), std::string("new"));
    QCOMPARE(server.seen.last().body, QByteArray("{\"params\":{\"a\":1}}"));

    Taken<void> sent;
    backend.sendEvent("orders", "i", "packed", "{\"by\":\"mira\"}", this, sent.done());
    QTRY_COMPARE(sent.count, 1);
    QVERIFY(server.seen.last().target.endsWith("/instances/i/events/packed"));
    QCOMPARE(server.seen.last().body, QByteArray("{\"by\":\"mira\"}"));

    Taken<api::Status> changed;
    backend.changeStatus("orders", "i", Backend::Verb::restart, Backend::RestartFrom{"pay", 2, "do"}, this,
                         changed.done());
    QTRY_COMPARE(changed.count, 1);
    QVERIFY(*changed.value() == api::Status::queued);
    QCOMPARE(server.seen.last().method, QByteArray("PATCH"));
    QCOMPARE(server.seen.last().body,
             QByteArray(R"({"from":{"count":2,"name":"pay","type":"do"},"status":"restart"})"));
}

void HttpBackendTest::readsStepsLogsAndHealth() {
    FakeServer server;
    server.handler = [](const test::SeenRequest& request) {
        QByteArray result = "{\"version\":\"0.1.0\",\"scripts\":3}";
        if (request.target.contains("/step?")) result = "{\"status\":\"complete\",\"output\":\"[1]\"}";
        if (request.target.contains("/logs?")) result = "[{\"id\":4,\"text\":\"x\",\"level\":\"log\"}]";
        return FakeServer::Answer{.body = FakeServer::success(result)};
    };
    HttpBackend backend(addressOf(server));
    Taken<std::string> output;
    Taken<std::vector<api::LogLine>> lines;
    Taken<api::EngineHealth> health;
    backend.stepOutput("orders", "i", "pay-1", api::StepKind::waitForEvent, this, output.done());
    backend.logs("orders", "i", 3, 2, this, lines.done());
    backend.health(this, health.done());
    QTRY_COMPARE(output.count + lines.count + health.count, 3);
    QCOMPARE(*output.value(), std::string("[1]"));
    QCOMPARE(lines.value()->at(0).id, std::int64_t{4});
    QCOMPARE(health.value()->scripts, 3);
    QVERIFY(server.to("/step?").front().target.endsWith("?name=pay-1&type=waitForEvent"));
    QVERIFY(server.to("/logs?").front().target.endsWith(
        "/stepwell/logs?workflow=orders&instance=i&limit=500&step=3&after=2"));
}

void HttpBackendTest::findsTheAddressOfAWorker() {
    FakeServer server;
    QByteArray subdomain = R"({"enabled":true,"url":"http://shop.workers.localhost:1"})";
    bool hasWorkerRoute = true;
    server.handler = [&](const test::SeenRequest& request) -> FakeServer::Answer {
        if (request.target.endsWith("/workers/workers/shop"))
            return hasWorkerRoute
                       ? FakeServer::Answer{.body = FakeServer::success("{\"subdomain\":" + subdomain + "}")}
                       : FakeServer::Answer{404, FakeServer::failure(7003, "no route")};
        if (request.target.endsWith("/scripts/shop/subdomain"))
            return {.body = FakeServer::success(R"({"enabled":true})")};
        return {.body = FakeServer::success(R"({"subdomain":"acme"})")};
    };
    HttpBackend backend(addressOf(server));
    const auto ask = [&] {
        Taken<api::WorkerAddress> taken;
        backend.workerAddress("shop", this, taken.done());
        [&] { QTRY_COMPARE(taken.count, 1); }();
        return taken.result.value_or(api::WorkerAddress{}).value_or(api::WorkerAddress{});
    };
    QCOMPARE(ask().url, std::string("http://shop.workers.localhost:1"));
    subdomain = R"({"enabled":true})";
    QCOMPARE(ask().url, std::string("https://shop.acme.workers.dev"));
    subdomain = R"({"enabled":false})";
    QVERIFY(!ask().enabled);
    hasWorkerRoute = false;
    QCOMPARE(ask().url, std::string("https://shop.acme.workers.dev"));
}

void HttpBackendTest::readsWorkers() {
    FakeServer server;
    server.handler = [](const test::SeenRequest& request) {
        QByteArray result = R"([{"id":"shop","modified_on":"2026-11-20T09:00:00Z","handlers":["fetch"],
            "stepwell":{"url":"http://shop","schedules":[{"cron":"* * * * *","next_run":"2026-11-20T09:01:00Z"}]}},
            {"id":"elsewhere"}])";
        if (request.target.endsWith("/settings"))
            result = R"({"bindings":[{"name":"A","type":"plain_text","text":"x"},
                {"name":"B","type":"json","json":{"n":1}},{"name":"S","type":"secret_text"},
                {"name":"K","type":"kv_namespace","namespace_id":"k1"}]})";
        if (request.target.contains("/versions"))
            result = R"({"items":[{"id":"v1","number":1,"metadata":{"created_on":"2026-11-19T09:00:00Z"}},
                {"id":"v2","number":2,"metadata":{"created_on":"2026-11-20T09:00:00Z","source":"wrangler"},
                 "annotations":{"workers/message":"why"}}]})";
        if (request.target.endsWith("/deployments"))
            result = R"({"deployments":[{"id":"d","versions":[{"version_id":"v2","percentage":90}]}]})";
        if (request.target.contains("/logs?")) result = R"([{"id":4,"text":"x","level":"warn"}])";
        return FakeServer::Answer{.body = FakeServer::success(result)};
    };
    HttpBackend backend(addressOf(server));
    Taken<std::vector<api::Worker>> workers;
    Taken<std::vector<api::Binding>> bindings;
    Taken<std::vector<api::WorkerVersion>> versions;
    Taken<std::vector<api::WorkerDeployment>> deployments;
    Taken<std::vector<api::LogLine>> lines;
    backend.workers(this, workers.done());
    backend.workerBindings("shop", this, bindings.done());
    backend.workerVersions("shop", this, versions.done());
    backend.workerDeployments("shop", this, deployments.done());
    backend.workerLogs("shop", 7, this, lines.done());
    QTRY_COMPARE(workers.count + bindings.count + versions.count + deployments.count + lines.count, 5);
    const auto& shop = workers.value()->at(0);
    QCOMPARE(*shop.handlers, std::vector<std::string>{"fetch"});
    QCOMPARE(shop.url, std::string("http://shop"));
    QVERIFY(shop.crons->at(0).next.has_value());
    QVERIFY(!workers.value()->at(1).handlers && !workers.value()->at(1).crons);
    QCOMPARE(bindings.value()->at(1).value, std::string(R"({"n":1})"));
    QVERIFY(bindings.value()->at(2).value.empty());
    QCOMPARE(bindings.value()->at(3).value, std::string("k1"));
    QCOMPARE(versions.value()->at(0).id, std::string("v2"));
    QCOMPARE(versions.value()->at(0).message, std::string("why"));
    QCOMPARE(deployments.value()->at(0).shares.at(0).percentage, 90);
    QCOMPARE(lines.value()->at(0).level, api::LogLevel::warn);
    QVERIFY(server.to("/logs?").front().target.endsWith("/stepwell/logs?script=shop&limit=500&after=7"));
}

void HttpBackendTest::sendsSecretsAndDeployments() {
    FakeServer server;
    server.handler = [](const auto&) { return FakeServer::Answer{.body = FakeServer::success("[]")}; };
    HttpBackend backend(addressOf(server));
    Taken<void> taken;
    backend.putSecret("shop", "KEY", "two\nlines", this, taken.done());
    QTRY_COMPARE(taken.count, 1);
    QCOMPARE(server.seen.last().method, QByteArray("PUT"));
    QVERIFY(server.seen.last().target.endsWith("/workers/scripts/shop/secrets"));
    QCOMPARE(server.seen.last().body,
             QByteArray(R"({"name":"KEY","text":"two\nlines","type":"secret_text"})"));
    backend.deleteSecret("shop", "A B", this, taken.done());
    QTRY_COMPARE(taken.count, 2);
    QCOMPARE(server.seen.last().method, QByteArray("DELETE"));
    QVERIFY(server.seen.last().target.endsWith("/secrets/A%20B"));
    backend.deployVersion("shop", "v1", this, taken.done());
    QTRY_COMPARE(taken.count, 3);
    QCOMPARE(server.seen.last().body,
             QByteArray(R"({"strategy":"percentage","versions":[{"percentage":100,"version_id":"v1"}]})"));
    backend.deleteWorker("shop", this, taken.done());
    QTRY_COMPARE(taken.count, 4);
    QCOMPARE(server.seen.last().method, QByteArray("DELETE"));
    QVERIFY(server.seen.last().target.endsWith("/workers/scripts/shop"));
}

void HttpBackendTest::uploads() {
    FakeServer server;
    server.handler = [](const auto&) { return FakeServer::Answer{.body = FakeServer::success("{}")}; };
    HttpBackend backend(addressOf(server));
    Backend::Upload upload;
    upload.script = "shop";
    upload.metadataJson = "{\"main_module\":\"index.js\"}";
    upload.modules = {{"index.js", "application/javascript+module", std::string(500'000, 'x')}};
    std::int64_t last = 0;
    std::int64_t total = 0;
    bool inOrder = true;
    Taken<void> taken;
    backend.uploadScript(
        upload, this,
        [&](std::int64_t sent, std::int64_t all) {
            inOrder = inOrder && sent >= last && taken.count == 0;
            last = sent;
            total = all;
        },
        taken.done());
    QTRY_COMPARE(taken.count, 1);
    QVERIFY(taken.value().has_value());
    QVERIFY(inOrder && last == total && total > 500'000);
    QCOMPARE(server.seen.front().method, QByteArray("PUT"));
    QVERIFY(server.seen.front().target.endsWith("/workers/scripts/shop"));
    const auto& body = server.seen.front().body;
    QVERIFY(body.contains("name=\"metadata\"\r\nContent-Type: application/json\r\n\r\n{\"main_module\""));
    QVERIFY(body.contains("name=\"index.js\"; filename=\"index.js\""));
    Taken<void> declared;
    backend.putWorkflow({"orders", "OrderWorkflow", "shop", "{\"limits\":{\"steps\":5}}"}, this,
                        declared.done());
    QTRY_COMPARE(declared.count, 1);
    QCOMPARE(server.seen.last().method, QByteArray("PUT"));
    QVERIFY(server.seen.last().body.contains("\"limits\":{\"steps\":5}"));
}

void HttpBackendTest::refusedVerbsKeepTheReason() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{.status = 409, .body = FakeServer::failure(10402, "step never ran")};
    };
    HttpBackend backend(addressOf(server));
    Taken<api::Status> taken;
    backend.changeStatus("orders", "i", Backend::Verb::restart, {}, this, taken.done());
    QTRY_COMPARE(taken.count, 1);
    QCOMPARE(taken.value().error().http, 409);
    QCOMPARE(taken.value().error().code, 10402);
    QVERIFY(taken.value().error().message.find("step never ran") != std::string::npos);
}

void HttpBackendTest::unreachableNamesTheAddress() {
    FakeServer server;
    HttpBackend backend(addressOf(server));
    const auto origin = server.origin();
    server.stop();
    Taken<std::vector<api::Workflow>> taken;
    backend.workflows(this, taken.done());
    QTRY_COMPARE(taken.count, 1);
    QCOMPARE(taken.value().error().code, api::code::transport);
    QVERIFY(taken.value().error().message.find(origin) != std::string::npos);
}

void HttpBackendTest::dropsAnswersOfDeadContexts() {
    FakeServer server;
    HttpBackend backend(addressOf(server));
    Taken<api::EngineHealth> dropped;
    Taken<api::EngineHealth> kept;
    {
        QObject context;
        backend.health(&context, dropped.done());
    }
    backend.health(this, kept.done());
    QTRY_COMPARE(kept.count, 1);
    QTRY_COMPARE(server.seen.size(), 2);
    QCOMPARE(dropped.count, 0);
}

void HttpBackendTest::goesWithoutWaitingForItsThread() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{.body = FakeServer::success("{\"name\":\"orders\"}")};
    };
    const auto store = std::make_shared<HangingStore>();
    auto address = addressOf(server);
    address.store = store;
    auto backend = std::make_unique<HttpBackend>(address);
    address = {};
    Taken<api::Workflow> taken;
    backend->workflow("orders", this, taken.done());
    QTRY_VERIFY(store->asked.available() > 0);
    backend.reset();
    QVERIFY(!store->isOver);
    store->goOn.release();
    // Then it goes as well, and says nothing more.
    QTRY_COMPARE(store.use_count(), 1L);
    QCoreApplication::processEvents();
    QCOMPARE(taken.count, 0);
}

void HttpBackendTest::badSettingsFailWithoutARequest() {
    FakeServer server;
    HttpBackend backend(addressOf(server));
    Taken<void> taken;
    backend.putWorkflow({"orders", "C", "s", "[]"}, this, taken.done());
    QTRY_COMPARE(taken.count, 1);
    QVERIFY(!taken.value().has_value());
    QVERIFY(server.seen.isEmpty());
}

void HttpBackendTest::asksGraphql() {
    FakeServer server;
    const QByteArray body =
        R"({"data":{"viewer":{"a":[{"count":1},[2]],"b":{"errors":["x"]}}},"errors":null})";
    server.handler = [&](const auto&) { return FakeServer::Answer{.body = body}; };
    HttpBackend backend(addressOf(server));
    QCOMPARE(backend.account(), std::string("acc"));
    Taken<api::GraphqlAnswer> taken;
    backend.graphql({"query A($n: uint64) { viewer { a } }", R"({"n": 18446744073709551615})", "A"}, this,
                    taken.done());
    QTRY_COMPARE(taken.count, 1);
    QCOMPARE(server.seen.front().method, QByteArray("POST"));
    QVERIFY(server.seen.front().target.endsWith("/client/v4/graphql"));
    QCOMPARE(server.seen.front().body,
             QByteArray(R"({"query":"query A($n: uint64) { viewer { a } }",)"
                        R"("variables":{"n":18446744073709551615},"operationName":"A"})"));
    QCOMPARE(QByteArray::fromStdString(taken.value()->json), body);
    QVERIFY(taken.value()->errors.empty());
    Taken<api::GraphqlAnswer> refused;
    backend.graphql({"{ viewer { a } }", "[1]"}, this, refused.done());
    QTRY_COMPARE(refused.count, 1);
    QVERIFY(refused.value().error().message.find("variables") != std::string::npos);
    QCOMPARE(server.seen.size(), 1);
}

void HttpBackendTest::tellsErrorsOfGraphqlFromNoAnswer() {
    FakeServer server;
    FakeServer::Answer answer{.status = 403, .body = R"({"data":null,"errors":[{"message":"not authorized",
        "path":["viewer","accounts","0"],"extensions":{"code":"authz"}}]})"};
    server.handler = [&](const auto&) { return answer; };
    HttpBackend backend(addressOf(server));
    const auto ask = [&] {
        Taken<api::GraphqlAnswer> taken;
        backend.graphql({"{ viewer { a } }"}, this, taken.done());
        [&] { QTRY_COMPARE(taken.count, 1); }();
        return taken.result.value_or(api::fail(0, 0, "none"));
    };
    const auto refused = ask();
    QVERIFY(refused.has_value());
    QCOMPARE(refused->errors.front(), (api::GraphqlError{"not authorized", "viewer/accounts/0", "authz"}));
    QCOMPARE(api::refusal(*refused)->http, 403);
    answer = {.body = R"({"data":{"viewer":null}})"};
    QVERIFY(ask().has_value());
    answer = {.status = 401, .body = FakeServer::failure(10000, "Authentication error")};
    QCOMPARE(ask().error().http, 401);
    answer = {.status = 404, .body = "nothing here"};
    QCOMPARE(ask().error().code, api::code::noRoute);
    answer = {.body = FakeServer::success("[]")};
    QVERIFY(!ask().has_value());
}

QTEST_GUILESS_MAIN(HttpBackendTest)
#include "test_http_backend.moc"
