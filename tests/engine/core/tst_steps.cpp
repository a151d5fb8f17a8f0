#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "core_rig.h"
#endif

#include <QTest>

using namespace stepwell;
using namespace stepwell::engine;
using namespace std::chrono_literals;

class TestSteps : public QObject {
    Q_OBJECT

    static std::string doStep(int index, const std::string& config, const std::string& name, int count = 1) {
        return "d\t%\t" + std::to_string(index) + "\t" + std::to_string(count) + "\t" + config + "\t" + name +
               "\n";
    }

  private slots:
    void aResultIsAcknowledgedOnlyAfterItIsStored() {
        CoreRig rig;
        rig.create();
        QVERIFY(rig.heard().find("R\t1\t1\n") != std::string::npos);
        rig.say(doStep(0, CoreRig::config(5, 1000, "exponential"), "a") + "o\t%\t0\t1\t\tj42\n");
        QCOMPARE(rig.steps().front().value, std::string("j42"));
        QCOMPARE(rig.heard(), std::string("k\t1\t1\t0\n"));
        rig.say("c\t%\t\tj\"done\"\n");
        QVERIFY(rig.row().status == api::Status::complete);
        QCOMPARE(rig.row().output, std::string("j\"done\""));
        QCOMPARE(rig.count(api::Status::complete), 1);
        QCOMPARE(rig.count(api::Status::running), 0);
        QCOMPARE(rig.liveCount(), 0);
    }

    void retriesFollowTheBackoff_data() {
        QTest::addColumn<QString>("backoff");
        QTest::addColumn<QList<int>>("delays");
        QTest::newRow("constant") << "constant" << QList<int>{200, 200, 200};
        QTest::newRow("linear") << "linear" << QList<int>{200, 400, 600};
        QTest::newRow("exponential") << "exponential" << QList<int>{200, 400, 800};
    }
    void retriesFollowTheBackoff() {
        QFETCH(QString, backoff);
        QFETCH(QList<int>, delays);
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, CoreRig::config(3, 200, backoff.toLatin1().constData()), "a"));
        for (int attempt = 1; attempt <= 3; ++attempt) {
            rig.say("f\t%\t0\t" + std::to_string(attempt) + "\t-\t-1\tTypeError\tno\t\n");
            rig.heard();
            rig.pass(std::chrono::milliseconds{delays[attempt - 1] - 1});
            QCOMPARE(rig.heard(), std::string());
            rig.pass(1ms);
            QCOMPARE(rig.heard(), "go\t1\t1\t0\t" + std::to_string(attempt + 1) + "\n");
        }
        rig.say("f\t%\t0\t4\t-\t-1\tTypeError\tno\t\n");
        QCOMPARE(rig.heard(), std::string("E\t1\t1\t0\tTypeError\tno\n"));
        QVERIFY(rig.steps().front().state == api::StepState::errored);
        QCOMPARE(rig.attempts("one", 0, 4).size(), std::size_t(4));
        QCOMPARE(rig.row().retries, 3);
    }

    void aNonRetryableErrorEndsTheStepAtOnce() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, CoreRig::config(5, 200, "constant"), "a") +
                "f\t%\t0\t1\tN\t-1\tNonRetryableError\tnope\t\n");
        rig.heard();
        QVERIFY(rig.steps().front().state == api::StepState::errored);
        QCOMPARE(rig.attempts("one", 0, 5).size(), std::size_t(1));
    }

    void anAttemptThatTakesTooLongFailsAndItsLateResultIsIgnored() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, CoreRig::config(1, 100, "constant", 300), "a"));
        rig.heard();
        rig.pass(300ms);
        const auto said = rig.heard();
        QVERIFY(said.find("T\t1\t1\t0\t1\n") != std::string::npos);
        rig.say("o\t%\t0\t1\t\tj1\n");
        QVERIFY(rig.steps().front().state == api::StepState::retrying);
        QCOMPARE(rig.attempts("one", 0, 1).front().errorMessage,
                 std::string("Execution timed out after 300ms"));
    }

    void aSleepWaitsUntilItsTimeAndTheInstanceIsWaiting() {
        CoreRig rig;
        rig.create();
        rig.say("z\t%\t0\t1\t60000\tnap\n");
        rig.heard();
        QVERIFY(rig.row().status == api::Status::waiting);
        QVERIFY(rig.row().sleeping);
        rig.pass(3s);
        QCOMPARE(rig.liveCount(), 1);
        rig.pass(20s);
        QCOMPARE(rig.liveCount(), 0);  // it hibernates: a row and no memory
        rig.pass(37s);
        const auto said = rig.heard();
        QVERIFY2(said.find("h\t1\t2\t0\tz\t1\topen\tnap\t60000\t\n") != std::string::npos, said.c_str());
        QVERIFY2(said.find("y\t1\t2\t0\n") != std::string::npos, said.c_str());
        QVERIFY(rig.steps().front().state == api::StepState::complete);
        QVERIFY(rig.row().status == api::Status::running);
    }

    void anEventGoesToTheOldestWaiterOrIsKept() {
        CoreRig rig;
        rig.create();
        rig.ask(SendEvent{"flow", "one", "go", "j{\"n\":1}"});
        rig.say("w\t%\t0\t1\t60000\tgo\tfirst\nw\t%\t1\t1\t60000\tgo\tsecond\n");
        auto said = rig.heard();
        QVERIFY2(said.find("v\t1\t1\t0\t1767225600000\tgo\tj{\"n\":1}\n") != std::string::npos, said.c_str());
        rig.ask(SendEvent{"flow", "one", "other", "j1"});
        QCOMPARE(rig.heard(), std::string());
        rig.ask(SendEvent{"flow", "one", "go", "j{\"n\":2}"});
        said = rig.heard();
        QVERIFY2(said.starts_with("v\t1\t1\t1\t"), said.c_str());
        QCOMPARE(rig.steps()[1].preview,
                 std::string(
                     "{\"payload\":{\"n\":2},\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"type\":\"go\"}"));
    }

    void aTimedOutWaitNeverTakesALaterEvent() {
        CoreRig rig;
        rig.create();
        rig.say("w\t%\t0\t1\t1000\tgo\tfirst\n");
        rig.heard();
        rig.pass(1s);
        QVERIFY(rig.heard().find("E\t1\t1\t0\tWorkflowTimeoutError\t") != std::string::npos);
        rig.ask(SendEvent{"flow", "one", "go", "j1"});
        rig.say("w\t%\t1\t1\t1000\tgo\tsecond\n");
        QVERIFY(rig.heard().find("v\t1\t1\t1\t") != std::string::npos);
        QVERIFY(rig.steps()[0].state == api::StepState::errored);
    }

    void aResultThatIsNotSerialisableEndsTheInstance() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, CoreRig::config(5, 200, "constant"), "a") +
                "f\t%\t0\t1\tQ\t-1\tError\tnot serialisable\t\n");
        QVERIFY(rig.row().status == api::Status::errored);
        QVERIFY(rig.row().errorMessage.find("\"a\" returned a value which is not serialisable") !=
                std::string::npos);
    }

    void aLineThatComesTwiceStartsNothingTwice() {
        CoreRig rig;
        rig.create();
        const auto begun = doStep(0, CoreRig::config(0, 200, "constant"), "a") + "o\t%\t0\t1\t\tj1\n";
        rig.say(begun + begun);
        rig.say(begun);
        const auto types = rig.feedTypes();
        QCOMPARE(std::count(types.begin(), types.end(), "step_started"), 1);
        QVERIFY(rig.steps().front().state == api::StepState::complete);
    }

    void anAttemptDoesNotTimeOutBecauseTheClockWasSet() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, CoreRig::config(0, 100, "constant", 3'000), "a"));
        rig.heard();
        rig.pass(1s);
        rig.jump(8h);  // the machine slept
        rig.turn({Tick{}});
        QVERIFY(rig.steps().front().state == api::StepState::running);
        rig.pass(2s);
        QVERIFY(rig.heard().find("T\t1\t1\t0\t1\n") != std::string::npos);
    }

    void linesOfAnOlderRunAreIgnored() {
        CoreRig rig;
        rig.create();
        rig.say("c\t1\t7\t\tj1\n");
        QVERIFY(rig.row().status == api::Status::running);
        rig.say("o\t1\t1\t5\t1\t\tj1\nrubbish\n\nd\n");
        QVERIFY(rig.row().status == api::Status::running);
    }

    void aForgedLineHarmsOnlyItsOwnInstance() {
        CoreRig rig;
        rig.create();
        rig.say("d\t%\t0\t1\t{\"limit\":1,\"delay\":0,\"backoff\":5,\"timeout\":1000,\"shown\":{}}\ta\n");
        QVERIFY(rig.steps()[0].backoff == api::Backoff::exponential);
        rig.say("z\t%\t1048576\t1\t1000\tnap\n");
        QVERIFY(rig.row().status == api::Status::errored);
        QCOMPARE(rig.steps().size(), std::size_t(1));
    }

    void logsAreBounded() {
        CoreSettings settings;
        settings.logsPerInstance = 3;
        CoreRig rig(settings);
        rig.create();
        for (int i = 0; i < 10; ++i)
            rig.say("l\t%\t-1\t0\tinfo\t1767225600000\tline\n");
        const auto types = rig.feedTypes();
        QCOMPARE(std::count(types.begin(), types.end(), "log"), 4);
    }
};

QTEST_GUILESS_MAIN(TestSteps)
#include "tst_steps.moc"
