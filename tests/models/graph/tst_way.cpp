#include "models/graph/way.h"
#include "tests/models/graph/graphs.h"

#include <QTest>

using namespace stepwell;
using namespace stepwell::graph;
using namespace stepwell::test;

namespace {

/// The way of a run as text: "a > b" for each line taken, by the titles at its ends; "|" is a fork, a join or
/// the border of a frame.
class Told {
  public:
    Told(const Nodes& nodes, api::Status status, const QStringList& steps) {
        m_graph.nodes = nodes;
        tell(status, steps);
    }
    Told(api::Graph graph, api::Status status, const QStringList& steps)
        : m_graph(std::move(graph)) {
        tell(status, steps);
    }

    QStringList lines() const {
        QStringList taken;
        for (std::size_t i = 0; i < m_layout.lines.size(); ++i)
            if (m_way.lines[i])
                taken << title(m_layout.lines[i].fromItem) + " > " + title(m_layout.lines[i].toItem);
        taken.sort();
        return taken;
    }
    QStringList items() const {
        QStringList reached;
        for (std::size_t i = 0; i < m_layout.items.size(); ++i)
            if (m_way.items[i]) reached << m_layout.items[i].title;
        return reached;
    }

  private:
    void tell(api::Status status, const QStringList& steps) {
        api::InstanceDetail detail;
        detail.status = status;
        for (const auto& name : steps) {
            api::Step step;
            step.index = static_cast<int>(detail.steps.size());
            step.name = name.toStdString() + "-1";
            step.state = api::StepState::complete;
            detail.steps.push_back(step);
        }
        m_layout = layOut(m_graph);
        m_way = wayOf(RunStates(m_graph, detail), m_graph, m_layout);
    }
    QString title(int item) const {
        return item < 0 ? QStringLiteral("|") : m_layout.items[static_cast<std::size_t>(item)].title;
    }

    api::Graph m_graph;
    Layout m_layout;
    Way m_way;
};

const auto complete = api::Status::complete;
const auto running = api::Status::running;

Nodes refusing() {
    return {doing("a"), choosing({{"bad", {doing("refuse"), node(Kind::returnNow)}}}), doing("b")};
}

}  // namespace

class TestWay : public QObject {
    Q_OBJECT

  private slots:
    void withoutARunThereIsNone();
    void aCompleteRunReachesTheEnd();
    void aRunThatGoesOnStopsAtItsStep();
    void whoIsSeenBehindAForkWentRoundIt();
    void aBranchThatReturnsIsNotLeft();
    void otherBranchesTellNothingOfAWayRound();
    void aLoopCanGoBothWays();
    void stepsSideBySideAreJoinedWhenAllAreDone();
    void aFailureGoesToTheCatch();
    void aFunctionThatReturnsGoesOnBehindIt();
};

void TestWay::withoutARunThereIsNone() {
    api::Graph graph;
    graph.nodes = {doing("a")};
    QVERIFY(wayOf(RunStates(), graph, layOut(graph)).items.empty());
}

void TestWay::aCompleteRunReachesTheEnd() {
    const Told told({doing("a")}, complete, {"a"});
    QCOMPARE(told.items(), (QStringList{"Start", "a", "End"}));
    QCOMPARE(told.lines(), (QStringList{"Start > a", "a > End"}));
}

void TestWay::aRunThatGoesOnStopsAtItsStep() {
    const Told told({doing("a"), doing("b"), doing("c")}, running, {"a", "b"});
    QCOMPARE(told.lines(), (QStringList{"Start > a", "a > b"}));
}

void TestWay::whoIsSeenBehindAForkWentRoundIt() {
    const Told told(refusing(), complete, {"a", "b"});
    QCOMPARE(told.items(), (QStringList{"Start", "a", "b", "End"}));
    // Into the fork, the way round and to its end, and on.
    QCOMPARE(told.lines(),
             (QStringList{"Start > a", "a > |", "b > End", "| > b", "| > |", "| > |", "| > |"}));
}

void TestWay::aBranchThatReturnsIsNotLeft() {
    const Told told(refusing(), complete, {"a", "refuse"});
    QCOMPARE(told.items(), (QStringList{"Start", "a", "refuse", "Returns"}));
    QCOMPARE(told.lines(), (QStringList{"Start > a", "a > |", "refuse > Returns", "| > refuse"}));

    // In a frame: its border is not reached either.
    auto tried = node(Kind::tryCatch);
    tried.branches = {{"try", {choosing({{"bad", {doing("refuse"), node(Kind::returnNow)}}})}}};
    const Told framed({tried}, complete, {"refuse"});
    QCOMPARE(framed.lines(), (QStringList{"Start > Try", "refuse > Returns", "| > refuse", "| > |"}));
}

void TestWay::otherBranchesTellNothingOfAWayRound() {
    const auto inner = choosing({{"urgent", {doing("ring")}}});
    const Told told({choosing({{"big", {inner}}, {"", {doing("small")}}})}, complete, {"small"});
    QCOMPARE(told.lines(), (QStringList{"Start > |", "small > |", "| > End", "| > small"}));
}

void TestWay::aLoopCanGoBothWays() {
    const auto loop = node(Kind::loop, {}, refusing());
    const Told told({loop}, running, {"a", "refuse", "a", "b"});
    QVERIFY(told.items().contains("Returns"));
    QVERIFY(told.lines().contains("| > refuse"));
    QVERIFY(told.lines().contains("| > b"));
}

void TestWay::stepsSideBySideAreJoinedWhenAllAreDone() {
    const auto both = node(Kind::parallel, "all", {doing("a"), doing("b")});
    const Told half({both, doing("c")}, running, {"a"});
    QVERIFY(half.lines().contains("| > a"));
    QVERIFY(!half.lines().contains("| > b"));
    QVERIFY(!half.lines().contains("Side by side > c"));
    const Told whole({both, doing("c")}, running, {"a", "b", "c"});
    QVERIFY(whole.lines().contains("b > |"));
    QVERIFY(whole.lines().contains("Side by side > c"));
}

void TestWay::aFailureGoesToTheCatch() {
    auto tried = node(Kind::tryCatch);
    tried.branches = {{"try", {doing("a")}}, {"catch", {doing("b")}}};
    const Told calm({tried}, complete, {"a"});
    QVERIFY(calm.lines().contains("a > |"));
    QVERIFY(!calm.lines().contains("| > b"));
    const Told failed({tried}, complete, {"a", "b"});
    QVERIFY(!failed.lines().contains("a > |"));
    QVERIFY(failed.lines().contains("| > b"));
    QVERIFY(failed.lines().contains("b > |"));
}

void TestWay::aFunctionThatReturnsGoesOnBehindIt() {
    api::Graph graph;
    graph.nodes = {node(Kind::call, "charge"), doing("z")};
    graph.functions["charge"] = refusing();
    const Told told(graph, complete, {"a", "refuse", "z"});
    QVERIFY(told.items().contains("Returns"));
    QVERIFY(told.lines().contains("charge > z"));
    QVERIFY(!told.lines().contains("b > |"));
    QVERIFY(!told.lines().contains("| > b"));
}

QTEST_GUILESS_MAIN(TestWay)
#include "tst_way.moc"
