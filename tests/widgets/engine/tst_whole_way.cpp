#include "models/import/tools.h"
#include "tests/widgets/engine/real_window.h"
#include "widgets/graph/graph_panel.h"
#include "widgets/import_dialog.h"
#include "widgets/instance/instance_page.h"
#include "widgets/instances_page.h"
#include "widgets/json_editor.h"
#include "widgets/timeline/timeline_view.h"

#include <QDir>
#include <QFile>
#include <QPushButton>
#include <QTest>

using namespace stepwell;
using namespace stepwell::test;

namespace {

constexpr int patience = 60'000;  // of an engine, a runtime and a bundler that start on a busy machine

QString copyOfSample(const QTemporaryDir& into, const QString& name) {
    const QDir from(QStringLiteral(SAMPLES) + '/' + name);
    const QString to = into.filePath(name);
    QDir().mkpath(to + "/src");
    for (const QString file : {"src/index.ts", "wrangler.jsonc", "sample-params.json"})
        QFile::copy(from.filePath(file), to + '/' + file);
    return to;
}

/// A workflow whose middle step stops until the test lets it go on, so that "in the middle" is no matter of
/// luck.
const QByteArray gatedSource = R"(
import { WorkflowEntrypoint } from "cloudflare:workers";
export class Gated extends WorkflowEntrypoint {
  async run(event, step) {
    const before = await step.do("before", async () => crypto.randomUUID());
    await step.waitForEvent("gate", { type: "go", timeout: "10 minutes" });
    await step.do("after", async () => "done");
    return before;
  }
}
)";

api::Status statusOf(InstancePage* page) {
    return page != nullptr && page->feed().isLoaded() ? page->feed().detail().status : api::Status::unknown;
}

int barsOf(InstancePage* page) {
    int bars = 0;
    for (const auto& entry : page->timelineView().layoutOfRun().entries())
        bars += static_cast<int>(entry.bars.size());
    return bars;
}

}  // namespace

/// From a dropped project to a live timeline, on the real engine.
class WholeWayTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        if (findEsbuild().isEmpty()) QSKIP("esbuild is not installed: run packaging/test, which sets it up");
    }

    void droppedProjectRunsAndRunsAgain() {
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir projects;
        importByDrop(real, copyOfSample(projects, "order-processing"));
        QCOMPARE(real.window().navigator().current(), (Place{"order-processing", {}}));

        triggerByDialog(real, "A-1042");
        InstancePage* page = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((page = real.instancePage()) != nullptr, patience);
        // The timeline grows: bars come one after the other while the page is open.
        QTRY_VERIFY_WITH_TIMEOUT(page->shown() == InstancePage::Shown::steps, patience);
        const int early = barsOf(page);
        QTRY_VERIFY_WITH_TIMEOUT(statusOf(page) == api::Status::complete, patience);
        QVERIFY(barsOf(page) > early);
        const QString rows = page->timelineView().layoutOfRun().asText();
        QVERIFY2(rows.contains("charge card-1 | attempt") && rows.contains("errored | wait"),
                 qPrintable(rows));
        QVERIFY2(rows.contains("\"sleep 2 s\""), qPrintable(rows));
        QCOMPARE(page->timelineView().layoutOfRun().failedAttempts(), 2);
        QVERIFY(real.window().focusWidget() == &page->timelineView());

        QTest::mouseClick(real.button("Graph"), Qt::LeftButton);
        auto* graph = page->findChild<GraphPanel*>();
        QTRY_VERIFY_WITH_TIMEOUT(graph->shown() == GraphPanel::Shown::graph, patience);
        QCOMPARE(graph->view().run().unmatched(), 0);
        const auto texts = graph->view().layoutOfGraph().asText();
        QVERIFY2(texts.contains("reserve ${item.sku}") && texts.contains("End"), qPrintable(texts));
        QVERIFY(real.window().focusWidget() == &graph->view());

        const auto firstRun = page->feed().detail().start;
        QTest::mouseClick(real.button("Restart"), Qt::LeftButton);
        QTRY_VERIFY(openDialog("confirmDialog") != nullptr);
        confirm(openDialog("confirmDialog"));
        QTRY_VERIFY_WITH_TIMEOUT(page->feed().detail().start && page->feed().detail().start != firstRun,
                                 patience);
        QTRY_VERIFY_WITH_TIMEOUT(statusOf(page) == api::Status::complete, patience);
        QCOMPARE(page->timelineView().layoutOfRun().failedAttempts(), 2);
    }

    void killedInTheMiddleItCarriesOn() {
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir projects;
        QFile file(projects.filePath("gated.js"));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(gatedSource) > 0);
        file.close();
        importByDrop(real, file.fileName());
        triggerByDialog(real, {});
        InstancePage* page = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT((page = real.instancePage()) != nullptr, patience);
        QTRY_VERIFY_WITH_TIMEOUT(statusOf(page) == api::Status::waiting, patience);
        const Place place = real.window().navigator().current();
        const auto before = page->feed().detail().steps.at(0).output;

        QVERIFY2(real.killAndStartAgain(), real.engine().logTail().constData());
        real.window().navigator().go(place);
        QTRY_VERIFY_WITH_TIMEOUT(
            (page = real.instancePage()) != nullptr && statusOf(page) == api::Status::waiting, patience);
        QTest::mouseClick(real.button("Send event…"), Qt::LeftButton);
        QTRY_VERIFY(openDialog("sendEventDialog") != nullptr);
        confirm(openDialog("sendEventDialog"));
        QTRY_VERIFY_WITH_TIMEOUT(statusOf(page) == api::Status::complete, patience);
        // The step of before the power cut did not run again.
        QCOMPARE(page->feed().detail().steps.at(0).output, before);
        QCOMPARE(page->feed().detail().output, before);
    }

    void syntaxErrorIsShownInPlace() {
        RealWindow real;
        QVERIFY2(real.start(), real.engine().logTail().constData());
        QTemporaryDir projects;
        const QString project = copyOfSample(projects, "cart-reminder");
        QFile source(project + "/src/index.ts");
        QVERIFY(source.open(QIODevice::WriteOnly) &&
                source.write("const ok = 1;\nlet x: number = = 3;\n") > 0);
        source.close();
        real.drop(project);
        QTRY_VERIFY(openDialog("importDialog") != nullptr);
        auto* dialog = qobject_cast<ImportDialog*>(openDialog("importDialog"));
        QTRY_COMPARE_WITH_TIMEOUT(dialog->problems().size(), 1, patience);
        QVERIFY2(dialog->problems().at(0).contains("src/index.ts:2:17"),
                 qPrintable(dialog->problems().at(0)));
        dialog->reject();
    }

  private:
    static void importByDrop(RealWindow& real, const QString& path) {
        real.drop(path);
        QTRY_VERIFY(openDialog("importDialog") != nullptr);
        const QPointer<ImportDialog> dialog = qobject_cast<ImportDialog*>(openDialog("importDialog"));
        const auto isOver = [] { return openDialog("importDialog") == nullptr; };
        QTRY_VERIFY_WITH_TIMEOUT(isOver() || !dialog->problems().isEmpty(), patience);
        const QString problems = isOver() ? QString() : dialog->problems().join('\n');
        QVERIFY2(isOver(), qPrintable(problems));
        QTRY_VERIFY(!real.window().navigator().current().workflow.isEmpty());
    }

    static void confirm(QDialog* dialog) {
        auto* action = qobject_cast<ActionDialog*>(dialog);
        QTRY_VERIFY(action->verbButton()->isEnabled());
        QTest::mouseClick(action->verbButton(), Qt::LeftButton);
    }

    /// `expected`: what the offered parameters must hold.
    static void triggerByDialog(RealWindow& real, const QString& expected) {
        real.press(Qt::Key_T, Qt::ControlModifier);
        QTRY_VERIFY(openDialog("triggerDialog") != nullptr);
        auto* dialog = openDialog("triggerDialog");
        QVERIFY(dialog->findChild<JsonEditor*>()->text().contains(expected));
        confirm(dialog);
        QTRY_VERIFY_WITH_TIMEOUT(openDialog("triggerDialog") == nullptr, patience);
    }
};

QTEST_MAIN(WholeWayTest)
#include "tst_whole_way.moc"
