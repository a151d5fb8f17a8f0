#include "models/backends/explorer_backend.h"
#include "models/backends/wrangler_watch.h"
#include "models/listed_total.h"
#include "tests/models/fake_server.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QUrl>
#include <QtTest>

using namespace stepwell;
using test::FakeServer;
using test::SeenRequest;

namespace {

const QByteArray root = "/cdn-cgi/local/explorer/api";

BackendAddress addressOf(const FakeServer& server) {
    return {.kind = BackendKind::wranglerDev,
            .name = "wrangler dev",
            .apiBase = server.origin() + root.toStdString(),
            .account = {},
            .token = {},
            .live = false};
}

template <class T>
struct Taken {
    std::optional<api::Result<T>> result;
    Done<T> done() {
        return [this](api::Result<T> answer) { result = std::move(answer); };
    }
    const api::Result<T>& value() const { return *result; }
};

const QByteArray workers =
    R"([{"isSelf":false,"name":"other","bindings":{}},{"isSelf":true,"name":"orders","bindings":{"kv":[],"workflows":[
        {"id":"orders","bindingName":"ORDERS","className":"Orders","scriptName":"orders"}]},"triggers":{"crons":["0 * * * *"]}}])";

QJsonObject bodyOf(const SeenRequest& request) {
    return QJsonDocument::fromJson(request.body).object();
}

}  // namespace

class ExplorerBackendTest : public QObject {
    Q_OBJECT
  private slots:
    void listsWorkflowsWithTheirCounts();
    void walksInstancesByPages();
    void releasesWithoutDatesShowNothingBeyond();
    void textsThatLookLikeJsonStayTexts();
    void sendsTheBodiesOfTheExplorer();
    void asksForTheStatusThatOlderReleasesDoNotTell();
    void aVerbThatTheOneBeforeOvertookIsSentAgain();
    void asksForNoInstanceThatItDoesNotHave();
    void saysWhatItLacksWithoutAsking();
    void knowsItsWorkers();
    void isFoundOnBothPaths();
};

void ExplorerBackendTest::listsWorkflowsWithTheirCounts() {
    FakeServer server;
    server.handler = [](const SeenRequest& request) {
        if (request.target == root + "/workflows")
            return FakeServer::Answer{
                .body =
                    FakeServer::success(R"([{"name":"a","class_name":"A","script_name":"s"},{"name":"b"}])")};
        if (request.target == root + "/workflows/a")
            return FakeServer::Answer{
                .body =
                    FakeServer::success(R"({"name":"a","instances":{"running":2,"errored":0,"unknown":1}})")};
        return FakeServer::Answer{.status = 500, .body = FakeServer::failure(10001, "broken")};
    };
    ExplorerBackend backend(addressOf(server));
    Taken<std::vector<api::Workflow>> taken;
    backend.workflows(nullptr, taken.done());
    QTRY_VERIFY(taken.result);
    QCOMPARE(taken.value()->size(), std::size_t{2});
    QCOMPARE(taken.value()->at(0).counts.at(api::Status::running), std::int64_t{2});
    QCOMPARE(taken.value()->at(0).otherCounts.at("unknown"), std::int64_t{1});
    QVERIFY(taken.value()->at(1).counts.empty());
    for (const auto& request : server.seen)
        QVERIFY(!request.headers.contains("authorization"));
}

void ExplorerBackendTest::walksInstancesByPages() {
    FakeServer server;
    server.handler = [](const SeenRequest& request) {
        const bool second = request.target.contains("?page=2");
        return FakeServer::Answer{
            .body = FakeServer::success(second ? R"([{"id":"c"}])"
                                               : R"([{"id":"a","status":"asleep"},{"id":"b"}])",
                                        R"({"page":1,"per_page":2,"total_count":3,"total_pages":2})")};
    };
    ExplorerBackend backend(addressOf(server));
    InstanceListQuery query;
    query.workflow = "orders";
    query.perPage = 2;
    query.cursor = "";
    query.status = api::Status::waiting;
    Taken<InstanceList> first;
    backend.instances(query, nullptr, first.done());
    QTRY_VERIFY(first.result);
    QCOMPARE(server.seen.last().target,
             root + "/workflows/orders/instances?page=1&per_page=2&status=waiting");
    QCOMPARE(first.value()->total, std::int64_t{3});
    QVERIFY(first.value()->totalIsExact);
    QCOMPARE(first.value()->rows.at(0).otherStatus, std::string("asleep"));
    query.cursor = first.value()->cursor;
    Taken<InstanceList> second;
    backend.instances(query, nullptr, second.done());
    QTRY_VERIFY(second.result);
    QVERIFY(server.seen.last().target.contains("?page=2"));
    QCOMPARE(second.value()->rows.at(0).id, std::string("c"));
    QCOMPARE(second.value()->cursor, std::string());
    QCOMPARE(second.value()->cursorBack, std::string("1"));
    // Numbers that the rows do not bear out are no facts.
    QVERIFY(!listedTotal(9, 2, 1, true).isExact && listedTotal(9, 2, 2, false).isExact);
    QVERIFY(!listedTotal(9, 4, 0, true).isExact);
}

void ExplorerBackendTest::releasesWithoutDatesShowNothingBeyond() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{
            .body =
                FakeServer::success(R"([{"id":"new","status":"running","created_on":"2026-06-01T12:00:00Z"},)"
                                    R"({"id":"old","status":"running","created_on":"2026-05-01T12:00:00Z"}])",
                                    R"({"page":1,"per_page":2,"total_count":9,"total_pages":5})")};
    };
    ExplorerBackend backend(addressOf(server));
    InstanceListQuery query;
    query.workflow = "orders";
    query.perPage = 2;
    query.from = api::fromIso("2026-06-01T00:00:00Z");
    Taken<InstanceList> since;
    backend.instances(query, nullptr, since.done());
    QTRY_VERIFY(since.result);
    QCOMPARE(since.value()->rows.size(), std::size_t{1});
    QCOMPARE(since.value()->rows.front().id, std::string("new"));
    QCOMPARE(since.value()->total, std::int64_t{1});
    QVERIFY(since.value()->totalIsExact && since.value()->cursor.empty());
    query.to = query.from;
    Taken<InstanceList> until;
    backend.instances(query, nullptr, until.done());
    QTRY_VERIFY(until.result);
    QVERIFY(!until.value().has_value());
    QVERIFY(until.value().error().message.find("update wrangler") != std::string::npos);
}

void ExplorerBackendTest::textsThatLookLikeJsonStayTexts() {
    FakeServer server;
    server.handler = [](const SeenRequest& request) {
        if (request.target.contains("per_page"))
            return FakeServer::Answer{.body = FakeServer::success(R"([{"id":"*/5 * * * *-1"}])")};
        return FakeServer::Answer{
            .body = FakeServer::success(
                R"({"status":"complete","output":"12","steps":[{"name":"s-1","type":"step","success":true,
                                          "output":"true","attempts":[]},{"name":"t-1","type":"thought","output":null}],"step_count":2})")};
    };
    ExplorerBackend backend(addressOf(server));
    Taken<api::InstanceDetail> taken;
    backend.instance("orders", "*/5 * * * *-1", std::nullopt, nullptr, taken.done());
    QTRY_VERIFY(taken.result);
    QCOMPARE(taken.value()->output, std::optional<std::string>("\"12\""));
    QCOMPARE(taken.value()->steps.at(0).output, std::optional<std::string>("\"true\""));
    QCOMPARE(taken.value()->steps.at(1).otherType, std::string("thought"));
    QCOMPARE(server.seen.last().target,
             root + "/workflows/orders/instances/%2A%2F5%20%2A%20%2A%20%2A%20%2A-1");
}

void ExplorerBackendTest::sendsTheBodiesOfTheExplorer() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{.body = FakeServer::success(R"({"id":"one","status":"paused"})")};
    };
    ExplorerBackend backend(addressOf(server));
    Taken<std::string> triggered;
    backend.trigger("orders", "one", R"({"n":12345678901234567890})", nullptr, triggered.done());
    QTRY_VERIFY(triggered.result);
    QCOMPARE(*triggered.value(), std::string("one"));
    QCOMPARE(server.seen.last().body, QByteArray(R"({"id":"one","params":{"n":12345678901234567890}})"));

    Taken<api::Status> status;
    backend.changeStatus("orders", "one", Backend::Verb::pause, std::nullopt, nullptr, status.done());
    QTRY_VERIFY(status.result);
    QVERIFY(*status.value() == api::Status::paused);
    QCOMPARE(server.seen.last().method, QByteArray("PATCH"));
    QCOMPARE(bodyOf(server.seen.last())["status"].toString(), QString("pause"));
    QCOMPARE(bodyOf(server.seen.last())["action"].toString(), QString("pause"));

    status = {};
    backend.changeStatus("orders", "one", Backend::Verb::restart, Backend::RestartFrom{"pay", 2, "do"},
                         nullptr, status.done());
    QTRY_VERIFY(status.result);
    QCOMPARE(bodyOf(server.seen.last())["from"].toObject()["name"].toString(), QString("pay"));
    QCOMPARE(bodyOf(server.seen.last())["action"].toString(), QString("restart"));

    Taken<void> sent;
    backend.sendEvent("orders", "one", "approved", "7", nullptr, sent.done());
    QTRY_VERIFY(sent.result);
    QCOMPARE(server.seen.last().target, root + "/workflows/orders/instances/one/events/approved");
}

void ExplorerBackendTest::asksForTheStatusThatOlderReleasesDoNotTell() {
    FakeServer server;
    server.handler = [](const SeenRequest& request) {
        return FakeServer::Answer{.body = FakeServer::success(request.method == "PATCH"
                                                                  ? R"({"success":true})"
                                                                  : R"({"status":"terminated"})")};
    };
    ExplorerBackend backend(addressOf(server));
    Taken<api::Status> status;
    backend.changeStatus("orders", "one", Backend::Verb::terminate, std::nullopt, nullptr, status.done());
    QTRY_VERIFY(status.result);
    QVERIFY(*status.value() == api::Status::terminated);
}

void ExplorerBackendTest::aVerbThatTheOneBeforeOvertookIsSentAgain() {
    FakeServer server;
    int refused = 2;
    server.handler = [&refused](const SeenRequest&) {
        if (refused-- > 0)
            return FakeServer::Answer{
                .status = 500, .body = FakeServer::failure(10001, "Aborting engine: User called restart")};
        return FakeServer::Answer{.body = FakeServer::success(R"({"status":"terminated"})")};
    };
    ExplorerBackend backend(addressOf(server));
    Taken<api::Status> status;
    backend.changeStatus("orders", "one", Backend::Verb::terminate, std::nullopt, nullptr, status.done());
    QTRY_VERIFY(status.result);
    QVERIFY(*status.value() == api::Status::terminated);
    QCOMPARE(server.seen.size(), 3);

    refused = 1'000;  // one that never ends is told
    server.seen.clear();
    Taken<void> sent;
    backend.sendEvent("orders", "one", "approved", "{}", nullptr, sent.done());
    QTRY_VERIFY(sent.result);
    QVERIFY(!sent.value());
    QCOMPARE(sent.value().error().message, std::string("Aborting engine: User called restart"));
    QVERIFY(server.seen.size() > 1 && server.seen.size() < 10);
}

void ExplorerBackendTest::asksForNoInstanceThatItDoesNotHave() {
    FakeServer server;
    server.handler = [](const SeenRequest& request) {
        const bool isList = request.target.contains("per_page");
        return FakeServer::Answer{.body = FakeServer::success(isList ? R"([{"id":"one","status":"running"}])"
                                                                     : R"({"status":"running"})")};
    };
    ExplorerBackend backend(addressOf(server));
    Taken<api::InstanceDetail> other;
    backend.instance("orders", "other", std::nullopt, nullptr, other.done());
    QTRY_VERIFY(other.result);
    QVERIFY(!other.value());
    QCOMPARE(other.value().error().code, api::code::instanceNotFound);
    for (const auto& request : server.seen)
        QVERIFY2(!request.target.contains("/instances/other"), request.target.constData());

    Taken<api::InstanceDetail> one;
    backend.instance("orders", "one", std::nullopt, nullptr, one.done());
    QTRY_VERIFY(one.result);
    QVERIFY(one.value());
    QVERIFY(one.value()->status == api::Status::running);
}

void ExplorerBackendTest::saysWhatItLacksWithoutAsking() {
    FakeServer server;
    ExplorerBackend backend(addressOf(server));
    QCOMPARE(backend.kind(), BackendKind::wranglerDev);
    QVERIFY(backend.support(Feature::sendEvent).available);
    for (const auto feature :
         {Feature::graph, Feature::logs, Feature::sites, Feature::analytics, Feature::secrets}) {
        QVERIFY(!backend.support(feature).available);
        QVERIFY(!backend.support(feature).reason.isEmpty());
    }
    Taken<std::vector<api::Version>> versions;
    backend.versions("orders", nullptr, versions.done());
    QTRY_VERIFY(versions.result);
    QCOMPARE(versions.value().error().code, api::code::noRoute);
    Taken<std::vector<api::SiteProject>> sites;
    backend.siteProjects(nullptr, sites.done());
    QTRY_VERIFY(sites.result);
    Taken<api::GraphqlAnswer> graphql;
    backend.graphql({"{viewer{__typename}}"}, nullptr, graphql.done());
    QTRY_VERIFY(graphql.result);
    Taken<void> removed;
    backend.deleteWorkflow("orders", nullptr, removed.done());
    QTRY_VERIFY(removed.result);
    QCOMPARE(removed.value().error().code, api::code::unsupported);
    QVERIFY(server.seen.isEmpty());
}

void ExplorerBackendTest::knowsItsWorkers() {
    FakeServer server;
    server.handler = [](const auto&) { return FakeServer::Answer{.body = FakeServer::success(workers)}; };
    ExplorerBackend backend(addressOf(server));
    Taken<std::vector<api::Worker>> all;
    backend.workers(nullptr, all.done());
    QTRY_VERIFY(all.result);
    QCOMPARE(all.value()->at(1).name, std::string("orders"));
    QCOMPARE(all.value()->at(1).crons->at(0).cron, std::string("0 * * * *"));
    Taken<std::vector<api::Binding>> bindings;
    backend.workerBindings("orders", nullptr, bindings.done());
    QTRY_VERIFY(bindings.result);
    QCOMPARE(bindings.value()->at(0).name, std::string("ORDERS"));
    Taken<api::WorkerAddress> address;
    backend.workerAddress("orders", nullptr, address.done());
    QTRY_VERIFY(address.result);
    QCOMPARE(address.value()->url, server.origin() + "/");
}

void ExplorerBackendTest::isFoundOnBothPaths() {
    FakeServer newer;
    newer.handler = [](const SeenRequest& request) {
        return request.target == root + "/local/workers"
                   ? FakeServer::Answer{.body = FakeServer::success(workers)}
                   : FakeServer::Answer{.status = 404, .body = ""};
    };
    FakeServer older;
    older.handler = [](const SeenRequest& request) {
        return request.target == "/cdn-cgi/explorer/api/local/workers"
                   ? FakeServer::Answer{.body = FakeServer::success(workers)}
                   : FakeServer::Answer{.status = 404, .body = "404 Not Found", .type = "text/plain"};
    };
    FakeServer other;
    other.handler = [](const auto&) { return FakeServer::Answer{.body = "<html>", .type = "text/html"}; };
    const auto portOf = [](const FakeServer& server) {
        return static_cast<quint16>(QUrl(QString::fromStdString(server.origin())).port());
    };
    WranglerWatch watch;
    QSignalSpy appeared(&watch, &WranglerWatch::appeared);
    QSignalSpy gone(&watch, &WranglerWatch::gone);
    watch.setPorts({portOf(newer), portOf(older), portOf(other)});
    watch.setActive(true);
    QTRY_COMPARE(watch.running().size(), 2);
    QCOMPARE(appeared.size(), 2);
    for (const auto& spec : watch.running()) {
        QCOMPARE(spec.kind, BackendKind::wranglerDev);
        QVERIFY(spec.name.contains("orders"));
        QCOMPARE(problemOf(spec), QString());
        const bool isOlder = spec.id == QString("wrangler-%1").arg(portOf(older));
        QVERIFY(spec.apiBase.endsWith(isOlder ? "/cdn-cgi/explorer/api" : "/cdn-cgi/local/explorer/api"));
    }
    older.stop();
    watch.setActive(true);
    QTRY_COMPARE(gone.size(), 1);
    QCOMPARE(watch.running().size(), 1);
}

QTEST_GUILESS_MAIN(ExplorerBackendTest)
#include "test_explorer_backend.moc"
