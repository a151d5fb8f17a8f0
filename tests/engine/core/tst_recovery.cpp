#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "core_rig.h"
#endif

#include <QTest>

using namespace stepwell;
using namespace stepwell::engine;
using namespace std::chrono_literals;

class TestRecovery : public QObject {
    Q_OBJECT

    static std::string doStep(int index, const std::string& name) {
        return "d\t%\t" + std::to_string(index) + "\t1\t" + CoreRig::config(0, 1000, "constant") + "\t" +
               name + "\n";
    }

  private slots:
    void aKilledEngineCarriesOnAndRunsNoFinishedStepAgain() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + "o\t%\t0\t1\t\tj1\n" + doStep(1, "b"));
        rig.restartEngine();
        const auto said = rig.heard();
        QVERIFY2(said.find("h\t1\t2\t0\td\t1\tok\ta\t\tj1\n") != std::string::npos, said.c_str());
        QVERIFY2(said.find("h\t1\t2\t1\td\t1\topen\tb\t") != std::string::npos, said.c_str());
        rig.say("D\t%\t1\n");  // an interruption does not count against the limit of 0 retries
        QCOMPARE(rig.heard(), std::string("go\t1\t2\t1\t2\n"));
        QCOMPARE(rig.attempts("one", 1, 2).front().errorName, std::string("WorkflowInternalError"));
        rig.say("o\t%\t1\t2\t\tj2\n" + std::string("c\t%\t\tj3\n"));
        QVERIFY(rig.row().status == api::Status::complete);
        QCOMPARE(rig.row().retries, 0);
    }

    void timersSurviveAKilledEngine() {
        CoreRig rig;
        rig.create();
        rig.say("z\t%\t0\t1\t10000\tnap\n");
        rig.heard();
        rig.pass(4s);
        rig.restartEngine();
        rig.pass(5s);
        QVERIFY(rig.row().status == api::Status::waiting);
        rig.pass(1s);
        QVERIFY(rig.steps()[0].state == api::StepState::complete);
    }

    void aPendingPauseIsAPauseAfterAKill() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a"));
        rig.ask(PauseInstance{"flow", "one"});
        rig.restartEngine();
        QVERIFY(rig.row().status == api::Status::paused);
        rig.ask(ResumeInstance{"flow", "one"});
        QVERIFY(rig.row().status == api::Status::running);
    }

    void aKilledProcessRunsEverythingAgainWithoutBlame() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a"));
        rig.heard();
        rig.die(ExitCause::killed);
        QVERIFY(rig.heard().find("R\t1\t2\n") != std::string::npos);
        QCOMPARE(rig.row().strikes, 0);
    }

    void anInstanceThatKeepsKillingItsProcessIsEnded() {
        CoreRig rig;
        rig.create();
        rig.heard();
        rig.say(doStep(0, "a"));
        rig.die(ExitCause::crashed, "ran out of memory (limit 128 MiB)");
        for (int i = 0; i < 2; ++i) {
            QVERIFY(rig.row().status == api::Status::running);
            rig.heard();
            rig.turn({DriverLines{RuntimeId{ScriptVersionKey{1}, true}, "D\t" + rig.run() + "\t0\n"}});
            rig.die(ExitCause::crashed, "ran out of memory (limit 128 MiB)", true);
        }
        QVERIFY(rig.row().status == api::Status::errored);
        QVERIFY(rig.row().errorMessage.find("3 times in a row: it ran out of memory") != std::string::npos);
    }

    void aLoopRunsAgainAloneSoThatItsStepIsKnown() {
        CoreRig rig;
        rig.create();
        rig.heard();
        rig.die(ExitCause::unresponsive, "did not yield for 30 s");  // its driver could not tell of the step
        QVERIFY(rig.row().status == api::Status::running);
        QVERIFY(rig.heard().find("R\t1\t2\n") != std::string::npos);
        const auto config = CoreRig::config(3, 1000, "constant");
        rig.turn({DriverLines{RuntimeId{ScriptVersionKey{1}, true},
                              "d\t" + rig.run() + "\t0\t1\t" + config + "\tspin\n"}});
        rig.die(ExitCause::unresponsive, "did not yield for 30 s", true);
        QVERIFY(rig.row().status == api::Status::errored);
        const auto steps = rig.steps();
        QCOMPARE(steps.size(), std::size_t(1));
        QVERIFY(steps[0].state == api::StepState::errored);
        QVERIFY(steps[0].errorMessage.find("did not yield") != std::string::npos);
    }

    void innocentInstancesOutliveTheOneThatKills() {
        CoreRig rig;
        rig.create("one");
        const auto one = rig.run("one");
        rig.create("two");
        const auto two = rig.run("two");
        rig.heard();
        const auto config = CoreRig::config(0, 1000, "constant");
        rig.say("d\t" + one + "\t0\t1\t" + config + "\ta\nd\t" + two + "\t0\t1\t" + config + "\tb\n");
        rig.die(ExitCause::unresponsive, "did not yield for 30 s");
        auto said = rig.heard();  // the first suspect runs alone
        QVERIFY(said.find("R\t1\t2\n") != std::string::npos);
        QVERIFY(said.find("R\t2\t") == std::string::npos);
        rig.die(ExitCause::unresponsive, "did not yield for 30 s", true);
        QVERIFY(rig.row("one").status == api::Status::errored);
        said = rig.heard();
        QVERIFY(said.find("R\t2\t2\n") != std::string::npos);
        const RuntimeId quarantine{ScriptVersionKey{1}, true};
        rig.turn({DriverLines{quarantine, "D\t" + rig.run("two") + "\t0\n"}});
        rig.turn({DriverLines{quarantine, "o\t" + rig.run("two") + "\t0\t2\t\tj1\n"}});
        said = rig.heard();  // it has proved itself and goes back to the others
        QVERIFY2(said.find("R\t2\t3\n") != std::string::npos, said.c_str());
    }

    void aTerminatedLoopIsEndedAndNobodyElsePays() {
        CoreRig rig;
        rig.create("loop");
        const auto loop = rig.run("loop");
        rig.heard();
        rig.say("d\t" + loop + "\t0\t1\t" + CoreRig::config(0, 1000, "constant") + "\ta\n");
        rig.ask(TerminateInstance{"flow", "loop"});
        rig.create("bystander");  // no batch is answered from here on
        QCOMPARE(rig.stopped(), 0);
        rig.pass(6s);
        QCOMPARE(rig.stopped(), 1);
        rig.die(ExitCause::stopped, "was stopped");
        QVERIFY(rig.heard().find("R\t2\t") != std::string::npos);
        QVERIFY(rig.row("bystander").status == api::Status::running);
    }

    void whoeverRunsWhenADroppedLoopIsFoundIsNotBlamed() {
        CoreRig rig;
        rig.create("loop");
        const auto loop = rig.run("loop");
        rig.heard();
        rig.say("d\t" + loop + "\t0\t1\t" + CoreRig::config(0, 1000, "constant") + "\ta\n");
        rig.ask(TerminateInstance{"flow", "loop"});
        rig.create("bystander");
        rig.die(ExitCause::unresponsive, "did not yield for 30 s");
        QVERIFY(rig.row("bystander").status == api::Status::running);
    }

    void aRuntimeThatCannotStartEndsTheInstanceWithTheReason() {
        CoreRig rig;
        rig.create();
        for (int i = 0; i < 3; ++i)
            rig.die(ExitCause::failedToStart, "no such file");
        QVERIFY(rig.row().status == api::Status::errored);
        QVERIFY(rig.row().errorMessage.find("no such file") != std::string::npos);
    }

    void withoutASandboxNothingRunsAndNothingIsLost() {
        CoreSettings settings;
        settings.canRun = false;
        CoreRig rig(settings);
        rig.create();
        rig.pass(60s);
        QCOMPARE(rig.heard(), std::string());
        QVERIFY(rig.row().status == api::Status::queued);
        QVERIFY(!rig.nextTurn());  // and the engine does not spin
    }
};

QTEST_GUILESS_MAIN(TestRecovery)
#include "tst_recovery.moc"
