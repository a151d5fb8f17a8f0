#include "tests/engine/runtime/tst_driver.h"

#include <QTest>

#include <algorithm>

using namespace stepwell::engine;
using namespace stepwell::engine::test;

namespace {

std::string errorLine(int step, const std::string& name, const std::string& message) {
    return "E\t1\t1\t" + std::to_string(step) + "\t" + name + "\t" + message + "\n";
}

}  // namespace

void TestDriver::initTestCase() {
    m_harness = std::make_unique<RuntimeHarness>();
    m_bundle = m_harness->bundle(readSource("workflows.js"));
    m_bundle.bindingsJson =
        "[{\"type\":\"plain_text\",\"name\":\"TEXT\",\"text\":\"a \\\"b\\\"\\n\"},"
        "{\"type\":\"json\",\"name\":\"OBJECT\",\"json\":{\"a\":7}},"
        "{\"type\":\"workflow\",\"name\":\"FLOW\",\"workflow_name\":\"flow\",\"class_name\":\"Steps\"}]";
}

/// Every test starts the same instance again; the driver drops what it did before.
void TestDriver::begin(const std::string& className, const std::string& params, const std::string& history) {
    while (m_harness->takeQueued()) {
    }
    send("x\t1\t1\n" + RuntimeHarness::begin(1, className, params, history));
}

std::string TestDriver::end(const std::string& kind) {
    const auto line = m_harness->line(kind);
    return line ? line->back() : "no line";
}

void TestDriver::runsStepByStep() {
    begin("Steps", R"(j{"name":"world"})");
    auto line = m_harness->line("d");
    QCOMPARE(*line,
             (Line{"d", "1", "1", "0", "1",
                   R"({"limit":5,"delay":10000,"backoff":"exponential","timeout":600000,"shown":{"retries":)"
                   R"({"limit":5,"delay":10000,"backoff":"exponential"},"timeout":"10 minutes"}})",
                   "greet"}));
    QCOMPARE(*m_harness->line("o"), (Line{"o", "1", "1", "0", "1", "", R"(j{"hello":"world"})"}));
    send("k\t1\t1\t0\n");
    line = m_harness->line("o");
    QCOMPARE(line->back(),
             std::string(R"(j{"step":{"name":"greet","count":2},"attempt":1,"config":{"retries":)"
                         R"({"limit":5,"delay":10000,"backoff":"exponential"},"timeout":"10 minutes"}})"));
    send("k\t1\t1\t1\n");
    QCOMPARE(*m_harness->line("z"), (Line{"z", "1", "1", "2", "1", "2000", "rest"}));
    send("y\t1\t1\t2\n");
    QCOMPARE(*m_harness->line("w"), (Line{"w", "1", "1", "3", "1", "3600000", "approved", "approval"}));
    send("v\t1\t1\t3\t1700000001000\tapproved\tj{\"by\":\"me\"}\n");
    const auto output = end("c");
    QVERIFY2(output.find(R"("sent":[{"by":"me"},"approved",true,1700000001000])") != std::string::npos,
             output.c_str());
    QVERIFY2(output.find(R"("event":[true,"instance-1","my-workflow"])") != std::string::npos,
             output.c_str());
    QVERIFY2(output.find(R"("env":["a \"b\"\n",7,"a \"b\"\n"])") != std::string::npos, output.c_str());
}

void TestDriver::replaysHistory() {
    const std::string history =
        "h\t1\t1\t0\td\t1\tok\tgreet\t\tj\"first\"\n"
        "h\t1\t1\t1\td\t2\tok\tgreet\t\tj\"second\"\n"
        "h\t1\t1\t2\tz\t1\tok\trest\t2000\t\n"
        "h\t1\t1\t3\tw\t1\tok\tapproval\t{\"timestamp\":5,\"type\":\"approved\"}\tju\n";
    begin("Steps", "j{}", history);
    // "ju" is no JSON: the failure to read the payload reaches the code and ends the run.
    QVERIFY(m_harness->line("e"));
    auto good = history;
    good.replace(good.rfind("ju"), 2, "j12");
    begin("Steps", "j{}", good);
    const auto output = end("c");
    QVERIFY2(output.find(R"("first":"first","again":"second","sent":[12,"approved",true,5])") !=
                 std::string::npos,
             output.c_str());
    QVERIFY(!m_harness->takeQueued());
}

void TestDriver::resumesAnOpenStep() {
    const std::string recorded =
        R"({"limit":1,"delay":7,"backoff":"constant","timeout":9,"shown":{"retries":{"limit":1,"delay":7,"backoff":"constant"},"timeout":9}})";
    begin("Steps", "j{}",
          "h\t1\t1\t0\td\t1\tok\tgreet\t\tju\nh\t1\t1\t1\td\t2\topen\tgreet\t" + recorded + "\t\n");
    QCOMPARE(m_harness->line("e")->at(3), std::string("SyntaxError"));
    begin("Steps", "j{}",
          "h\t1\t1\t0\td\t1\tok\tgreet\t\tj1\nh\t1\t1\t1\td\t2\topen\tgreet\t" + recorded + "\t\n");
    QCOMPARE(*m_harness->line("D"), (Line{"D", "1", "1", "1"}));
    send("go\t1\t1\t1\t3\n");
    const auto line = m_harness->line("o");
    QCOMPARE(line->at(4), std::string("3"));
    QVERIFY(
        line->back().find(
            R"("attempt":3,"config":{"retries":{"limit":1,"delay":7,"backoff":"constant"},"timeout":9})") !=
        std::string::npos);
    send("k\t1\t1\t1\n");
    // New steps continue behind the known ones.
    QCOMPARE(*m_harness->line("z"), (Line{"z", "1", "1", "2", "1", "2000", "rest"}));
}

void TestDriver::parallelAndNested() {
    begin("Parallel");
    QCOMPARE(m_harness->line("d")->back(), std::string("a"));
    QCOMPARE(m_harness->line("d")->back(), std::string("b"));
    auto line = m_harness->line("d");
    QCOMPARE(line->at(3), std::string("2"));
    QCOMPARE(line->back(), std::string("inner"));
    send("k\t1\t1\t1\nk\t1\t1\t2\n");
    while ((line = m_harness->line("o")) && line->at(3) != "0") {
    }
    QCOMPARE(line->back(), std::string("j\"in\""));
    send("k\t1\t1\t0\n");
    QCOMPARE(end("c"), std::string(R"(j["in","b"])"));
}

void TestDriver::failures_data() {
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("flags");
    QTest::addColumn<QString>("delay");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("message");
    QTest::newRow("standard class") << "plain"
                                    << "-"
                                    << "-1"
                                    << "RangeError"
                                    << "far";
    QTest::newRow("custom name") << "custom"
                                 << "-"
                                 << "-1"
                                 << "Error"
                                 << "MyError: mine";
    QTest::newRow("text") << "text"
                          << "-"
                          << "-1"
                          << "Error"
                          << "just text";
    QTest::newRow("non-retryable") << "final"
                                   << "N"
                                   << "-1"
                                   << "NonRetryableError"
                                   << "no more";
    QTest::newRow("non-retryable, own name") << "finalNamed"
                                             << "N"
                                             << "-1"
                                             << "Error"
                                             << "Mine: no more";
    QTest::newRow("function") << "function"
                              << "Q"
                              << "-1"
                              << "Error"
                              << "Value returned from step \"s\" is not serialisable";
    QTest::newRow("symbol") << "symbol"
                            << "-"
                            << "-1"
                            << "DataCloneError"
                            << "Symbol(x) could not be cloned.";
    QTest::newRow("class instance")
        << "instance"
        << "-"
        << "-1"
        << "DataCloneError"
        << "Could not serialize object of type \"Foo\". This type does not support "
           "serialization.";
    const QString tooLarge = "Step s-1 output is too large. Maximum allowed size is 1MiB.";
    QTest::newRow("30 MiB of text") << "large"
                                    << "-"
                                    << "-1"
                                    << "WorkflowInternalError" << tooLarge;
    QTest::newRow("a long list") << "largeList"
                                 << "-"
                                 << "-1"
                                 << "WorkflowInternalError" << tooLarge;
    QTest::newRow("locked stream") << "stream"
                                   << "N"
                                   << "-1"
                                   << "InvalidStepReadableStreamError"
                                   << "";
    QTest::newRow("delay function") << "delay"
                                    << "-"
                                    << "60000"
                                    << "Error"
                                    << "again";
    QTest::newRow("delay function throws") << "delayThrows"
                                           << "N"
                                           << "-1"
                                           << "NonRetryableDelayError"
                                           << "The delay function for step \"s-1\" threw an error: no idea";
    QTest::newRow("delay function gives nonsense")
        << "delayBad"
        << "N"
        << "-1"
        << "NonRetryableDelayError"
        << "The delay function for step \"s-1\" returned an invalid delay value \"soon\"";
}

void TestDriver::failures() {
    QFETCH(QString, what);
    QFETCH(QString, flags);
    QFETCH(QString, delay);
    QFETCH(QString, name);
    QFETCH(QString, message);
    begin("Fails", "j\"" + what.toStdString() + "\"");
    const auto line = m_harness->line("f");
    QVERIFY(line);
    QCOMPARE(line->size(), 10U);
    QCOMPARE(QString::fromStdString(line->at(5)), flags);
    QCOMPARE(QString::fromStdString(line->at(6)), delay);
    QCOMPARE(QString::fromStdString(line->at(7)), name);
    if (!message.isEmpty()) QCOMPARE(QString::fromStdString(line->at(8)), message);
    QVERIFY(line->at(9).find("driver.js") == std::string::npos);
}

void TestDriver::rejectedLikeOnReplay() {
    const std::vector<std::array<std::string, 3>> cases{
        {"RangeError", "far", "RangeError|RangeError|far"},
        {"DataCloneError", "no", "DOMException|DataCloneError|no"},
        {"WorkflowTimeoutError", "Execution timed out after 3ms",
         "Error|Error|WorkflowTimeoutError: Execution timed out after 3ms"},
        {"NonRetryableError", "nope", "Error|Error|NonRetryableError: nope"},
        {"Error", "MyError: mine", "Error|Error|MyError: mine"}};
    for (const auto& [name, message, seen] : cases) {
        begin("Fails", "j\"plain\"");
        QVERIFY(m_harness->line("f"));
        send(errorLine(0, name, message));
        QCOMPARE(end("c"), "j\"" + seen + "\"");
        begin("Fails", "j\"plain\"",
              "h\t1\t1\t0\td\t1\terr\ts\t{\"name\":\"" + name + "\",\"message\":\"" + message + "\"}\t\n");
        QCOMPARE(end("c"), "j\"" + seen + "\"");
    }
    begin("Fails", "j\"uncaught\"");
    const auto line = m_harness->line("e");
    QCOMPARE(line->at(3), std::string("TypeError"));
    QVERIFY(line->at(5).find("user/index.js:") != std::string::npos);
    begin("Fails", "j\"returnsFunction\"");
    QCOMPARE(m_harness->line("e")->at(3), std::string("DataCloneError"));
}

void TestDriver::misuse() {
    begin("Misuse");
    const auto output = end("c");
    const auto has = [&](const std::string& part) { return output.find(part) != std::string::npos; };
    QVERIFY2(has(R"(Step name \"bad\nname\" exceeds max length (256 chars) or invalid characters found)"),
             output.c_str());
    QVERIFY2(has(R"(WorkflowFatalError: Step \"c\" requires a callback function)"), output.c_str());
    QVERIFY2(has(R"(Step config for \"c\" is in a invalid format)"), output.c_str());
    QVERIFY2(has(R"(Rollback options for \"c\" must be an object)"), output.c_str());
    QVERIFY2(has(R"(Rollback for \"c\" must be a function)"), output.c_str());
    QVERIFY2(has("You can't sleep until a time in the past, time-traveler"), output.c_str());
    QVERIFY2(has("5 trains"), output.c_str());
    QVERIFY2(has(R"(Event type of \"w\")"), output.c_str());
    QCOMPARE(QString::fromStdString(output).count("Error|Error|"), 12);
    QVERIFY(!m_harness->takeQueued());
}

void TestDriver::stepLimit() {
    std::string history;
    for (int i = 0; i < 10; ++i)
        history += "h\t1\t1\t" + std::to_string(i) + "\td\t" + std::to_string(i + 1) + "\tok\tn\t\tj0\n";
    begin("Many", "j{}", history);
    QCOMPARE(
        m_harness->line("e")->at(4),
        std::string(
            "WorkflowFatalError: The limit of 10 steps has been reached. This limit can be changed in your "
            "worker configuration."));
}

void TestDriver::config() {
    begin("Config");
    QCOMPARE(
        m_harness->line("d")->at(5),
        std::string(
            R"({"limit":-1,"delay":60000,"backoff":"linear","timeout":5000,"shown":{"retries":)"
            R"({"limit":"Infinity","delay":"1 minute","backoff":"linear"},"timeout":5000,"sensitive":"output"}})"));
    QVERIFY(m_harness->line("o"));
    send("k\t1\t1\t0\n");
    QCOMPARE(
        m_harness->line("d")->at(5),
        std::string(R"({"limit":2,"delay":100,"backoff":"exponential","timeout":600000,"shown":{"retries":)"
                    R"({"limit":2,"delay":100,"backoff":"exponential"},"timeout":"10 minutes"}})"));
}

void TestDriver::sleepUntilKeepsItsTarget() {
    const auto target =
        std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(
                           (std::chrono::system_clock::now() + std::chrono::hours(1)).time_since_epoch())
                           .count());
    begin("Until", "j" + target);
    QCOMPARE(*m_harness->line("Z"), (Line{"Z", "1", "1", "0", "1", target, "until"}));
    send("y\t1\t1\t0\n");
    QCOMPARE(m_harness->line("Z")->at(4), std::string("2"));
    // The time has passed meanwhile: known sleeps are honoured.
    begin("Until", "j1000", "h\t1\t1\t0\tZ\t1\tok\tuntil\t1000\t\nh\t1\t1\t1\tZ\t2\topen\tuntil\t1000\t\n");
    send("y\t1\t1\t1\n");
    QCOMPARE(end("c"), std::string("j\"awake\""));
}

void TestDriver::holdsNewSteps() {
    begin("Steps");
    QVERIFY(m_harness->line("o"));
    send("p\t1\t1\t1\nk\t1\t1\t0\nb\t5\n");
    QVERIFY(m_harness->line("b"));  // whatever the commit woke has come to rest
    QVERIFY(m_harness->line("d"));
    QVERIFY(!m_harness->takeQueued());
    send("p\t1\t1\t0\n");
    QCOMPARE(m_harness->line("d")->at(3), std::string("1"));
}

void TestDriver::lateResultIsIgnored() {
    begin("Parallel");
    QVERIFY(m_harness->line("o"));  // b; a still waits for its inner step
    QVERIFY(m_harness->line("o"));
    send("T\t1\t1\t0\t1\nk\t1\t1\t2\nb\t6\n");
    QVERIFY(m_harness->line("b"));
    while (const auto line = m_harness->takeQueued())
        QVERIFY(line->at(0) != "o");
    send("go\t1\t1\t0\t2\n");  // the inner step of the second attempt is a new one
    const auto line = m_harness->line("d");
    QCOMPARE(line->back(), std::string("inner"));
    QCOMPARE(line->at(4), std::string("2"));
}

void TestDriver::droppedAndStaleRunsAreSilent() {
    begin("Steps");
    QVERIFY(m_harness->line("o"));
    send("x\t1\t1\nk\t1\t1\t0\nb\t7\n");
    QVERIFY(m_harness->line("b"));
    QVERIFY(m_harness->line("d"));
    QVERIFY(!m_harness->takeQueued());
    begin("Steps");
    QVERIFY(m_harness->line("o"));
    send(RuntimeHarness::begin(1, "Steps", "j{}", {}, 2) + "k\t1\t1\t0\nb\t8\n");
    QCOMPARE(m_harness->line("o")->at(2), std::string("2"));
    QVERIFY(m_harness->line("b"));
    while (const auto line = m_harness->takeQueued())
        QVERIFY(line->at(0) != "z");
    send("x\t1\t2\n");
}

void TestDriver::unknownClass() {
    begin("Missing");
    const auto line = m_harness->line("e");
    QCOMPARE(line->at(3), std::string("TypeError"));
    QVERIFY(line->at(4).find("\"Missing\"") != std::string::npos);
    QVERIFY(line->at(4).find("Parallel") != std::string::npos);
}

void TestDriver::aHandlerThatAReplayDoesNotRegisterIsMissing() {
    auto lines = RuntimeHarness::begin(1, "Stepless", "j{}", "h\t1\t1\t0\td\t1\tok\told\t\tj1\n");
    lines.replace(lines.rfind("R\t"), 1, "U");
    while (m_harness->takeQueued()) {
    }
    send("x\t1\t1\n" + lines + "u\t1\t1\t1\t1\t0\t{}\tError\tno\tj1\n");
    const auto line = m_harness->line("F");
    QCOMPARE(line->at(5), std::string("N"));
    QCOMPARE(line->at(7), std::string("RollbackMissing"));
    while (const auto next = m_harness->takeQueued())
        QVERIFY(next->at(0) != "c");  // how a replay for handlers ends is not told
}

namespace {

/// Says of every line of the bundle that it comes from 100 lines further down in another file.
std::string shiftingMap(int lines) {
    std::string mappings = "AAoGA";
    for (int i = 1; i < lines; ++i)
        mappings += ";AACA";
    return R"({"version":3,"sources":["../../src/flow.ts"],"sourcesContent":[null],"names":[],"mappings":")" +
           mappings + "\"}";
}

int lineOf(const std::string& source, const std::string& text) {
    return 1 + static_cast<int>(std::count(source.begin(), source.begin() + source.find(text), '\n'));
}

}  // namespace

void TestDriver::aStepsFailureThatIsHandledLateIsNotLogged() {
    begin("Late");
    QVERIFY(m_harness->line("f"));
    send(errorLine(0, "NonRetryableError", "no more") + "b\t9\n");
    while (const auto line = m_harness->line("b"))
        if (line->at(1) == "9") break;
    send("k\t1\t1\t1\n");
    QCOMPARE(end("c"), std::string(R"(j"Error|Error|NonRetryableError: no more")"));
    while (const auto line = m_harness->takeQueued())
        QVERIFY2(line->at(0) != "l", line->back().c_str());
}

void TestDriver::stacksNameTheSources() {
    const auto source = readSource("workflows.js");
    RuntimeHarness harness;
    auto bundle = harness.bundle(source);
    harness.addModule(bundle, "index.js.map", "application/source-map", shiftingMap(1'000));
    const auto place = [&](const char* text) {
        return "src/flow.ts:" + std::to_string(100 + lineOf(source, text)) + ":";
    };
    harness.send(bundle, RuntimeHarness::begin(1, "Fails", "j\"plain\""));
    const auto step = harness.line("f");
    QVERIFY(step);
    QVERIFY2(step->at(9).find(place("RangeError('far')")) != std::string::npos, step->at(9).c_str());
    QVERIFY2(step->at(9).find("user/index.js") == std::string::npos, step->at(9).c_str());
    harness.send(bundle, RuntimeHarness::begin(2, "Fails", "j\"uncaught\""));
    const auto run = harness.line("e");
    QVERIFY(run);
    QVERIFY2(run->at(5).find(place("TypeError('uncaught')")) != std::string::npos, run->at(5).c_str());
    harness.send(bundle, RuntimeHarness::begin(3, "Uncaught"));
    const auto log = harness.line("l");
    QVERIFY(log);
    QVERIFY2(log->at(7).find(place("Error('nobody waits')")) != std::string::npos, log->at(7).c_str());
}

void TestDriver::anUnreadableSourceMapChangesNothing() {
    for (const std::string map : {"", "{}", "[1", R"({"version":3,"sources":[7],"mappings":"!!"})"}) {
        RuntimeHarness harness;
        auto bundle = harness.bundle(readSource("workflows.js"));
        harness.addModule(bundle, "index.js.map", "application/source-map", map);
        harness.send(bundle, RuntimeHarness::begin(1, "Fails", "j\"plain\""));
        const auto line = harness.line("f");
        QVERIFY2(line, map.c_str());
        QCOMPARE(line->at(8), std::string("far"));
        QVERIFY2(line->at(9).find("user/index.js:") != std::string::npos, line->at(9).c_str());
    }
}

void TestDriver::logs() {
    begin("Logs");
    auto line = m_harness->line("l");
    QCOMPARE(line->at(3), std::string("-1"));
    QCOMPARE(line->at(5), std::string("info"));
    QCOMPARE(line->at(7),
             std::string("from run text 42 { a: [ 1, 'b', Map(1) { 1 => 1970-01-01T00:00:00.000Z } ] }"));
    for (const std::string step : {"0", "1"}) {
        line = m_harness->line("l");
        QCOMPARE(line->at(3), step);
        QCOMPARE(line->at(4), std::string("1"));
        QCOMPARE(line->at(5), std::string("warn"));
        QCOMPARE(line->at(7), std::string(step == "0" ? "x" : "y"));
    }
    send("k\t1\t1\t0\nk\t1\t1\t1\n");
    QVERIFY(m_harness->line("c"));
    int lines = 3;
    std::string last;
    while (const auto next = m_harness->takeQueued()) {
        if (next->at(0) != "l") continue;
        ++lines;
        last = next->at(7);
    }
    QCOMPARE(lines, 1001);
    QVERIFY(last.find("log limit reached") == 0);
}

void TestDriver::largeFrames() {
    // Both directions need several frames, with characters of all lengths on their borders.
    std::string text;
    while (text.size() < 700'000)
        text += "aé€😀";
    begin("Steps", "j{\"name\":\"" + text + "\"}");
    QCOMPARE(end("o"), "j{\"hello\":\"" + text + "\"}");
}

QTEST_GUILESS_MAIN(TestDriver)
