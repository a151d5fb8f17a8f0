// What steps return, in the real program: streams, outputs that are not to be shown, and what it cost.
#include "tests/flows/flow_rig.h"

#include <QJsonArray>

using namespace stepwell::test;

namespace {

const QJsonObject stepOf(const QJsonObject& instance, const QString& name) {
    for (const auto& step : instance["steps"].toArray())
        if (step.toObject()["name"] == name) return step.toObject();
    return {};
}

QByteArray shown(const QJsonObject& instance) {
    return ApiClient::toJson(instance).left(3'000);
}

}  // namespace

class TestResults : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { QCOMPARE(rig_.start(), QString()); }

    void aStreamOutlivesTheEngine() {
        constexpr int size = 1'200'007;
        QVERIFY(rig_.trigger("streams", "big", {{"mode", "bytes"}, {"size", size}}).success);
        QTRY_COMPARE_WITH_TIMEOUT(rig_.status("streams", "big"), QString("waiting"), 30'000);
        QCOMPARE(rig_.killAndStart(), QString());
        QVERIFY(rig_.api().post("/workflows/streams/instances/big/events/go", QJsonObject()).success);
        const auto got = rig_.end("streams", "big");
        QVERIFY2(got["status"] == "complete", shown(got));
        const auto output = QJsonDocument::fromJson(got["output"].toString().toUtf8()).array();
        QVERIFY2(output[0] == output[1] && output[0].toString().startsWith("1200007:"), shown(got));
        QCOMPARE(rig_.reports("big"), QStringList{"stored"});
        QCOMPARE(stepOf(got, "store-1")["output"].toString(),
                 QString("[ReadableStream (binary): 1200007 bytes]"));
        const auto raw = rig_.raw("/workflows/streams/instances/big/step?name=store-1&type=step");
        QCOMPARE(raw.first, QByteArray("application/octet-stream"));
        QCOMPARE(raw.second.size(), size);
        QCOMPARE(static_cast<unsigned char>(raw.second.at(1'000'000)),
                 static_cast<unsigned char>((1'000'000 * 31 + (1'000'000 >> 12)) & 0xff));
    }

    void textIsShownAndCut() {
        QVERIFY(rig_.trigger("streams", "text", {{"mode", "text"}, {"times", 1'000}}).success);
        const auto got = rig_.end("streams", "text");
        QCOMPARE(got["output"].toString(), QString("6000"));
        const auto output = stepOf(got, "text-1")["output"].toString();
        QVERIFY2(output.startsWith(QString::fromUtf8("h\u00e9llo h\u00e9llo")), qPrintable(output));
        QVERIFY(output.endsWith("[truncated output]"));
        QCOMPARE(output.size(), 1'024 + 18);
    }

    void anEmptyStreamIsAStream() {
        QVERIFY(rig_.trigger("streams", "empty", {{"mode", "empty"}}).success);
        QCOMPARE(rig_.end("streams", "empty")["output"].toString(), QString("0"));
        QCOMPARE(rig_.raw("/workflows/streams/instances/empty/step?name=empty-1").second, QByteArray());
    }

    void chunksThatAreNoBytesEndTheStepAtOnce() {
        QVERIFY(rig_.trigger("streams", "strings", {{"mode", "strings"}}).success);
        const auto got = rig_.end("streams", "strings");
        QVERIFY2(got["status"] == "errored", shown(got));
        QVERIFY2(got["error"]["message"].toString().startsWith("UnsupportedStreamChunkError: "), shown(got));
        QCOMPARE(stepOf(got, "strings-1")["attempts"].toArray().size(), 1);
    }

    void aStreamThatTakesTooLongIsCancelled() {
        QVERIFY(rig_.trigger("streams", "stuck", {{"mode", "stuck"}}).success);
        const auto got = rig_.end("streams", "stuck");
        QVERIFY2(got["error"]["message"].toString().contains("Execution timed out after 300ms"), shown(got));
        QTRY_COMPARE(rig_.reports("stuck"), QStringList{"cancelled"});
    }

    void sensitiveOutputsAreShownNowhere() {
        QVERIFY(rig_.trigger("secrets", "s").success);
        QTRY_COMPARE_WITH_TIMEOUT(rig_.status("secrets", "s"), QString("waiting"), 20'000);
        QVERIFY(rig_.api()
                    .post("/workflows/secrets/instances/s/events/code", QJsonObject{{"code", "hunter2"}})
                    .success);
        const auto got = rig_.end("secrets", "s");
        QVERIFY2(got["status"] == "complete", shown(got));
        QCOMPARE(got["output"].toString(),
                 QString(R"({"length":21,"sensitive":"output","failed":"plain words"})"));
        QVERIFY2(!ApiClient::toJson(got).contains("hunter2"), shown(got));
        for (const auto* name : {"secret-1", "dated-1", "code-1"})
            QCOMPARE(stepOf(got, name)["output"].toString(), QString("[REDACTED]"));
        QCOMPARE(stepOf(got, "fails-1")["attempts"][0]["error"]["message"].toString(),
                 QString("plain words"));
        const auto step = rig_.api().get("/workflows/secrets/instances/s/step?name=secret-1").result;
        QCOMPARE(step["output"].toString(), QString("[REDACTED]"));
    }

    void nonRetryableErrors_data() {
        const QString generic = "The execution of the Workflow instance was terminated, as a step threw an "
                                "NonRetryableError and it was not handled";
        const QString attempt = "Step threw a NonRetryableError with message \"NonRetryableError: nope\"";
        QTest::addColumn<QString>("date");
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QStringList>("attemptError");
        QTest::addColumn<QStringList>("end");  // error, or output
        const QStringList kept{"NonRetryableError", "nope"};
        QTest::newRow("kept") << "2026-05-14"
                              << "plain" << kept << kept;
        QTest::newRow("kept, caught") << "2026-05-14"
                                      << "caught" << kept << QStringList{"\"Error|NonRetryableError: nope\""};
        QTest::newRow("own name") << "2026-05-14"
                                  << "named" << QStringList{"Error", "MyName: nope"}
                                  << QStringList{"Error", "MyName: nope"};
        QTest::newRow("older date") << "2026-05-13"
                                    << "plain" << QStringList{"WorkflowFatalError", attempt}
                                    << QStringList{"WorkflowFatalError", generic};
        QTest::newRow("older date, caught") << "2026-05-13"
                                            << "caught" << QStringList{"WorkflowFatalError", attempt}
                                            << QStringList{"\"Error|NonRetryableError: nope\""};
    }
    void nonRetryableErrors() {
        QFETCH(QString, date);
        QFETCH(QString, mode);
        QFETCH(QStringList, attemptError);
        QFETCH(QStringList, end);
        const QString flow = "final-" + date;
        QCOMPARE(rig_.deploy(flow, "Final", {{"compatibility_date", date}}), QString());
        QVERIFY(rig_.trigger(flow, mode, {{"mode", mode}}).success);
        const auto got = rig_.end(flow, mode);
        const auto attempts = stepOf(got, "final-1")["attempts"].toArray();
        QCOMPARE(attempts.size(), 1);
        const auto error = attempts[0]["error"];
        QCOMPARE((QStringList{error["name"].toString(), error["message"].toString()}), attemptError);
        const QStringList seen = mode == "caught" ? QStringList{got["output"].toString()}
                                                  : QStringList{got["error"]["name"].toString(),
                                                                got["error"]["message"].toString()};
        QCOMPARE(seen, end);
    }

    void cpuTimeTellsWorkFromWaiting() {
        QVERIFY(rig_.trigger("busy", "b", {{"turns", 60'000'000}}).success);
        const auto got = rig_.end("busy", "b");
        QVERIFY2(got["status"] == "complete", shown(got));
        const auto idle = stepOf(got, "idle-1")["stepwell"]["cpu_ms"].toDouble();
        const auto busy = stepOf(got, "busy-1")["stepwell"]["cpu_ms"].toDouble();
        QVERIFY2(busy > 10 && busy > idle, shown(got));
        QCOMPARE(stepOf(got, "busy-1")["attempts"][0]["stepwell"]["cpu_ms"].toDouble(), busy);
        QVERIFY(got["stepwell"]["cpu_ms"].toDouble() >= busy);
    }

  private:
    FlowRig rig_{"results.js", {"Streams", "Secrets", "Busy"}};
};

QTEST_GUILESS_MAIN(TestResults)
#include "tst_results.moc"
