#include "tests/models/fake_backend.h"
#include "tests/widgets/instance/run_data.h"
#include "widgets/action_dialog.h"
#include "widgets/empty_state.h"
#include "widgets/format.h"
#include "widgets/instance/inspector_panel.h"
#include "widgets/instance/inspector_parts.h"
#include "widgets/instance/instance_facts.h"
#include "widgets/instance/instance_page.h"
#include "widgets/instance/log_panel.h"
#include "widgets/instance/texts.h"
#include "widgets/json/json_view.h"
#include "widgets/timeline/timeline_view.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QContextMenuEvent>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace stepwell;
using Shown = InstancePage::Shown;

namespace {

struct Opened {
    explicit Opened(api::InstanceDetail run)
        : id(run.id) {
        backend.logLines[id] = test::orderLogs(format::now());
        backend.details[id] = std::move(run);
        open();
    }
    void open() {
        page = std::make_unique<InstancePage>(backend, "orders", id);
        page->resize(1232, 832);
        page->show();
    }
    bool isShown() { return page->shown() == Shown::steps && page->feed().logs().size() == 5; }
    QPushButton* button(const QString& text) {
        for (auto* candidate : page->findChildren<QPushButton*>())
            if (candidate->text() == text && candidate->isVisible()) return candidate;
        return nullptr;
    }

    test::FakeBackend backend;
    std::string id;
    std::unique_ptr<InstancePage> page;
};

api::InstanceDetail order() {
    return test::orderRun(format::now());
}

}  // namespace

class PageTest : public QObject {
    Q_OBJECT
  private slots:
    void loadsAndShowsFacts() {
        Opened opened(order());
        QCOMPARE(opened.page->shown(), Shown::loading);
        QTRY_VERIFY(opened.isShown());
        const QString facts = opened.page->facts().asText();
        QVERIFY(facts.contains("Version v12"));
        QVERIFY(facts.contains("Trigger API"));
        QVERIFY(facts.contains("Running for "));
        QVERIFY(facts.contains("Params { \"cartId\": \"f3bcc11b\""));
        QVERIFY(opened.button("Pause") != nullptr);
        QVERIFY(opened.button("Resume") == nullptr);
    }

    void selectionFillsInspectorAndLogs() {
        Opened opened(order());
        QTRY_VERIFY(opened.isShown());
        QCOMPARE(opened.page->logPanel().title(), "Logs · 5 lines");
        QVERIFY(!opened.page->inspector().showsStep());
        opened.page->timelineView().selectStep(1);
        QCOMPARE(opened.page->logPanel().title(), "Logs of charge-card-1 · 3 lines");
        auto& inspector = opened.page->inspector();
        QVERIFY(inspector.showsStep());
        QTRY_VERIFY(inspector.outputView()->copyText().contains("txn-789012"));
        auto* requests = inspector.findChild<RequestList*>();
        for (auto* list : inspector.findChildren<RequestList*>())
            if (list->isVisible()) requests = list;
        QCOMPARE(requests->count(), 3);
        AttemptRow* failed = nullptr;
        for (auto* row : inspector.findChildren<AttemptRow*>())
            if (row->isVisible() && row->accessibleName().startsWith("Attempt 1")) failed = row;
        QVERIFY(failed != nullptr);
        QTest::mouseClick(failed, Qt::LeftButton);
        bool stack = false;
        for (auto* label : inspector.findChildren<QLabel*>())
            stack = stack || (label->isVisible() && label->text().contains("orders.js:41:13"));
        QVERIFY(stack);
    }

    void theWholeOutputIsFetchedOnce() {
        auto run = order();
        run.steps[0].output = "{\"a\":\"xx[truncated output]";
        run.steps[0].outputTruncated = true;
        Opened opened(run);
        opened.backend.stepOutputs["check-inventory-1"] = R"({"a":"xxxx","whole":true})";
        QTRY_VERIFY(opened.isShown());
        opened.page->timelineView().selectStep(0);
        QTRY_VERIFY(opened.page->inspector().outputView()->copyText().contains("whole"));
        opened.page->reload();
        QTRY_COMPARE(opened.backend.callsStartingWith("instance "), 2);
        QCOMPARE(opened.backend.callsStartingWith("stepOutput"), 1);
        QVERIFY(opened.page->inspector().outputView()->copyText().contains("whole"));
    }

    void restartFromHereAsksFirst() {
        Opened opened(order());
        QTRY_VERIFY(opened.isShown());
        opened.page->timelineView().selectStep(4);
        QTest::mouseClick(opened.button("Restart from here"), Qt::LeftButton);
        QCOMPARE(opened.backend.callsStartingWith("changeStatus"), 0);
        QTRY_VERIFY(QApplication::activeModalWidget() != nullptr ||
                    opened.page->findChild<QDialog*>() != nullptr);
        const auto wanted = texts::restartFrom(opened.page->feed().detail().steps[4]);
        QCOMPARE(wanted.name, "reserve-item");
        QCOMPARE(wanted.count, 2);
        QCOMPARE(wanted.type, "do");
    }

    void liveEventsBringTheNextStep() {
        Opened opened(order());
        QTRY_VERIFY(opened.isShown());
        opened.page->timelineView().selectStep(1);
        auto& run = opened.backend.details[opened.id];
        run.steps.push_back(test::step(8, "thank-you-1", format::now(), 40));
        run.sequence = 2000;
        opened.backend.emitEvent("step_completed", "orders", opened.id, "thank-you-1");
        QTRY_COMPARE(opened.page->timelineView().layoutOfRun().stepCount(), std::size_t(9));
        QCOMPARE(opened.page->timelineView().zoom().selectedStep(), std::optional(1));
        QVERIFY(opened.page->inspector().showsStep());
    }

    void aFailedLoadOffersToTryAgain() {
        Opened opened(order());
        opened.backend.failWith("instance ",
                                {0, api::code::transport, "The engine at 127.0.0.1:8790 does not answer."});
        opened.open();
        QTRY_COMPARE(opened.page->shown(), Shown::failed);
        QVERIFY(opened.page->empty().kind() == EmptyState::Kind::failed);
        opened.backend.succeed();
        QTest::mouseClick(opened.page->empty().button(), Qt::LeftButton);
        QTRY_VERIFY(opened.isShown());
    }

    void notFoundLeadsToTheList() {
        Opened opened(order());
        opened.backend.failWith("instance ", {404, api::code::instanceNotFound, "instance.not_found"});
        opened.open();
        QTRY_COMPARE(opened.page->shown(), Shown::notFound);
        QSignalSpy wanted(opened.page.get(), &InstancePage::openRequested);
        QTest::mouseClick(opened.page->empty().button(), Qt::LeftButton);
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted.at(0).at(0).toString(), "stepwell://workflows/orders");
    }

    void noStepsYet() {
        auto run = order();
        run.steps.clear();
        run.status = api::Status::queued;
        run.start.reset();
        Opened opened(run);
        QTRY_COMPARE(opened.page->shown(), Shown::noSteps);
        opened.backend.details[opened.id] = order();
        opened.backend.emitEvent("step_started", "orders", opened.id);
        QTRY_COMPARE(opened.page->shown(), Shown::steps);
    }

    void logsAppendAndSplitLines() {
        LogModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto logs = test::orderLogs(format::now());
        model.setLogs(logs, std::nullopt, false);
        QCOMPARE(model.rowCount(), 6);  // the last entry has two lines
        logs.push_back(logs.front());
        logs.back().id = 9;
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.setLogs(logs, std::nullopt, true);
        QCOMPARE(model.rowCount(), 7);
        QCOMPARE(reset.size(), 0);
        model.setLogs(logs, 1, true);
        QCOMPARE(model.entries(), 3);
    }

    void logsAreNarrowedByLevelAndText() {
        LogModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto logs = test::orderLogs(format::now());
        model.setLogs(logs, std::nullopt, false);
        model.setFilter(api::LogLevel::warn, {});
        QCOMPARE(model.entries(), 3);
        QCOMPARE(model.allEntries(), 5);
        model.setFilter(api::LogLevel::warn, "DECLINED");
        QCOMPARE(model.entries(), 2);
        logs.push_back(logs.at(1));  // grows while it is narrowed
        logs.back().id = 9;
        logs.push_back(logs.at(0));
        logs.back().id = 10;
        model.setLogs(logs, std::nullopt, true);
        QCOMPARE(model.entries(), 3);
        QCOMPARE(model.allEntries(), 7);
        model.setFilter(api::LogLevel::debug, {});
        QCOMPARE(model.entries(), 7);
    }

    void logSearchIsTypedIn() {
        Opened opened(order());
        QTRY_VERIFY(opened.isShown());
        opened.page->logPanel().openSearch();
        auto* field = opened.page->logPanel().findChild<QLineEdit*>();
        QTest::keyClicks(field, "charged");
        QCOMPARE(opened.page->logPanel().title(), "Logs · 1 of 5 lines");
        QTest::keyClicks(field, "xyz");
        QCOMPARE(opened.page->logPanel().title(), "Logs · 0 of 5 lines");
    }

    void restartFromAStepSaysWhatIsDeleted() {
        Opened opened(order());
        QTRY_VERIFY(opened.isShown());
        auto& view = opened.page->timelineView();
        view.selectStep(5);
        QTest::keyClick(&view, Qt::Key_R);
        auto* dialog = opened.page->findChild<QDialog*>("confirmDialog");
        QTRY_VERIFY(dialog != nullptr && dialog->isVisible());
        QString said;
        for (auto* label : dialog->findChildren<QLabel*>())
            said += label->text() + '\n';
        QVERIFY2(said.contains("reserve-item-3, courier-accepted-1, send-confirmation-1"), qPrintable(said));
        QVERIFY(!said.contains("charge-card"));
        QTest::mouseClick(static_cast<ActionDialog*>(dialog)->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(opened.backend.calls.filter("restart from=reserve-item-3 (do)").size(), 1);
    }

    void stepMenuOpensByMouseAndKey() {
        Opened opened(order());
        QTRY_VERIFY(opened.isShown());
        auto& view = opened.page->timelineView();
        const QPoint spot = view.rowRect(1).center();
        QContextMenuEvent byMouse(QContextMenuEvent::Mouse, spot, view.viewport()->mapToGlobal(spot));
        QApplication::sendEvent(view.viewport(), &byMouse);
        auto* menu = opened.page->findChild<QMenu*>("stepMenu");
        QVERIFY(menu != nullptr && menu->actions().front()->isEnabled());
        QCOMPARE(view.zoom().selectedStep(), std::optional(1));
        menu->close();
    }

    void cpuTimeStandsBesideWallTime() {
        auto run = order();
        run.cpu = api::Milliseconds(11);
        run.steps[1].cpu = api::Milliseconds(3);
        run.rollback = api::RollbackOutcome{true, {}};
        Opened opened(run);
        QTRY_VERIFY(opened.isShown());
        QVERIFY(opened.page->facts().asText().contains("CPU time 11 ms"));
        QVERIFY(opened.page->facts().asText().contains("Rollback Complete"));
        opened.page->timelineView().selectStep(1);
        bool found = false;
        for (auto* label : opened.page->inspector().findChildren<QLabel*>())
            found = found || (label->isVisible() && label->text() == "4.7 s · 3 ms");
        QVERIFY(found);
    }

    void wordsForRetriesAndTimeouts() {
        api::Step step;
        step.retryLimit = "4";
        step.retryDelay = "1000";
        step.backoff = "exponential";
        step.timeout = "2 minutes";
        QCOMPARE(texts::retries(step), "4 at most, 1 s, exponential");
        QCOMPARE(texts::timeout(step), "2 min an attempt");
        step.retryLimit = "Infinity";
        step.retryDelay = "[dynamic]";
        QCOMPARE(texts::retries(step), "without limit, delay from a function, exponential");
        step.retryLimit = "0";
        QCOMPARE(texts::retries(step), "none");
    }
};

QTEST_MAIN(PageTest)
#include "tst_page.moc"
