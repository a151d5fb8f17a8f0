#include "models/worker_feed.h"
#include "models/worker_versions_model.h"
#include "tests/models/fake_backend.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using namespace stepwell;
using test::FakeBackend;

namespace {

struct Fixture {
    explicit Fixture(const std::string& name = "orders-worker")
        : feed(backend, name) {
        backend.fillWithSamples();
    }
    FakeBackend backend;
    WorkerFeed feed;
};

}  // namespace

class WorkerFeedTest : public QObject {
    Q_OBJECT
  private slots:
    void gathersWhatIsKnown();
    void saysWhenThereIsNoSuchWorker();
    void keepsWhatItKnewWhenAPartFails();
    void asksAnewWhenAWorkflowChanges();
    void manyChangesAreAskedForTogether();
    void logsGrow();
    void logsStartAnewWithTheEngine();
    void offersNoLogsWhereThereAreNone();
    void listsVersionsAndWhichAnswers();
};

void WorkerFeedTest::gathersWhatIsKnown() {
    Fixture f;
    f.feed.setActive(true);
    QTRY_VERIFY(f.feed.deployments().value && f.feed.workflows().value && f.feed.bindings().value);
    QCOMPARE(f.feed.worker().value->name, std::string("orders-worker"));
    QVERIFY(f.feed.address().value->enabled);
    QCOMPARE(f.feed.crons().value->size(), std::size_t{1});
    QCOMPARE(*f.feed.secrets().value, std::vector<std::string>{"PAYMENT_KEY"});
    QCOMPARE(f.feed.workflows().value->size(), std::size_t{1});
    QCOMPARE(f.feed.workflows().value->front().name, std::string("orders"));
    // Secrets are no variables.
    for (const auto& binding : *f.feed.bindings().value)
        QVERIFY(binding.type != "secret_text");
    QCOMPARE(f.feed.bindings().value->size(), std::size_t{3});
    QVERIFY(f.feed.hasHandler("scheduled"));
    QVERIFY(!f.feed.hasHandler("queue"));
}

void WorkerFeedTest::saysWhenThereIsNoSuchWorker() {
    Fixture f("nowhere");
    f.feed.setActive(true);
    QTRY_VERIFY(f.feed.worker().error.has_value());
    QCOMPARE(f.feed.worker().error->code, api::code::scriptNotFound);
}

void WorkerFeedTest::keepsWhatItKnewWhenAPartFails() {
    Fixture f;
    f.feed.setActive(true);
    QTRY_VERIFY(f.feed.secrets().value.has_value());
    f.backend.failWith("secretNames", {0, api::code::transport, "gone"});
    f.feed.refresh();
    QTRY_VERIFY(f.feed.secrets().error.has_value());
    QVERIFY(f.feed.secrets().value.has_value());
    QVERIFY(!f.feed.crons().error);
    f.backend.succeed();
    f.feed.refresh();
    QTRY_VERIFY(!f.feed.secrets().error);
}

void WorkerFeedTest::asksAnewWhenAWorkflowChanges() {
    Fixture f;
    f.feed.setActive(true);
    QTRY_VERIFY(f.feed.secrets().value.has_value());
    f.backend.secrets["orders-worker"]["SECOND"] = "x";
    f.backend.emitEvent("step_completed", "orders", "some-instance");
    QCoreApplication::processEvents();
    QCOMPARE(f.backend.callsStartingWith("secretNames"), 1);
    f.backend.emitEvent("workflow_changed", "orders");
    QTRY_COMPARE(f.feed.secrets().value->size(), std::size_t{2});
    f.feed.setActive(false);
    f.backend.emitEvent("workflow_changed", "orders");
    QCoreApplication::processEvents();
    QCOMPARE(f.backend.callsStartingWith("secretNames"), 2);
}

void WorkerFeedTest::manyChangesAreAskedForTogether() {
    Fixture f;
    f.feed.setActive(true);
    QTRY_VERIFY(f.feed.workflows().value.has_value());
    f.backend.secrets["orders-worker"]["SECOND"] = "x";
    for (int i = 0; i < 20; ++i)
        f.backend.emitEvent("workflow_changed", "orders");
    f.backend.emitReset();
    f.backend.setLiveState(LiveState::connecting);
    f.backend.setLiveState(LiveState::live);
    QTRY_COMPARE(f.feed.secrets().value->size(), std::size_t{2});
    QCOMPARE(f.backend.callsStartingWith("secretNames"), 2);
}

void WorkerFeedTest::logsGrow() {
    Fixture f;
    QSignalSpy spy(&f.feed, &WorkerFeed::logsChanged);
    f.feed.setActive(true);
    f.feed.setFollowsLogs(true);
    QTRY_COMPARE(f.feed.logs().size(), std::size_t{4});
    f.backend.workerLogLines["orders-worker"].push_back(
        {5, -1, api::LogLevel::log, test::sample::baseTime(), "more"});
    QTRY_COMPARE(f.feed.logs().size(), std::size_t{5});
    QCOMPARE(spy.last().front().toBool(), true);
    QVERIFY(f.backend.calls.contains("workerLogs orders-worker after=4"));
}

void WorkerFeedTest::logsStartAnewWithTheEngine() {
    Fixture f;
    f.feed.setActive(true);
    QTRY_COMPARE(f.feed.logs().size(), std::size_t{4});
    f.backend.workerLogLines["orders-worker"] = {
        {1, -1, api::LogLevel::log, test::sample::baseTime(), "after the start"}};
    f.backend.setLiveState(LiveState::connecting);
    f.backend.setLiveState(LiveState::live);
    QTRY_COMPARE(f.feed.logs().size(), std::size_t{1});
    QCOMPARE(f.feed.logs().front().text, std::string("after the start"));
}

void WorkerFeedTest::offersNoLogsWhereThereAreNone() {
    Fixture f;
    f.backend.failWith("workerLogs", {404, api::code::noRoute, "no route"});
    f.feed.setActive(true);
    f.feed.setFollowsLogs(true);
    QTRY_VERIFY(!f.feed.offersLogs());
    // A Worker that is gone, and a backend that is away for a moment, say nothing about the route.
    Fixture gone;
    gone.backend.failWith("workerLogs", {404, api::code::scriptNotFound, "no Worker"});
    gone.feed.setActive(true);
    QTRY_VERIFY(gone.feed.logError().has_value());
    QVERIFY(gone.feed.offersLogs());
}

void WorkerFeedTest::listsVersionsAndWhichAnswers() {
    Fixture f;
    WorkerVersionsModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    connect(&f.feed, &WorkerFeed::changed, &model, [&] { model.show(f.feed); });
    f.feed.setActive(true);
    QTRY_COMPARE(model.rowCount(), 2);
    QTRY_COMPARE(model.index(0, 0).data(WorkerVersionsModel::ShareRole).toInt(), 100);
    QCOMPARE(model.index(1, 0).data(WorkerVersionsModel::ShareRole).toInt(), 0);
    QCOMPARE(model.nameAt(0), QString("v2"));
    QCOMPARE(model.index(0, WorkerVersionsModel::Message).data().toString(), QString("Retries for payments"));
    const QPersistentModelIndex old = model.index(1, 0);
    auto& versions = f.backend.workerVersionLists["orders-worker"];
    versions.insert(versions.begin(), {"third", 3, test::sample::baseTime(), "api", ""});
    f.feed.refresh();
    QTRY_COMPARE(model.rowCount(), 3);
    QCOMPARE(old.row(), 2);
    QCOMPARE(model.idAt(0), QString("third"));
}

QTEST_GUILESS_MAIN(WorkerFeedTest)
#include "test_worker_feed.moc"
