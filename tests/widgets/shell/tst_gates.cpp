#include "tests/models/fake_server.h"
#include "tests/widgets/shell/several_backends.h"
#include "widgets/action_dialog.h"
#include "widgets/backends/backends_dialog.h"

#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QUrl>

using namespace stepwell;
using namespace stepwell::test;

namespace {

QPushButton* button(WindowOfSeveral& some, const QString& text) {
    return visibleChild<QPushButton>(*some.window, text);
}

/// Confirms without the name, which must not do, and then with it.
void confirmOnProduction(ActionDialog& dialog, const QString& name, const std::function<int()>& calls) {
    auto* field = visibleChild<QLineEdit>(dialog, "productionName");
    QVERIFY(field != nullptr);
    QTest::mouseClick(dialog.verbButton(), Qt::LeftButton);
    QCOMPARE(calls(), 0);
    QCOMPARE(dialog.focusWidget(), field);
    QTest::keyClicks(field, name);
    QTest::mouseClick(dialog.verbButton(), Qt::LeftButton);
    QTRY_COMPARE(calls(), 1);
}

}  // namespace

/// What changes something: asked for once more on production, off where it may not be.
class GatesTest : public QObject {
    Q_OBJECT
  private slots:
    void init() { QSettings().clear(); }

    void changingAWorkerAsksOnProduction() {
        WindowOfSeveral some;
        some.start();
        some.open(specNamed("Acme", BackendKind::cloudflare));
        auto& backend = some.of("Acme");
        some.window->navigator().go(placeOfWorker("orders-worker"));
        QTRY_VERIFY(button(some, "Add a secret…") != nullptr);
        QTest::mouseClick(button(some, "Add a secret…"), Qt::LeftButton);
        QTRY_VERIFY(openDialog<ActionDialog>("secretDialog") != nullptr);
        auto* secret = openDialog<ActionDialog>("secretDialog");
        QTest::keyClicks(visibleChild<QLineEdit>(*secret, "Name"), "KEY");
        QTest::keyClicks(visibleChild<QLineEdit>(*secret, "Text"), "value");
        confirmOnProduction(*secret, "Acme", [&] { return backend.callsStartingWith("putSecret"); });
    }

    void changingASiteAsksOnProduction() {
        WindowOfSeveral some;
        some.start();
        some.open(specNamed("Acme", BackendKind::cloudflare));
        auto& backend = some.of("Acme");
        some.window->navigator().go(placeOfSite("shop", "settings"));
        QTRY_VERIFY(button(some, "Add a host…") != nullptr);
        QTest::mouseClick(button(some, "Add a host…"), Qt::LeftButton);
        QTRY_VERIFY(openDialog<ActionDialog>("oneLineDialog") != nullptr);
        auto* host = openDialog<ActionDialog>("oneLineDialog");
        QTest::keyClicks(visibleChild<QLineEdit>(*host, "Host"), "www.example.com");
        confirmOnProduction(*host, "Acme", [&] { return backend.callsStartingWith("addSiteDomain"); });
    }

    void whatTakesNoCodeDoesNotAskForIt() {
        WindowOfSeveral some;
        some.start();
        some.open(specNamed("Reads"));
        auto* hint = some.window->workspace().findChild<QWidget*>("dropHint");
        QVERIFY(hint != nullptr);
        QTRY_VERIFY(hint->isVisible());
        some.of("Reads").lack(Feature::uploadScript, "It takes no code");
        QTRY_VERIFY(!hint->isVisible());
    }

    void whatATokenMayNotChangeIsOff() {
        WindowOfSeveral some;
        some.start();
        auto spec = specNamed("Reads");
        some.open(spec);
        auto& backend = some.of("Reads");
        const QString reason = "The token lacks the permission \"Pages: edit\"";
        some.window->navigator().go(placeOfSite("shop", "settings"));
        QTRY_VERIFY(button(some, "Delete site…") != nullptr);
        backend.lack(Feature::siteUpload, reason);
        for (const char* text : {"Add a host…", "Delete site…", "Change the production branch"}) {
            QVERIFY2(button(some, text) != nullptr, text);
            QVERIFY2(!button(some, text)->isEnabled(), text);
            QCOMPARE(button(some, text)->toolTip(), reason);
        }
        some.window->navigator().go(placeOfWorker("orders-worker"));
        backend.lack(Feature::uploadScript, "The token lacks the permission \"Workers: edit\"");
        QAction* removal = nullptr;
        for (auto* action : some.window->findChildren<QAction*>())
            if (action->text() == "Delete Worker…") removal = action;
        QVERIFY(removal != nullptr);
        QVERIFY(!removal->isEnabled());
        QVERIFY(removal->toolTip().contains("Workers: edit"));
    }

    /// A tab of wrangler dev comes back, waits until it runs, and is connected then.
    void wranglerTabsComeBack() {
        FakeServer explorer;
        bool isRunning = false;
        explorer.handler = [&isRunning](const auto&) {
            return isRunning ? FakeServer::Answer{.body = FakeServer::success(
                                                      R"([{"name":"orders","isSelf":true,"bindings":{}}])")}
                             : FakeServer::Answer{.status = 404};
        };
        const int port = QUrl(QString::fromStdString(explorer.origin())).port();
        const QString id = QStringLiteral("wrangler-%1").arg(port);
        QSettings().setValue("window/tabs", QStringList{QString(localBackendId), id});
        QSettings().setValue("window/tab", id);
        QSettings().setValue("backends/wranglerPorts", QStringList{QString::number(port)});
        WindowOfSeveral some;
        some.findsWrangler = true;
        some.start();
        QCOMPARE(some.window->tabs().ids(), QStringList({QString(localBackendId), id}));
        QCOMPARE(some.window->workspace().spec().id, id);
        QTRY_VERIFY(button(some, "Look again") != nullptr);
        QVERIFY(some.window->backend() == nullptr);
        isRunning = true;
        QTest::mouseClick(button(some, "Look again"), Qt::LeftButton);
        QTRY_VERIFY(some.window->backend() != nullptr);
        QVERIFY(some.shown().startsWith("orders"));
    }

    /// One that runs is found: in the strip, and in the list of the backends. It goes when it ends.
    void wranglerIsFoundByItself() {
        FakeServer explorer;
        bool isRunning = true;
        explorer.handler = [&isRunning](const auto&) {
            return isRunning ? FakeServer::Answer{.body = FakeServer::success(
                                                      R"([{"name":"orders","isSelf":true,"bindings":{}}])")}
                             : FakeServer::Answer{.status = 404};
        };
        const int port = QUrl(QString::fromStdString(explorer.origin())).port();
        const QString id = QStringLiteral("wrangler-%1").arg(port);
        QSettings().setValue("backends/wranglerPorts", QStringList{QString::number(port)});
        WindowOfSeveral some;
        some.findsWrangler = true;
        some.start();
        auto& tabs = some.window->tabs();
        QTRY_VERIFY(tabs.foundIds().contains(id));
        QVERIFY(tabs.isVisible());
        QCOMPARE(tabs.ids(), QStringList{QString(localBackendId)});
        QVERIFY(some.press(Qt::Key_B, Qt::ControlModifier));
        QTRY_VERIFY(openDialog<BackendsDialog>("backendsDialog") != nullptr);
        auto* list = openDialog<BackendsDialog>("backendsDialog");
        const auto rowOf = [list](const QString& start) {
            for (int row = 0; row < list->list()->count(); ++row)
                if (list->list()->item(row)->text().startsWith(start)) return row;
            return -1;
        };
        QVERIFY(rowOf("orders") > 0);
        list->list()->setCurrentRow(rowOf("orders"));
        for (const char* text : {"Change…", "Remove…", "Move up", "Move down"})
            QVERIFY2(!visibleChild<QPushButton>(*list, text)->isEnabled(), text);
        isRunning = false;
        QTRY_VERIFY_WITH_TIMEOUT(rowOf("orders") < 0, 30'000);
        QTRY_VERIFY(!tabs.foundIds().contains(id));
        isRunning = true;
        QTRY_VERIFY_WITH_TIMEOUT(rowOf("orders") > 0, 30'000);
        list->list()->setCurrentRow(rowOf("orders"));
        QTest::mouseClick(visibleChild<QPushButton>(*list, "Open"), Qt::LeftButton);
        QTRY_COMPARE(tabs.ids(), QStringList({QString(localBackendId), id}));
        QVERIFY(!tabs.foundIds().contains(id));
        QVERIFY(some.shown().startsWith("orders"));
        // Closed, it is found again, and a click on it opens it.
        QVERIFY(some.press(Qt::Key_W, Qt::ControlModifier));
        QTRY_VERIFY(tabs.foundIds().contains(id));
        auto* found = visibleChild<BackendTab>(*some.window, "tab:" + id);
        QVERIFY(found != nullptr);
        QTest::mouseClick(found, Qt::LeftButton);
        QTRY_VERIFY(some.shown().startsWith("orders"));
    }

  private:
    OwnSettings settings_;
};

QTEST_MAIN(GatesTest)
#include "tst_gates.moc"
