#include "tests/engine/runtime/runtime_harness.h"

#include <QTest>

using namespace stepwell::engine;
using namespace stepwell::engine::test;

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

class TestAnalysis : public QObject {
    Q_OBJECT

  private slots:
    void givesAGraphForEachClass();
    void readsOtherModules();
    void runsNoneOfTheCode();
    void whatIsNoJavaScriptHasAReason();
    void whatIsTooLargeHasAReason();
    void whatTakesTooMuchMemoryHasAReason();
    void bundlesWaitTheirTurn();
};

void TestAnalysis::givesAGraphForEachClass() {
    RuntimeHarness harness;
    const auto bundle = harness.bundle(R"js(
import { WorkflowEntrypoint } from 'cloudflare:workers';
export class One extends WorkflowEntrypoint { async run(event, step) { await step.do('say "1"', () => 1); } }
export class Two extends WorkflowEntrypoint { async run(event, step) { await step.sleep('zwölf', '1 hour'); } }
)js");
    const auto graphs = harness.analyse(bundle, {"One", "Two", "Three"});
    QVERIFY(graphs && *graphs);
    QCOMPARE((*graphs)->size(), 3U);
    QVERIFY((**graphs)[0].reason.empty());
    QVERIFY(contains((**graphs)[0].graph, R"("name":"say \"1\"")"));
    QVERIFY(contains((**graphs)[1].graph, R"("name":"zwölf","duration":"1 hour")"));
    QVERIFY((**graphs)[2].graph.empty());
    QVERIFY(contains((**graphs)[2].reason, "\"Three\" could not be found"));
    QVERIFY(RuntimeHarness::workerds().empty());
}

void TestAnalysis::readsOtherModules() {
    RuntimeHarness harness;
    auto bundle = harness.bundle("export { One } from './lib/one.js';");
    harness.addModule(bundle, "lib/one.js", "application/javascript+module",
                      "export class One { async run(event, step) { await step.do('far', () => 1); } }");
    harness.addModule(bundle, "data.bin", "application/octet-stream", std::string("\0\xff", 2));
    const auto graphs = harness.analyse(bundle, {"One"});
    QVERIFY(graphs && *graphs);
    QVERIFY2(contains((**graphs)[0].graph, "far"), (**graphs)[0].reason.c_str());
}

void TestAnalysis::runsNoneOfTheCode() {
    RuntimeHarness harness;
    const auto bundle = harness.bundle(
        "export class One { async run(event, step) { await step.do('one', () => 1); } } for (;;);");
    const auto graphs = harness.analyse(bundle, {"One"});
    QVERIFY(graphs && *graphs);
    QVERIFY(contains((**graphs)[0].graph, "step_do"));
}

void TestAnalysis::whatIsNoJavaScriptHasAReason() {
    RuntimeHarness harness;
    const auto graphs = harness.analyse(harness.bundle("export class One {\n  run( {"), {"One"});
    QVERIFY(graphs && *graphs);
    QVERIFY((**graphs)[0].graph.empty());
    QVERIFY(contains((**graphs)[0].reason, "could not be read as JavaScript"));
}

void TestAnalysis::whatIsTooLargeHasAReason() {
    RuntimeHarness harness;
    const auto large = harness.bundle("//" + std::string(17 << 20, 'x'));
    auto graphs = harness.analyse(large, {"One"});
    QVERIFY(graphs && *graphs);
    QVERIFY2(contains((**graphs)[0].reason, "more than 16 MiB"), (**graphs)[0].reason.c_str());
    graphs = harness.analyse(harness.bundle("//" + std::string(7 << 20, 'x')), {"One"});
    QVERIFY(graphs && *graphs);
    QVERIFY2(contains((**graphs)[0].reason, "6 million"), (**graphs)[0].reason.c_str());
}

void TestAnalysis::whatTakesTooMuchMemoryHasAReason() {
    RuntimeHarness harness;
    // One syntax node for every two characters.
    std::string dense = "export const a = [";
    while (dense.size() < (6U << 20U) - 100)
        dense += "0,0,0,0,0,0,0,0,0,0,";
    const auto graphs = harness.analyse(harness.bundle(dense + "];"), {"One"});
    QVERIFY(graphs && *graphs);
    QVERIFY((**graphs)[0].graph.empty());
    QVERIFY(!(**graphs)[0].reason.empty());
}

void TestAnalysis::bundlesWaitTheirTurn() {
    RuntimeHarness harness;
    const auto bundle = harness.bundle("export class One { async run(e, s) { await s.do('a', () => 1); } }");
    std::atomic<int> answered = 0;
    for (int i = 0; i < 5; ++i)
        harness.runtime().analyse(bundle, {"One"}, [&](const auto& graphs) { answered += graphs ? 1 : 100; });
    const auto last = harness.analyse(bundle, {"One"});
    QVERIFY(last && *last);
    QCOMPARE(answered.load(), 5);
}

QTEST_GUILESS_MAIN(TestAnalysis)
#include "tst_analysis.moc"
