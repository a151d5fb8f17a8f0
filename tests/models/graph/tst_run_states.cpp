#include "models/graph/run_states.h"
#include "tests/models/graph/graphs.h"

#include <QTest>

using namespace stepwell;
using namespace stepwell::graph;
using namespace stepwell::test;

namespace {

api::Step step(int index, const std::string& name, api::StepState state = api::StepState::complete,
               api::StepKind kind = api::StepKind::step) {
    api::Step result;
    result.index = index;
    result.name = name;
    result.state = state;
    result.kind = kind;
    result.start = api::Time{api::Milliseconds{1000 * index}};
    if (state == api::StepState::complete) result.end = *result.start + api::Milliseconds{250};
    return result;
}

}  // namespace

class TestRunStates : public QObject {
    Q_OBJECT

  private slots:
    void namesFit_data();
    void namesFit();
    void stepsFindTheirPlace();
    void whatIsUnderWayIsSeenFirst();
    void unfinishedStepsOfAnEndedRunWereStopped();
    void stepsReachTheirFrames();
};

void TestRunStates::namesFit_data() {
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("literal");
    QTest::newRow("same") << "charge"
                          << "charge" << (1 << 20);
    QTest::newRow("other") << "charge"
                           << "charge card" << -1;
    QTest::newRow("hole at the end") << "fetch ${i}"
                                     << "fetch 12" << 6;
    QTest::newRow("empty hole") << "fetch ${i}"
                                << "fetch " << 6;
    QTest::newRow("nested braces") << "a ${f({ b: 1 })} c"
                                   << "a x c" << 4;
    QTest::newRow("two holes") << "${a}-${b}"
                               << "left-right" << 1;
    QTest::newRow("only a hole") << "${name}"
                                 << "anything" << 0;
    QTest::newRow("does not end so") << "${a} done"
                                     << "x doing" << -1;
    QTest::newRow("parts may not overlap") << "ab${x}bc"
                                           << "abc" << -1;
    QTest::newRow("hole that never ends") << "a ${b"
                                          << "a whatever" << 2;
}

void TestRunStates::namesFit() {
    QFETCH(QString, pattern);
    QFETCH(QString, name);
    QTEST(fit(pattern.toStdString(), name.toStdString()), "literal");
}

void TestRunStates::stepsFindTheirPlace() {
    api::Graph graph;
    graph.nodes = {doing("reserve ${sku}"), doing("reserve all"), doing("${name}"),
                   sleeping("reserve all", "1")};
    api::InstanceDetail detail;
    detail.status = api::Status::complete;
    detail.steps = {step(0, "reserve mug-1"),
                    step(1, "reserve cup-1"),
                    step(2, "reserve all-1"),
                    step(3, "free-1"),
                    step(4, "reserve all-1", api::StepState::complete, api::StepKind::sleep),
                    step(5, "nowhere-1", api::StepState::complete, api::StepKind::waitForEvent)};
    const RunStates states(graph, detail);
    QCOMPARE(states.of(&graph.nodes[0])->count, 2);
    QCOMPARE(states.of(&graph.nodes[0])->names, (QStringList{"reserve mug-1", "reserve cup-1"}));
    QCOMPARE(states.of(&graph.nodes[0])->took, api::Milliseconds{500});
    QCOMPARE(states.of(&graph.nodes[1])->count, 1);
    QCOMPARE(states.of(&graph.nodes[2])->names, QStringList{"free-1"});
    QCOMPARE(states.of(&graph.nodes[3])->stepIndex, 4);
    QCOMPARE(states.unmatched(), 1);
}

void TestRunStates::whatIsUnderWayIsSeenFirst() {
    api::Graph graph;
    graph.nodes = {doing("a"), sleeping("s", "1000"), waiting("w", "t")};
    api::InstanceDetail detail;
    detail.status = api::Status::running;
    auto failed = step(0, "a-1", api::StepState::errored);
    failed.attempts.resize(2);
    failed.attempts[0].success = false;
    failed.attempts[1].success = false;
    detail.steps = {failed, step(1, "a-2", api::StepState::retrying), step(2, "a-3"),
                    step(3, "s-1", api::StepState::running, api::StepKind::sleep),
                    step(4, "w-1", api::StepState::running, api::StepKind::waitForEvent)};
    const RunStates states(graph, detail);
    const auto* run = states.of(&graph.nodes[0]);
    QCOMPARE(run->count, 3);
    QVERIFY(run->status == api::Status::running);
    QVERIFY(run->isRetrying);
    QCOMPARE(run->stepIndex, 1);
    QCOMPARE(run->failedAttempts, 2);
    QVERIFY(states.of(&graph.nodes[1])->isSleeping);
    QVERIFY(states.of(&graph.nodes[2])->status == api::Status::waiting);
    QVERIFY(!states.of(&graph.nodes[2])->isSleeping);
}

void TestRunStates::unfinishedStepsOfAnEndedRunWereStopped() {
    api::Graph graph;
    graph.nodes = {doing("a")};
    api::InstanceDetail detail;
    detail.status = api::Status::terminated;
    detail.steps = {step(0, "a-1", api::StepState::running)};
    QVERIFY(RunStates(graph, detail).of(&graph.nodes[0])->status == api::Status::terminated);
}

void TestRunStates::stepsReachTheirFrames() {
    const auto graph = orderGraph();
    api::InstanceDetail detail;
    detail.status = api::Status::running;
    detail.steps = {step(0, "check-inventory-1"), step(1, "reserve mug-1"), step(2, "charge-card-1"),
                    step(3, "settle-1", api::StepState::running, api::StepKind::sleep)};
    const RunStates states(graph, detail);
    for (const auto& closed : {std::set<QString>{}, std::set<QString>{"3"}}) {
        const auto layout = layOut(graph, closed);
        const auto reached = states.reached(graph, layout);
        QStringList titles;
        for (std::size_t i = 0; i < reached.size(); ++i)
            if (reached[i]) titles << layout.items[i].title;
        QStringList expected{"Start",  "check-inventory", "Side by side", "Repeats", "reserve ${item.sku}",
                             "charge", "charge-card",     "settle"};
        if (!closed.empty()) expected.removeOne("charge-card");
        QCOMPARE(titles, expected);
    }
}

QTEST_GUILESS_MAIN(TestRunStates)
#include "tst_run_states.moc"
