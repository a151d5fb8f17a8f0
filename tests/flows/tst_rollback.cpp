// Sagas in the real program: handlers run by workerd, through failures, terminations, pauses and kill -9.
#include "tests/flows/flow_rig.h"

#include <QJsonArray>

using namespace stepwell::test;

namespace {

const QString saga = QStringLiteral("saga");

QJsonArray rollbacks(const QJsonObject& instance) {
    QJsonArray found;
    for (const auto& step : instance["steps"].toArray())
        if (step.toObject()["type"] == "rollback") found.append(step);
    return found;
}

QByteArray shown(const QJsonObject& instance) {
    return ApiClient::toJson(instance).left(3'000);
}

}  // namespace

class TestRollback : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { QCOMPARE(rig_.start(), QString()); }

    void aFailureUndoesWhatStartedInReverseOrder() {
        QVERIFY(rig_.trigger(saga, "fails", {{"mode", "fail"}}).success);
        const auto got = rig_.end(saga, "fails");
        QVERIFY2(got["status"] == "errored", shown(got));
        QCOMPARE(got["error"]["message"].toString(), QString("d failed"));
        QCOMPARE(rig_.reports("fails").mid(2),
                 (QStringList{"undo d-1 1 RangeError d failed undefined",
                              "undo c-1 1 RangeError d failed [3]", "undo b-1 1 RangeError d failed \"b\"",
                              "undo a-1 1 RangeError d failed {\"a\":1}"}));
        QCOMPARE(got["rollback"]["outcome"].toString(), QString("complete"));
        QVERIFY(got["rollback"]["error"].isNull());
        QCOMPARE(got["step_count"].toInt(), 5);
        const auto entries = rollbacks(got);
        QCOMPARE(entries.size(), 4);
        QCOMPARE(entries[0]["name"].toString(), QString("d-1"));
        QCOMPARE(entries[0]["stepwell"]["rolls_back"].toInt(), 4);
        QVERIFY(entries[0]["success"].toBool());
        QCOMPARE(entries[0]["attempts"].toArray().size(), 1);
    }

    void successUndoesNothing() {
        QVERIFY(rig_.trigger(saga, "fine", {{"mode", "complete"}}).success);
        const auto got = rig_.end(saga, "fine");
        QCOMPARE(got["status"].toString(), QString("complete"));
        QVERIFY(got["rollback"].isNull());
        QCOMPARE(rig_.reports("fine").size(), 2);
    }

    void handlersAreTriedAgainUnderTheirOwnConfig() {
        QVERIFY(rig_.trigger(saga, "again", {{"mode", "again"}}).success);
        const auto got = rig_.end(saga, "again");
        QCOMPARE(got["rollback"]["outcome"].toString(), QString("complete"));
        const auto entry = rollbacks(got)[2].toObject();
        QCOMPARE(entry["attempts"].toArray().size(), 3);
        QCOMPARE(entry["config"]["retries"]["limit"].toInt(), 3);
        QVERIFY(rig_.reports("again").contains("undo b-1 3 RangeError d failed \"b\""));
    }

    void aHandlerThatFailsForGoodStopsTheOthers() {
        QVERIFY(rig_.trigger(saga, "breaks", {{"mode", "breaks"}}).success);
        const auto got = rig_.end(saga, "breaks");
        QVERIFY2(got["status"] == "errored", shown(got));
        QCOMPARE(got["error"]["message"].toString(), QString("d failed"));
        QCOMPARE(got["rollback"]["outcome"].toString(), QString("failed"));
        QCOMPARE(got["rollback"]["error"]["name"].toString(), QString("TypeError"));
        QCOMPARE(got["rollback"]["error"]["message"].toString(), QString("cannot undo b"));
        QCOMPARE(rollbacks(got).size(), 3);
        QVERIFY(!rig_.reports("breaks").last().startsWith("undo a-1"));
    }

    void stepsCannotRunInAHandler() {
        QVERIFY(rig_.trigger(saga, "steps", {{"mode", "steps"}}).success);
        const auto got = rig_.end(saga, "steps");
        QCOMPARE(got["rollback"]["outcome"].toString(), QString("complete"));
        QVERIFY2(
            rig_.reports("steps").contains("WorkflowFatalError: Cannot execute steps during rollback phase"),
            qPrintable(rig_.reports("steps").join('\n')));
    }

    void terminateWithRollback_data() {
        QTest::addColumn<bool>("paused");
        QTest::newRow("while it waits") << false;
        QTest::newRow("while it is paused") << true;
    }
    void terminateWithRollback() {
        QFETCH(bool, paused);
        const QString id = paused ? "paused" : "waits";
        QVERIFY(rig_.trigger(saga, id, {{"mode", "wait"}}).success);
        QTRY_COMPARE(rig_.status(saga, id), QString("waiting"));
        if (paused)
            QCOMPARE(rig_.change(saga, id, {{"status", "pause"}}).result["status"].toString(),
                     QString("paused"));
        const auto answer = rig_.change(saga, id, {{"status", "terminate"}, {"rollback", true}});
        QVERIFY2(answer.success, qPrintable(answer.message));
        QCOMPARE(answer.result["status"].toString(), QString("rollingBack"));
        const auto got = rig_.end(saga, id);
        QVERIFY2(got["status"] == "terminated", shown(got));
        QCOMPARE(got["rollback"]["outcome"].toString(), QString("complete"));
        const QString why = "Error Instance terminated during rollback";
        QCOMPARE(rig_.reports(id).mid(2),
                 (QStringList{"undo c-1 1 " + why + " [3]", "undo b-1 1 " + why + " \"b\"",
                              "undo a-1 1 " + why + " {\"a\":1}"}));
        QCOMPARE(got["steps"].toArray().last().toObject()["type"].toString(), QString("termination"));
    }

    void aHandlerIsNotToldTheDelayThatAFunctionGives() {
        // Paused: the handler is rebuilt by a replay, over a step that had failed for good.
        QVERIFY(rig_.trigger(saga, "dynamic", {{"mode", "dynamic"}}).success);
        QTRY_COMPARE(rig_.status(saga, "dynamic"), QString("waiting"));
        QVERIFY(rig_.change(saga, "dynamic", {{"status", "pause"}}).success);
        QVERIFY(rig_.change(saga, "dynamic", {{"status", "terminate"}, {"rollback", true}}).success);
        const auto got = rig_.end(saga, "dynamic");
        QCOMPARE(got["rollback"]["outcome"].toString(), QString("complete"));
        const QString config =
            "config {\"retries\":{\"limit\":1,\"backoff\":\"constant\"},\"timeout\":\"10 minutes\"}";
        QCOMPARE(rig_.reports("dynamic"), QStringList(config));
    }

    void aKillInTheMiddleOfARollbackRunsNoFinishedHandlerAgain() {
        bool reached = false;
        rig_.onReport = [&](const QString& id, const QString& report) {
            reached = reached || (id == "killed" && report.startsWith("undo b-1"));
        };
        QVERIFY(rig_.trigger(saga, "killed", {{"mode", "slow"}}).success);
        QTRY_VERIFY_WITH_TIMEOUT(reached, 20'000);
        rig_.onReport = {};
        QCOMPARE(rig_.killAndStart(), QString());
        const auto got = rig_.end(saga, "killed");
        QVERIFY2(got["status"] == "errored", shown(got));
        QCOMPARE(got["error"]["message"].toString(), QString("d failed"));
        QCOMPARE(got["rollback"]["outcome"].toString(), QString("complete"));
        const auto reports = rig_.reports("killed");
        QCOMPARE(reports.filter("undo d-1").size(), 1);
        QCOMPARE(reports.filter("undo c-1").size(), 1);
        QCOMPARE(reports.filter("undo b-1"), (QStringList{"undo b-1 1 RangeError d failed \"b\"",
                                                          "undo b-1 2 RangeError d failed \"b\""}));
        QCOMPARE(reports.filter("undo a-1").size(), 1);
        QCOMPARE(reports.filter(QRegularExpression("^[ab]$")).size(), 2);  // and no step ran again
    }

  private:
    FlowRig rig_{"rollback.js", {"Saga"}};
};

QTEST_GUILESS_MAIN(TestRollback)
#include "tst_rollback.moc"
