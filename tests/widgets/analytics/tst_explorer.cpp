#include "models/text.h"
#include "tests/models/graphql/sample_schema.h"
#include "tests/widgets/shell/shell_test.h"
#include "widgets/analytics/chart_card.h"
#include "widgets/analytics/completion_popup.h"
#include "widgets/analytics/explorer_answer.h"
#include "widgets/analytics/explorer_docs.h"
#include "widgets/analytics/explorer_page.h"
#include "widgets/analytics/graphql_editor.h"
#include "widgets/command_palette.h"
#include "widgets/json/json_view.h"
#include "widgets/json_editor.h"

#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>
#include <Qsci/qsciscintilla.h>

using namespace stepwell;
using namespace stepwell::test;

namespace {

const char* const rows = R"({"data":{"viewer":{"accounts":[{"begun":[
 {"count":12,"dimensions":{"datetimeHour":"2026-11-20T09:00:00Z","workflowName":"orders"}},
 {"count":3,"dimensions":{"datetimeHour":"2026-11-20T08:00:00Z","workflowName":"orders"}},
 {"count":5,"dimensions":{"datetimeHour":"2026-11-20T09:00:00Z","workflowName":"mail"}}]}]}},"errors":null})";

api::GraphqlAnswer refused() {
    return {
        400,
        R"({"data":null,"errors":[{"message":"unknown field nope","path":null,"locations":[{"line":1,"column":12}]}]})",
        {{"unknown field nope", "", ""}}};
}

void serve(FakeBackend& backend) {
    backend.graphqlSource = [](const GraphqlQuery& query) -> api::Result<api::GraphqlAnswer> {
        if (query.document.find("__schema") != std::string::npos)
            return api::GraphqlAnswer{200, sampleIntrospection(), {}};
        if (query.document.find("nope") != std::string::npos) return refused();
        return api::GraphqlAnswer{200, rows, {}};
    };
}

struct Explorer {
    FakeBackend backend;
    std::unique_ptr<ExplorerPage> page;

    Explorer() {
        serve(backend);
        page = std::make_unique<ExplorerPage>(backend);
        page->resize(1200, 800);
        page->show();
        page->activateWindow();
    }
    bool ready() {
        return QTest::qWaitForWindowActive(page.get()) &&
               QTest::qWaitFor([this] { return page->hasSchema(); });
    }
    QsciScintilla* editor() const { return page->document()->editor(); }
    void write(const std::string& text) {
        page->document()->setText(text);
        page->document()->setCursor(text.size());
        editor()->setFocus();
    }
};

}  // namespace

class ExplorerTest : public QObject {
    Q_OBJECT
  private slots:
    void init() { QSettings().clear(); }

    void completesWhileTyping() {
        Explorer explorer;
        QVERIFY(explorer.ready());
        explorer.write("{ ");
        QTest::keyClicks(explorer.editor(), "vie");
        auto* popup = explorer.page->document()->popup();
        QVERIFY(popup != nullptr && popup->isVisible());
        QCOMPARE(popup->textOf(0), QString("viewer"));
        QTest::keyClick(explorer.editor(), Qt::Key_Return);
        QCOMPARE(explorer.page->document()->text(), std::string("{ viewer"));
        QVERIFY(!popup->isVisible());
    }

    void arrowsChooseAndEscapeCloses() {
        Explorer explorer;
        QVERIFY(explorer.ready());
        explorer.write("{ viewer { accounts { workflowsAdaptiveGroups(");
        QTest::keyClick(explorer.editor(), Qt::Key_Space, Qt::ControlModifier);
        auto* popup = explorer.page->document()->popup();
        QVERIFY(popup != nullptr && popup->isVisible());
        QCOMPARE(popup->count(), 3);
        QTest::keyClick(explorer.editor(), Qt::Key_Escape);
        QVERIFY(!popup->isVisible());
        QTest::keyClick(explorer.editor(), Qt::Key_Space, Qt::ControlModifier);
        QTest::keyClick(explorer.editor(), Qt::Key_Down);
        QTest::keyClick(explorer.editor(), Qt::Key_Tab);
        QVERIFY(explorer.page->document()->text().ends_with("(limit"));
    }

    void runsAndShowsJsonTableAndChart() {
        Explorer explorer;
        QVERIFY(explorer.ready());
        explorer.write("query A { viewer { accounts { begun } } }");
        explorer.page->variables()->setText("{\"accountTag\": \"x\"}");
        auto* answer = explorer.page->answer();
        QSignalSpy shown(answer, &ExplorerAnswer::shown);
        QTest::keyClick(explorer.editor(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(shown.count(), 1);
        const auto& asked = explorer.backend.graphqlQueries.back();
        QCOMPARE(asked.document, std::string("query A { viewer { accounts { begun } } }"));
        QCOMPARE(asked.variablesJson, std::string("{\"accountTag\": \"x\"}"));
        QVERIFY(answer->json()->isVisible());
        answer->setView(ExplorerAnswer::View::table);
        QVERIFY(answer->table()->isVisible());
        QCOMPARE(answer->table()->model()->rowCount(), 3);
        answer->table()->sortByColumn(0, Qt::DescendingOrder);
        QCOMPARE(answer->table()->model()->index(0, 0).data().toString(), QString("12"));
        answer->setView(ExplorerAnswer::View::chart);
        QVERIFY(answer->chart()->isVisible());
        const auto& chart = *answer->chart()->chart();
        QCOMPARE(chart.starts.size(), std::size_t(2));
        QCOMPARE(chart.series.size(), std::size_t(2));
        QCOMPARE(chart.series[0].name, QString("orders"));
        QCOMPARE(chart.series[0].values, (std::vector<double>{3, 12}));
    }

    void theOperationAtTheCursorRuns() {
        Explorer explorer;
        QVERIFY(explorer.ready());
        const std::string text = "query One { viewer { a } } query Two { viewer { b } }";
        explorer.write(text);
        explorer.page->document()->setCursor(text.find("{ b"));
        explorer.page->run();
        QTRY_COMPARE(explorer.backend.graphqlQueries.back().operationName, std::string("Two"));
        explorer.page->document()->setCursor(text.find("{ a"));
        explorer.page->run();
        QTRY_COMPARE(explorer.backend.graphqlQueries.back().operationName, std::string("One"));
    }

    void errorsAreToldAtTheirLine() {
        Explorer explorer;
        QVERIFY(explorer.ready());
        explorer.write("{ viewer { nope } }");
        explorer.page->run();
        QTRY_COMPARE(explorer.page->problem(), QString("Line 1: unknown field nope"));
        QVERIFY(explorer.page->answer()->status().contains("1 error"));
        const auto marked =
            explorer.editor()->SendScintilla(QsciScintillaBase::SCI_INDICATORVALUEAT, 8UL, 12L);
        QCOMPARE(int(marked), 1);
        QTest::keyClicks(explorer.editor(), " ");
        QVERIFY(explorer.page->problem().isEmpty());
    }

    void brokenVariablesAreNotSent() {
        Explorer explorer;
        QVERIFY(explorer.ready());
        const auto before = explorer.backend.graphqlQueries.size();
        explorer.page->variables()->setText("{ nope");
        explorer.page->run();
        QCOMPARE(explorer.backend.graphqlQueries.size(), before);
    }

    void aBackendWithoutGraphqlSaysSo() {
        FakeBackend backend;
        backend.failWith("graphql", {404, api::code::noRoute, "no route"});
        ExplorerPage page(backend);
        page.resize(1200, 800);
        page.show();
        QTRY_VERIFY(page.docs()->text().contains("no GraphQL service"));
        page.run();
        QTRY_COMPARE(page.answer()->status(), QString("No answer"));
    }

    void documentationFollowsTheCursor() {
        Explorer explorer;
        QVERIFY(explorer.ready());
        const std::string text = "{ viewer { accounts { workflowsAdaptiveGroups(limit: 1) { count } } } }";
        explorer.write(text);
        explorer.page->document()->setCursor(text.find("Adaptive"));
        QTRY_VERIFY(explorer.page->docs()->text().contains("Events of workflows, grouped."));
        explorer.page->docs()->showType("GroupsOrder");
        QVERIFY(explorer.page->docs()->text().contains("sum_wallTime_DESC"));
        explorer.page->docs()->field()->setText("wallt");
        QVERIFY(explorer.page->docs()->text().contains("wallTime"));
    }

    void whatWasRunIsKeptAndBounded() {
        ExplorerHistory history("127.0.0.1:1");
        const auto when = QDateTime::currentDateTimeUtc();
        for (int i = 0; i < 60; ++i)
            history.add(QString("query Q%1 { a }").arg(i), "{}", when);
        history.add("query Q20 { a }", "{}", when);
        history.add(QString(40 * 1024, 'x'), "{}", when);
        const ExplorerHistory again("127.0.0.1:1");
        QCOMPARE(int(again.entries().size()), ExplorerHistory::most);
        QCOMPARE(again.entries().front().document, QString("query Q20 { a }"));
        QCOMPARE(ExplorerHistory::titleOf(again.entries().front().document), QString("Q20"));
        QVERIFY(ExplorerHistory("127.0.0.1:2").entries().empty());
    }

    void formatsTheDocument() {
        Explorer explorer;
        QVERIFY(explorer.ready());
        auto* document = explorer.page->document();
        document->setText("{viewer{accounts{count # all\n}}}");
        document->setCursor(document->text().find("count") + 2);
        document->setFocus();
        QTest::keyClick(explorer.editor(), Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
        const std::string formatted = "{\n  viewer {\n    accounts {\n      count # all\n    }\n  }\n}\n";
        QCOMPARE(document->text(), formatted);
        QCOMPARE(document->cursor(), formatted.find("count") + 2);
        document->setText("{viewer{");
        explorer.page->prettify();
        QCOMPARE(document->text(), std::string("{viewer{"));
    }

    void theDraftIsThereTheNextTime() {
        {
            Explorer explorer;
            QVERIFY(explorer.ready());
            explorer.write("{ mine }");
        }
        Explorer again;
        QCOMPARE(again.page->document()->text(), std::string("{ mine }"));
    }

    void thePaletteLeadsThereAndAQueryOpensInIt() {
        ShownWindow shown([](FakeBackend& backend) { serve(backend); });
        QVERIFY(QTest::qWaitForWindowActive(&shown.window));
        QTest::keyClick(&shown.window, Qt::Key_K, Qt::ControlModifier);
        auto* palette = shown.window.findChild<CommandPalette*>();
        QTest::keyClicks(palette->field(), "graphql");
        QTest::keyClick(palette->field(), Qt::Key_Return);
        QCOMPARE(linkOf(shown.window.navigator().current()), QString("stepwell://graphql"));
        shown.window.navigator().go({});
        shown.window.exploreQuery({"query Behind { viewer }", "{\"a\":1}", {}}, "Wall time");
        auto* page = shown.window.findChild<ExplorerPage*>();
        QVERIFY(page != nullptr && page->isVisible());
        QCOMPARE(page->document()->text(), std::string("query Behind { viewer }"));
        QTRY_COMPARE(shown.backend->graphqlQueries.back().document, std::string("query Behind { viewer }"));
    }
};

int main(int argc, char** argv) {
    QApplication app(argc, argv);
    OwnSettings settings;
    ExplorerTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_explorer.moc"
