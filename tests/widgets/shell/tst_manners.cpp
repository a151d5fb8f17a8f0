#include "models/import/tools.h"
#include "tests/models/project_files.h"
#include "tests/widgets/shell/shell_test.h"
#include "widgets/action_dialog.h"
#include "widgets/bulk_dialog.h"
#include "widgets/command_palette.h"
#include "widgets/import_dialog.h"
#include "widgets/instance_actions.h"
#include "widgets/instances_page.h"
#include "widgets/json_editor.h"
#include "widgets/notice_bar.h"
#include "widgets/send_event_dialog.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>

using namespace stepwell;
using namespace stepwell::test;

namespace {

/// Waits until the keys go to this window.
bool hasKeys(QWidget* window) {
    return window != nullptr && QTest::qWaitForWindowActive(window) &&
           QTest::qWaitFor([window] { return window->isAncestorOf(QApplication::focusWidget()); });
}

void openOrders(ShownWindow& shown) {
    shown.window.navigator().go({"orders", {}});
    QTRY_VERIFY(shown.window.findChild<InstancesPage*>()->model().at(0) != nullptr);
    shown.window.activateWindow();
    QVERIFY(hasKeys(&shown.window));
}

/// A key where the keys go in the active window, as a person presses it.
void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
    QWidget* target = QApplication::focusWidget();
    if (target == nullptr) target = QApplication::activeWindow();
    QVERIFY(target != nullptr);
    QTest::keyClick(target, key, modifiers);
}

/// A project that declares the workflow "orders" for the Worker "shop-b".
void writeShop(const ProjectFiles& files) {
    files.write(
        "wrangler.json",
        "{\"name\":\"shop-b\",\"main\":\"index.js\",\"compatibility_date\":\"2026-01-01\",\"unheard\":1,"
        "\"workflows\":[{\"binding\":\"O\",\"name\":\"orders\",\"class_name\":\"Orders\"}]}");
    files.write("index.js", "import { WorkflowEntrypoint } from \"cloudflare:workers\";\n"
                            "export class Orders extends WorkflowEntrypoint { async run() {} }\n");
}

InstanceActions& runningTarget(ShownWindow& shown) {
    auto& verbs = shown.window.findChild<InstancesPage*>()->verbs();
    verbs.setTarget("orders", "order-1", api::Status::running, {"approval"});
    return verbs;
}

}  // namespace

/// What a person may rely on: nothing is lost by a reflex, and the keys go where they should.
class MannersTest : public QObject {
    Q_OBJECT
  private slots:
    void init() { QSettings().clear(); }
    void cleanup() {
        for (auto* widget : QApplication::topLevelWidgets())
            if (auto* dialog = qobject_cast<QDialog*>(widget)) delete dialog;
    }

    void workflowOfAnotherWorkerIsAskedFor() {
        if (findEsbuild().isEmpty()) QSKIP("esbuild is not installed: run packaging/test, which sets it up");
        ProjectFiles files;
        writeShop(files);
        FakeBackend backend;
        backend.fillWithSamples();
        const QPointer<ImportDialog> dialog = new ImportDialog(backend, files.path(), findEsbuild(), nullptr);
        QSignalSpy imported(dialog, &ImportDialog::imported);
        dialog->open();
        dialog->start();
        QTRY_VERIFY_WITH_TIMEOUT(openDialog<ActionDialog>("takeoverDialog") != nullptr, 30'000);
        auto* question = openDialog<ActionDialog>("takeoverDialog");
        QVERIFY(question->windowTitle().contains("orders"));
        QString words;
        for (auto* label : question->findChildren<QLabel*>())
            words += label->text();
        QVERIFY2(words.contains("orders-worker") && words.contains("shop-b"), qPrintable(words));
        QTest::keyClick(question, Qt::Key_Return);  // the default is to leave it
        QTRY_VERIFY(openDialog<ActionDialog>("takeoverDialog") == nullptr);
        QVERIFY(backend.uploads.empty() && backend.declarations.empty());
        QVERIFY(!dialog->errorText().isEmpty());

        dialog->start();
        QTRY_VERIFY_WITH_TIMEOUT(openDialog<ActionDialog>("takeoverDialog") != nullptr, 30'000);
        QTest::mouseClick(openDialog<ActionDialog>("takeoverDialog")->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(imported.count(), 1);
        QCOMPARE(backend.declarations.size(), std::size_t{1});
        // What the configuration says in vain stays to be read.
        QCOMPARE(imported.front().at(2).toInt(), 1);
        QVERIFY(dialog && dialog->isVisible());
        QVERIFY(dialog->problems().join(' ').contains("unheard"));
    }

    void importOfOwnWorkflowsAsksNothing() {
        if (findEsbuild().isEmpty()) QSKIP("esbuild is not installed: run packaging/test, which sets it up");
        ProjectFiles files;
        writeShop(files);
        FakeBackend backend;
        backend.fillWithSamples();
        backend.workflowList.front().scriptName = "shop-b";
        auto* dialog = new ImportDialog(backend, files.path(), findEsbuild(), nullptr);
        QSignalSpy imported(dialog, &ImportDialog::imported);
        dialog->open();
        dialog->start();
        QTRY_COMPARE_WITH_TIMEOUT(imported.count(), 1, 30'000);
    }

    void escapeLeavesADialogFromItsEditor() {
        ShownWindow shown;
        openOrders(shown);
        press(Qt::Key_T, Qt::ControlModifier);
        QTRY_VERIFY(openDialog<ActionDialog>("triggerDialog") != nullptr);
        auto* trigger = openDialog<ActionDialog>("triggerDialog");
        QVERIFY(hasKeys(trigger));
        QTRY_VERIFY(trigger->findChild<JsonEditor*>()->isAncestorOf(QApplication::focusWidget()));
        press(Qt::Key_Escape);
        QTRY_VERIFY(openDialog<ActionDialog>("triggerDialog") == nullptr);
    }

    void enterInTheTypeSends() {
        ShownWindow shown;
        openOrders(shown);
        runningTarget(shown).run(InstanceVerb::sendEvent);
        QTRY_VERIFY(openDialog<ActionDialog>("sendEventDialog") != nullptr);
        QVERIFY(hasKeys(openDialog<ActionDialog>("sendEventDialog")));
        press(Qt::Key_Return);
        QTRY_COMPARE(shown.backend->callsStartingWith("sendEvent orders order-1 approval"), 1);
        QTRY_VERIFY(openDialog<ActionDialog>("sendEventDialog") == nullptr);
    }

    void enterDestroysNothing() {
        ShownWindow shown;
        openOrders(shown);
        for (const auto verb : {InstanceVerb::restart, InstanceVerb::terminate, InstanceVerb::remove}) {
            runningTarget(shown).run(verb);
            QTRY_VERIFY(openDialog<ActionDialog>("confirmDialog") != nullptr);
            QVERIFY(hasKeys(openDialog<ActionDialog>("confirmDialog")));
            press(Qt::Key_Return);
            QTRY_VERIFY(openDialog<ActionDialog>("confirmDialog") == nullptr);
        }
        QCOMPARE(shown.backend->callsStartingWith("changeStatus"), 0);
        QCOMPARE(shown.backend->callsStartingWith("deleteInstances"), 0);
    }

    void manyAreDeletedOnlyByTheirNumber() {
        ShownWindow shown;
        openOrders(shown);
        const auto before = shown.backend->instanceLists["orders"].size();
        QVERIFY(before > 100);
        shown.backend->refusedDeletes[shown.backend->instanceLists["orders"].front().id] = "no";
        shown.window.findChild<InstancesPage*>()->bulkActions().back()->trigger();
        auto* dialog = openDialog<BulkDialog>("bulkDialog");
        QVERIFY(hasKeys(dialog));
        QTRY_VERIFY(visibleChild<QLineEdit>(*dialog, "Number of instances") != nullptr);
        QVERIFY(!dialog->verbButton()->isEnabled());
        QTest::keyClicks(visibleChild<QLineEdit>(*dialog, "Number of instances"), "12");
        QVERIFY(!dialog->verbButton()->isEnabled());
        auto* number = visibleChild<QLineEdit>(*dialog, "Number of instances");
        number->clear();
        QTest::keyClicks(number, QString::number(before));
        QVERIFY(dialog->verbButton()->isEnabled());
        QTest::keyClick(number, Qt::Key_Return);
        QTRY_COMPARE(shown.backend->instanceLists["orders"].size(), std::size_t{1});
        QTRY_COMPARE(dialog->cancelButton()->text(), QStringLiteral("Close"));
        QTRY_VERIFY(dialog->cancelButton()->hasFocus());
        press(Qt::Key_Return);
        QTRY_VERIFY(openDialog<BulkDialog>("bulkDialog") == nullptr);
    }

    void pageShortcutsWorkAfterThePalette() {
        ShownWindow shown;
        openOrders(shown);
        auto* palette = shown.window.findChild<CommandPalette*>();
        runningTarget(shown);
        const QPointer<QWidget> before = QApplication::focusWidget();
        QVERIFY(before);
        press(Qt::Key_K, Qt::ControlModifier);
        QTRY_VERIFY(palette->isVisible() && palette->field()->hasFocus());
        press(Qt::Key_Escape);
        QVERIFY(!palette->isVisible());
        QCOMPARE(QApplication::focusWidget(), before.data());
        runningTarget(shown);
        press(Qt::Key_E, Qt::ControlModifier);
        QTRY_VERIFY(openDialog<ActionDialog>("sendEventDialog") != nullptr);
        QVERIFY(hasKeys(openDialog<ActionDialog>("sendEventDialog")));
        press(Qt::Key_Escape);
        QTRY_VERIFY(openDialog<ActionDialog>("sendEventDialog") == nullptr);
        shown.window.activateWindow();
        QVERIFY(hasKeys(&shown.window));
        runningTarget(shown);
        press(Qt::Key_P, Qt::ControlModifier);
        QTRY_COMPARE(shown.backend->callsStartingWith("changeStatus orders order-1 pause"), 1);
    }

    void pageShortcutsWorkAfterATrigger() {
        ShownWindow shown;
        openOrders(shown);
        const QString id = QString::fromStdString(sample::runningDetail().id);
        shown.window.navigator().go({"orders", id});
        QTRY_VERIFY(visibleChild<QPushButton>(shown.window, "Pause") != nullptr);
        QVERIFY(shown.window.focusWidget() != nullptr && shown.window.focusWidget()->isVisible());
        press(Qt::Key_R, Qt::ControlModifier);
        QTRY_VERIFY(openDialog<ActionDialog>("confirmDialog") != nullptr);
    }

    void paletteKnowsOtherWords() {
        ShownWindow shown;
        openOrders(shown);
        auto* palette = shown.window.findChild<CommandPalette*>();
        for (const char* word : {"theme", "dark"}) {
            press(Qt::Key_K, Qt::ControlModifier);
            QTRY_VERIFY(palette->isVisible());
            QTest::keyClicks(palette->field(), word);
            QTRY_VERIFY(palette->count() > 0 && palette->textOf(0).startsWith("Appearance"));
            press(Qt::Key_Escape);
        }
        press(Qt::Key_K, Qt::ControlModifier);
        QTest::keyClicks(palette->field(), "qqqqqq");
        QTRY_VERIFY(visibleChild<QLabel>(*palette, "Nothing found") != nullptr);
        press(Qt::Key_Escape);
    }

  private:
    OwnSettings settings_;
};

QTEST_MAIN(MannersTest)
#include "tst_manners.moc"
