#include "models/api/graph.h"
#include "tests/models/fake_backend.h"
#include "tests/models/graph/graphs.h"
#include "tests/widgets/instance/run_data.h"
#include "widgets/app_style.h"
#include "widgets/empty_state.h"
#include "widgets/format.h"
#include "widgets/graph/graph_panel.h"
#include "widgets/instance/inspector_panel.h"
#include "widgets/instance/instance_page.h"
#include "widgets/table_view.h"
#include "widgets/timeline/hover_card.h"
#include "widgets/timeline/timeline_view.h"
#include "widgets/versions_page.h"

#include <QApplication>
#include <QMouseEvent>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

using namespace stepwell;
using Shown = GraphPanel::Shown;

namespace {

/// The view alone, with the graph of an order.
struct Viewed {
    explicit Viewed(api::Graph graph = test::orderGraph()) {
        view.resize(1000, 600);
        view.setGraph(std::make_shared<const api::Graph>(std::move(graph)));
        view.show();
    }
    int item(const QString& title) const {
        const auto& items = view.layoutOfGraph().items;
        for (std::size_t i = 0; i < items.size(); ++i)
            if (items[i].title == title) return static_cast<int>(i);
        return -1;
    }
    QString selected() const {
        return view.selected() < 0
                   ? QString()
                   : view.layoutOfGraph().items[static_cast<std::size_t>(view.selected())].title;
    }
    QPoint middle(const QString& title) const { return view.shownRect(item(title)).center().toPoint(); }
    void key(int key) { QTest::keyClick(&view, static_cast<Qt::Key>(key)); }
    void wheel(QPoint at, int delta, Qt::KeyboardModifiers modifiers) {
        QWheelEvent event(at, view.viewport()->mapToGlobal(at), {}, QPoint(0, delta), Qt::NoButton, modifiers,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(view.viewport(), &event);
    }

    GraphView view;
};

struct Versions {
    Versions() {
        backend.versionLists["orders"] = test::sample::versions();
        for (const auto& version : backend.versionLists["orders"])
            backend.graphs[version.id].graph = test::orderGraph();
        page.setWorkflow("orders");
        page.resize(1200, 700);
    }
    test::FakeBackend backend;
    VersionsPage page{backend};
};

api::InstanceDetail run() {
    auto detail = test::orderRun(format::now());
    detail.versionId = "version-12";
    return detail;
}

}  // namespace

class GraphTest : public QObject {
    Q_OBJECT
  private slots:
    void arrowsWalkAndTheViewFollows() {
        Viewed viewed;
        viewed.key(Qt::Key_Home);
        QCOMPARE(viewed.selected(), QString("check-inventory"));
        viewed.key(Qt::Key_Right);
        QCOMPARE(viewed.selected(), QString("refuse"));
        viewed.key(Qt::Key_End);
        QCOMPARE(viewed.selected(), QString("close the order"));
        const QRectF shown = viewed.view.shownRect(viewed.view.selected());
        QVERIFY(QRectF(viewed.view.viewport()->rect()).contains(shown));
        QVERIFY(viewed.view.accessibleDescription().startsWith("close the order, Step"));
        viewed.key(Qt::Key_Escape);
        QCOMPARE(viewed.view.selected(), -1);
    }

    void keysZoom() {
        Viewed viewed;
        viewed.view.zoomBy(1 / viewed.view.scale());
        viewed.key(Qt::Key_Plus);
        QVERIFY(viewed.view.scale() > 1.2);
        viewed.key(Qt::Key_Minus);
        viewed.key(Qt::Key_Minus);
        QVERIFY(viewed.view.scale() < 0.9);
        viewed.key(Qt::Key_1);
        QCOMPARE(viewed.view.scale(), 1.0);
        for (int i = 0; i < 40; ++i)
            viewed.key(Qt::Key_Plus);
        QCOMPARE(viewed.view.scale(), GraphView::largest);
        viewed.key(Qt::Key_F);
        QVERIFY(viewed.view.scale() <= 1.0);
    }

    void theWheelZoomsAtTheCursor() {
        Viewed viewed;
        viewed.view.zoomBy(1 / viewed.view.scale());
        viewed.view.horizontalScrollBar()->setValue(200);
        const QPoint at = viewed.middle("reserve ${item.sku}");
        viewed.wheel(at, 240, Qt::ControlModifier);
        QVERIFY(viewed.view.scale() > 1.5);
        const QPoint after = viewed.middle("reserve ${item.sku}");
        QVERIFY2(std::abs((after - at).x()) <= 4, qPrintable(QString::number((after - at).x())));
    }

    void draggingPansAndSelectsNothing() {
        Viewed viewed;
        viewed.view.zoomBy(1.5);
        auto* port = viewed.view.viewport();
        const int before = viewed.view.horizontalScrollBar()->value();
        QTest::mousePress(port, Qt::LeftButton, {}, {500, 300});
        QTest::mouseMove(port, {420, 300});
        QTest::mouseMove(port, {400, 300});
        QTest::mouseRelease(port, Qt::LeftButton, {}, {400, 300});
        QCOMPARE(viewed.view.horizontalScrollBar()->value(), before + 100);
        QCOMPARE(viewed.view.selected(), -1);
    }

    void functionsOpenByDoubleClickAndKey() {
        Viewed viewed;
        QVERIFY(viewed.item("charge-card") >= 0);
        viewed.view.select(viewed.item("charge"));
        viewed.key(Qt::Key_Return);
        QCOMPARE(viewed.item("charge-card"), -1);
        QCOMPARE(viewed.selected(), QString("charge"));
        QTest::mouseDClick(viewed.view.viewport(), Qt::LeftButton, {}, viewed.middle("charge"));
        QVERIFY(viewed.item("charge-card") >= 0);
        viewed.view.setAllOpen(false);
        QCOMPARE(viewed.item("charge-card"), -1);
    }

    void aCardTellsAboutTheStep() {
        Viewed viewed;
        const auto hoverAt = [&](const QPoint& at) {
            auto* port = viewed.view.viewport();
            QMouseEvent move(QEvent::MouseMove, at, port->mapToGlobal(at), Qt::NoButton, Qt::NoButton, {});
            QApplication::sendEvent(port, &move);
        };
        hoverAt({2, 2});
        hoverAt(viewed.middle("check-inventory"));
        QTRY_VERIFY(viewed.view.card().isVisible());
        const auto& card = viewed.view.card().text();
        QCOMPARE(card.title, QString("check-inventory"));
        QCOMPARE(card.facts.front().second, QString("5 at most, 10.0 s, exponential"));
        hoverAt({2, 2});
        QTRY_VERIFY(!viewed.view.card().isVisible());
    }

    void theFirstVersionIsShownAndOthersCanBeChosen() {
        Versions versions;
        versions.page.show();
        QTRY_COMPARE(versions.page.graph().shown(), Shown::graph);
        const auto& list = versions.backend.versionLists["orders"];
        QCOMPARE(versions.backend.callsStartingWith("graph"), 1);
        QVERIFY(versions.backend.calls.contains("graph orders " + QString::fromStdString(list[0].id)));
        versions.page.focusMain();
        QTest::keyClick(&versions.page.table(), Qt::Key_Down);
        QTRY_VERIFY(versions.backend.calls.contains("graph orders " + QString::fromStdString(list[1].id)));
        QTRY_COMPARE(versions.page.graph().shown(), Shown::graph);
        QTest::keyClick(&versions.page.table(), Qt::Key_Return);
        QVERIFY(versions.page.graph().view().selected() >= 0 || !versions.page.isActiveWindow());
    }

    void whereThereIsNoGraphTheReasonStands() {
        Versions versions;
        auto& first = versions.backend.graphs[versions.backend.versionLists["orders"][0].id];
        first.graph.reset();
        first.reason = "The bundle holds more than 6 million characters of JavaScript.";
        versions.page.show();
        QTRY_COMPARE(versions.page.graph().shown(), Shown::none);
        QCOMPARE(versions.page.graph().empty().sentence(), QString("This version has no graph"));
        QCOMPARE(versions.page.graph().empty().kind(), EmptyState::Kind::nothingYet);
    }

    void aFailedLoadCanBeTriedAgain() {
        Versions versions;
        versions.backend.failWith("graph", {0, api::code::transport, "unreachable"});
        versions.page.show();
        QTRY_COMPARE(versions.page.graph().shown(), Shown::failed);
        versions.backend.succeed();
        QTest::mouseClick(versions.page.graph().empty().button(), Qt::LeftButton);
        QTRY_COMPARE(versions.page.graph().shown(), Shown::graph);
    }

    void newVersionsComeOnTopAndTheSelectionStays() {
        Versions versions;
        versions.page.show();
        QTRY_COMPARE(versions.page.model().rowCount(), 4);
        versions.page.table().setCurrentIndex(versions.page.model().index(1, 0));
        auto& list = versions.backend.versionLists["orders"];
        auto newest = list.front();
        newest.id = "5f0c1b2a-0000-4000-8000-000000000099";
        newest.number = 13;
        list.insert(list.begin(), newest);
        versions.backend.emitEvent("workflow_changed", "orders");
        QTRY_COMPARE(versions.page.model().rowCount(), 5);
        QCOMPARE(versions.page.table().currentIndex().row(), 2);
        QCOMPARE(versions.page.model().index(0, 0).data().toString(), QString("v13"));
    }

    void anInstanceShowsItsWay() {
        test::FakeBackend backend;
        auto detail = run();
        const auto id = detail.id;
        backend.graphs["version-12"].graph = test::orderGraph();
        backend.details[id] = detail;
        InstancePage page(backend, "orders", id);
        page.resize(1200, 800);
        page.show();
        QTRY_COMPARE(page.shown(), InstancePage::Shown::steps);
        QCOMPARE(backend.callsStartingWith("graph"), 0);  // not before it is looked at
        page.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&page));
        page.focusMain();
        QTest::keyClick(&page.timelineView(), Qt::Key_G);
        QCOMPARE(page.view(), InstancePage::View::graph);
        QTRY_COMPARE(page.graphPanel().shown(), Shown::graph);
        auto& view = page.graphPanel().view();
        const int charge = view.layoutOfGraph().find("3/0");
        QVERIFY(charge >= 0);
        QVERIFY2(view.describe(charge).contains("Complete"), qPrintable(view.describe(charge)));
        const int refuse = view.layoutOfGraph().find("1/0/0");
        QVERIFY(view.describe(refuse).contains("Not reached"));
        view.select(charge);
        QVERIFY(page.inspector().showsStep());
        QCOMPARE(page.timelineView().zoom().selectedStep(), std::optional<int>(1));
        page.setView(InstancePage::View::timeline);
        QVERIFY(page.timelineView().isVisible());
    }

    void pictures_data() {
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        // What is left of 1440 x 900 and 1024 x 700 beside the rail and the bars.
        QTest::newRow("light-wide") << false << QSize(1232, 832);
        QTest::newRow("dark-wide") << true << QSize(1232, 832);
        QTest::newRow("light-narrow") << false << QSize(816, 632);
        QTest::newRow("dark-narrow") << true << QSize(816, 632);
    }

    /// Draws the pages in both themes and at both sizes; with STEPWELL_PICTURES set to a folder the pictures
    /// are kept there.
    void pictures() {
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        Theme::get().setMode(dark ? Theme::Mode::dark : Theme::Mode::light);
        Versions versions;
        versions.page.resize(size);
        versions.page.show();
        QTRY_COMPARE(versions.page.graph().shown(), Shown::graph);
        keep(versions.page, "versions");
        QVERIFY(versions.page.minimumSizeHint().width() <= size.width());

        test::FakeBackend backend;
        const auto detail = run();
        backend.details[detail.id] = detail;
        auto graph = test::orderGraph();
        graph.nodes[2].nodes[0].nodes[0].name = "reserve-item";
        graph.nodes[5].branches[0].nodes[0].name = "courier-accepted";
        graph.nodes.push_back(test::doing("send-confirmation"));
        backend.graphs["version-12"].graph = graph;
        InstancePage page(backend, "orders", detail.id);
        page.resize(size);
        page.show();
        QTRY_COMPARE(page.shown(), InstancePage::Shown::steps);
        page.setView(InstancePage::View::graph);
        QTRY_COMPARE(page.graphPanel().shown(), Shown::graph);
        page.graphPanel().view().select(page.graphPanel().view().layoutOfGraph().find("3/0"));
        keep(page, "instance");
        QVERIFY(page.minimumSizeHint().width() <= size.width());
        Theme::get().setMode(Theme::Mode::light);
    }

  private:
    static void keep(QWidget& widget, const QString& name) {
        const QString folder = qEnvironmentVariable("STEPWELL_PICTURES");
        const QPixmap picture = widget.grab();
        QVERIFY(!picture.isNull());
        if (!folder.isEmpty())
            QVERIFY(picture.save(QStringLiteral("%1/%2-%3.png").arg(folder, name, QTest::currentDataTag())));
    }
};

QTEST_MAIN(GraphTest)
#include "tst_graph.moc"
