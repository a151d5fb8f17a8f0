#include "tests/widgets/shell/shell_test.h"
#include "widgets/action_dialog.h"
#include "widgets/controls.h"
#include "widgets/empty_state.h"
#include "widgets/sites/compare_dialog.h"
#include "widgets/sites/deployment_page.h"
#include "widgets/sites/site_deletion.h"
#include "widgets/sites/site_deployments.h"
#include "widgets/sites/site_page.h"
#include "widgets/sites/site_requests.h"
#include "widgets/sites/site_tester.h"
#include "widgets/sites/sites_page.h"
#include "widgets/table_view.h"

#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTreeView>

using namespace stepwell;
using namespace stepwell::test;

namespace {

template <class T>
T* shownPage(ShownWindow& shown) {
    for (auto* page : shown.window.findChildren<T*>())
        if (page->isVisible()) return page;
    return nullptr;
}

void openSite(ShownWindow& shown, const QString& section = {}) {
    shown.window.navigator().go(placeOfSite("shop", section));
    QTRY_VERIFY(shownPage<SitePage>(shown) != nullptr);
    QTRY_VERIFY(shownPage<SitePage>(shown)->deployments().model().rowCount() > 0);
}

QString idAt(int row) {
    return QString::fromStdString(sample::siteDeploymentAt(row, 40).id);
}

DeploymentPage* openDeployment(ShownWindow& shown, const QString& section = {}, int row = 0) {
    shown.window.navigator().go(placeOfDeployment("shop", idAt(row), section));
    return shownPage<DeploymentPage>(shown);
}

QPushButton* button(ShownWindow& shown, const QString& name) {
    return visibleChild<QPushButton>(shown.window, name);
}

bool says(QWidget& in, const QString& text) {
    for (auto* label : in.findChildren<QLabel*>())
        if (label->isVisible() && label->text().contains(text)) return true;
    return false;
}

QAction* actionOf(SiteDeployments& deployments, const QString& text) {
    for (auto* action : deployments.actions())
        if (action->text().startsWith(text)) return action;
    return nullptr;
}

/// Ctrl and a click on each, like a person who picks several.
void pick(TableView& table, const QList<int>& rows) {
    table.clearSelection();
    for (const int row : rows)
        QTest::mouseClick(table.viewport(), Qt::LeftButton, Qt::ControlModifier,
                          table.visualRect(table.model()->index(row, 1)).center());
}

}  // namespace

/// Sites as a person meets them: their list, a site, a deployment, and what can be done to them.
class SitesTest : public QObject {
    Q_OBJECT
  private slots:
    void init() { QSettings().clear(); }
    void cleanup() {
        for (auto* widget : QApplication::topLevelWidgets())
            if (auto* dialog = qobject_cast<QDialog*>(widget)) delete dialog;
    }

    void placesRoundTrip() {
        for (const auto& place : {placeOfSite(), placeOfSite("a b"), placeOfSite("shop", "settings"),
                                  placeOfDeployment("shop", "1/2"), placeOfDeployment("shop", "12", "rules"),
                                  placeOfDeployment("shop", "12", "test")})
            QCOMPARE(placeFrom(linkOf(place)), std::optional(place));
        QVERIFY(!placeFrom("stepwell://sites/shop/logs"));
        QVERIFY(!placeFrom("stepwell://sites/shop/deployments/1/other"));
        QVERIFY(!placeFrom("stepwell://sitesX"));
        Navigator navigator;
        navigator.go(placeOfDeployment("shop", "12", "rules"));
        for (const auto& above : {placeOfDeployment("shop", "12"), placeOfSite("shop"), placeOfSite()}) {
            navigator.up();
            QCOMPARE(navigator.current(), above);
        }
    }

    void theRailLeadsToTheListAndOn() {
        ShownWindow shown;
        QTest::mouseClick(visibleChild<QAbstractButton>(shown.window, "sites"), Qt::LeftButton);
        auto* page = shownPage<SitesPage>(shown);
        QVERIFY(page != nullptr);
        QTRY_COMPARE(page->model().rowCount(), 2);
        page->table().setCurrentIndex(page->model().index(page->model().rowOf("shop"), 0));
        QTest::keyClick(&page->table(), Qt::Key_Return);
        QTRY_VERIFY(shownPage<SitePage>(shown) != nullptr);
        QCOMPARE(shown.window.navigator().current(), placeOfSite("shop"));
        auto& deployments = shownPage<SitePage>(shown)->deployments();
        QTRY_COMPARE(deployments.model().rowCount(), 40);
        deployments.table().setCurrentIndex(deployments.model().index(0, 0));
        QTest::keyClick(&deployments.table(), Qt::Key_Return);
        QTRY_VERIFY(shownPage<DeploymentPage>(shown) != nullptr);
        QCOMPARE(shown.window.navigator().current(), placeOfDeployment("shop", idAt(0)));
        QTest::keyClick(shownPage<DeploymentPage>(shown), Qt::Key_Escape);
        QCOMPARE(shown.window.navigator().current(), placeOfSite("shop"));
    }

    void noSitesTellsHowToStart() {
        ShownWindow shown([](FakeBackend& backend) { backend.siteProjectList.clear(); });
        shown.window.navigator().go(placeOfSite());
        QTRY_VERIFY(visibleChild<EmptyState>(shown.window, "No sites yet") != nullptr);
        QVERIFY(says(shown.window, "wrangler pages deploy"));
        shown.backend->failWith("siteProjects", {403, api::code::authentication, "forbidden"});
        QTest::keyClick(&shown.window, Qt::Key_F5);
        QTRY_VERIFY(says(shown.window, "may not be read with this token"));
    }

    void filtersByWhatIsTyped() {
        ShownWindow shown;
        openSite(shown);
        auto& deployments = shownPage<SitePage>(shown)->deployments();
        QTest::mouseClick(visibleChild<QAbstractButton>(deployments, "Previews"), Qt::LeftButton);
        QTRY_COMPARE(deployments.model().rowCount(), 27);
        QTest::keyClicks(deployments.search(), "00000039");
        QTRY_COMPARE(deployments.model().rowCount(), 1);
        QTest::keyClicks(deployments.search(), "x");
        QTRY_VERIFY(visibleChild<EmptyState>(deployments, "No deployment matches the filter") != nullptr);
        QTest::mouseClick(visibleChild<QPushButton>(deployments, "Clear the filter"), Qt::LeftButton);
        QTRY_COMPARE(deployments.model().rowCount(), 40);
        QVERIFY(deployments.search()->text().isEmpty());
    }

    void comparesTwoThatArePicked() {
        ShownWindow shown;
        openSite(shown);
        auto& deployments = shownPage<SitePage>(shown)->deployments();
        QVERIFY(!button(shown, "Compare")->isEnabled());
        pick(deployments.table(), {1, 2});
        QTRY_VERIFY(button(shown, "Compare")->isEnabled());
        QTest::mouseClick(button(shown, "Compare"), Qt::LeftButton);
        QTRY_VERIFY(openDialog<CompareDialog>("compareDialog") != nullptr);
        auto* dialog = openDialog<CompareDialog>("compareDialog");
        QTRY_VERIFY(dialog->difference() != nullptr);
        // From the older one to the newer one.
        QVERIFY(dialog->model().rowCount() == 4);
        QVERIFY(says(*dialog, "6 the same"));
        QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_VERIFY(openDialog<CompareDialog>("compareDialog") == nullptr);
    }

    void rollsBackWithTheDifferenceShownFirst() {
        ShownWindow shown;
        openSite(shown);
        auto& deployments = shownPage<SitePage>(shown)->deployments();
        pick(deployments.table(), {2});
        QVERIFY(!actionOf(deployments, "Roll back")->isEnabled());  // it is live
        pick(deployments.table(), {1});
        QVERIFY(!actionOf(deployments, "Roll back")->isEnabled());  // a preview
        pick(deployments.table(), {5});
        actionOf(deployments, "Roll back")->trigger();
        QTRY_VERIFY(openDialog<CompareDialog>("compareDialog") != nullptr);
        auto* dialog = openDialog<CompareDialog>("compareDialog");
        QTRY_VERIFY(dialog->difference() != nullptr);
        QCOMPARE(dialog->model().rowCount(), 4);
        QCOMPARE(shown.backend->callsStartingWith("rollBackSite"), 0);
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(shown.backend->callsStartingWith("rollBackSite shop " + idAt(5)), 1);
        QTRY_VERIFY(deployments.model().at(5)->live.value_or(false));
        QTRY_VERIFY(says(shown.window, "shop shows 00000035 now"));
    }

    void deletesManyButTheProtected() {
        ShownWindow shown;
        openSite(shown);
        auto& deployments = shownPage<SitePage>(shown)->deployments();
        pick(deployments.table(), {0, 1, 2, 4});
        QTest::mouseClick(button(shown, "Delete 4…"), Qt::LeftButton);
        QTRY_VERIFY(openDialog<SiteDeletionDialog>("siteDeletionDialog") != nullptr);
        auto* dialog = openDialog<SiteDeletionDialog>("siteDeletionDialog");
        QVERIFY(says(*dialog, "2 deployments are deleted"));
        QVERIFY(says(*dialog, "2 are protected"));
        auto* newest = dialog->findChild<QCheckBox*>();
        QTest::mouseClick(newest, Qt::LeftButton, {}, QPoint(8, newest->height() / 2));
        QTRY_VERIFY(says(*dialog, "3 deployments are deleted"));
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(shown.backend->callsStartingWith("deleteSiteDeployment"), 3);
        QCOMPARE(shown.backend->callsStartingWith("deleteSiteDeployment shop " + idAt(2)), 0);
        QCOMPARE(shown.backend->callsStartingWith("deleteSiteDeployment shop " + idAt(1) + " force"), 1);
        QTRY_COMPARE(deployments.model().rowCount(), 37);
    }

    void theDeleteKeyAsksFirst() {
        ShownWindow shown;
        openSite(shown);
        auto& deployments = shownPage<SitePage>(shown)->deployments();
        QTest::keyClick(&deployments.table(), Qt::Key_Delete);  // nothing is chosen
        pick(deployments.table(), {2, 5});
        deployments.search()->setFocus();
        QTest::keyClick(deployments.search(), Qt::Key_Delete);  // there it is for letters
        QVERIFY(openDialog<SiteDeletionDialog>("siteDeletionDialog") == nullptr);
        deployments.table().setFocus();
        QTest::keyClick(&deployments.table(), Qt::Key_Delete);
        QTRY_VERIFY(openDialog<SiteDeletionDialog>("siteDeletionDialog") != nullptr);
        auto* dialog = openDialog<SiteDeletionDialog>("siteDeletionDialog");
        QCOMPARE(dialog->model().kind(0), SiteDeletionModel::Kind::live);
        QCOMPARE(shown.backend->callsStartingWith("deleteSiteDeployment"), 0);
        QTest::keyClick(dialog, Qt::Key_Escape);
        QCOMPARE(shown.backend->callsStartingWith("deleteSiteDeployment"), 0);
    }

    void whatTheEngineRefusesIsMarkedBeforehand() {
        // After a rollback: the newest of main is not the one that is live.
        auto newest = sample::siteDeploymentAt(0, 3);
        auto before = sample::siteDeploymentAt(1, 3);
        auto live = sample::siteDeploymentAt(2, 3);
        newest.aliases.clear();
        newest.live = before.live = false;
        newest.newestOfBranch = true;
        before.newestOfBranch = live.newestOfBranch = false;
        SiteDeletionModel model({newest, before, live});
        const auto outcome = [&](int row) {
            return model.index(row, SiteDeletionModel::Outcome).data().toString();
        };
        QCOMPARE(outcome(0), "stays: it is the newest of its branch");
        QCOMPARE(outcome(1), "is deleted");  // its alias is no longer its own
        QCOMPARE(outcome(2), "stays: it is live");
        QCOMPARE(model.wanted(), std::vector<int>{1});
        model.setTakesNewest(true);
        QCOMPARE(outcome(0), "is deleted");
        QCOMPARE(model.wanted(), (std::vector<int>{0, 1}));
    }

    void theNewestOfABranchGoesLast() {
        ShownWindow shown;
        openSite(shown);
        auto& deployments = shownPage<SitePage>(shown)->deployments();
        pick(deployments.table(), {1, 4});  // of one branch
        QTest::mouseClick(button(shown, "Delete 2…"), Qt::LeftButton);
        QTRY_VERIFY(openDialog<SiteDeletionDialog>("siteDeletionDialog") != nullptr);
        auto* dialog = openDialog<SiteDeletionDialog>("siteDeletionDialog");
        dialog->findChild<QCheckBox*>()->setChecked(true);
        const QString first = idAt(1);
        const QString second = idAt(4);
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(shown.backend->callsStartingWith("deleteSiteDeployment"), 2);
        const auto& calls = shown.backend->calls;
        QVERIFY(calls.indexOf("deleteSiteDeployment shop " + second) <
                calls.indexOf("deleteSiteDeployment shop " + first + " force"));
    }

    void aRefusedDeletionSaysWhy() {
        ShownWindow shown;
        openSite(shown);
        shown.backend->failWith("deleteSiteDeployment", {400, 8000035, "It is the latest of main."});
        auto& deployments = shownPage<SitePage>(shown)->deployments();
        pick(deployments.table(), {5});
        QTest::mouseClick(button(shown, "Delete…"), Qt::LeftButton);
        QTRY_VERIFY(openDialog<SiteDeletionDialog>("siteDeletionDialog") != nullptr);
        auto* dialog = openDialog<SiteDeletionDialog>("siteDeletionDialog");
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_VERIFY(says(*dialog, "1 refused"));
        QCOMPARE(dialog->model().index(0, SiteDeletionModel::Outcome).data().toString(),
                 QString("It is the latest of main."));
    }

    void setsVariablesAndHosts() {
        ShownWindow shown;
        openSite(shown, "settings");
        QTRY_VERIFY(says(shown.window, "https://api.example.com"));
        QTRY_VERIFY(says(shown.window, "www.example.com"));
        const auto actions = shownPage<SitePage>(shown)->pageActions();
        const auto add = std::find_if(actions.begin(), actions.end(), [](const QAction* action) {
            return action->text().startsWith("Add a variable");
        });
        QVERIFY(add != actions.end());
        (*add)->trigger();
        QTRY_VERIFY(openDialog<ActionDialog>("siteVariableDialog") != nullptr);
        auto* dialog = openDialog<ActionDialog>("siteVariableDialog");
        auto* name = visibleChild<QLineEdit>(*dialog, "Name");
        QTest::keyClicks(name, "1x");
        QTRY_VERIFY(says(*dialog, "not starting with a digit"));
        QVERIFY(!dialog->verbButton()->isEnabled());
        name->clear();
        QTest::keyClicks(name, "KEY");
        QTest::keyClicks(visibleChild<QLineEdit>(*dialog, "Text"), "value");
        QTest::mouseClick(dialog->findChild<QCheckBox*>(), Qt::LeftButton, {}, QPoint(8, 8));
        QCOMPARE(visibleChild<QLineEdit>(*dialog, "Text")->echoMode(), QLineEdit::Password);
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        QTRY_COMPARE(shown.backend->siteChanges.size(), std::size_t{1});
        QCOMPARE(shown.backend->siteChanges[0].production.set.front(),
                 (api::SiteVariable{"KEY", "value", true}));
        QTRY_VERIFY(says(shown.window, "KEY"));
        QVERIFY(!says(shown.window, "value"));
        QTest::mouseClick(button(shown, "Delete API_URL of production"), Qt::LeftButton);
        QTRY_VERIFY(button(shown, "Delete variable") != nullptr);
        QTest::mouseClick(button(shown, "Delete variable"), Qt::LeftButton);
        QTRY_COMPARE(shown.backend->siteChanges.size(), std::size_t{2});
        QCOMPARE(shown.backend->siteChanges[1].production.removed, std::vector<std::string>{"API_URL"});
    }

    void showsWhatADeploymentHolds() {
        ShownWindow shown;
        auto* page = openDeployment(shown, {}, 2);
        QTRY_COMPARE(page->files().shownCount(), 9);
        QTRY_VERIFY(says(*page, "9 files"));
        QVERIFY(says(*page, "Live"));
        auto* find = visibleChild<QLineEdit>(*page, "Find a file");
        QTest::keyClicks(find, "team");
        QTRY_COMPARE(page->files().shownCount(), 1);
        QVERIFY(page->tree().isExpanded(page->files().index(0, 0)));
        QTest::mouseClick(button(shown, "Rules"), Qt::LeftButton);
        QTRY_VERIFY(says(*page, "/posts/:slug"));
        QVERIFY(says(*page, "A rule needs a source and a target."));
        QVERIFY(says(*page, "max-age=31536000"));
        QTest::mouseClick(button(shown, "Details"), Qt::LeftButton);
        QTRY_VERIFY(says(*page, "Prices with two digits"));
        QCOMPARE(shown.window.navigator().current(), placeOfDeployment("shop", idAt(2), "details"));
    }

    void explainsAUrlAndMarksWhatDiffersLive() {
        ShownWindow shown;
        auto* page = openDeployment(shown, "test");
        const std::string url = "http://00000040.shop.localhost:8790/about";
        api::SiteExplanation told;
        told.url = url;
        told.status = 200;
        told.headers = {{"Content-Type", "text/html; charset=utf-8"}, {"X-A", "1"}};
        told.file = api::SiteFile{"/about.html", 12, "text/html", "k"};
        told.steps = {"No rule of _redirects matches /about", "/about.html answers"};
        shown.backend->siteExplanations["/about"] = told;
        shown.backend->siteResponses[url] = {
            200, {{"content-type", "text/html; charset=utf-8"}, {"Date", "x"}}, 12};
        auto* field = page->tester().field();
        QTRY_VERIFY(field->isVisible());
        field->selectAll();
        QTest::keyClicks(field, "/about");
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY(page->tester().verdict().contains("/about.html"));
        QVERIFY(page->tester().steps().contains("No rule of _redirects"));
        QCOMPARE(shown.backend->callsStartingWith("visitSite"), 0);
        QCOMPARE(page->tester().headers().rowCount(), 2);
        QTRY_VERIFY(says(*page, "00000040"));
        QTest::mouseClick(button(shown, "Compare with live"), Qt::LeftButton);
        QTRY_COMPARE(shown.backend->callsStartingWith("visitSite " + QString::fromStdString(url)), 1);
        QTRY_VERIFY(says(*page, "Live it answered 200 too"));
        const auto& headers = page->tester().headers();
        QCOMPARE(headers.index(0, TestedHeadersModel::Live).data().toString(),
                 QString("text/html; charset=utf-8"));
        QVERIFY(!headers.index(0, 0).data(TestedHeadersModel::DiffersRole).toBool());
        QVERIFY(headers.index(1, 0).data(TestedHeadersModel::DiffersRole).toBool());
    }

    void requestsComeAsTheyAreMade() {
        ShownWindow shown;
        auto* page = openDeployment(shown, "requests");
        auto& requests = page->requests();
        QTRY_COMPARE(requests.model().rowCount(), 5);
        QVERIFY(says(*page, "4,812 since the engine started"));
        QCOMPARE(requests.model().index(0, SiteRequestsModel::Path).data().toString(), "/favicon.ico");
        auto& list = shown.backend->siteRequestLists[idAt(0).toStdString()];
        list.rows.push_back(list.rows.front());
        list.rows.back().id = ++list.total;
        list.rows.back().url += "just-now";
        QTRY_COMPARE(requests.model().index(0, SiteRequestsModel::Path).data().toString(), "/just-now");
        QTest::mouseClick(requests.chip(SiteRequestsModel::Kind::failed), Qt::LeftButton);
        QTRY_COMPARE(requests.model().rowCount(), 1);
        requests.table().selectRow(0);
        QTRY_VERIFY(requests.exceptions()->isVisible());
        QVERIFY(requests.exceptions()->toPlainText().contains("functions/api/pay.ts:12:31"));
        QTest::keyClicks(requests.search(), "nowhere");
        QTRY_VERIFY(button(shown, "Clear the filter") != nullptr);
        QVERIFY(!requests.exceptions()->isVisible());
        QTest::mouseClick(button(shown, "Clear the filter"), Qt::LeftButton);
        QTRY_COMPARE(requests.model().rowCount(), 6);
        // The log is memory of the engine: one that starts anew counts from the beginning.
        list.rows.resize(1);
        list.rows.front().id = 0;
        list.total = 1;
        QTRY_COMPARE(requests.model().rowCount(), 1);
    }

    void aDeploymentThatIsGoneSaysSo() {
        ShownWindow shown;
        shown.window.navigator().go(placeOfDeployment("shop", "deadbeef-1"));
        QTRY_VERIFY(visibleChild<EmptyState>(shown.window, "There is no deployment deadbeef") != nullptr);
        QTest::mouseClick(button(shown, "All deployments"), Qt::LeftButton);
        QCOMPARE(shown.window.navigator().current(), placeOfSite("shop"));
    }

    void deletesASite() {
        ShownWindow shown;
        openSite(shown, "settings");
        QTRY_VERIFY(button(shown, "Delete site…") != nullptr);
        QTest::mouseClick(button(shown, "Delete site…"), Qt::LeftButton);
        QTRY_VERIFY(button(shown, "Delete site") != nullptr);
        QVERIFY(says(shown.window, "All its 40 deployments go with it"));
        QTest::mouseClick(button(shown, "Delete site"), Qt::LeftButton);
        QTRY_COMPARE(shown.window.navigator().current(), placeOfSite());
        QTRY_COMPARE(shownPage<SitesPage>(shown)->model().rowCount(), 1);
    }

    void namesStayWholeInASmallWindow() {
        ShownWindow shown;
        shown.window.resize(1024, 700);
        shown.window.navigator().go(placeOfSite());
        auto* page = shownPage<SitesPage>(shown);
        QTRY_COMPARE(page->model().rowCount(), 2);
        const QFontMetrics metrics(Theme::get().cardTitle());
        constexpr int padding = 24;
        QTRY_VERIFY(page->table().columnWidth(SitesModel::Name) >=
                    metrics.horizontalAdvance("landing-page-of-the-spring-campaign") + padding);
    }

  private:
    OwnSettings settings_;
};

QTEST_MAIN(SitesTest)
#include "tst_sites.moc"
