#include "models/workflows_model.h"
#include "tests/models/fake_backend.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using namespace stepwell;
using test::FakeBackend;

namespace {

/// The model as text, one line per row.
QStringList content(const WorkflowsModel& model) {
    QStringList lines;
    for (int row = 0; row < model.rowCount(); ++row) {
        QStringList cells;
        for (int column : {WorkflowsModel::Name, WorkflowsModel::Running, WorkflowsModel::Errored})
            cells << model.index(row, column).data().toString();
        lines << cells.join('|');
    }
    return lines;
}

struct Fixture {
    Fixture() {
        backend.fillWithSamples();
        tester = std::make_unique<QAbstractItemModelTester>(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    }
    FakeBackend backend;
    WorkflowsModel model;
    std::unique_ptr<QAbstractItemModelTester> tester;
};

}  // namespace

class WorkflowsModelTest : public QObject {
    Q_OBJECT
  private slots:
    void showsWhatTheBackendHas();
    void failureIsNeverAnEmptyList();
    void failureKeepsWhatWasShown();
    void rowsKeepTheirIdentity();
    void refreshesAreGathered();
    void hiddenAsksNothing();
    void otherBackendDropsLateAnswers();
    void recoversWhenTheStreamIsBack();
};

void WorkflowsModelTest::showsWhatTheBackendHas() {
    Fixture f;
    QVERIFY(f.model.state() == LoadState::idle);
    f.model.setBackend(&f.backend);
    QVERIFY(f.model.state() == LoadState::loading);
    QTRY_VERIFY(f.model.state() == LoadState::ready);
    QCOMPARE(content(f.model), (QStringList{"cart-reminder|–|–", "empty-one|–|–", "nightly-report|–|–",
                                            "orders|18|7", "review-approval|–|1"}));
    const auto orders = f.model.index(f.model.rowOf("orders"), WorkflowsModel::Waiting);
    QCOMPARE(orders.data(WorkflowsModel::ClassRole).toString(), QString("OrderWorkflow"));
    QCOMPARE(orders.data(WorkflowsModel::ScriptRole).toString(), QString("orders-worker"));
    QCOMPARE(orders.data(WorkflowsModel::CountRole).toLongLong(), 41);
    QCOMPARE(orders.data(WorkflowsModel::P99Role).toLongLong(), 8'400);
    QCOMPARE(orders.data(WorkflowsModel::VersionRole).toInt(), 12);
    QCOMPARE(orders.data(WorkflowsModel::ActivityRole).value<api::WorkflowActivity>().created[0],
             std::int64_t{40});
    QCOMPARE(f.model.index(orders.row(), WorkflowsModel::Duration).data().toString(),
             QString("p50 1.2 s · p99 8.4 s"));
    QVERIFY(!f.model.index(f.model.rowOf("empty-one"), 0).data(WorkflowsModel::TriggeredRole).isValid());
    QCOMPARE(f.model.scriptCount(), 5);
    QCOMPARE(f.model.headerData(0, Qt::Horizontal, Qt::DisplayRole).toString(), QString("Workflow"));
}

void WorkflowsModelTest::failureIsNeverAnEmptyList() {
    Fixture f;
    f.backend.failWith("workflows", {0, api::code::transport, "nobody there"});
    f.model.setBackend(&f.backend);
    QTRY_VERIFY(f.model.state() == LoadState::failed);
    QCOMPARE(f.model.error()->message, std::string("nobody there"));
    f.backend.succeed();
    f.model.refresh();
    QTRY_VERIFY(f.model.state() == LoadState::ready);
    QVERIFY(!f.model.error());
}

void WorkflowsModelTest::failureKeepsWhatWasShown() {
    Fixture f;
    f.model.setBackend(&f.backend);
    QTRY_COMPARE(f.model.rowCount(), 5);
    f.backend.failWith("workflows", {500, 10001, "broken"});
    f.model.refresh();
    QTRY_VERIFY(f.model.state() == LoadState::failed);
    QCOMPARE(f.model.rowCount(), 5);
}

void WorkflowsModelTest::rowsKeepTheirIdentity() {
    Fixture f;
    f.model.setBackend(&f.backend);
    QTRY_COMPARE(f.model.rowCount(), 5);
    const QPersistentModelIndex orders(f.model.index(f.model.rowOf("orders"), 0));
    auto& list = f.backend.workflowList;
    std::erase_if(list, [](const auto& w) { return w.name == "empty-one"; });
    auto fresh = list.front();
    fresh.name = "a-new-one";
    list.push_back(fresh);
    fresh.name = "zebra";
    list.push_back(fresh);
    QSignalSpy resets(&f.model, &QAbstractItemModel::modelReset);
    f.model.refresh();
    QTRY_COMPARE(f.model.rowCount(), 6);
    QVERIFY(orders.isValid());
    QCOMPARE(orders.data().toString(), QString("orders"));
    QCOMPARE(resets.count(), 0);
    QCOMPARE(f.model.rowOf("zebra"), 5);
    list.clear();
    f.model.refresh();
    QTRY_COMPARE(f.model.rowCount(), 0);
    QVERIFY(f.model.state() == LoadState::ready);
}

void WorkflowsModelTest::refreshesAreGathered() {
    Fixture f;
    f.model.setBackend(&f.backend);
    QTRY_COMPARE(f.model.rowCount(), 5);
    for (int i = 0; i < 500; ++i)
        f.backend.emitEvent("step_completed", "orders", "x");
    QTRY_VERIFY(f.backend.callsStartingWith("workflows") >= 2);
    QCoreApplication::processEvents();
    QVERIFY(f.backend.callsStartingWith("workflows") <= 3);
}

void WorkflowsModelTest::hiddenAsksNothing() {
    Fixture f;
    f.model.setBackend(&f.backend);
    QTRY_COMPARE(f.model.rowCount(), 5);
    f.model.setActive(false);
    f.backend.emitEvent("workflow_queued", "orders", "x");
    QTest::qWait(60);
    QCOMPARE(f.backend.callsStartingWith("workflows"), 1);
    f.model.setActive(true);
    QTRY_COMPARE(f.backend.callsStartingWith("workflows"), 2);
}

void WorkflowsModelTest::otherBackendDropsLateAnswers() {
    Fixture f;
    FakeBackend other;
    f.backend.hold();
    f.model.setBackend(&f.backend);
    f.model.setBackend(&other);
    QTRY_VERIFY(f.model.state() == LoadState::ready);
    f.backend.releaseAll();
    QCoreApplication::processEvents();
    QCOMPARE(f.model.rowCount(), 0);
}

void WorkflowsModelTest::recoversWhenTheStreamIsBack() {
    Fixture f;
    f.backend.setLiveState(LiveState::connecting);
    f.backend.failWith("workflows", {0, api::code::transport, "down"});
    f.model.setBackend(&f.backend);
    QTRY_VERIFY(f.model.state() == LoadState::failed);
    f.backend.succeed();
    f.backend.setLiveState(LiveState::live);
    QTRY_VERIFY(f.model.state() == LoadState::ready);
}

QTEST_GUILESS_MAIN(WorkflowsModelTest)
#include "test_workflows_model.moc"
