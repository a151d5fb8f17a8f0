#include "models/backends/access_service.h"
#include "models/client/link.h"
#include "models/site/site_client.h"
#include "tests/contract/support/contract_server.h"

#include <QDeadlineTimer>
#include <QtTest>

using namespace stepwell;
using namespace stepwell::test;

namespace {

constexpr int patienceMs = 60'000;

template <class T>
struct Answer {
    int count = 0;
    std::optional<api::Result<T>> value;
    Done<T> done() {
        return [this](api::Result<T> answer) {
            ++count;
            value = std::move(answer);
        };
    }
};

}  // namespace

/// What changes something: done once or not at all, never twice, and an answer that did not come is no
/// success.
class VerbsTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        QVERIFY2(server_.start(), "run packaging/test once: it installs the Node of tests/compat");
    }
    void init() { server_.reset(); }

    void theyDoWhatTheySay();
    void neverTwice_data();
    void neverTwice();
    void sitesAndTokensAreMadeOnce();
    void refusalsAreTold();
    void batchesTellWhichFailed();
    void nothingIsKeptForLater();

  private:
    /// The connection that verbs go over is one that was used before, as in the window.
    void warmUp(HttpBackend& backend);

    ContractServer server_;
};

void VerbsTest::warmUp(HttpBackend& backend) {
    for (int i = 0; i < 5; ++i) {
        Answer<std::vector<api::Workflow>> answer;
        backend.workflows(this, answer.done());
        QTRY_VERIFY_WITH_TIMEOUT(answer.value.has_value(), patienceMs);
        if (*answer.value) return;
    }
}

void VerbsTest::theyDoWhatTheySay() {
    if (ContractServer::isNetworkBad()) QSKIP("what the bad network cuts off is not done: see neverTwice");
    HttpBackend backend(server_.address());
    Answer<std::string> created;
    backend.trigger("orders", "mine", R"({"big":12345678901234567890})", this, created.done());
    QTRY_VERIFY(created.count == 1);
    QCOMPARE(created.value->value(), std::string("mine"));
    QVERIFY(server_.seen("/instances$", "POST").at(0)["body"].toString().contains("12345678901234567890"));

    Answer<api::Status> paused;
    backend.changeStatus("orders", "run-0003", Backend::Verb::pause, {}, this, paused.done());
    QTRY_VERIFY(paused.count == 1);
    QVERIFY(paused.value->value() == api::Status::paused);
    Answer<void> sent;
    backend.sendEvent("orders", "run-0003", "approved", R"({"by":"me"})", this, sent.done());
    QTRY_VERIFY(sent.count == 1);
    QVERIFY(sent.value->has_value());
    Answer<api::Status> restarted;
    backend.changeStatus("orders", "run-0003", Backend::Verb::restart,
                         Backend::RestartFrom{"reserve", 1, "do"}, this, restarted.done());
    QTRY_VERIFY(restarted.count == 1);
    QVERIFY(restarted.value->value() == api::Status::queued);
}

void VerbsTest::neverTwice_data() {
    QTest::addColumn<QJsonObject>("rule");
    QTest::newRow("done, and the connection cut before a byte of the answer")
        << QJsonObject{{"kind", "cutAfter"}};
    QTest::newRow("done, and the answer cut") << QJsonObject{{"kind", "cutBody"}, {"arrives", true}};
    QTest::newRow("done, and a page of what stands before it")
        << QJsonObject{{"kind", "html"}, {"status", 502}, {"arrives", true}};
    QTest::newRow("done, and too many")
        << QJsonObject{{"kind", "tooMany"}, {"retryAfter", 1}, {"arrives", true}};
    QTest::newRow("done late") << QJsonObject{{"kind", "slow"}, {"ms", 300}};
}

void VerbsTest::neverTwice() {
    QFETCH(QJsonObject, rule);
    for (int i = 0; i < 4; ++i) {
        HttpBackend backend(server_.address());
        warmUp(backend);
        rule["path"] = "/orders/";
        rule["method"] = "POST";
        server_.calm();
        server_.rule(rule);
        const auto arrivedBefore = server_.seen("/orders/", "POST").size();
        Answer<std::string> created;
        backend.trigger("orders", {}, "{}", this, created.done());
        QTRY_VERIFY_WITH_TIMEOUT(created.count == 1, patienceMs);
        Answer<void> sent;
        backend.sendEvent("orders", "run-0003", "approved", "1", this, sent.done());
        QTRY_VERIFY_WITH_TIMEOUT(sent.count == 1, patienceMs);
        const bool answers = rule["kind"] == "slow";
        if (!answers) QVERIFY(!created.value->has_value() && !sent.value->has_value());
        const auto arrived = server_.seen("/orders/", "POST").size() - arrivedBefore;
        if (ContractServer::isNetworkBad())
            QVERIFY2(arrived <= 2, qPrintable(QString::number(arrived)));
        else
            QCOMPARE(arrived, 2);
    }
}

/// What is sent beside the backend of the window goes over connections that were used before as well.
void VerbsTest::sitesAndTokensAreMadeOnce() {
    const auto address = server_.address();
    const site::SiteAddress where{address.apiBase, address.account, address.token};
    site::SiteClient sites(where, std::make_shared<site::Stop>(false));
    const auto tokens = makeAccessService(where);
    for (int i = 0; i < 5 && !sites.uploadToken("shop"); ++i) {
    }
    Answer<std::vector<AccessToken>> listed;
    tokens->tokens(this, listed.done());
    QTRY_VERIFY_WITH_TIMEOUT(listed.value.has_value(), patienceMs);
    server_.rule({{"kind", "cutAfter"}, {"method", "POST"}});
    QVERIFY(!sites.createProject({"made-once", "main"}));
    for (int i = 0; i < 5 && !sites.uploadToken("shop"); ++i) {
    }
    QVERIFY(!sites.deploy("shop", {}));
    Answer<CreatedAccessToken> created;
    tokens->createToken({"once", {{"Pages", "read"}}, {}}, this, created.done());
    QTRY_VERIFY_WITH_TIMEOUT(created.value.has_value(), patienceMs);
    QVERIFY(!*created.value);
    for (const char* path : {"/pages/projects$", "/shop/deployments$", "/tokens$"}) {
        const auto arrived = server_.seen(path, "POST").size();
        QVERIFY2(arrived == 1 || (arrived == 0 && ContractServer::isNetworkBad()), path);
    }
}

void VerbsTest::refusalsAreTold() {
    HttpBackend backend(server_.address("read"));
    Answer<api::Status> paused;
    backend.changeStatus("orders", "run-0003", Backend::Verb::pause, {}, this, paused.done());
    Answer<std::string> created;
    backend.trigger("orders", {}, "{}", this, created.done());
    QTRY_VERIFY_WITH_TIMEOUT(paused.count == 1 && created.count == 1, patienceMs);
    QVERIFY(!paused.value->has_value() && !created.value->has_value());
    if (!ContractServer::isNetworkBad()) {
        QCOMPARE(paused.value->error().http, 403);
        QCOMPARE(paused.value->error().code, api::code::authentication);
    }
    HttpBackend allowed(server_.address());
    Answer<api::Status> conflict;
    allowed.changeStatus("orders", "run-0000", Backend::Verb::pause, {}, this, conflict.done());
    QTRY_VERIFY_WITH_TIMEOUT(conflict.count == 1, patienceMs);
    QVERIFY(!conflict.value->has_value());
    if (!ContractServer::isNetworkBad()) QCOMPARE(conflict.value->error().http, 409);
}

void VerbsTest::batchesTellWhichFailed() {
    HttpBackend backend(server_.address());
    Answer<BatchOutcome> deleted;
    backend.deleteInstances("orders", {"run-0001", "gone", "run-0002"}, this, deleted.done());
    QTRY_VERIFY_WITH_TIMEOUT(deleted.count == 1, patienceMs);
    if (!deleted.value->has_value() && ContractServer::isNetworkBad()) return;
    QCOMPARE(deleted.value->value().done, (std::vector<std::string>{"run-0001", "run-0002"}));
    QCOMPARE(deleted.value->value().failures.size(), std::size_t{1});
    QCOMPARE(deleted.value->value().failures.at(0).id, std::string("gone"));
    QVERIFY(!deleted.value->value().failures.at(0).reason.empty());
}

/// A verb that failed is not tried behind the person's back once the backend is there again.
void VerbsTest::nothingIsKeptForLater() {
    HttpBackend backend(server_.address());
    warmUp(backend);
    server_.rule({{"kind", "cut"}, {"method", "POST"}});
    Answer<std::string> created;
    backend.trigger("orders", "later", "{}", this, created.done());
    QTRY_VERIFY_WITH_TIMEOUT(created.count == 1, patienceMs);
    QVERIFY(!created.value->has_value());
    server_.calm();
    const auto before = server_.seen("/instances$", "POST").size();
    // Reads go on for longer than any pause between tries.
    const auto comes = [&] { return server_.seen("/instances$", "POST").size() != before; };
    const QDeadlineTimer over(client::LinkPolicy().longestBackoff * 3 / 2);
    do
        warmUp(backend);
    while (!QTest::qWaitFor(comes, 50) && !over.hasExpired());
    QCOMPARE(server_.seen("/instances$", "POST").size(), before);
    QCOMPARE(created.count, 1);
}

QTEST_GUILESS_MAIN(VerbsTest)
#include "tst_verbs.moc"
