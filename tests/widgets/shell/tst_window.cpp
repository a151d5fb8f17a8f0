#include "tests/widgets/shell/shell_test.h"
#include "widgets/action_dialog.h"
#include "widgets/arc_clock.h"
#include "widgets/command_palette.h"
#include "widgets/controls.h"
#include "widgets/drop_overlay.h"
#include "widgets/empty_state.h"
#include "widgets/health_bar.h"
#include "widgets/instance_actions.h"
#include "widgets/instances_page.h"
#include "widgets/json_editor.h"
#include "widgets/notice_bar.h"
#include "widgets/table_view.h"
#include "widgets/workflows_page.h"

#include <QClipboard>
#include <QDragEnterEvent>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>

using namespace stepwell;
using namespace stepwell::test;

namespace {

TableView* tableOf(ShownWindow& shown, const QString& name) {
    return visibleChild<TableView>(shown.window, name);
}

void openOrders(ShownWindow& shown) {
    shown.window.navigator().go({"orders", {}});
    QTRY_VERIFY(tableOf(shown, "Instances") != nullptr);
    QTRY_VERIFY(shown.window.findChild<InstancesPage*>()->model().at(0) != nullptr);
}

/// A key for the window, which must be the active one for its shortcuts to hear it.
void press(ShownWindow& shown, Qt::Key key, Qt::KeyboardModifiers modifiers) {
    shown.window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&shown.window));
    QTest::keyClick(&shown.window, key, modifiers);
}

QString notice(ShownWindow& shown) {
    auto* bar = shown.window.findChild<NoticeBar*>();
    return bar->isVisible() ? bar->text() : QString();
}

}  // namespace

/// The window driven by keys, clicks and drops.
class WindowTest : public QObject {
    Q_OBJECT
  private slots:
    void init() { QSettings().clear(); }

    void enterOpensWhatIsSelected() {
        ShownWindow shown;
        QTRY_VERIFY(tableOf(shown, "Workflows") && tableOf(shown, "Workflows")->model()->rowCount() == 5);
        auto* table = tableOf(shown, "Workflows");
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Down);
        const QString chosen = shown.window.findChild<WorkflowsPage*>()->currentWorkflow();
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(shown.window.navigator().current(), (Place{chosen, {}}));
        press(shown, Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(shown.window.navigator().current(), Place{});
        press(shown, Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(shown.window.navigator().current(), (Place{chosen, {}}));
    }

    void doubleClickOpensAnInstance() {
        ShownWindow shown;
        openOrders(shown);
        auto* table = tableOf(shown, "Instances");
        const QPoint at = table->visualRect(table->model()->index(2, 1)).center();
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, at);
        QTest::mouseDClick(table->viewport(), Qt::LeftButton, {}, at);
        QCOMPARE(shown.window.navigator().current().workflow, QStringLiteral("orders"));
        QVERIFY(!shown.window.navigator().current().instance.isEmpty());
    }

    void linkIsCopiedAndOpened() {
        ShownWindow shown;
        openOrders(shown);
        press(shown, Qt::Key_L, Qt::ControlModifier);
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("stepwell://local/workflows/orders"));
        shown.window.navigator().go({});
        press(shown, Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(shown.window.navigator().current(), (Place{"orders", {}}));
    }

    void chipNarrowsAtTheBackend() {
        ShownWindow shown;
        openOrders(shown);
        auto* chip = visibleChild<Chip>(shown.window, "Errored");
        QVERIFY(chip != nullptr);
        QTest::mouseClick(chip, Qt::LeftButton);
        QVERIFY(chip->isChecked());
        QTRY_VERIFY(shown.backend->callsStartingWith("instances orders") > 1);
        QTRY_VERIFY(shown.backend->calls.filter("status=errored").size() > 0);
    }

    void filteredToNothingSaysSo() {
        ShownWindow shown([](FakeBackend& backend) {
            backend.instanceSource = [](const InstanceListQuery& query) {
                InstanceList list;
                if (query.status) return list;
                list.rows = sample::instances(10);
                list.total = 10;
                return list;
            };
        });
        openOrders(shown);
        QTest::mouseClick(visibleChild<Chip>(shown.window, "Queued"), Qt::LeftButton);
        QTRY_VERIFY(visibleChild<EmptyState>(shown.window, "No instance matches the filter") != nullptr);
        auto* empty = visibleChild<EmptyState>(shown.window, "No instance matches the filter");
        QCOMPARE(empty->kind(), EmptyState::Kind::filteredOut);
        QTest::mouseClick(empty->button(), Qt::LeftButton);
        QTRY_VERIFY(tableOf(shown, "Instances") != nullptr);
        QTRY_COMPARE(tableOf(shown, "Instances")->model()->rowCount(), 10);
    }

    void failedLoadIsNoEmptyList() {
        ShownWindow shown([](FakeBackend& backend) {
            backend.failWith("workflows", {0, api::code::transport, "127.0.0.1:8790 did not answer"});
        });
        QTRY_VERIFY(visibleChild<EmptyState>(shown.window, "The workflows could not be loaded") != nullptr);
        auto* empty = visibleChild<EmptyState>(shown.window, "The workflows could not be loaded");
        QCOMPARE(empty->kind(), EmptyState::Kind::failed);
        shown.backend->succeed();
        QTest::mouseClick(empty->button(), Qt::LeftButton);
        QTRY_VERIFY(tableOf(shown, "Workflows") && tableOf(shown, "Workflows")->model()->rowCount() == 5);
    }

    void missingPermissionIsNamed() {
        ShownWindow shown([](FakeBackend& backend) {
            backend.failWith("workflows", {403, api::code::authentication, "Authentication error"});
        });
        QTRY_VERIFY(visibleChild<EmptyState>(shown.window, "The workflows may not be read with this token"));
        bool named = false;
        for (auto* label : shown.window.findChildren<QLabel*>())
            named = named || (label->isVisible() && label->text().contains("Workers Scripts Read"));
        QVERIFY(named);
    }

    void samplesAreOfferedWhenThereIsNothing() {
        ShownWindow shown([](FakeBackend& backend) { backend.workflowList.clear(); },
                          {{"Order processing", "Retries.", "/samples/orders"}});
        QTRY_VERIFY(visibleChild<QPushButton>(shown.window, "Add Order processing") != nullptr);
        QSignalSpy asked(shown.window.findChild<WorkflowsPage*>(), &WorkflowsPage::sampleRequested);
        QTest::mouseClick(visibleChild<QPushButton>(shown.window, "Add Order processing"), Qt::LeftButton);
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.front().front().toString(), QStringLiteral("/samples/orders"));
        QTRY_VERIFY(openDialog<ActionDialog>("importDialog") != nullptr);
        auto* dialog = openDialog<ActionDialog>("importDialog");
        QTRY_VERIFY(!dialog->errorText().isEmpty());  // there is no such folder
        dialog->reject();
    }

    void triggerSendsIdAndParams() {
        ShownWindow shown;
        openOrders(shown);
        press(shown, Qt::Key_T, Qt::ControlModifier);
        QTRY_VERIFY(openDialog<ActionDialog>("triggerDialog") != nullptr);
        auto* dialog = openDialog<ActionDialog>("triggerDialog");
        auto* editor = dialog->findChild<JsonEditor*>();
        editor->setText("{\"a\":");
        QVERIFY(!dialog->verbButton()->isEnabled());
        editor->setText("{\"a\": 1}");
        QVERIFY(dialog->verbButton()->isEnabled());
        auto* id = visibleChild<QLineEdit>(*dialog, "Instance id");
        QTest::keyClicks(id, "my id");
        QVERIFY(!dialog->verbButton()->isEnabled());
        id->setText("my-id");
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(shown.backend->callsStartingWith("trigger orders my-id"), 1);
        QTRY_VERIFY(openDialog<ActionDialog>("triggerDialog") == nullptr);
        QTRY_COMPARE(shown.window.navigator().current(), (Place{"orders", "my-id"}));
        shown.window.navigator().up();
        press(shown, Qt::Key_T, Qt::ControlModifier);
        QTRY_VERIFY(openDialog<ActionDialog>("triggerDialog") != nullptr);
        QCOMPARE(openDialog<ActionDialog>("triggerDialog")->findChild<JsonEditor*>()->text(),
                 QStringLiteral("{\"a\": 1}"));
        openDialog<ActionDialog>("triggerDialog")->reject();
    }

    void refusedTriggerSaysWhyInPlace() {
        ShownWindow shown;
        openOrders(shown);
        shown.backend->failWith("trigger", {409, api::code::instanceExists, "Instance my-id already exists"});
        press(shown, Qt::Key_T, Qt::ControlModifier);
        QTRY_VERIFY(openDialog<ActionDialog>("triggerDialog") != nullptr);
        auto* dialog = openDialog<ActionDialog>("triggerDialog");
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(dialog->errorText(), QStringLiteral("Instance my-id already exists"));
        QVERIFY(dialog->verbButton()->isEnabled());
        dialog->reject();
    }

    void verbsFollowTheStatus() {
        using api::Status;
        QVERIFY(allows(Status::running, InstanceVerb::pause));
        QVERIFY(allows(Status::waiting, InstanceVerb::pause));
        QVERIFY(!allows(Status::queued, InstanceVerb::pause));
        QVERIFY(allows(Status::waitingForPause, InstanceVerb::resume));
        QVERIFY(!allows(Status::running, InstanceVerb::resume));
        QVERIFY(allows(Status::complete, InstanceVerb::restart));
        for (const auto status : {Status::complete, Status::errored, Status::terminated}) {
            QVERIFY(!allows(status, InstanceVerb::terminate));
            QVERIFY(!allows(status, InstanceVerb::sendEvent));
        }
    }

    void terminateAsksFirstAndShowsARefusal() {
        ShownWindow shown;
        openOrders(shown);
        auto& verbs = shown.window.findChild<InstancesPage*>()->verbs();
        verbs.setTarget("orders", "order-1", api::Status::running);
        shown.backend->failWith("changeStatus", {409, api::code::cannotTerminate, "It is on a finite state"});
        verbs.action(InstanceVerb::terminate)->trigger();
        QTRY_VERIFY(openDialog<ActionDialog>("confirmDialog") != nullptr);
        QCOMPARE(shown.backend->callsStartingWith("changeStatus"), 0);
        QTest::keyClick(openDialog<ActionDialog>("confirmDialog"), Qt::Key_Escape);
        QTRY_VERIFY(openDialog<ActionDialog>("confirmDialog") == nullptr);
        QCOMPARE(shown.backend->callsStartingWith("changeStatus"), 0);
        verbs.action(InstanceVerb::terminate)->trigger();
        QTRY_VERIFY(openDialog<ActionDialog>("confirmDialog") != nullptr);
        QTest::mouseClick(openDialog<ActionDialog>("confirmDialog")->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(shown.backend->callsStartingWith("changeStatus"), 1);
        QTRY_VERIFY(notice(shown).contains("It is on a finite state"));
    }

    void paletteFindsActionsAndInstances() {
        ShownWindow shown;
        openOrders(shown);
        press(shown, Qt::Key_K, Qt::ControlModifier);
        auto* palette = shown.window.findChild<CommandPalette*>();
        QTRY_VERIFY(palette->isVisible());
        QTest::keyClicks(palette->field(), "cart");
        QTRY_VERIFY(palette->count() > 0 && palette->textOf(0) == "cart-reminder");
        QTest::keyClick(palette->field(), Qt::Key_Return);
        QVERIFY(!palette->isVisible());
        QCOMPARE(shown.window.navigator().current(), (Place{"cart-reminder", {}}));
        press(shown, Qt::Key_K, Qt::ControlModifier);
        const auto* first = shown.window.findChild<InstancesPage*>()->model().at(0);
        const QString id = first ? QString::fromStdString(first->id) : QStringLiteral("order-000250");
        QTest::keyClicks(palette->field(), id);
        QTRY_VERIFY(palette->count() > 0 && palette->textOf(0) == id);
        QTest::keyClick(palette->field(), Qt::Key_Escape);
        QVERIFY(!palette->isVisible());
    }

    void dropOpensTheImport() {
        ShownWindow shown;
        QTemporaryDir project;
        QFile config(project.filePath("wrangler.jsonc"));
        QVERIFY(config.open(QIODevice::WriteOnly) && config.write("{}") > 0);
        config.close();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(project.path())});
        QDragEnterEvent enter({300, 300}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&shown.window, &enter);
        QVERIFY(enter.isAccepted());
        QVERIFY(shown.window.findChild<DropOverlay*>()->isVisible());
        QDropEvent drop({300, 300}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&shown.window, &drop);
        QVERIFY(!shown.window.findChild<DropOverlay*>()->isVisible());
        QTRY_VERIFY(openDialog<ActionDialog>("importDialog") != nullptr);
        auto* dialog = openDialog<ActionDialog>("importDialog");
        QTRY_VERIFY(!dialog->errorText().isEmpty());  // it names no entry point: said in place
        QCOMPARE(shown.backend->uploads.size(), std::size_t{0});
        dialog->reject();
    }

    void textIsNoDrop() {
        ShownWindow shown;
        QMimeData data;
        data.setText("hello");
        QDragEnterEvent enter({300, 300}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&shown.window, &enter);
        QVERIFY(!shown.window.findChild<DropOverlay*>()->isVisible());
    }

    void healthShowsWhatIsWrong() {
        ShownWindow shown([](FakeBackend& backend) {
            backend.healthAnswer.sandboxed = false;
            backend.healthAnswer.canRun = false;
            backend.healthAnswer.sandboxMessage = "bubblewrap is missing";
        });
        auto* health = shown.window.findChild<HealthBar*>();
        QTRY_VERIFY(health->engineText().contains("bubblewrap is missing"));
        QVERIFY(!health->warningText().isEmpty());
        shown.backend->healthAnswer.storageError = "the disk with the folder /data is full";
        health->refresh();
        QTRY_VERIFY(health->engineText().contains("/data is full"));
        shown.backend->healthAnswer = sample::health();
        health->refresh();
        QTRY_COMPARE(health->engineText(), QStringLiteral("Engine running"));
        QTRY_VERIFY(health->warningText().isEmpty());
    }

    /// A process that is stopped keeps its connections and says nothing.
    void healthShowsThatNobodyAnswers() {
        ShownWindow shown;
        auto* health = shown.window.findChild<HealthBar*>();
        QTRY_COMPARE(health->engineText(), QStringLiteral("Engine running"));
        shown.backend->hold();
        health->refresh();
        health->refresh();
        QCOMPARE(health->engineText(), QStringLiteral("Engine running"));
        health->setPatience(std::chrono::milliseconds{0});
        health->refresh();
        QVERIFY2(health->engineText().contains("has not answered"), qPrintable(health->engineText()));
        shown.backend->releaseAll();
        QTRY_COMPARE(health->engineText(), QStringLiteral("Engine running"));
    }

    void columnsAreRemembered() {
        {
            ShownWindow shown;
            openOrders(shown);
            auto* header = tableOf(shown, "Instances")->horizontalHeader();
            header->resizeSection(InstancesModel::Instance, 333);
            header->moveSection(0, 2);
        }
        ShownWindow shown;
        openOrders(shown);
        auto* header = tableOf(shown, "Instances")->horizontalHeader();
        QCOMPARE(header->sectionSize(InstancesModel::Instance), 333);
        QCOMPARE(header->visualIndex(0), 2);
    }

    void aMillionRowsOpenAtOnce() {
        ShownWindow shown([](FakeBackend& backend) {
            backend.instanceSource = [](const InstanceListQuery& query) {
                InstanceList list;
                list.total = 1'000'000;
                const auto first = static_cast<std::int64_t>(query.page - 1) * query.perPage;
                for (std::int64_t i = first; i < std::min(first + query.perPage, list.total); ++i)
                    list.rows.push_back(sample::instanceAt(i, list.total));
                return list;
            };
        });
        openOrders(shown);
        auto* table = tableOf(shown, "Instances");
        QTRY_COMPARE(table->model()->rowCount(), 1'000'000);
        QTest::keyClick(table, Qt::Key_End, Qt::ControlModifier);
        QTRY_VERIFY(shown.window.findChild<InstancesPage*>()->model().at(999'999) != nullptr);
        QVERIFY(shown.backend->callsStartingWith("instances") < 20);
    }

    void arcsStandStillWhenHidden() {
        ShownWindow shown;
        openOrders(shown);
        QTRY_VERIFY(ArcClock::get().ticking());
        shown.window.hide();
        QTRY_VERIFY(!ArcClock::get().ticking());
    }

    void everyButtonHasAName() {
        ShownWindow shown;
        openOrders(shown);
        for (auto* button : shown.window.findChildren<QAbstractButton*>())
            if (button->isVisible())
                QVERIFY(!button->accessibleName().isEmpty() || !button->text().isEmpty());
    }

    void localFailureOffersRetry() {
        MainWindow window(
            WindowSetup{[](const BackendChoice&) { return std::make_unique<FakeBackend>(); }, {}, {}});
        window.show();
        window.setLocalFailure("The data folder is read-only. Choose another with --data-dir.");
        QSignalSpy retried(&window, &MainWindow::localRetryRequested);
        auto* empty = visibleChild<EmptyState>(window, "The engine of this machine did not start");
        QVERIFY(empty != nullptr);
        QTest::mouseClick(empty->button(), Qt::LeftButton);
        QCOMPARE(retried.count(), 1);
    }

    void aFailedTakeOverIsSaidOnThePage() {
        ShownWindow shown;
        shown.window.setLocalFailure("The disk is full.");
        const auto* notices = shown.window.findChild<NoticeBar*>();
        QVERIFY(notices->text().contains("The disk is full."));
        QVERIFY(shown.window.backend() != nullptr);
        // Every try that fails the same way is not told anew.
        shown.window.findChild<NoticeBar*>()->dismiss();
        shown.window.setLocalFailure("The disk is full.");
        QVERIFY(!notices->isVisible());
    }

    void anotherAddressWaitsForWhatWasEntered() {
        ShownWindow shown;
        const QPointer<Backend> before(shown.window.backend());
        openOrders(shown);
        press(shown, Qt::Key_T, Qt::ControlModifier);
        QTRY_VERIFY(openDialog<ActionDialog>("triggerDialog") != nullptr);
        auto moved = localChoice();
        moved.spec.apiBase = "http://127.0.0.1:8791/client/v4";
        shown.window.setLocal(moved);
        QVERIFY(openDialog<ActionDialog>("triggerDialog") != nullptr);
        QVERIFY(before);
        QTRY_VERIFY(shown.window.findChild<NoticeBar*>()->text().contains("another address"));
        openDialog<ActionDialog>("triggerDialog")->reject();
        shown.window.navigator().go({});
        QTRY_VERIFY(before.isNull());
        QVERIFY(shown.window.backend() != nullptr);
        QCOMPARE(shown.window.navigator().current(), Place{});
    }

  private:
    OwnSettings settings_;
};

QTEST_MAIN(WindowTest)
#include "tst_window.moc"
