#include "app/engine/runtime/paths.h"
#include "app/engine/runtime/process_stats.h"
#include "tests/engine/runtime/runtime_harness.h"

#include <QTest>

#include <fstream>
#include <signal.h>

using namespace stepwell::engine;
using namespace stepwell::engine::test;
using namespace std::chrono_literals;

namespace {

const std::string simple = R"js(
import { WorkflowEntrypoint } from 'cloudflare:workers';
export class Simple extends WorkflowEntrypoint {
  async run(event, step) { return step.do('one', async () => 1); }
}
export class Spin extends WorkflowEntrypoint {
  async run(event, step) { await step.do('spin', async () => { for (;;); }); }
}
export class Hoard extends WorkflowEntrypoint {
  async run(event, step) {
    await step.do('hoard', async () => { const all = []; for (;;) all.push(new Array(10000).fill(all.length)); });
  }
}
export class Other {}
export default { async fetch() { return new Response('hi'); }, async scheduled() {} };
)js";

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

class TestProcess : public QObject {
    Q_OBJECT

  private slots:
    void runsInASandbox();
    void reportsMissingParts_data();
    void reportsMissingParts();
    void unusableSandboxIsNotTheCodesFault();
    void runsWithoutASandboxWhenAsked();
    void checkTellsWhatIsExported();
    void checkRefuses_data();
    void checkRefuses();
    void importErrorEndsTheProcess();
    void endlessLoopIsKilled();
    void endlessLoopAtImportIsKilled();
    void heapExhaustionIsACrash();
    void killFromOutsideIsNobodysFault();
    void releasedProcessStops();
    void sendKeepsAReleasedProcess();
    void stopIsReportedOnceAndTheNextSendStartsAnew();
    void noProcessFollowsOneWhoseExitWasNotSeen();
    void leftoversOfAnEarlierLifeAreRemoved();
    void usageCountsMemory();
};

void TestProcess::runsInASandbox() {
    RuntimeHarness harness;
    QVERIFY2(harness.runtime().sandbox().usable, harness.runtime().sandbox().message.c_str());
    QVERIFY(harness.runtime().sandbox().sandboxed);
    harness.send(harness.bundle(simple), RuntimeHarness::begin(1, "Simple"));
    QVERIFY(harness.line("o"));
    const auto workerds = RuntimeHarness::workerds();
    QCOMPARE(workerds.size(), 1U);
    const std::filesystem::path process = "/proc/" + std::to_string(workerds[0]);
    // What the process sees as its file system and its network.
    QVERIFY(std::filesystem::exists(process / "root/stepwell/workerd"));
    QVERIFY(!std::filesystem::exists(process / "root/etc/passwd"));
    QVERIFY(!std::filesystem::exists(process / "root/home"));
    QVERIFY(!std::filesystem::exists(process / "root/usr/bin"));
    QVERIFY(std::filesystem::read_symlink(process / "ns/net") !=
            std::filesystem::read_symlink("/proc/self/ns/net"));
    std::ifstream routes(process / "net/route");
    std::string line;
    int lines = 0;
    while (std::getline(routes, line))
        ++lines;
    QVERIFY(lines <= 1);  // the heading
    std::ifstream environment(process / "environ");
    const std::string variables((std::istreambuf_iterator<char>(environment)), {});
    QVERIFY(!contains(variables, "HOME="));
}

void TestProcess::reportsMissingParts_data() {
    QTest::addColumn<QString>("workerd");
    QTest::addColumn<QString>("bubblewrap");
    QTest::addColumn<QString>("said");
    QTest::newRow("no bubblewrap") << ""
                                   << "/nowhere/bwrap"
                                   << "apt install bubblewrap";
    QTest::newRow("bubblewrap refuses") << ""
                                        << "false"
                                        << "--allow-unsandboxed";
    QTest::newRow("no workerd") << "/nowhere/workerd"
                                << "bwrap"
                                << "workerd is not at /nowhere/workerd";
}

void TestProcess::reportsMissingParts() {
    QFETCH(QString, workerd);
    QFETCH(QString, bubblewrap);
    QFETCH(QString, said);
    RuntimeOptions options;
    options.workerd = workerd.toStdString();
    options.bubblewrap = bubblewrap.toStdString();
    RuntimeHarness harness(options);
    QVERIFY(!harness.runtime().sandbox().usable);
    QVERIFY2(contains(harness.runtime().sandbox().message, said.toStdString()),
             harness.runtime().sandbox().message.c_str());
    const auto checked = harness.check(harness.bundle(simple));
    QVERIFY(checked && !*checked);
}

/// Nothing is wrong with the code, so its instances are not to fail for it.
void TestProcess::unusableSandboxIsNotTheCodesFault() {
    RuntimeOptions options;
    options.bubblewrap = "/nowhere/bwrap";
    RuntimeHarness harness(options);
    harness.send(harness.bundle(simple), RuntimeHarness::begin(1, "Simple"));
    const auto exit = harness.exit();
    QVERIFY(exit);
    QCOMPARE(exit->cause, ExitCause::killed);
    QVERIFY2(contains(exit->reason, "apt install bubblewrap"), exit->reason.c_str());
}

void TestProcess::runsWithoutASandboxWhenAsked() {
    RuntimeOptions options;
    options.allowUnsandboxed = true;
    options.bubblewrap = "/nowhere/bwrap";
    RuntimeHarness harness(options);
    QVERIFY(harness.runtime().sandbox().usable);
    QVERIFY(!harness.runtime().sandbox().sandboxed);
    QVERIFY(!harness.runtime().sandbox().message.empty());
    harness.send(harness.bundle(simple), RuntimeHarness::begin(1, "Simple"));
    QVERIFY(harness.line("o"));
}

void TestProcess::checkTellsWhatIsExported() {
    RuntimeHarness harness;
    const auto facts = harness.check(harness.bundle(simple));
    QVERIFY(facts && *facts);
    QCOMPARE((*facts)->entrypoints, (std::vector<std::string>{"Hoard", "Simple", "Spin"}));
    QCOMPARE((*facts)->handlers, (std::vector<std::string>{"fetch", "scheduled"}));
    QVERIFY((*facts)->startup > 0ms);
    QVERIFY(RuntimeHarness::workerds().empty());
}

void TestProcess::checkRefuses_data() {
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("source");
    QTest::addColumn<QStringList>("said");
    const QString es = "application/javascript+module";
    QTest::newRow("throws") << es << "\nthrow new TypeError('not today');"
                            << QStringList{"not today", "index.js:2"};
    QTest::newRow("syntax") << es << "let a = 1;\nlet = = 2;" << QStringList{"SyntaxError", "index.js:2"};
    QTest::newRow("missing import") << es << "import './nothing.js';" << QStringList{"nothing.js"};
    QTest::newRow("python") << "text/x-python"
                            << "print(1)" << QStringList{"Python"};
    QTest::newRow("unknown type") << "image/png"
                                  << "x" << QStringList{"image/png"};
    QTest::newRow("text as main") << "text/plain"
                                  << "x" << QStringList{"not JavaScript"};
    QTest::newRow("not JavaScript") << es
                                    << "\x7f"
                                       "ELF\x02\x01"
                                    << QStringList{"SyntaxError"};
}

void TestProcess::checkRefuses() {
    QFETCH(QString, type);
    QFETCH(QString, source);
    QFETCH(QStringList, said);
    RuntimeHarness harness;
    auto bundle = harness.bundle("");
    bundle.modules.clear();
    harness.addModule(bundle, "index.js", type.toStdString(), source.toStdString());
    const auto checked = harness.check(bundle);
    QVERIFY(checked && !*checked);
    QCOMPARE(checked->error().code, stepwell::api::code::scriptInvalid);
    for (const auto& part : said)
        QVERIFY2(contains(checked->error().message, part.toStdString()), checked->error().message.c_str());
}

void TestProcess::importErrorEndsTheProcess() {
    RuntimeHarness harness;
    harness.send(harness.bundle("throw new Error('broken')"), RuntimeHarness::begin(1, "Simple"));
    const auto exit = harness.exit();
    QVERIFY(exit);
    QCOMPARE(exit->cause, ExitCause::failedToStart);
    QVERIFY(contains(exit->reason, "broken"));
    QVERIFY(!harness.runtime().isUp(RuntimeHarness::id()));
}

void TestProcess::endlessLoopIsKilled() {
    RuntimeOptions options;
    options.cpuLimit = 300ms;
    RuntimeHarness harness(options);
    harness.send(harness.bundle(simple), RuntimeHarness::begin(1, "Spin"));
    const auto exit = harness.exit();
    QVERIFY(exit);
    QCOMPARE(exit->cause, ExitCause::unresponsive);
    QVERIFY2(contains(exit->reason, "0.3 s"), exit->reason.c_str());
}

void TestProcess::endlessLoopAtImportIsKilled() {
    RuntimeOptions options;
    options.cpuLimit = 300ms;
    RuntimeHarness harness(options);
    const auto checked = harness.check(harness.bundle("for (;;);"));
    QVERIFY(checked && !*checked);
    QCOMPARE(checked->error().code, stepwell::api::code::scriptInvalid);
    QVERIFY2(contains(checked->error().message, "never ends"), checked->error().message.c_str());
}

void TestProcess::heapExhaustionIsACrash() {
    RuntimeOptions options;
    options.heapLimitMiB = 64;
    RuntimeHarness harness(options);
    harness.send(harness.bundle(simple), RuntimeHarness::begin(1, "Hoard"));
    const auto exit = harness.exit();
    QVERIFY(exit);
    QCOMPARE(exit->cause, ExitCause::crashed);
    QCOMPARE(exit->reason, std::string("ran out of memory (limit 64 MiB)"));
}

void TestProcess::killFromOutsideIsNobodysFault() {
    RuntimeHarness harness;
    const auto bundle = harness.bundle(simple);
    harness.send(bundle, RuntimeHarness::begin(1, "Simple"));
    QVERIFY(harness.line("o"));
    const auto workerds = RuntimeHarness::workerds();
    QCOMPARE(workerds.size(), 1U);
    QCOMPARE(::kill(workerds[0], SIGKILL), 0);
    const auto exit = harness.exit();
    QVERIFY(exit);
    QCOMPARE(exit->cause, ExitCause::killed);
    QVERIFY(!harness.runtime().isUp(RuntimeHarness::id()));
    QCOMPARE(harness.exitsLeft(), 0U);
}

void TestProcess::releasedProcessStops() {
    RuntimeOptions options;
    options.idleStop = 1ms;
    RuntimeHarness harness(options);
    harness.send(harness.bundle(simple), RuntimeHarness::begin(1, "Simple"));
    QVERIFY(harness.line("o"));
    harness.runtime().release(RuntimeHarness::id());
    const auto exit = harness.exit();
    QVERIFY(exit);
    QCOMPARE(exit->cause, ExitCause::stopped);
}

void TestProcess::sendKeepsAReleasedProcess() {
    RuntimeOptions options;
    options.idleStop = 500ms;
    RuntimeHarness harness(options);
    const auto bundle = harness.bundle(simple);
    harness.send(bundle, RuntimeHarness::begin(1, "Simple"));
    QVERIFY(harness.line("o"));
    harness.runtime().release(RuntimeHarness::id());
    harness.send(bundle, RuntimeHarness::begin(2, "Simple"));
    QVERIFY(harness.line("o"));
    // A second process, released later, is stopped; the first must not have been before it.
    harness.runtime().send(bundle, true, RuntimeHarness::begin(3, "Simple"));
    QVERIFY(harness.line("o"));
    harness.runtime().release({RuntimeHarness::id().version, true});
    QVERIFY(harness.exit());
    QVERIFY(harness.runtime().isUp(RuntimeHarness::id()));
    QVERIFY(!harness.runtime().isUp({RuntimeHarness::id().version, true}));
}

void TestProcess::stopIsReportedOnceAndTheNextSendStartsAnew() {
    RuntimeHarness harness;
    const auto bundle = harness.bundle(simple);
    harness.send(bundle, RuntimeHarness::begin(1, "Simple"));
    QVERIFY(harness.line("o"));
    harness.runtime().stop(RuntimeHarness::id());
    harness.runtime().stop(RuntimeHarness::id());
    const auto exit = harness.exit();
    QVERIFY(exit);
    QCOMPARE(exit->cause, ExitCause::stopped);
    harness.runtime().exitSeen(RuntimeHarness::id());
    harness.send(bundle, RuntimeHarness::begin(1, "Simple"));
    QVERIFY(harness.line("o"));
    QCOMPARE(harness.exitsLeft(), 0U);
}

/// An exit that waits in the core's queue ends every run handed over so far. A run in a newer process would
/// be declared interrupted by it, and its code would run twice.
void TestProcess::noProcessFollowsOneWhoseExitWasNotSeen() {
    RuntimeHarness harness;
    const auto bundle = harness.bundle(simple);
    harness.send(bundle, RuntimeHarness::begin(1, "Simple"));
    QVERIFY(harness.line("o"));
    QCOMPARE(::kill(RuntimeHarness::workerds().at(0), SIGKILL), 0);
    QVERIFY(harness.exit());
    harness.send(bundle, RuntimeHarness::begin(2, "Simple"));
    QCOMPARE(harness.runtime().usage().processes, 0);
    harness.runtime().exitSeen(RuntimeHarness::id());
    harness.send(bundle, RuntimeHarness::begin(3, "Simple"));
    const auto line = harness.line("o");  // a process that had got the second run would have told it first
    QVERIFY(line);
    QCOMPARE(line->at(1), std::string("3"));
    QCOMPARE(harness.exitsLeft(), 0U);
}

void TestProcess::leftoversOfAnEarlierLifeAreRemoved() {
    TemporaryFolder folder;
    std::filesystem::create_directories(folder.path() / "7/code");
    std::ofstream(folder.path() / "7/code/m0") << "old";
    RuntimeOptions options;
    options.workerd = defaultWorkerd();
    options.driver = defaultDriver();
    options.stateDir = folder.path();
    RuntimeHarness harness;
    const auto runtime = Runtime::create(options, harness);
    QVERIFY(std::filesystem::is_empty(folder.path()));
}

void TestProcess::usageCountsMemory() {
    RuntimeOptions options;
    options.cpuLimit = 200ms;  // the heartbeat, which also finds the process id, then comes often
    RuntimeHarness harness(options);
    QCOMPARE(harness.runtime().usage().processes, 0);
    harness.send(harness.bundle(simple), RuntimeHarness::begin(1, "Simple"));
    QVERIFY(harness.line("o"));
    QCOMPARE(harness.runtime().usage().processes, 1);
    QTRY_VERIFY(harness.runtime().usage().residentBytes > 10'000'000);
}

QTEST_GUILESS_MAIN(TestProcess)
#include "tst_process.moc"
