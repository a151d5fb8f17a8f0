#include "models/instances_model.h"
#include "models/workflows_model.h"
#include "tests/contract/support/contract_window.h"
#include "widgets/command_palette.h"
#include "widgets/controls.h"
#include "widgets/instance/instance_page.h"
#include "widgets/json/json_view.h"
#include "widgets/table_view.h"
#include "widgets/timeline/timeline_view.h"

#include <QLineEdit>
#include <QListView>
#include <QtTest>

using namespace stepwell;
using namespace stepwell::test;

namespace {

constexpr int patienceMs = 60'000;

template <class T>
T* visible(QWidget& within) {
    for (auto* child : within.findChildren<T*>())
        if (child->isVisible()) return child;
    return nullptr;
}

Chip* chip(QWidget& within, const QString& text) {
    for (auto* child : within.findChildren<Chip*>())
        if (child->isVisible() && child->text() == text) return child;
    return nullptr;
}

}  // namespace

/// What a service says that is newer than this program is shown as it came; what it tells of itself and its
/// limits is taken over.
class UnknownTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        useOwnFolders("unknown");
        QVERIFY2(server_.start(), "run packaging/test once: it installs the Node of tests/compat");
    }
    void init() { server_.reset(); }

    void statusesAreListedAndCounted();
    void typesAreShown();
    void theBudgetIsThatOfTheServer();

  private:
    /// "run-0249" in a status and with a trigger and a type of step that nobody knows yet.
    void makeStrange();

    ContractServer server_;
};

void UnknownTest::makeStrange() {
    const QJsonObject step{{"name", "ponder-1"},
                           {"type", "thought"},
                           {"start", "2026-06-01T12:00:01.000Z"},
                           {"end", "2026-06-01T12:00:02.000Z"},
                           {"finished", true},
                           {"error", QJsonValue::Null},
                           {"attempts", QJsonArray{QJsonObject{{"success", true}, {"host", "h-1"}}}},
                           {"mood", QJsonObject{{"colour", "blue"}}}};
    server_.world(
        {{"instance", QJsonObject{{"workflow", "orders"},
                                  {"id", "run-0249"},
                                  {"status", "asleep"},
                                  {"source", "dream"},
                                  {"steps", QJsonArray{step}},
                                  {"more", QJsonObject{{"weather", "fog"},
                                                       {"rollback", QJsonObject{{"outcome", "half"}}}}}}}});
}

void UnknownTest::statusesAreListedAndCounted() {
    makeStrange();
    ContractWindow shown(&overHttp);
    QVERIFY(shown.open(choiceOf(server_)));
    QTRY_VERIFY_WITH_TIMEOUT(shown.visibleText().contains("orders"), patienceMs);
    auto* table = visible<TableView>(shown.window());
    QVERIFY(table != nullptr);
    const auto counts = [&] {
        qlonglong asleep = 0;
        for (int row = 0; row < table->model()->rowCount(); ++row)
            asleep += table->model()
                          ->index(row, 0)
                          .data(WorkflowsModel::CountsRole)
                          .toMap()
                          .value("asleep")
                          .toLongLong();
        return asleep;
    };
    QTRY_COMPARE_WITH_TIMEOUT(counts(), 1LL, patienceMs);

    shown.window().navigator().go({"orders", {}});
    QTRY_VERIFY_WITH_TIMEOUT(shown.visibleText().contains("asleep"), patienceMs);
    QVERIFY(shown.visibleText().contains("dream"));
    QTRY_VERIFY_WITH_TIMEOUT(chip(shown.window(), "asleep") != nullptr, patienceMs);
    // It narrows the list as the others do.
    QTest::mouseClick(chip(shown.window(), "asleep"), Qt::LeftButton);
    const auto listed = [&] {
        for (auto* view : shown.window().findChildren<TableView*>())
            if (const auto* model = qobject_cast<InstancesModel*>(view->model());
                model != nullptr && view->isVisible())
                return model->state() == LoadState::ready ? model->rowCount() : -1;
        return -1;
    };
    QTRY_COMPARE_WITH_TIMEOUT(listed(), 1, patienceMs);
    QVERIFY(shown.visibleText().contains("run-0249"));
    // The palette has its word as well.
    shown.press(Qt::Key_K, Qt::ControlModifier);
    auto* palette = shown.window().findChild<CommandPalette*>();
    QVERIFY(palette != nullptr);
    QTest::keyClicks(palette->field(), "run-0249");
    const auto found = [&] {
        QStringList details;
        for (auto* view : palette->findChildren<QListView*>())
            for (int row = 0; row < view->model()->rowCount(); ++row)
                details << view->model()->index(row, 0).data(Qt::AccessibleDescriptionRole).toString();
        return details;
    };
    QTRY_VERIFY2_WITH_TIMEOUT(found().contains("orders · asleep"), qPrintable(found().join('\n')),
                              patienceMs);
}

void UnknownTest::typesAreShown() {
    makeStrange();
    ContractWindow shown(&overHttp);
    QVERIFY(shown.open(choiceOf(server_)));
    shown.window().navigator().go({"orders", "run-0249"});
    InstancePage* page = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((page = visible<InstancePage>(shown.window())) != nullptr &&
                                 page->shown() == InstancePage::Shown::steps,
                             patienceMs);
    auto* badge = visible<StatusBadge>(*page);
    QVERIFY(badge != nullptr);
    QCOMPARE(badge->accessibleName(), QString("asleep"));
    const QString run = page->timelineView().layoutOfRun().asText();
    QVERIFY2(run.contains("thought"), qPrintable(run));
    const auto shownJson = [&] {
        QStringList texts;
        for (auto* view : page->findChildren<JsonView*>())
            if (view->isVisible()) texts << view->lines().copyAll();
        return texts.join('\n');
    };
    QTRY_VERIFY2(shownJson().contains("weather"), qPrintable(shownJson()));
    page->timelineView().selectStep(0);
    QTRY_VERIFY(shown.visibleText().contains("thought"));
    // What came beside that is there as well, of the step and of its attempts.
    QTRY_VERIFY2(shownJson().contains("mood"), qPrintable(shownJson()));
    QVERIFY(shownJson().contains("attempt 1") && shownJson().contains("host"));
}

void UnknownTest::theBudgetIsThatOfTheServer() {
    server_.world({{"used", 1'150}});
    ContractWindow shown(&overHttp);
    QVERIFY(shown.open(choiceOf(server_)));
    // Others use the token as well: few are left although this program made none of these requests.
    QTRY_VERIFY_WITH_TIMEOUT(
        shown.visibleText().contains(QRegularExpression("\\b[1-4]\\d of 1,200 requests left")), patienceMs);
}

QTEST_MAIN(UnknownTest)
#include "tst_unknown.moc"
