#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/analytics/batch.h"
#include "core_rig.h"
#endif

#include <QTest>

using namespace stepwell;
using namespace stepwell::engine;
using namespace std::chrono_literals;
using analytics::TableId;

namespace {

/// All rows of a table in the log, a line each: its columns, `-` for no value.
std::string noted(CoreRig& rig, TableId table) {
    analytics::RowSorter sorter;
    auto query = rig.db().query("SELECT data FROM metric_log ORDER BY seq");
    while (query.step())
        if (!sorter.take(query.text())) return "damaged";
    const auto batch = sorter.of(table).take();
    std::string text;
    for (std::size_t row = 0; row < batch.rows; ++row) {
        for (std::size_t i = 0; i < batch.columns.size(); ++i) {
            const auto& column = batch.columns[i];
            const auto value = column.values[row];
            if (i > 0) text += ' ';
            if (!column.words.empty())
                text += column.words[static_cast<std::size_t>(value)];
            else
                text += value < 0 ? "-" : std::to_string(value);
        }
        text += '\n';
    }
    return text;
}

std::string doStep(int index, const std::string& name, int retries = 0) {
    return "d\t%\t" + std::to_string(index) + "\t1\t" + CoreRig::config(retries, 1000, "constant") + "\t" +
           name + "\n";
}
std::string ok(int index, int attempt = 1) {
    return "o\t%\t" + std::to_string(index) + "\t" + std::to_string(attempt) + "\t\tj1\n";
}
std::string failed(int index, int attempt = 1) {
    return "f\t%\t" + std::to_string(index) + "\t" + std::to_string(attempt) + "\t-\t-1\tError\tno\t\n";
}

}  // namespace

/// What a turn does is noted in its own transaction.
class MetricsTest final : public QObject {
    Q_OBJECT

  private slots:
    void aRunIsToldFromQueueToEnd() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "charge", 2));
        rig.pass(30ms);
        rig.say(failed(0));
        rig.pass(1000ms);
        rig.heard();
        rig.pass(20ms);
        rig.say(ok(0, 2));
        rig.say("c\t%\t\tj1\n");
        QCOMPARE(noted(rig, TableId::workflowEvents),
                 std::string("flow one  WORKFLOW_QUEUED 0 - - 0 0 0\n"
                             "flow one  WORKFLOW_START 0 - - 0 0 0\n"
                             "flow one charge STEP_START 1 - - 0 0 0\n"
                             "flow one charge ATTEMPT_START 1 - - 0 0 0\n"
                             "flow one charge ATTEMPT_FAILURE 1 30000 0 0 0 0\n"
                             "flow one charge ATTEMPT_START 1 - - 1 0 0\n"
                             "flow one charge ATTEMPT_SUCCESS 1 20000 0 0 0 0\n"
                             "flow one charge STEP_SUCCESS 1 1050000 0 0 1 1\n"
                             "flow one  WORKFLOW_SUCCESS 0 1050000 0 0 0 0\n"));
        QCOMPARE(noted(rig, TableId::queueWait), std::string("flow 0\n"));
        QCOMPARE(noted(rig, TableId::queueDepth), std::string());
    }

    void sleepsAndWaitsAreToldWithWhatTheyCost() {
        CoreRig rig;
        rig.create();
        rig.say("z\t%\t0\t1\t2000\tnap\n");
        rig.heard();
        rig.pass(2000ms);
        rig.heard();
        rig.say("w\t%\t1\t1\t500\tpaid\tpayment\t\n");
        rig.pass(500ms);
        const auto events = noted(rig, TableId::workflowEvents);
        QVERIFY2(events.find("flow one nap SLEEP_START 1 - - 0 0 0\n"
                             "flow one nap SLEEP_COMPLETE 1 2000000 0 0 0 1\n"
                             "flow one payment WAIT_START 2 - - 0 0 0\n"
                             "flow one payment WAIT_TIMED_OUT 2 500000 0 0 0 1\n") != std::string::npos,
                 events.c_str());
        const auto blocked = noted(rig, TableId::blocked);
        QVERIFY2(blocked.starts_with("flow sleep\n"), blocked.c_str());
    }

    void theQueueTellsItsDepthAndItsWaits() {
        CoreRig rig;
        ChangeAccount limits;
        limits.concurrency = 1;
        QVERIFY(rig.ask(limits));
        rig.create("one");
        rig.create("two");
        rig.create("three");
        rig.pass(400ms);
        rig.say("c\t%\t\tj1\n");
        QCOMPARE(noted(rig, TableId::queueDepth), std::string("flow 1\nflow 2\nflow 1\n"));
        QCOMPARE(noted(rig, TableId::queueWait), std::string("flow 0\nflow 400000\n"));
        QCOMPARE(noted(rig, TableId::blocked), std::string("flow concurrency\nflow concurrency\n"));
    }

    void theCpuTimeOfAllStepsIsThatOfTheInstance() {
        CoreRig rig;
        rig.create();
        const RuntimeId runtime{ScriptVersionKey{1}, false};
        const auto say = [&](std::string lines, std::chrono::microseconds cpu) {
            for (auto at = lines.find('%'); at != std::string::npos; at = lines.find('%'))
                lines.replace(at, 1, rig.run());
            rig.turn({DriverLines{runtime, lines, cpu}});
        };
        say(doStep(0, "a"), 0us);
        say(ok(0), 700us);
        rig.restartEngine();
        rig.heard();
        say(doStep(1, "b"), 0us);
        say(ok(1), 300us);
        say("c\t%\t\tj1\n", 0us);
        const auto events = noted(rig, TableId::workflowEvents);
        QVERIFY2(events.find("WORKFLOW_SUCCESS 0 0 1000 ") != std::string::npos, events.c_str());
        QVERIFY2(events.find("a STEP_SUCCESS 1 0 700 ") != std::string::npos, events.c_str());
    }

    void requestsOfStepsAreTold() {
        CoreRig rig;
        const auto key = rig.create();
        OutboundReport report;
        report.id = 5;
        report.instance = key.value;
        report.run = 1;
        report.script = "worker";
        report.url = "https://me@api.example.com:8443/charge?x=1";
        rig.turn({report});
        report.finished = true;
        report.status = 201;
        report.duration = 1'234us;
        report.requestBytes = 10;
        report.responseBytes = 20;
        rig.turn({report});
        QCOMPARE(noted(rig, TableId::subrequests),
                 std::string("worker flow api.example.com:8443 201 success 10 20 1234\n"));
    }

    void nothingIsNotedWhenItIsTurnedOff() {
        CoreSettings settings;
        settings.countsMetrics = false;
        CoreRig rig(settings);
        rig.create();
        rig.say(doStep(0, "a") + ok(0) + "c\t%\t\tj1\n");
        auto query = rig.db().query("SELECT count(*) FROM metric_log");
        QVERIFY(query.step());
        QCOMPARE(query.integer(), std::int64_t{0});
    }

    void whatIsFoldedGoesAndTheNewestStays() {
        CoreRig rig;
        SqliteTransaction transaction(rig.db());
        transaction.setFolded([] { return std::int64_t{1'000'000}; });
        MetricRows rows;
        rows.row(MetricTable::blocked, rig.now()).word("flow").word("sleep");
        std::string error;
        for (int i = 0; i < 450; ++i) {
            transaction.begin();
            QCOMPARE(transaction.appendMetrics(rig.now(), rows), std::int64_t{i + 1});
            QVERIFY(transaction.commit(error));
        }
        auto query = rig.db().query("SELECT min(seq) FROM metric_log");
        QVERIFY(query.step());
        QCOMPARE(query.integer(), std::int64_t{400});
    }
};

QTEST_GUILESS_MAIN(MetricsTest)
#include "tst_metrics.moc"
