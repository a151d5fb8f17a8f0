#include "tests/contract/support/contract_window.h"
#include "tests/contract/support/heartbeat.h"
#include "widgets/controls.h"
#include "widgets/empty_state.h"

#include <QApplication>
#include <QLabel>
#include <QTemporaryDir>
#include <QtTest>

using namespace stepwell;
using namespace stepwell::test;

namespace {

constexpr int patienceMs = 90'000;

struct NamedPlace {
    const char* name;
    Place place;
    const char* content;  ///< a text that is there once it is loaded
};

std::vector<NamedPlace> places() {
    return {{"workflows", {}, "orders"},
            {"instances", {"orders", {}}, "run-0249"},
            {"instance", {"orders", "run-0003"}, "run-0003"},
            {"Workers", placeOfWorker(), "orders-worker"},
            {"sites", placeOfSite(), "shop"},
            {"deployments", placeOfSite("shop"), "change 59"}};
}

}  // namespace

/// What a person sees of a backend in trouble: never something wrong or nothing as the truth, and a window
/// that goes on.
class WindowTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        useOwnFolders("window");
        QVERIFY2(server_.start(), "run packaging/test once: it installs the Node of tests/compat");
    }
    void init() { server_.reset(); }

    void showsWhatIsThere();
    void aFailedLoadIsSaid_data();
    void aFailedLoadIsSaid();
    void whatWasShownStaysAndIsNotTakenForNew();
    void whatIsNotPermittedIsNamed();
    void neverFreezes();
    void longListsSayThatTheyAreCut();
    void choicesSayThatTheyAreCut();
    void deploymentsWithoutATotalSayAtLeast();

  private:
    /// Goes there and waits until it is loaded. In the bad network a load may fail: it is tried again as a
    /// person does.
    void showAndLoad(ContractWindow& shown, const NamedPlace& to);

    /// Uses the window for a while; the longest time that its event loop did not turn, in beats.
    static int use(ContractWindow& shown);

    ContractServer server_;
};

void WindowTest::showAndLoad(ContractWindow& shown, const NamedPlace& to) {
    shown.window().navigator().go(to.place);
    const auto there = [&] { return shown.visibleText().contains(to.content); };
    for (int tries = 0; tries < 8; ++tries) {
        QTRY_VERIFY_WITH_TIMEOUT(there() || !shown.saidFailure().isEmpty(), patienceMs);
        if (there()) return;
        QVERIFY2(ContractServer::isNetworkBad(), qPrintable(to.name + (": " + shown.saidFailure())));
        shown.press(Qt::Key_F5);
        QTRY_VERIFY_WITH_TIMEOUT(there() || shown.saidFailure().isEmpty(), 2'000);
    }
    QVERIFY2(there(), to.name);
}

void WindowTest::showsWhatIsThere() {
    ContractWindow shown(&overHttp);
    QVERIFY(shown.open(choiceOf(server_)));
    LieDetector detector(shown);
    for (const auto& to : places())
        showAndLoad(shown, to);
    QVERIFY2(detector.lies().isEmpty(), qPrintable(detector.lies().join(", ")));
}

void WindowTest::aFailedLoadIsSaid_data() {
    QTest::addColumn<QJsonObject>("rule");
    QTest::newRow("says it failed, with 200") << QJsonObject{{"kind", "refused"}, {"status", 200}};
    QTest::newRow("a page with 502") << QJsonObject{{"kind", "html"}, {"status", 502}};
    QTest::newRow("a result of null") << QJsonObject{{"kind", "nullResult"}};
    QTest::newRow("nothing") << QJsonObject{{"kind", "nothing"}};
    QTest::newRow("cut in the answer") << QJsonObject{{"kind", "cutBody"}};
    QTest::newRow("too many") << QJsonObject{{"kind", "tooMany"}, {"retryAfter", 1}};
}

void WindowTest::aFailedLoadIsSaid() {
    QFETCH(QJsonObject, rule);
    server_.rule(rule);
    ContractWindow shown(&overHttp);
    QVERIFY(shown.open(choiceOf(server_)));
    LieDetector detector(shown);
    for (const auto& to : places()) {
        shown.window().navigator().go(to.place);
        QTRY_VERIFY2_WITH_TIMEOUT(!shown.saidFailure().isEmpty(), to.name, patienceMs);
        QVERIFY2(!shown.visibleText().contains("<html"), to.name);
    }
    QVERIFY2(detector.lies().isEmpty(), qPrintable(detector.lies().join(", ")));
    // It was only a bad moment: what the page offers loads it.
    server_.calm();
    for (const auto& to : places()) {
        if (QString(to.name) != "workflows" && QString(to.name) != "instances") continue;
        shown.window().navigator().go(to.place);
        const auto there = [&] { return shown.visibleText().contains(to.content); };
        for (int tries = 0; tries < 10 && !there(); ++tries) {
            if (!shown.saidFailure().isEmpty()) shown.press(Qt::Key_F5);
            QTRY_VERIFY_WITH_TIMEOUT(there() || !shown.saidFailure().isEmpty() || tries < 9, patienceMs);
            if (QTest::qWaitFor(there, 3'000)) break;
        }
        QVERIFY2(there(), to.name);
    }
}

void WindowTest::whatWasShownStaysAndIsNotTakenForNew() {
    ContractWindow shown(&overHttp);
    QVERIFY(shown.open(choiceOf(server_)));
    showAndLoad(shown, places()[1]);
    const auto before = shown.visibleText();
    server_.rule({{"kind", "html"}, {"status", 502}});
    LieDetector detector(shown);
    const int asked = static_cast<int>(server_.seen("/instances$", "GET").size());
    shown.press(Qt::Key_F5);
    QTRY_VERIFY_WITH_TIMEOUT(server_.seen("/instances$", "GET").size() > asked, patienceMs);
    QTRY_VERIFY_WITH_TIMEOUT(
        shown.window().backend()->freshness() != Freshness{} || !shown.saidFailure().isEmpty(), patienceMs);
    // What the person read is still there, or the page says that it could not be loaded; it is never an empty
    // list.
    QVERIFY(shown.visibleText().contains("run-0249") || !shown.saidFailure().isEmpty());
    QVERIFY2(detector.lies().isEmpty(), qPrintable(detector.lies().join(", ")));
    QVERIFY(before.contains("run-0249"));
}

/// A token for workflows only: the other pages say which permission is missing.
void WindowTest::whatIsNotPermittedIsNamed() {
    ContractWindow shown(&overHttp);
    QVERIFY(shown.open(choiceOf(server_, "partial")));
    showAndLoad(shown, places()[0]);
    LieDetector detector(shown);
    for (const auto& to : places()) {
        if (QString(to.name) != "Workers" && QString(to.name) != "sites") continue;
        shown.window().navigator().go(to.place);
        QTRY_VERIFY2_WITH_TIMEOUT(!shown.saidFailure().isEmpty(), to.name, patienceMs);
        if (ContractServer::isNetworkBad() && !shown.visibleText().contains("Read")) continue;
        QVERIFY2(shown.visibleText().contains(QString(to.name) == "sites" ? "Pages" : "Workers"),
                 qPrintable(shown.visibleText()));
    }
    QVERIFY2(detector.lies().isEmpty(), qPrintable(detector.lies().join(", ")));
}

/// While nothing is answered at all the window is used: places, keys, the palette. Its event loop turns as it
/// does when all is well.
void WindowTest::neverFreezes() {
    int calm = 0;
    {
        ContractWindow shown(&overHttp);
        QVERIFY(shown.open(choiceOf(server_)));
        showAndLoad(shown, places()[0]);
        calm = use(shown);
    }
    server_.rule({{"kind", "silent"}});
    ContractWindow shown(&overHttp);
    QVERIFY(shown.open(choiceOf(server_)));
    LieDetector detector(shown);
    const int silent = use(shown);
    QVERIFY2(silent <= 4 * calm + 40, qPrintable(QString("%1 beats, %2 when calm").arg(silent).arg(calm)));
    QVERIFY2(detector.lies().isEmpty(), qPrintable(detector.lies().join(", ")));
}

int WindowTest::use(ContractWindow& shown) {
    Heartbeat heartbeat;
    for (int round = 0; round < 3; ++round)
        for (const auto& to : places()) {
            shown.window().navigator().go(to.place);
            shown.press(Qt::Key_K, Qt::ControlModifier);
            if (auto* keys = QApplication::focusWidget()) QTest::keyClick(keys, Qt::Key_Escape);
            const int now = heartbeat.beats();
            if (!QTest::qWaitFor([&] { return heartbeat.beats() > now + 10; })) qWarning("no beats");
        }
    return heartbeat.longest();
}

/// Sites come in pages of ten, and a hundred of them are asked for.
void WindowTest::longListsSayThatTheyAreCut() {
    if (ContractServer::isNetworkBad()) QSKIP("a hundred pages one after the other are long from far away");
    server_.world({{"projects", 1'050}});
    for (const auto& [told, words] :
         {std::pair(1'050, "1,000 sites: the first 1,000 of about 1,050 are listed"),
          std::pair(-1, "1,010 sites: the first 1,010 are listed, there are more")}) {
        server_.calm();
        if (told < 0)
            server_.rule({{"path", "/projects$"},
                          {"kind", "change"},
                          {"set", QJsonObject{{"result_info", QJsonObject{}}}}});
        ContractWindow shown(&overHttp);
        QVERIFY(shown.open(choiceOf(server_)));
        shown.window().navigator().go(placeOfSite());
        QTRY_VERIFY2_WITH_TIMEOUT(shown.visibleText().contains(words), words, patienceMs);
    }
    server_.calm();
    server_.world({{"projects", 1'000}});
    ContractWindow shown(&overHttp);
    QVERIFY(shown.open(choiceOf(server_)));
    shown.window().navigator().go(placeOfSite());
    QTRY_VERIFY_WITH_TIMEOUT(shown.visibleText().contains("1,000 sites"), patienceMs);
    QVERIFY(!shown.visibleText().contains("are listed"));
}

/// Where something is chosen from such a list as well.
void WindowTest::choicesSayThatTheyAreCut() {
    if (ContractServer::isNetworkBad()) QSKIP("a hundred pages one after the other are long from far away");
    server_.world({{"projects", 1'050}});
    ContractWindow shown(&overHttp);
    QVERIFY(shown.open(choiceOf(server_)));
    QTRY_VERIFY_WITH_TIMEOUT(shown.visibleText().contains("orders"), patienceMs);
    QTemporaryDir folder;
    QFile page(folder.filePath("index.html"));
    QVERIFY(page.open(QIODevice::WriteOnly) && page.write("<title>Shop</title>") > 0);
    page.close();
    shown.window().deploySite({folder.path()}, "shop");
    QTRY_VERIFY_WITH_TIMEOUT(ContractWindow::dialog("deployDialog") != nullptr, patienceMs);
    auto* dialog = ContractWindow::dialog("deployDialog");
    auto* cut = dialog->findChild<QLabel*>("deployProjectCut");
    QTRY_VERIFY_WITH_TIMEOUT(cut->isVisible(), patienceMs);
    QVERIFY2(cut->text().contains("Of the projects the first 1,000 of about 1,050 are listed"),
             qPrintable(cut->text()));
    dialog->close();
    // 250 runs, of which the newest 100 are offered.
    shown.window().navigator().go({"orders", "run-0003"});
    QTRY_VERIFY_WITH_TIMEOUT(shown.visibleText().contains("run-0003"), patienceMs);
    shown.press(Qt::Key_C);
    QTRY_VERIFY_WITH_TIMEOUT(ContractWindow::dialog("runComparisonDialog") != nullptr, patienceMs);
    auto* choice = ContractWindow::dialog("runComparisonDialog")->findChild<QLabel*>("choiceCut");
    QTRY_VERIFY_WITH_TIMEOUT(choice->isVisible(), patienceMs);
    QVERIFY2(choice->text().contains("the newest 100 of"), qPrintable(choice->text()));
    ContractWindow::dialog("runComparisonDialog")->close();
}

void WindowTest::deploymentsWithoutATotalSayAtLeast() {
    if (ContractServer::isNetworkBad()) QSKIP("says nothing of networks");
    server_.rule({{"path", "/deployments$"},
                  {"kind", "change"},
                  {"set", QJsonObject{{"result_info", QJsonObject{}}}}});
    ContractWindow shown(&overHttp);
    QVERIFY(shown.open(choiceOf(server_)));
    shown.window().navigator().go(placeOfSite("shop"));
    QTRY_VERIFY_WITH_TIMEOUT(shown.visibleText().contains("change 59"), patienceMs);
    Chip* all = nullptr;
    for (auto* chip : shown.window().findChildren<Chip*>())
        if (chip->isVisible() && chip->text() == "All") all = chip;
    QVERIFY(all != nullptr);
    QTRY_VERIFY2_WITH_TIMEOUT(all->accessibleDescription().endsWith('+'),
                              qPrintable(all->accessibleDescription()), patienceMs);
}

QTEST_MAIN(WindowTest)
#include "tst_window.moc"
