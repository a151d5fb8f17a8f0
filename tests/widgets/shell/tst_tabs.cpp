#include "tests/widgets/shell/several_backends.h"
#include "widgets/action_dialog.h"
#include "widgets/backends/backend_dialog.h"
#include "widgets/backends/backends_dialog.h"
#include "widgets/backends/freshness_bar.h"
#include "widgets/between/promote_dialog.h"
#include "widgets/between/promote_form.h"
#include "widgets/command_palette.h"
#include "widgets/health_bar.h"
#include "widgets/instance_actions.h"
#include "widgets/instances_page.h"
#include "widgets/notice_bar.h"
#include "widgets/rail.h"
#include "widgets/settings_page.h"

#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMouseEvent>
#include <QPushButton>

using namespace stepwell;
using namespace stepwell::test;

namespace {

constexpr auto thisMachine = "This machine";

}  // namespace

/// Several backends open side by side.
class TabsTest : public QObject {
    Q_OBJECT
  private slots:
    void init() { QSettings().clear(); }

    /// It was started again on another port, and has no token that anybody could ask for.
    void aWranglerIsFollowedToAnotherPort() {
        WindowOfSeveral some;
        some.start();
        auto spec = specNamed("Dev", BackendKind::wranglerDev);
        spec.apiBase = "http://localhost:8787/cdn-cgi/explorer/api";
        some.open(spec);
        const QPointer<TellingBackend> before = &some.of("Dev");
        QVERIFY(some.press(Qt::Key_B, Qt::ControlModifier));
        QTRY_VERIFY(openDialog<BackendsDialog>("backendsDialog") != nullptr);
        auto* manager = openDialog<BackendsDialog>("backendsDialog");
        manager->list()->setCurrentRow(1);
        QTest::mouseClick(visibleChild<QPushButton>(*manager, "Change…"), Qt::LeftButton);
        QTRY_VERIFY(openDialog<BackendDialog>("backendDialog") != nullptr);
        auto* dialog = openDialog<BackendDialog>("backendDialog");
        auto* address = visibleChild<QLineEdit>(*dialog, "backendApi");
        address->selectAll();
        QTest::keyClicks(address, "http://localhost:8788/cdn-cgi/explorer/api");
        QVERIFY(dialog->verbButton()->isEnabled());
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_VERIFY(before.isNull());
        QVERIFY(some.made.at("Dev"));
        QVERIFY(some.window->workspace().spec().apiBase.contains(":8788"));
        manager->reject();
    }

    void tabsShowWhenThereIsMoreThanOne() {
        WindowOfSeveral some;
        some.start();
        QVERIFY(!some.window->tabs().isVisible());
        some.open(specNamed("Staging"));
        QVERIFY(some.window->tabs().isVisible());
        QCOMPARE(some.shown(), QString("Staging"));
        auto* first = some.window->tabs().tab(localBackendId);
        QTest::mouseClick(first, Qt::LeftButton, {}, QPoint(20, 15));
        QCOMPARE(some.shown(), QString(thisMachine));
        QVERIFY(some.press(Qt::Key_Tab, Qt::ControlModifier));
        QCOMPARE(some.shown(), QString("Staging"));
        QVERIFY(some.press(Qt::Key_1, Qt::AltModifier));
        QCOMPARE(some.shown(), QString(thisMachine));
        QVERIFY(some.window->windowTitle().contains("This machine"));
        auto* second = some.window->tabs().tab(some.window->tabs().ids().at(1));
        QTest::mouseClick(second, Qt::LeftButton, {}, QPoint(20, 15));
        QVERIFY(some.press(Qt::Key_W, Qt::ControlModifier));
        QCOMPARE(some.shown(), QString(thisMachine));
        QVERIFY(!some.window->tabs().isVisible());
        QVERIFY(some.press(Qt::Key_W, Qt::ControlModifier));  // the last one stays
        QCOMPARE(some.shown(), QString(thisMachine));
    }

    void eachTabKeepsItsPlace() {
        WindowOfSeveral some;
        some.start();
        some.window->navigator().go({"orders", {}});
        some.open(specNamed("Staging"));
        QCOMPARE(some.window->navigator().current(), Place{});
        some.window->navigator().go({"cart-reminder", {}});
        QVERIFY(some.press(Qt::Key_1, Qt::AltModifier));
        QCOMPARE(some.window->navigator().current(), (Place{"orders", {}}));
        QVERIFY(some.press(Qt::Key_2, Qt::AltModifier));
        QCOMPARE(some.window->navigator().current(), (Place{"cart-reminder", {}}));
    }

    void tabsComeBackWithoutSecrets() {
        const auto staging = specNamed("Staging");
        const auto other = specNamed("Other");
        {
            WindowOfSeveral some;
            some.start();
            some.open(staging);
            some.open(other);
            some.window->tabs().shift(other.id, -1);
            QVERIFY(some.press(Qt::Key_1, Qt::AltModifier));
        }
        QSettings settings;
        settings.sync();
        QFile file(settings.fileName());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains("token-of-"));
        WindowOfSeveral again;
        again.start();
        QCOMPARE(again.window->tabs().ids(), QStringList({localBackendId, other.id, staging.id}));
        QCOMPARE(again.shown(), QString(thisMachine));
        // No keychain holds its token: the tab says so and asks.
        QVERIFY(again.press(Qt::Key_2, Qt::AltModifier));
        QTRY_VERIFY(visibleChild<QPushButton>(*again.window, "Enter the token…") != nullptr);
        // It is what comes next, so it has the focus, and Enter does it.
        QTRY_COMPARE(again.window->focusWidget(),
                     visibleChild<QPushButton>(*again.window, "Enter the token…"));
        QTest::keyClick(again.window->focusWidget(), Qt::Key_Return);
        QTRY_VERIFY(openDialog<ActionDialog>("backendDialog") != nullptr);
        auto* dialog = openDialog<ActionDialog>("backendDialog");
        QTest::keyClicks(visibleChild<QLineEdit>(*dialog, "backendToken"), "typed");
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(again.tokens["Other"], QString("typed"));
        QTRY_VERIFY(again.window->backend() != nullptr);
    }

    void manyTabsLeaveTheNameInFrontWhole() {
        WindowOfSeveral some;
        some.start();
        some.window->resize(1024, 700);
        for (int i = 0; i < 15; ++i)
            some.open(specNamed(QStringLiteral("Customer portal %1").arg(i)));
        auto& tabs = some.window->tabs();
        const auto inFront = tabs.ids().back();
        QTRY_COMPARE(tabs.tab(inFront)->width(), tabs.tab(inFront)->sizeHint().width());
        for (const QString& id : tabs.ids()) {
            QVERIFY(tabs.rect().contains(tabs.tab(id)->geometry()));
            QVERIFY(tabs.tab(id)->width() >= 40);
        }
    }

    void whatADialogWaitsForIsAskedInFrontOfIt() {
        WindowOfSeveral some;
        some.start();
        const auto staging = specNamed("Staging");
        some.window->backends().add(staging);
        auto& workspace = some.window->workspace();
        const auto peers = [&] { return std::vector<Peer>{{staging.name, nullptr, false, staging.id}}; };
        auto* dialog = new PromoteDialog(*some.window->backend(), {between::PromotionKind::script, "shop"},
                                         peers, &workspace);
        QObject::connect(dialog, &PromoteDialog::openRequested, &workspace, &Workspace::backendRequested);
        dialog->open();
        auto& button = dialog->form().openTarget();
        QVERIFY(!button.isVisible());
        QTest::keyClick(&dialog->form().targets(), Qt::Key_End);
        QTRY_VERIFY(openDialog<ActionDialog>("backendDialog") != nullptr);
        QCOMPARE(openDialog<ActionDialog>("backendDialog")->parentWidget(), dialog);
        QTest::keyClick(openDialog<ActionDialog>("backendDialog"), Qt::Key_Escape);
        QTRY_VERIFY(openDialog<ActionDialog>("backendDialog") == nullptr);
        QVERIFY(button.isVisible());
        QTest::mouseClick(&button, Qt::LeftButton);
        QTRY_VERIFY(openDialog<ActionDialog>("backendDialog") != nullptr);
        auto* asked = openDialog<ActionDialog>("backendDialog");
        QTest::keyClicks(visibleChild<QLineEdit>(*asked, "backendToken"), "typed");
        QTest::mouseClick(asked->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(some.tokens["Staging"], QString("typed"));
        QVERIFY(dialog->isVisible());
        QCOMPARE(some.shown(), QString(thisMachine));
    }

    void draggedTabsStayWhereTheyWerePut() {
        WindowOfSeveral some;
        some.start();
        const auto staging = specNamed("Staging");
        some.open(staging);
        auto* tab = some.window->tabs().tab(localBackendId);
        QTest::mousePress(tab, Qt::LeftButton, {}, QPoint(20, 15));
        for (int step = 1; step <= 12; ++step) {
            const QPoint at(20 + 20, 15);  // of the tab, which follows
            QMouseEvent moved(QEvent::MouseMove, at, tab->mapToGlobal(at), Qt::NoButton, Qt::LeftButton, {});
            QApplication::sendEvent(tab, &moved);
        }
        QTest::mouseRelease(tab, Qt::LeftButton, {}, QPoint(20, 15));
        QCOMPARE(some.window->tabs().ids(), QStringList({staging.id, localBackendId}));
        QCOMPARE(QSettings().value("window/tabs").toStringList(), some.window->tabs().ids());
    }

    void closingATabWithADraftAsks() {
        WindowOfSeveral some;
        some.start();
        some.open(specNamed("Staging"));
        some.window->navigator().go({"orders", {}, "settings"});
        auto* page = some.window->workspace().findChild<SettingsPage*>();
        auto& place = some.window->workspace();
        QTRY_VERIFY(visibleChild<QLineEdit>(place, "Instances at once") != nullptr);
        QTRY_VERIFY(page->entered().has_value() && !page->hasUnsaved());
        visibleChild<QLineEdit>(place, "Instances at once")->setText("10");
        QTRY_VERIFY(page->hasUnsaved());
        QVERIFY(some.press(Qt::Key_W, Qt::ControlModifier));
        QTRY_VERIFY(openDialog<ActionDialog>("unsavedDialog") != nullptr);
        QCOMPARE(some.window->tabs().ids().size(), 2);
        openDialog<ActionDialog>("unsavedDialog")->reject();
        QTRY_VERIFY(openDialog<ActionDialog>("unsavedDialog") == nullptr);
        QVERIFY(page->hasUnsaved());
        QVERIFY(some.press(Qt::Key_W, Qt::ControlModifier));
        QTRY_VERIFY(openDialog<ActionDialog>("unsavedDialog") != nullptr);
        QTest::mouseClick(visibleChild<QPushButton>(*openDialog<ActionDialog>("unsavedDialog"), "Discard"),
                          Qt::LeftButton);
        QTRY_COMPARE(some.window->tabs().ids().size(), 1);
    }

    void productionAsksForItsName() {
        WindowOfSeveral some;
        some.start();
        auto* band = some.window->findChild<QWidget*>("productionBand");
        QVERIFY(!band->isVisible());
        some.open(specNamed("Acme", BackendKind::cloudflare));
        QVERIFY(band->isVisible());
        auto& backend = some.of("Acme");
        some.window->navigator().go({"orders", {}});
        auto& verbs = some.window->workspace().findChild<InstancesPage*>()->verbs();
        verbs.setTarget("orders", "order-1", api::Status::running);
        verbs.action(InstanceVerb::terminate)->trigger();
        QTRY_VERIFY(openDialog<ActionDialog>("confirmDialog") != nullptr);
        auto* dialog = openDialog<ActionDialog>("confirmDialog");
        auto* name = visibleChild<QLineEdit>(*dialog, "productionName");
        QVERIFY(name != nullptr);
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QCOMPARE(dialog->isVisible(), true);
        QCOMPARE(dialog->focusWidget(), name);
        QTest::keyClicks(name, "Acm");
        QTest::keyClick(name, Qt::Key_Return);
        QCOMPARE(backend.callsStartingWith("changeStatus"), 0);
        QTest::keyClicks(name, "e");
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(backend.callsStartingWith("changeStatus"), 1);
        // This machine is nobody's production.
        QVERIFY(some.press(Qt::Key_1, Qt::AltModifier));
        QVERIFY(!band->isVisible());
        some.window->navigator().go({"orders", {}});
        auto& mine = some.window->workspace().findChild<InstancesPage*>()->verbs();
        mine.setTarget("orders", "order-1", api::Status::running);
        mine.action(InstanceVerb::terminate)->trigger();
        QTRY_VERIFY(openDialog<ActionDialog>("confirmDialog") != nullptr);
        QVERIFY(visibleChild<QLineEdit>(*openDialog<ActionDialog>("confirmDialog"), "productionName") ==
                nullptr);
        openDialog<ActionDialog>("confirmDialog")->reject();
    }

    void whatABackendLacksIsDisabledWithTheReason() {
        WindowOfSeveral some;
        some.start();
        auto& backend = some.of(thisMachine);
        const QString reason = "wrangler dev has no sites";
        auto* entry = some.window->findChild<RailEntry*>("sites");
        QVERIFY(entry->isEnabled());
        backend.lack(Feature::sites, reason);
        backend.lack(Feature::triggerInstance, "The token lacks the permission “Workflows: edit”");
        QVERIFY(!entry->isEnabled());
        QCOMPARE(entry->toolTip(), reason);
        auto* trigger = some.action("Trigger a workflow…");
        QVERIFY(!trigger->isEnabled());
        trigger->setEnabled(true);  // whoever enables it
        QVERIFY(!trigger->isEnabled());
        QVERIFY(trigger->toolTip().contains("Workflows: edit"));
        backend.gain(Feature::sites);
        backend.gain(Feature::triggerInstance);
        QVERIFY(entry->isEnabled());
        QVERIFY(trigger->isEnabled());
        QVERIFY(!entry->toolTip().contains("wrangler"));
    }

    void staleDataSaysHowOldItIs() {
        WindowOfSeveral some;
        some.start();
        auto& backend = some.of(thisMachine);
        auto* bar = some.window->findChild<FreshnessBar*>();
        QVERIFY(!bar->isVisible());
        backend.fresh = {api::Time(std::chrono::milliseconds(1'700'000'000'000)), "127.0.0.1 did not answer"};
        emit backend.freshnessChanged();
        QTRY_VERIFY(bar->isVisible());
        QVERIFY(bar->text().contains("Not connected to This machine"));
        QVERIFY(bar->text().contains("was read at"));
        const int before = backend.callsStartingWith("workflows");
        QTest::mouseClick(bar->retryButton(), Qt::LeftButton);
        QTRY_VERIFY(backend.callsStartingWith("workflows") > before);
        backend.fresh = {};
        emit backend.freshnessChanged();
        QTRY_VERIFY(!bar->isVisible());
    }

    void unreachableIsSaidOverThePageToo() {
        WindowOfSeveral some;
        some.start();
        some.of(thisMachine).failWith("", {0, api::code::transport, "gone"});
        some.window->findChild<HealthBar*>()->refresh();
        auto* bar = some.window->findChild<FreshnessBar*>();
        QTRY_VERIFY(bar->isVisible());
        QVERIFY(bar->text().contains("since"));
        some.of(thisMachine).succeed();
        QTRY_VERIFY_WITH_TIMEOUT(!bar->isVisible(), 10'000);
    }

    void budgetsAreToldAndWarnWhenFewAreLeft() {
        WindowOfSeveral some;
        some.start();
        auto& backend = some.of(thisMachine);
        auto* health = some.window->findChild<HealthBar*>();
        QVERIFY(health->budgetText().isEmpty());
        backend.counted = {{"REST", 100, 1200, std::chrono::seconds(300)},
                           {"GraphQL", 10, 300, std::chrono::seconds(300)}};
        emit backend.budgetsChanged();
        QCOMPARE(health->budgetText(), QString("REST: 1,100 of 1,200 requests left"));
        auto* label = health->findChild<QLabel*>("requestBudget");
        QCOMPARE(label->property("kind").toString(), QString("small"));
        QVERIFY(label->toolTip().contains("GraphQL: 10 of 300"));
        backend.counted[1].used = 280;
        emit backend.budgetsChanged();
        QCOMPARE(health->budgetText(), QString("GraphQL: 20 of 300 requests left"));
        QCOMPARE(label->property("kind").toString(), QString("error"));
    }

    void paletteFindsThingsOfOtherBackends() {
        WindowOfSeveral some;
        some.start();
        some.open(specNamed("Staging"));
        api::Workflow only;
        only.name = "only-on-staging";
        some.of("Staging").workflowList.push_back(only);
        QVERIFY(some.press(Qt::Key_1, Qt::AltModifier));
        QVERIFY(some.press(Qt::Key_K, Qt::ControlModifier));
        auto* palette = some.window->findChild<CommandPalette*>();
        QTRY_VERIFY(palette->isVisible());
        QTest::keyClicks(palette->field(), "only-on");
        QTRY_VERIFY(palette->count() > 0 && palette->textOf(0) == "only-on-staging");
        QTest::keyClick(palette->field(), Qt::Key_Return);
        QCOMPARE(some.shown(), QString("Staging"));
        QCOMPARE(some.window->navigator().current(), (Place{"only-on-staging", {}}));
    }

    void linksNameTheirBackend() {
        WindowOfSeveral some;
        some.start();
        const auto staging = specNamed("Staging");
        some.open(staging);
        some.window->navigator().go({"orders", {}});
        QVERIFY(some.press(Qt::Key_L, Qt::ControlModifier));
        const QString link = QApplication::clipboard()->text();
        QVERIFY(link.startsWith("stepwell://" + staging.id + "/workflows/orders"));
        QVERIFY(!link.contains("token"));
        some.window->navigator().go({});
        QVERIFY(some.press(Qt::Key_1, Qt::AltModifier));
        QVERIFY(some.press(Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier));
        QCOMPARE(some.shown(), QString("Staging"));
        QCOMPARE(some.window->navigator().current(), (Place{"orders", {}}));
        // Somebody else's id for the same account at the same address.
        QString theirs = link;
        theirs.replace(staging.id, "another-id");
        some.window->navigator().go({});
        QVERIFY(some.window->openLink(theirs));
        QCOMPARE(some.window->navigator().current(), (Place{"orders", {}}));
        QCOMPARE(some.window->tabs().ids().size(), 2);
    }

    void aLinkToAnUnknownBackendOffersToAddIt() {
        WindowOfSeveral some;
        some.start();
        QVERIFY(
            some.window->openLink("stepwell://far/workflows/orders#kind=stepwell&name=Far&api=https%3A%2F%2F"
                                  "far.example%2Fclient%2Fv4&account=acme"));
        QTRY_VERIFY(openDialog<ActionDialog>("unknownBackend") != nullptr);
        QTest::mouseClick(openDialog<ActionDialog>("unknownBackend")->verbButton(), Qt::LeftButton);
        QTRY_VERIFY(openDialog<ActionDialog>("backendDialog") != nullptr);
        auto* dialog = openDialog<ActionDialog>("backendDialog");
        QCOMPARE(visibleChild<QLineEdit>(*dialog, "backendApi")->text(),
                 QString("https://far.example/client/v4"));
        QTest::keyClicks(visibleChild<QLineEdit>(*dialog, "backendToken"), "secret");
        QTRY_VERIFY(dialog->verbButton()->isEnabled());
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(some.shown(), QString("Far"));
        QCOMPARE(some.window->navigator().current(), (Place{"orders", {}}));
        QVERIFY(!some.window->openLink("https://example.org"));
    }

    void aLinkThatDoesNotSayWhereItLeadsIsNotPassedOver() {
        WindowOfSeveral some;
        some.start();
        QVERIFY(some.window->openLink("stepwell://f4r/workflows/orders/instances/one"));
        QTRY_VERIFY(openDialog<ActionDialog>("unknownBackend") != nullptr);
        QString said;
        for (const auto* label : openDialog<ActionDialog>("unknownBackend")->findChildren<QLabel*>())
            said += label->text();
        QVERIFY2(said.contains("f4r") && said.contains("workflows/orders/instances/one"), qPrintable(said));
        QTest::mouseClick(openDialog<ActionDialog>("unknownBackend")->verbButton(), Qt::LeftButton);
        QTRY_VERIFY(openDialog<ActionDialog>("backendDialog") != nullptr);
        auto* dialog = openDialog<ActionDialog>("backendDialog");
        QTest::keyClicks(visibleChild<QLineEdit>(*dialog, "backendName"), "Far");
        QTest::keyClicks(visibleChild<QLineEdit>(*dialog, "backendApi"), "https://far.example/client/v4");
        QTest::keyClicks(visibleChild<QLineEdit>(*dialog, "backendToken"), "secret");
        auto* account = dialog->findChild<QComboBox*>("backendAccount");
        account->setEditText("acme");
        QTRY_VERIFY(dialog->verbButton()->isEnabled());
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(some.shown(), QString("Far"));
        QCOMPARE(some.window->navigator().current(), (Place{"orders", "one"}));
    }

  private:
    OwnSettings settings_;
};

QTEST_MAIN(TabsTest)
#include "tst_tabs.moc"
