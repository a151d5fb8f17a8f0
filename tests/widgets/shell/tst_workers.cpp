#include "tests/widgets/shell/shell_test.h"
#include "widgets/action_dialog.h"
#include "widgets/command_palette.h"
#include "widgets/empty_state.h"
#include "widgets/instance/log_panel.h"
#include "widgets/notice_bar.h"
#include "widgets/table_view.h"
#include "widgets/web_address.h"
#include "widgets/worker/worker_page.h"
#include "widgets/workers_page.h"
#include "widgets/workflow_page.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>

using namespace stepwell;
using namespace stepwell::test;

/// Takes what would go to the browser.
class Opened : public QObject {
    Q_OBJECT
  public slots:
    void take(const QUrl& url) { urls << url; }

  public:
    QList<QUrl> urls;
};

namespace {

template <class T>
T* shownPage(ShownWindow& shown) {
    for (auto* page : shown.window.findChildren<T*>())
        if (page->isVisible()) return page;
    return nullptr;
}

void openWorker(ShownWindow& shown, const QString& name = "orders-worker", const QString& section = {}) {
    shown.window.navigator().go(placeOfWorker(name, section));
    QTRY_VERIFY(shownPage<WorkerPage>(shown) != nullptr &&
                shownPage<WorkerPage>(shown)->feed().worker().value.has_value());
}

QPushButton* button(ShownWindow& shown, const QString& name) {
    return visibleChild<QPushButton>(shown.window, name);
}

bool says(ShownWindow& shown, const QString& text) {
    for (auto* label : shown.window.findChildren<QLabel*>())
        if (label->isVisible() && label->text().contains(text)) return true;
    return false;
}

/// The row of this Worker in the list.
QModelIndex rowOf(const WorkersPage& page, const QString& name) {
    return page.model().index(page.model().rowOf(name), 0);
}

}  // namespace

/// Workers as a person meets them: their list, their pages, what can be done to them.
class WorkersTest : public QObject {
    Q_OBJECT
  private slots:
    void init() { QSettings().clear(); }
    void cleanup() {
        for (auto* widget : QApplication::topLevelWidgets())
            if (auto* dialog = qobject_cast<QDialog*>(widget)) delete dialog;
    }

    void placesRoundTrip() {
        for (const auto& place : {placeOfWorker(), placeOfWorker("a b"), placeOfWorker("shop", "logs"),
                                  placeOfWorker("shop", "versions")})
            QCOMPARE(placeFrom(linkOf(place)), std::optional(place));
        QVERIFY(!placeFrom("stepwell://workers/shop/instances"));
        QVERIFY(!placeFrom("stepwell://workersX"));
        Navigator navigator;
        navigator.go(placeOfWorker("shop", "logs"));
        navigator.up();
        QCOMPARE(navigator.current(), placeOfWorker("shop"));
        navigator.up();
        QCOMPARE(navigator.current(), placeOfWorker());
    }

    void theRailLeadsToTheList() {
        ShownWindow shown;
        QTest::mouseClick(visibleChild<QAbstractButton>(shown.window, "workers"), Qt::LeftButton);
        auto* page = shownPage<WorkersPage>(shown);
        QVERIFY(page != nullptr);
        QTRY_COMPARE(page->model().rowCount(), 3);
        QVERIFY(visibleChild<QAbstractButton>(shown.window, "workers")->isChecked());
        page->table().setCurrentIndex(rowOf(*page, "orders-worker"));
        QTest::keyClick(&page->table(), Qt::Key_Return);
        QTRY_VERIFY(shownPage<WorkerPage>(shown) != nullptr);
        QCOMPARE(shown.window.navigator().current(), placeOfWorker("orders-worker"));
        QTest::keyClick(shownPage<WorkerPage>(shown), Qt::Key_Escape);
        QCOMPARE(shown.window.navigator().current(), placeOfWorker());
    }

    void noWorkersOffersAnImport() {
        ShownWindow shown([](FakeBackend& backend) { backend.workerList.clear(); });
        shown.window.navigator().go(placeOfWorker());
        QTRY_VERIFY(visibleChild<EmptyState>(shown.window, "No Workers yet") != nullptr);
        QVERIFY(visibleChild<QPushButton>(*visibleChild<EmptyState>(shown.window, "No Workers yet"),
                                          "Import Worker…") != nullptr);
    }

    void failedListIsNoEmptyList() {
        ShownWindow shown([](FakeBackend& backend) {
            backend.failWith("workers", {403, api::code::authentication, "forbidden"});
        });
        shown.window.navigator().go(placeOfWorker());
        QTRY_VERIFY(says(shown, "may not be read with this token"));
        shown.backend->succeed();
        QTest::mouseClick(button(shown, "Try again"), Qt::LeftButton);
        QTRY_COMPARE(shownPage<WorkersPage>(shown)->model().rowCount(), 3);
        QTRY_VERIFY(!says(shown, "may not be read with this token"));
    }

    void showsWhatAWorkerConsistsOf() {
        ShownWindow shown;
        openWorker(shown);
        QTRY_VERIFY(says(shown, "http://orders-worker.workers.localhost:8790"));
        QTRY_VERIFY(says(shown, "0 6 * * 2-6"));
        QTRY_VERIFY(says(shown, "EUR"));
        QTRY_VERIFY(says(shown, "PAYMENT_KEY"));
        QVERIFY(!says(shown, "sk_test"));
        QTest::mouseClick(button(shown, "Copy address"), Qt::LeftButton);
        QCOMPARE(QApplication::clipboard()->text(), QString("http://orders-worker.workers.localhost:8790"));
        QTRY_VERIFY(button(shown, "orders") != nullptr);
        QTest::mouseClick(button(shown, "orders"), Qt::LeftButton);
        QCOMPARE(shown.window.navigator().current(), (Place{"orders", {}}));
    }

    void saysWhatAWorkerLacks() {
        ShownWindow shown;
        openWorker(shown, "cart-reminder-worker");
        QTRY_VERIFY(says(shown, "no fetch handler"));
        QVERIFY(button(shown, "Open in browser") == nullptr);
        openWorker(shown, "site-worker");
        QTRY_VERIFY(says(shown, "It defines no workflow."));
        QTRY_VERIFY(button(shown, "Open in browser") != nullptr);
        shown.window.navigator().go(placeOfWorker("nowhere"));
        QTRY_VERIFY(says(shown, "There is no Worker nowhere"));
        QTest::mouseClick(button(shown, "All Workers"), Qt::LeftButton);
        QCOMPARE(shown.window.navigator().current(), placeOfWorker());
    }

    void aSecretIsTypedOnceAndForgotten() {
        ShownWindow shown;
        openWorker(shown);
        QTRY_VERIFY(button(shown, "Add a secret…") != nullptr);
        QTest::mouseClick(button(shown, "Add a secret…"), Qt::LeftButton);
        auto* dialog = openDialog<ActionDialog>("secretDialog");
        QVERIFY(dialog != nullptr);
        auto* name = visibleChild<QLineEdit>(*dialog, "Name");
        auto* text = visibleChild<QLineEdit>(*dialog, "Text");
        QCOMPARE(text->echoMode(), QLineEdit::Password);
        QVERIFY(!dialog->verbButton()->isEnabled());
        QTest::keyClicks(name, "2ND");
        QVERIFY(name->property("invalid").toBool());
        name->clear();
        QTest::keyClicks(name, "SIGNING_KEY");
        // A key of several lines is pasted as it is.
        QApplication::clipboard()->setText("-----BEGIN-----\nabc\n-----END-----\n");
        text->setFocus();
        text->paste();
        const QPointer<QLineEdit> gone(text);
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(shown.backend->secrets["orders-worker"].count("SIGNING_KEY"), std::size_t{1});
        QCOMPARE(QString::fromStdString(shown.backend->secrets["orders-worker"]["SIGNING_KEY"]),
                 QString("-----BEGIN-----\nabc\n-----END-----\n"));
        QTRY_VERIFY(says(shown, "The secret SIGNING_KEY was saved"));
        QTRY_VERIFY(button(shown, "Replace the secret SIGNING_KEY") != nullptr);
        QTRY_VERIFY(gone.isNull());
    }

    void aSecretIsSentOnce() {
        ShownWindow shown;
        openWorker(shown);
        QTRY_VERIFY(button(shown, "Replace the secret PAYMENT_KEY") != nullptr);
        QTest::mouseClick(button(shown, "Replace the secret PAYMENT_KEY"), Qt::LeftButton);
        auto* dialog = openDialog<ActionDialog>("secretDialog");
        QVERIFY(dialog != nullptr);
        auto* text = visibleChild<QLineEdit>(*dialog, "Text");
        QTest::keyClicks(text, "new");
        shown.backend->hold();
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTest::keyClicks(text, "er");
        QVERIFY(!dialog->verbButton()->isEnabled());
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QCOMPARE(shown.backend->callsStartingWith("putSecret"), 1);
        shown.backend->releaseAll();
        QTRY_COMPARE(shown.backend->secrets["orders-worker"]["PAYMENT_KEY"], std::string("new"));
    }

    void onlyWebAddressesAreOpened() {
        ShownWindow shown([](FakeBackend& backend) {
            backend.addresses["orders-worker"].url = "stepwell-test://host/evil";
        });
        Opened opened;
        QDesktopServices::setUrlHandler("stepwell-test", &opened, "take");
        QDesktopServices::setUrlHandler("https", &opened, "take");
        openWorker(shown);
        QTRY_VERIFY(button(shown, "Open in browser") != nullptr);
        QTest::mouseClick(button(shown, "Open in browser"), Qt::LeftButton);
        QVERIFY(opened.urls.isEmpty());
        QVERIFY(shown.window.findChild<NoticeBar*>()->text().contains("stepwell-test://host/evil"));
        openWebAddress(&shown.window, "https://site.example/a");
        for (const char* here :
             {"http://shop.localhost:8790", "http://localhost", "http://127.0.0.1:1/a", "https://[::1]:8790"})
            QVERIFY2(isOnlyHere(here), here);
        for (const char* elsewhere : {"https://shop.example.com", "http://127.example.com",
                                      "http://192.168.0.2:8790", "https://localhost.example"})
            QVERIFY2(!isOnlyHere(elsewhere), elsewhere);
        QCOMPARE(opened.urls, QList<QUrl>{QUrl("https://site.example/a")});
        QDesktopServices::unsetUrlHandler("stepwell-test");
        QDesktopServices::unsetUrlHandler("https");
    }

    void aRefusedSecretSaysWhy() {
        ShownWindow shown([](FakeBackend& backend) {
            backend.failWith("putSecret", {400, api::code::badBody, "A binding has this name."});
        });
        openWorker(shown);
        QTRY_VERIFY(button(shown, "Replace the secret PAYMENT_KEY") != nullptr);
        QTest::mouseClick(button(shown, "Replace the secret PAYMENT_KEY"), Qt::LeftButton);
        auto* dialog = openDialog<ActionDialog>("secretDialog");
        QVERIFY(dialog != nullptr);
        QVERIFY(visibleChild<QLineEdit>(*dialog, "Name") == nullptr);
        QTest::keyClicks(visibleChild<QLineEdit>(*dialog, "Text"), "new");
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(dialog->errorText(), QString("A binding has this name."));
        QVERIFY(shown.backend->calls.contains("putSecret orders-worker PAYMENT_KEY"));
    }

    void aSecretIsDeletedAfterAQuestion() {
        ShownWindow shown;
        openWorker(shown);
        QTRY_VERIFY(button(shown, "Delete the secret PAYMENT_KEY") != nullptr);
        QTest::mouseClick(button(shown, "Delete the secret PAYMENT_KEY"), Qt::LeftButton);
        auto* question = openDialog<ActionDialog>("confirmDialog");
        QVERIFY(question != nullptr);
        QCOMPARE(shown.backend->callsStartingWith("deleteSecret"), 0);
        QTest::mouseClick(question->verbButton(), Qt::LeftButton);
        QTRY_VERIFY(says(shown, "None. A secret is"));
        QCOMPARE(shown.backend->callsStartingWith("deleteSecret orders-worker PAYMENT_KEY"), 1);
    }

    void cronsAreEdited() {
        ShownWindow shown;
        openWorker(shown);
        QTRY_VERIFY(button(shown, "Edit the crons") != nullptr);
        QTest::mouseClick(button(shown, "Edit the crons"), Qt::LeftButton);
        auto* dialog = openDialog<ActionDialog>("cronsDialog");
        QVERIFY(dialog != nullptr);
        auto* text = dialog->findChild<QPlainTextEdit*>();
        QCOMPARE(text->toPlainText(), QString("0 6 * * 2-6"));
        QVERIFY(!dialog->verbButton()->isEnabled());
        text->setPlainText("0 6 * * 2-6\nevery morning");
        QVERIFY(!dialog->verbButton()->isEnabled());
        text->setPlainText("0 6 * * 2-6\n\n */5  * * * * ");
        QVERIFY(dialog->verbButton()->isEnabled());
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_VERIFY(shown.backend->calls.contains("setWorkerCrons orders-worker 0 6 * * 2-6 */5 * * * *"));
    }

    void logsAreFilteredAndFollowed() {
        ShownWindow shown;
        openWorker(shown, "orders-worker", "logs");
        auto* page = shownPage<WorkerPage>(shown);
        auto& log = page->log();
        QTRY_COMPARE(log.model().entries(), 4);
        QTRY_VERIFY(log.list()->isVisible());
        auto* search = visibleChild<QLineEdit>(log, "Search the logs");
        QVERIFY(search != nullptr);
        search->setText("orders");
        QTRY_COMPARE(log.model().entries(), 2);
        search->clear();
        shown.backend->workerLogLines["orders-worker"].push_back(
            {5, -1, api::LogLevel::error, sample::baseTime(), "later"});
        QTRY_COMPARE(log.model().entries(), 5);
    }

    void noLogsYetAndNoLogsAtAll() {
        {
            ShownWindow shown;
            openWorker(shown, "site-worker", "logs");
            QTRY_VERIFY(visibleChild<EmptyState>(shown.window, "Nothing logged yet") != nullptr);
        }
        ShownWindow shown([](FakeBackend& backend) {
            backend.failWith("workerLogs", {404, api::code::noRoute, "no route"});
        });
        openWorker(shown);
        QTRY_VERIFY(button(shown, "Logs") == nullptr);
    }

    void anOlderVersionIsDeployedAfterAQuestion() {
        ShownWindow shown;
        openWorker(shown, "orders-worker", "versions");
        auto* page = shownPage<WorkerPage>(shown);
        auto& table = page->versions();
        QTRY_COMPARE(table.model()->rowCount(), 2);
        table.setCurrentIndex(table.model()->index(0, 0));
        QTRY_VERIFY(!button(shown, "Deploy this version…")->isEnabled());
        table.setCurrentIndex(table.model()->index(1, 0));
        QVERIFY(button(shown, "Deploy this version…")->isEnabled());
        QTest::mouseClick(button(shown, "Deploy this version…"), Qt::LeftButton);
        auto* question = openDialog<ActionDialog>("confirmDialog");
        QVERIFY(question != nullptr);
        QTest::mouseClick(question->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(table.model()->index(1, 0).data(WorkerVersionsModel::ShareRole).toInt(), 100);
        QVERIFY(says(shown, "v1 of orders-worker is deployed"));
    }

    void deletingSaysWhatGoes() {
        ShownWindow shown;
        openWorker(shown);
        for (auto* action : shownPage<WorkerPage>(shown)->pageActions())
            if (action->text() == "Delete Worker…") action->trigger();
        QTRY_VERIFY(openDialog<ActionDialog>("confirmDialog") != nullptr);
        auto* question = openDialog<ActionDialog>("confirmDialog");
        QString body;
        for (auto* label : question->findChildren<QLabel*>())
            body += label->text();
        QVERIFY2(body.contains("goes with it: orders."), qPrintable(body));
        QVERIFY2(body.contains("instances"), qPrintable(body));
        QTest::mouseClick(question->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(shown.window.navigator().current(), placeOfWorker());
        QTRY_COMPARE(shownPage<WorkersPage>(shown)->model().rowOf("orders-worker"), -1);
    }

    void thePaletteFindsWorkers() {
        ShownWindow shown;
        QTRY_VERIFY(QTest::qWaitForWindowActive(&shown.window));
        QTest::keyClick(&shown.window, Qt::Key_K, Qt::ControlModifier);
        QTRY_VERIFY(shown.backend->callsStartingWith("workers") > 0);
        QTest::keyClicks(QApplication::focusWidget(), "site-worker");
        QTest::qWait(0);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QTRY_COMPARE(shown.window.navigator().current(), placeOfWorker("site-worker"));
    }

    void aWorkflowLeadsToItsWorker() {
        ShownWindow shown;
        shown.window.navigator().go({"orders", {}});
        QTRY_VERIFY(shownPage<WorkflowPage>(shown) != nullptr);
        auto* page = shownPage<WorkflowPage>(shown);
        QTRY_VERIFY([&] {
            page->pageActions().back()->trigger();
            return shown.window.navigator().current() == placeOfWorker("orders-worker");
        }());
    }

  private:
    OwnSettings settings_;
};

QTEST_MAIN(WorkersTest)
#include "tst_workers.moc"
