#include "models/workers_model.h"
#include "tests/models/fake_backend.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using namespace stepwell;
using test::FakeBackend;

namespace {

struct Fixture {
    Fixture() {
        backend.fillWithSamples();
        tester = std::make_unique<QAbstractItemModelTester>(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    }
    QVariant of(const QString& name, int role) const {
        return model.index(model.rowOf(name), WorkersModel::Name).data(role);
    }
    FakeBackend backend;
    WorkersModel model;
    std::unique_ptr<QAbstractItemModelTester> tester;
};

}  // namespace

class WorkersModelTest : public QObject {
    Q_OBJECT
  private slots:
    void showsWhatTheBackendHas();
    void asksForCronsThatTheListDoesNotTell();
    void asksForCronsAgainAfterAFailureOrAChange();
    void failureIsNeverAnEmptyList();
    void followsWhatChanges();
    void hiddenAsksNothing();
    void reckonsTheNextRunItself();
};

void WorkersModelTest::showsWhatTheBackendHas() {
    Fixture f;
    f.model.setBackend(&f.backend);
    QTRY_VERIFY(f.model.state() == LoadState::ready);
    QCOMPARE(f.model.rowCount(), 3);
    QCOMPARE(f.model.index(0, 0).data().toString(), QString("cart-reminder-worker"));
    QCOMPARE(f.of("orders-worker", WorkersModel::WorkflowsRole).toStringList(), QStringList{"orders"});
    QCOMPARE(f.of("orders-worker", WorkersModel::CronsRole).toStringList(), QStringList{"0 6 * * 2-6"});
    // What the backend told lies in the past by now, so it is reckoned.
    const auto next = f.of("orders-worker", WorkersModel::NextRunRole).toDateTime();
    QVERIFY(next > QDateTime::currentDateTimeUtc());
    QCOMPARE(next.time(), QTime(6, 0));
    QVERIFY(next.date().dayOfWeek() < Qt::Saturday);
    QCOMPARE(f.of("site-worker", WorkersModel::UrlRole).toString(),
             QString("http://site-worker.workers.localhost:8790"));
    // An address where nothing answers is none.
    QVERIFY(f.of("cart-reminder-worker", WorkersModel::UrlRole).toString().isEmpty());
    QCOMPARE(f.backend.callsStartingWith("workerCrons"), 0);
}

void WorkersModelTest::asksForCronsThatTheListDoesNotTell() {
    Fixture f;
    for (auto& worker : f.backend.workerList)
        worker.crons.reset();
    f.model.setBackend(&f.backend);
    QTRY_COMPARE(f.of("orders-worker", WorkersModel::CronsRole).toStringList(), QStringList{"0 6 * * 2-6"});
    QCOMPARE(f.backend.callsStartingWith("workerCrons"), 3);
    // Another load does not ask again, and does not forget.
    f.backend.emitEvent("workflow_changed", "orders");
    QTRY_COMPARE(f.backend.callsStartingWith("workers"), 2);
    QTRY_COMPARE(f.of("orders-worker", WorkersModel::CronsRole).toStringList(), QStringList{"0 6 * * 2-6"});
    QCOMPARE(f.backend.callsStartingWith("workerCrons"), 3);
}

void WorkersModelTest::asksForCronsAgainAfterAFailureOrAChange() {
    Fixture f;
    for (auto& worker : f.backend.workerList)
        worker.crons.reset();
    f.backend.failWith("workerCrons orders-worker", {500, api::code::internal, "no"});
    f.model.setBackend(&f.backend);
    QTRY_COMPARE(f.backend.callsStartingWith("workerCrons"), 3);
    f.backend.succeed();
    f.backend.emitEvent("workflow_changed", "orders");
    QTRY_COMPARE(f.of("orders-worker", WorkersModel::CronsRole).toStringList(), QStringList{"0 6 * * 2-6"});
    QCOMPARE(f.backend.callsStartingWith("workerCrons"), 4);

    f.backend.cronLists["orders-worker"] = {{"0 7 * * *", {}}};
    for (auto& worker : f.backend.workerList)
        if (worker.name == "orders-worker") worker.modifiedOn = test::sample::baseTime();
    f.backend.emitEvent("workflow_changed", "orders");
    QTRY_COMPARE(f.of("orders-worker", WorkersModel::CronsRole).toStringList(), QStringList{"0 7 * * *"});
    QCOMPARE(f.backend.callsStartingWith("workerCrons"), 5);
}

void WorkersModelTest::failureIsNeverAnEmptyList() {
    Fixture f;
    f.backend.failWith("workers", {403, api::code::authentication, "no"});
    f.model.setBackend(&f.backend);
    QTRY_VERIFY(f.model.state() == LoadState::failed);
    QCOMPARE(f.model.error()->http, 403);
    f.backend.succeed();
    f.model.refresh();
    QTRY_VERIFY(f.model.state() == LoadState::ready);
    // Without the workflows the Workers are still there, with those that were known.
    f.backend.failWith("workflows", {500, api::code::internal, "no workflows"});
    f.model.refresh();
    const auto tip = [](const Fixture& fixture) {
        return fixture.model.index(0, WorkersModel::Workflows).data(Qt::ToolTipRole).toString();
    };
    QTRY_VERIFY(tip(f).contains("no workflows"));
    QCOMPARE(f.model.rowCount(), 3);
    QCOMPARE(f.of("orders-worker", WorkersModel::WorkflowsRole).toStringList(), QStringList{"orders"});
    // What was never answered is not shown as none.
    Fixture unknown;
    unknown.backend.failWith("workflows", {500, api::code::internal, "no workflows"});
    unknown.model.setBackend(&unknown.backend);
    QTRY_COMPARE(unknown.model.rowCount(), 3);
    QVERIFY(!unknown.of("orders-worker", WorkersModel::WorkflowsRole).isValid());
    QCOMPARE(unknown.model.index(0, WorkersModel::Workflows).data().toString(), QString("not known"));
}

void WorkersModelTest::followsWhatChanges() {
    Fixture f;
    f.model.setBackend(&f.backend);
    QTRY_VERIFY(f.model.state() == LoadState::ready);
    const QPersistentModelIndex site = f.model.index(f.model.rowOf("site-worker"), 0);
    f.backend.workerList.push_back({"audit-worker", {}, {}, {}, {}, {}});
    std::erase_if(f.backend.workerList, [](const auto& worker) { return worker.name == "orders-worker"; });
    f.backend.emitEvent("step_completed", "orders", "some-instance");
    f.backend.emitEvent("workflow_deleted", "orders");
    QTRY_COMPARE(f.model.rowOf("orders-worker"), -1);
    QCOMPARE(f.model.rowOf("audit-worker"), 0);
    QCOMPARE(site.row(), f.model.rowOf("site-worker"));
    QCOMPARE(f.backend.callsStartingWith("workers"), 2);
}

void WorkersModelTest::hiddenAsksNothing() {
    Fixture f;
    f.model.setActive(false);
    f.model.setBackend(&f.backend);
    f.backend.emitEvent("workflow_changed", "orders");
    QCoreApplication::processEvents();
    QCOMPARE(f.backend.callsStartingWith("workers"), 0);
    f.model.setActive(true);
    QTRY_COMPARE(f.model.rowCount(), 3);
}

void WorkersModelTest::reckonsTheNextRunItself() {
    const auto now = test::sample::baseTime();
    QVERIFY(!nextRunOf({}, now));
    QVERIFY(!nextRunOf({{"not a cron", {}}}, now));
    QCOMPARE(*nextRunOf({{"0 12 * * *", {}}, {"30 10 * * *", {}}}, now), now + std::chrono::minutes{90});
    const auto told = now + std::chrono::minutes{5};
    QCOMPARE(*nextRunOf({{"0 12 * * *", {}}, {"* * * * *", told}}, now), told);
}

QTEST_GUILESS_MAIN(WorkersModelTest)
#include "test_workers_model.moc"
