#include "models/graph/layout.h"
#include "tests/models/graph/graphs.h"

#include <QTest>

using namespace stepwell;
using namespace stepwell::graph;
using namespace stepwell::test;

class TestLayout : public QObject {
    Q_OBJECT

  private slots:
    void stepsStandInARow();
    void nothingOverlaps();
    void branchesLieUnderEachOther();
    void aBranchThatReturnsDoesNotJoin();
    void functionsOpenAndClose();
    void recursionEnds();
    void stepsThatOverlapInTimeShareAColumn();
    void largeGraphsStartWithClosedFunctions();
    void arrowsWalkThroughTheItems();
    void placesAreFound();

  private:
    static const Item& item(const Layout& layout, const QString& title);
};

const Item& TestLayout::item(const Layout& layout, const QString& title) {
    static const Item none;
    for (const auto& item : layout.items)
        if (item.title == title) return item;
    QTest::qFail(qPrintable("no item " + title + " in\n" + layout.asText()), __FILE__, __LINE__);
    return none;
}

void TestLayout::stepsStandInARow() {
    api::Graph graph;
    graph.nodes = {doing("a"), sleeping("b", "2000")};
    const auto layout = layOut(graph);
    QCOMPARE(layout.items.size(), 4U);
    QCOMPARE(layout.items.front().kind, Item::Kind::start);
    QCOMPARE(layout.items.back().kind, Item::Kind::end);
    const auto& a = item(layout, "a");
    const auto& b = item(layout, "b");
    QCOMPARE(a.rect.size(), QSizeF(metrics::stepWidth, metrics::stepHeight));
    QCOMPARE(b.rect.left(), a.rect.right() + metrics::gap);
    QCOMPARE(b.rect.top(), a.rect.top());
    QCOMPARE(b.subtitle, QString("sleeps 2.0 s"));
    QCOMPARE(layout.lines.size(), 3U);
    for (const auto& line : layout.lines)
        QCOMPARE(line.from.y(), line.to.y());
    QCOMPARE(stepCount(graph), 2);
}

void TestLayout::nothingOverlaps() {
    const auto graph = orderGraph();
    const auto layout = layOut(graph);
    for (const auto& one : layout.items) {
        QVERIFY2(layout.bounds.contains(one.rect), qPrintable(layout.asText()));
        for (const auto& other : layout.items) {
            if (&one == &other) continue;
            const bool nested = one.rect.contains(other.rect) || other.rect.contains(one.rect);
            QVERIFY2(nested || !one.rect.intersects(other.rect),
                     qPrintable(one.title + " and " + other.title + "\n" + layout.asText()));
        }
        if (one.parent >= 0)
            QVERIFY(layout.items[static_cast<std::size_t>(one.parent)].rect.contains(one.rect));
    }
    for (const auto& line : layout.lines)
        QVERIFY2(line.from.x() <= line.to.x(), qPrintable(layout.asText()));
}

void TestLayout::branchesLieUnderEachOther() {
    api::Graph graph;
    graph.nodes = {choosing({{"a > 1", {doing("one")}}, {"a > 2", {doing("two")}}, {"", {doing("many")}}}),
                   doing("after")};
    const auto layout = layOut(graph);
    QCOMPARE(item(layout, "one").rect.left(), item(layout, "two").rect.left());
    QVERIFY(item(layout, "two").rect.top() > item(layout, "one").rect.bottom());
    QVERIFY(item(layout, "many").rect.top() > item(layout, "two").rect.bottom());
    QVERIFY(item(layout, "after").rect.left() > item(layout, "one").rect.right());
    QCOMPARE(layout.captions.size(), 3U);
    QCOMPARE(layout.captions[1].text, QString("a > 2"));
    QCOMPARE(layout.captions[2].text, QString("else"));
    QCOMPARE(layout.forks.size(), 1U);
}

void TestLayout::aBranchThatReturnsDoesNotJoin() {
    api::Graph graph;
    graph.nodes = {choosing({{"done", {node(Kind::returnNow)}}}), doing("after")};
    const auto layout = layOut(graph);
    const int stop = layout.find("0/0/0");
    QVERIFY(stop >= 0);
    const auto& rect = layout.items.at(static_cast<std::size_t>(stop)).rect;
    for (const auto& line : layout.lines)
        QVERIFY(line.from.x() != rect.right());
    // Where every way ends there is no end.
    graph.nodes = {choosing({{"done", {node(Kind::returnNow)}}, {"", {doing("a"), node(Kind::returnNow)}}})};
    QVERIFY(layOut(graph).items.back().kind != Item::Kind::end);
}

void TestLayout::functionsOpenAndClose() {
    const auto graph = orderGraph();
    const auto open = layOut(graph);
    const auto& frame = item(open, "charge");
    QVERIFY(frame.canToggle && frame.isOpen);
    QVERIFY(frame.rect.contains(item(open, "charge-card").rect));
    const auto closed = layOut(graph, {frame.path});
    QVERIFY(!item(closed, "charge").isOpen);
    QCOMPARE(item(closed, "charge").rect.width(), metrics::stepWidth);
    QCOMPARE(item(closed, "charge").path, frame.path);
    QVERIFY(closed.bounds.width() < open.bounds.width());
}

void TestLayout::recursionEnds() {
    api::Graph graph;
    graph.nodes = {node(Kind::call, "again")};
    graph.functions["again"] = {doing("once"), node(Kind::call, "again")};
    const auto layout = layOut(graph);
    QCOMPARE(layout.items.size(), 5U);  // start, frame, step, the closed call inside, end
    QVERIFY(!layout.items[3].canToggle);
}

void TestLayout::stepsThatOverlapInTimeShareAColumn() {
    api::Graph graph;
    graph.nodes = {overlapping(doing("a"), 1, 3), overlapping(doing("b"), 1, std::nullopt),
                   overlapping(doing("c"), 1, 2), overlapping(doing("d"), 2, 3), doing("e")};
    const auto layout = layOut(graph);
    QCOMPARE(item(layout, "a").rect.left(), item(layout, "c").rect.left());
    QVERIFY(item(layout, "b").rect.top() > item(layout, "a").rect.bottom());
    QCOMPARE(item(layout, "d").rect.top(), item(layout, "c").rect.top());
    QVERIFY(item(layout, "d").rect.left() > item(layout, "c").rect.right());
    QVERIFY(item(layout, "e").rect.left() > item(layout, "d").rect.right());
    // Nobody waits for b.
    const int b = layout.find("1");
    QVERIFY(std::any_of(layout.lines.begin(), layout.lines.end(),
                        [b](const Line& line) { return line.fromItem == b && line.isDashed; }));
}

void TestLayout::largeGraphsStartWithClosedFunctions() {
    auto graph = orderGraph();
    for (int i = 0; i < 50; ++i)
        graph.functions["charge"].push_back(doing("more"));
    QVERIFY(!item(layOut(graph), "charge").isOpen);
}

void TestLayout::arrowsWalkThroughTheItems() {
    const auto graph = orderGraph();
    const auto layout = layOut(graph);
    int at = neighbour(layout, -1, Qt::Key_Right);
    QCOMPARE(layout.items[static_cast<std::size_t>(at)].title, QString("check-inventory"));
    QStringList seen;
    for (int steps = 0; at >= 0 && steps < 50; ++steps) {
        seen << layout.items[static_cast<std::size_t>(at)].title;
        at = neighbour(layout, at, Qt::Key_Right);
    }
    QVERIFY2(seen.contains("settle") && seen.contains("courier"), qPrintable(seen.join(", ")));
    for (at = layout.find("4");
         at >= 0 && layout.items[static_cast<std::size_t>(at)].title != "check-inventory";)
        at = neighbour(layout, at, Qt::Key_Left);
    QVERIFY(at >= 0);
}

void TestLayout::placesAreFound() {
    const auto graph = orderGraph();
    const auto layout = layOut(graph);
    const auto& step = item(layout, "charge-card");
    QCOMPARE(layout.items[static_cast<std::size_t>(layout.itemAt(step.rect.center()))].title,
             QString("charge-card"));
    const auto& frame = item(layout, "charge");
    QCOMPARE(
        layout.items[static_cast<std::size_t>(layout.itemAt(frame.rect.topLeft() + QPointF(9, 9)))].title,
        QString("charge"));
    QCOMPARE(layout.itemAt({-100, -100}), -1);
}

QTEST_GUILESS_MAIN(TestLayout)
#include "tst_layout.moc"
