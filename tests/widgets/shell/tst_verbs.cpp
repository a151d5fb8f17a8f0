#include "models/bulk_job.h"
#include "tests/widgets/shell/shell_test.h"
#include "widgets/action_dialog.h"
#include "widgets/appearance.h"
#include "widgets/bulk_dialog.h"
#include "widgets/controls.h"
#include "widgets/empty_state.h"
#include "widgets/format.h"
#include "widgets/instances_page.h"
#include "widgets/json_editor.h"
#include "widgets/notice_bar.h"
#include "widgets/params_memory.h"
#include "widgets/settings_page.h"
#include "widgets/settings_texts.h"
#include "widgets/table_view.h"
#include "widgets/workflow_page.h"

#include <QLineEdit>
#include <QMenu>
#include <QPushButton>

using namespace stepwell;
using namespace stepwell::test;

namespace {

void openOrders(ShownWindow& shown) {
    shown.window.navigator().go({"orders", {}});
    QTRY_VERIFY(shown.window.findChild<InstancesPage*>()->model().at(0) != nullptr);
}

QAction* bulkAction(ShownWindow& shown, BulkJob::Verb verb) {
    return shown.window.findChild<InstancesPage*>()->bulkActions().at(static_cast<int>(verb));
}

QString offeredParams(ShownWindow& shown) {
    shown.window.activateWindow();
    if (!QTest::qWaitForWindowActive(&shown.window)) return {};
    QTest::keyClick(&shown.window, Qt::Key_T, Qt::ControlModifier);
    auto* dialog = openDialog<ActionDialog>("triggerDialog");
    return dialog != nullptr ? dialog->findChild<JsonEditor*>()->text() : QString();
}

QLineEdit* field(ShownWindow& shown, const QString& name) {
    return visibleChild<QLineEdit>(shown.window, name);
}

}  // namespace

/// Verbs on one and on many, parameters that are offered, and settings.
class VerbsTest : public QObject {
    Q_OBJECT
  private slots:
    void init() { QSettings().clear(); }
    void cleanup() {
        for (auto* widget : QApplication::topLevelWidgets())
            if (auto* dialog = qobject_cast<QDialog*>(widget)) delete dialog;
    }

    void sampleParamsAreOffered() {
        params::rememberSample("orders", R"({"orderId":"A-1042"})");
        ShownWindow shown;
        openOrders(shown);
        QCOMPARE(offeredParams(shown), QStringLiteral(R"({"orderId":"A-1042"})"));
    }

    void samplesGoOneByOne() {
        ShownWindow shown(
            [](FakeBackend& backend) {
                backend.workflowList.resize(1);
                backend.workflowList.front().name = "orders";
            },
            {{"Order processing", "Retries.", "/samples/orders"}, {"Reviews", "Waits.", "/samples/reviews"}});
        QTRY_VERIFY(visibleChild<QPushButton>(shown.window, "Add Reviews") != nullptr);
        QVERIFY(visibleChild<QPushButton>(shown.window, "Add Order processing") == nullptr);
        shown.backend->workflowList.push_back(shown.backend->workflowList.front());
        shown.backend->workflowList.back().name = "my-own";
        shown.backend->emitReset();
        QTRY_VERIFY(visibleChild<QPushButton>(shown.window, "Add Reviews") == nullptr);
    }

    void startsWhereItEnded() {
        {
            ShownWindow shown;
            openOrders(shown);
        }
        ShownWindow shown;
        QTRY_COMPARE(shown.window.navigator().current(), (Place{"orders", {}}));
    }

    void lastTriggerGoesBeforeTheSample() {
        params::rememberSample("orders", R"({"orderId":"A-1042"})");
        params::rememberTriggered("orders", R"({"orderId":"mine"})");
        QCOMPARE(params::startFor("orders"), QStringLiteral(R"({"orderId":"mine"})"));
        params::rememberTriggered("orders", "{ }");
        QCOMPARE(params::startFor("orders"), QStringLiteral(R"({"orderId":"A-1042"})"));
    }

    void paramsOfTheNewestInstanceAreOffered() {
        ShownWindow shown([](FakeBackend& backend) {
            auto detail = sample::completeDetail();
            detail.id = backend.instanceLists["orders"].front().id;
            detail.params = R"({"cart":7})";
            backend.details[detail.id] = detail;
        });
        openOrders(shown);
        offeredParams(shown);
        auto* editor = openDialog<ActionDialog>("triggerDialog")->findChild<JsonEditor*>();
        QTRY_VERIFY(editor->text().contains("\"cart\": 7"));
        // The editor would keep the key to itself.
        QTest::keyClick(editor->focusProxy(), Qt::Key_Escape);
        QTRY_VERIFY(openDialog<ActionDialog>("triggerDialog") == nullptr);
    }

    void noticeMovesNothing() {
        ShownWindow shown;
        openOrders(shown);
        auto* bar = shown.window.findChild<NoticeBar*>();
        auto* page = shown.window.findChild<WorkflowPage*>();
        const auto inWindow = [&](QWidget* widget) {
            return QRect(widget->mapTo(&shown.window, QPoint()), widget->size());
        };
        const QRect before = inWindow(page);
        bar->post(NoticeBar::Kind::error, QString("No ").repeated(200));
        QTRY_VERIFY(bar->isVisible());
        QCOMPARE(inWindow(page), before);
        QVERIFY(before.contains(inWindow(bar)));
        QVERIFY(bar->height() > 60);  // all of a long reason can be read
        shown.window.resize(820, 560);
        QTRY_VERIFY(inWindow(page).contains(inWindow(bar)));
    }

    void bulkShowsTheSetAndReportsFailures() {
        ShownWindow shown;
        openOrders(shown);
        auto& list = shown.backend->instanceLists["orders"];
        const auto takes = std::count_if(list.begin(), list.end(), [](const auto& row) {
            return takesVerb(row.status, BulkJob::Verb::pause);
        });
        const auto one = std::find_if(list.begin(), list.end(), [](const auto& row) {
            return takesVerb(row.status, BulkJob::Verb::pause);
        });
        shown.backend->failWith("changeStatus orders " + QString::fromStdString(one->id),
                                {409, 0, "too late"});
        bulkAction(shown, BulkJob::Verb::pause)->trigger();
        auto* dialog = openDialog<BulkDialog>("bulkDialog");
        QVERIFY(dialog != nullptr);
        QTRY_COMPARE(dialog->windowTitle(), QStringLiteral("Pause %1 instances of orders?").arg(takes));
        QCOMPARE(shown.backend->callsStartingWith("changeStatus"), 0);
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(dialog->windowTitle(), QStringLiteral("%1 instances paused").arg(takes - 1));
        QCOMPARE(dialog->job().failures().size(), std::size_t{1});
        QVERIFY(visibleChild<QPushButton>(*dialog, "Copy list") != nullptr);
        QVERIFY(QTest::qWaitForWindowActive(dialog));
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_VERIFY(openDialog<BulkDialog>("bulkDialog") == nullptr);
    }

    void selectedOnesOnly() {
        ShownWindow shown;
        openOrders(shown);
        auto* table = visibleChild<TableView>(shown.window, "Instances");
        const auto at = [&](int row) { return table->visualRect(table->model()->index(row, 1)).center(); };
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, at(1));
        QTest::mouseClick(table->viewport(), Qt::LeftButton, Qt::ShiftModifier, at(3));
        QCOMPARE(bulkAction(shown, BulkJob::Verb::remove)->text(),
                 QStringLiteral("Delete 3 selected instances…"));
        bulkAction(shown, BulkJob::Verb::remove)->trigger();
        auto* dialog = openDialog<BulkDialog>("bulkDialog");
        QTRY_COMPARE(dialog->windowTitle(), QStringLiteral("Delete 3 instances of orders?"));
        QTest::keyClick(dialog->verbButton(), Qt::Key_Return);
        QTRY_COMPARE(shown.window.findChild<NoticeBar*>()->text(), QStringLiteral("3 instances deleted"));
        QTRY_VERIFY(openDialog<BulkDialog>("bulkDialog") == nullptr);
        QCOMPARE(shown.backend->instanceLists["orders"].size(), std::size_t{247});
    }

    void deletedInstanceLeavesItsPage() {
        ShownWindow shown;
        const QString id = QString::fromStdString(sample::completeDetail().id);
        shown.window.navigator().go({"orders", id});
        QTRY_VERIFY(visibleChild<QPushButton>(shown.window, "Delete") != nullptr);
        QVERIFY(visibleChild<QPushButton>(shown.window, "Terminate") == nullptr);
        QTest::mouseClick(visibleChild<QPushButton>(shown.window, "Delete"), Qt::LeftButton);
        QTRY_VERIFY(openDialog<ActionDialog>("confirmDialog") != nullptr);
        QTest::mouseClick(openDialog<ActionDialog>("confirmDialog")->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(shown.window.navigator().current(), (Place{"orders", {}}));
        QCOMPARE(shown.backend->callsStartingWith("deleteInstances orders"), 1);
    }

    void settingsAreReadAndSaved() {
        ShownWindow shown([](FakeBackend& backend) {
            auto& workflow = backend.workflowList.front();
            workflow.schedules = {{"0 6 * * 1-5", format::now() + std::chrono::hours(4)}};
            auto& settings = backend.versionLists[workflow.name].front().settings;
            settings.stepLimit = 500;
            settings.retention.success = std::chrono::hours(24 * 7);
            backend.retention.error = std::chrono::hours(24 * 30);
        });
        const QString name = QString::fromStdString(shown.backend->workflowList.front().name);
        shown.window.navigator().go({name, {}, "settings"});
        QTRY_VERIFY(field(shown, "Steps of an instance") &&
                    field(shown, "Steps of an instance")->text() == "500");
        auto* page = shown.window.findChild<SettingsPage*>();
        QCOMPARE(page->entered()->crons, std::vector<std::string>{"0 6 * * 1-5"});
        QCOMPARE(page->entered()->retention.success, api::Milliseconds(std::chrono::hours(24 * 7)));
        auto* save = visibleChild<QPushButton>(shown.window, "Save changes");
        QVERIFY(!save->isEnabled());
        field(shown, "Instances at once")->setText("-2");
        QVERIFY(!page->entered() && !save->isEnabled());
        field(shown, "Instances at once")->setText("10");
        QVERIFY(save->isEnabled());
        QTest::mouseClick(save, Qt::LeftButton);
        QTRY_COMPARE(shown.backend->declarations.size(), std::size_t{1});
        const auto body = QString::fromStdString(shown.backend->declarations.front().settingsJson);
        QVERIFY2(body.contains(R"("concurrency":{"limit":10})") &&
                     body.contains(R"("limits":{"steps":500})") &&
                     body.contains(R"([{"cron":"0 6 * * 1-5"}])") && body.contains("604800000"),
                 qPrintable(body));
    }

    void appearanceIsRemembered() {
        ShownWindow shown;
        QVERIFY(chosenAppearance() == Theme::Mode::system);
        for (auto* action : shown.window.actions())
            if (action->text() == "Appearance: dark") action->trigger();
        QVERIFY(Theme::get().dark());
        QVERIFY(chosenAppearance() == Theme::Mode::dark);
        chooseAppearance(Theme::Mode::system);
        QVERIFY(chosenAppearance() == Theme::Mode::system);
    }

    void settingsTexts() {
        using namespace settings;
        std::optional<api::Milliseconds> kept;
        QCOMPARE(retentionText(api::Milliseconds(604'800'000)), QStringLiteral("7 days"));
        QVERIFY(readRetention("7 days", kept) && kept == api::Milliseconds(604'800'000));
        QVERIFY(readRetention("", kept) && !kept);
        QVERIFY(!readRetention("soon", kept));
        QVERIFY(!readRetention("0 days", kept));
        QVERIFY(looksLikeCron("*/5  * * * MON-FRI"));
        QVERIFY(!looksLikeCron("* * * *"));
        std::optional<std::int64_t> number;
        QVERIFY(readNumber("25,000", number) && number == 25'000);
        QVERIFY(!readNumber("0", number));
    }

  private:
    OwnSettings settings_;
};

QTEST_MAIN(VerbsTest)
#include "tst_verbs.moc"
