// Instances that begin with the recorded steps of another one, in the real program.
#include "tests/flows/flow_rig.h"

#include <QJsonArray>

using namespace stepwell::test;

namespace {

const QString route = QStringLiteral("/stepwell/workflows/journey/reproduce");

QJsonObject step(const QString& type, const QString& name, QJsonObject more = {}) {
    more["type"] = type;
    more["name"] = name;
    return more;
}

QJsonArray recorded() {
    const QJsonObject approval{{"type", "approve"},
                               {"payload", QJsonObject{{"by", "me"}}},
                               {"timestamp", "2026-01-31T12:00:00.000Z"}};
    return {step("do", "load", {{"output", QJsonObject{{"rows", 7}}}}), step("sleep", "rest"),
            step("sleep", "rest"), step("waitForEvent", "approval", {{"event", approval}}),
            step("do", "charge", {{"error", QJsonObject{{"name", "Error"}, {"message", "card declined"}}}})};
}

QByteArray shown(const QJsonObject& instance) {
    return ApiClient::toJson(instance).left(3'000);
}

}  // namespace

class TestReproduce : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { QCOMPARE(rig_.start(), QString()); }

    void recordedStepsAreNotRunAgain() {
        const QJsonObject body{{"instance_id", "again"},
                               {"params", QJsonObject{{"sink", sink()}, {"word", "done"}}},
                               {"origin", "first of journey"},
                               {"steps", recorded()}};
        const auto answer = rig_.api().post(route, body);
        QVERIFY2(answer.success, qPrintable(answer.message));
        QCOMPARE(answer.result.toObject()["recorded_steps"].toInt(), 5);
        const auto got = rig_.end("journey", "again");
        QVERIFY2(got["status"] == "complete", shown(got));
        QCOMPARE(
            got["output"].toString(),
            QString(
                R"([{"rows":7},["approve",{"by":"me"},"2026-01-31T12:00:00.000Z"],"Error: card declined",)"
                R"({"rows":2},"done"])"));
        QCOMPARE(rig_.reports("again"), (QStringList{"load again", "report"}));
        const auto log = rig_.api().get("/stepwell/logs?workflow=journey&instance=again");
        QVERIFY2(ApiClient::toJson(log.result)
                     .contains("The first 5 steps were not run here: how they ended in first of "
                               "journey"),
                 ApiClient::toJson(log.result));
    }

    void theyOutliveTheEngine() {
        auto steps = recorded();
        steps.removeLast();
        steps.removeLast();  // it waits for the approval
        const QJsonObject body{{"instance_id", "waits"},
                               {"params", QJsonObject{{"sink", sink()}, {"word", "done"}}},
                               {"steps", steps}};
        QVERIFY(rig_.api().post(route, body).success);
        QTRY_COMPARE_WITH_TIMEOUT(rig_.status("journey", "waits"), QString("waiting"), 20'000);
        QCOMPARE(rig_.killAndStart(), QString());
        QVERIFY(rig_.api().post("/workflows/journey/instances/waits/events/approve", QJsonObject()).success);
        const auto got = rig_.end("journey", "waits");
        QVERIFY2(got["status"] == "complete", shown(got));
        QVERIFY2(got["output"].toString().startsWith(R"([{"rows":7},["approve")"), shown(got));
        QCOMPARE(rig_.reports("waits"), (QStringList{"charge", "load again", "report"}));
    }

    void anOlderVersionRunsWhenAskedFor() {
        const auto versions = rig_.api().get("/workflows/journey/versions");
        const auto oldest = versions.result.toArray().last().toObject()["id"].toString();
        QVERIFY(!oldest.isEmpty());
        QCOMPARE(rig_.deploy("journey", "Journey", {}), QString());
        const QJsonObject body{{"instance_id", "old"},
                               {"params", QJsonObject{{"sink", sink()}}},
                               {"version_id", oldest},
                               {"steps", recorded()}};
        const auto answer = rig_.api().post(route, body);
        QVERIFY2(answer.success, qPrintable(answer.message));
        QCOMPARE(answer.result.toObject()["version_id"].toString(), oldest);
        QCOMPARE(rig_.end("journey", "old")["status"].toString(), QString("complete"));
    }

    void whatCannotBeTakenOverIsNamed_data() {
        QTest::addColumn<QJsonObject>("body");
        QTest::addColumn<QString>("says");
        const auto with = [](const QJsonObject& one) { return QJsonObject{{"steps", QJsonArray{one}}}; };
        QTest::newRow("kind") << with(step("rollback", "x")) << "steps[0]: type must be do";
        QTest::newRow("name") << with({{"type", "do"}}) << "steps[0]: name must be the name of the step";
        QTest::newRow("event") << with(step("waitForEvent", "x")) << "steps[0]: a waitForEvent has an event";
        QTest::newRow("count") << with(step("do", "x", {{"count", 0}})) << "steps[0]: count must be";
        QTest::newRow("twice") << QJsonObject{{"steps", QJsonArray{step("do", "x"), step("do", "x")}}}
                               << "steps[1]: \"x\" with this count is in the list already";
        QTest::newRow("version") << QJsonObject{{"version_id", "gone"}} << "version";
    }
    void whatCannotBeTakenOverIsNamed() {
        QFETCH(QJsonObject, body);
        QFETCH(QString, says);
        const auto answer = rig_.api().post(route, body);
        QVERIFY(!answer.success);
        QVERIFY2(answer.message.contains(says), qPrintable(answer.message));
    }

  private:
    QString sink() { return rig_.sinkUrl(); }
    FlowRig rig_{QStringLiteral("reproduce.js"), {QStringLiteral("Journey")}};
};

QTEST_GUILESS_MAIN(TestReproduce)
#include "tst_reproduce.moc"
