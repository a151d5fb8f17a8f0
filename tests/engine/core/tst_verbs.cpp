#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "core_rig.h"
#endif

#include <QTest>

using namespace stepwell;
using namespace stepwell::engine;
using namespace std::chrono_literals;

class TestVerbs : public QObject {
    Q_OBJECT

    static std::string doStep(int index, const std::string& name) {
        return "d\t%\t" + std::to_string(index) + "\t1\t" + CoreRig::config(2, 1000, "constant") + "\t" +
               name + "\n";
    }
    static api::Status statusOf(const Reply& reply) { return std::get<InstanceChanged>(*reply).status; }

  private slots:
    void aPauseDuringWhichTheClockIsSetBackShortensNoSleep() {
        CoreRig rig;
        rig.create();
        rig.say("z\t%\t0\t1\t600000\tnap\n");
        rig.heard();
        const auto due = rig.steps()[0].due;
        rig.ask(PauseInstance{"flow", "one"});
        rig.jump(-5min);
        rig.ask(ResumeInstance{"flow", "one"});
        QVERIFY(rig.steps()[0].due == due);
    }

    void aSecondInstanceOfTheSameIdIsRefused() {
        CoreRig rig;
        rig.create();
        const auto reply = rig.ask(CreateInstance{"flow", "one", "", "{}", api::TriggerSource::api});
        QVERIFY(!reply);
        QCOMPARE(reply.error().http, 409);
        QCOMPARE(reply.error().code, api::code::instanceExists);
    }

    void pauseLetsARunningStepFinish() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a"));
        rig.heard();
        QVERIFY(statusOf(rig.ask(PauseInstance{"flow", "one"})) == api::Status::waitingForPause);
        QCOMPARE(rig.heard(), std::string("p\t1\t1\t1\n"));
        rig.say("o\t%\t0\t1\t\tj1\n");
        QVERIFY(rig.row().status == api::Status::paused);
        QCOMPARE(rig.heard(), std::string("x\t1\t1\n"));
        QVERIFY(statusOf(rig.ask(ResumeInstance{"flow", "one"})) == api::Status::queued);
        const auto said = rig.heard();
        QVERIFY2(said.find("h\t1\t2\t0\td\t1\tok\ta\t\tj1\n") != std::string::npos, said.c_str());
        QVERIFY(rig.row().status == api::Status::running);
    }

    void resumeCancelsAPauseThatHasNotHappened() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a"));
        rig.ask(PauseInstance{"flow", "one"});
        rig.heard();
        QVERIFY(statusOf(rig.ask(ResumeInstance{"flow", "one"})) == api::Status::running);
        QCOMPARE(rig.heard(), std::string("p\t1\t1\t0\n"));
    }

    void resumeShiftsTimersByTheLengthOfThePause() {
        CoreRig rig;
        rig.create();
        rig.say("z\t%\t0\t1\t10000\tnap\nZ\t%\t1\t1\t" +
                std::to_string((rig.now() + 10s).time_since_epoch().count()) + "\tuntil\n");
        rig.heard();
        rig.pass(4s);
        QVERIFY(statusOf(rig.ask(PauseInstance{"flow", "one"})) == api::Status::paused);
        rig.pass(60s);
        rig.ask(ResumeInstance{"flow", "one"});
        const auto steps = rig.steps();
        QVERIFY(*steps[0].due == rig.now() + 6s);             // a sleep goes on for what was left
        QVERIFY(steps[1].state == api::StepState::complete);  // a point in time stays where it was
    }

    void eventsSentWhilePausedArriveInOrderAfterResume() {
        CoreRig rig;
        rig.create();
        rig.say("w\t%\t0\t1\t600000\tgo\tfirst\nw\t%\t1\t1\t600000\tgo\tsecond\n");
        rig.heard();
        rig.ask(PauseInstance{"flow", "one"});
        rig.ask(SendEvent{"flow", "one", "go", "j1"});
        rig.ask(SendEvent{"flow", "one", "go", "j2"});
        QVERIFY(rig.steps()[0].state == api::StepState::running);
        rig.ask(ResumeInstance{"flow", "one"});
        QVERIFY(rig.steps()[0].preview.starts_with("{\"payload\":1,"));
        QVERIFY(rig.steps()[1].preview.starts_with("{\"payload\":2,"));
    }

    void anEventWakesAHibernatingInstance() {
        CoreRig rig;
        rig.create();
        rig.say("w\t%\t0\t1\t86400000\tgo\tfirst\n");
        rig.heard();
        rig.pass(60s);
        QCOMPARE(rig.liveCount(), 0);
        rig.ask(SendEvent{"flow", "one", "go", "j1"});
        QVERIFY(rig.row().status == api::Status::running);
        const auto said = rig.heard();
        QVERIFY2(said.find("v\t1\t2\t0\t") != std::string::npos, said.c_str());
    }

    void terminateIsFinalAndRefusedAfterwards() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a"));
        rig.heard();
        QVERIFY(statusOf(rig.ask(TerminateInstance{"flow", "one"})) == api::Status::terminated);
        QCOMPARE(rig.heard(), std::string("x\t1\t1\n"));
        rig.say("o\t%\t0\t1\t\tj1\n");
        QVERIFY(!rig.steps()[0].ended);
        const auto again = rig.ask(TerminateInstance{"flow", "one"});
        QVERIFY(!again);
        QCOMPARE(again.error().code, api::code::cannotTerminate);
        QVERIFY(!rig.ask(SendEvent{"flow", "one", "go", "j1"}));
    }

    void restartForgetsEverythingButIdAndParams() {
        CoreRig rig;
        rig.create("one", "j{\"a\":1}");
        rig.say(doStep(0, "a") + "o\t%\t0\t1\t\tj1\n" + "e\t%\tTypeError\tbad\t\n");
        QVERIFY(rig.row().status == api::Status::errored);
        rig.heard();
        QVERIFY(statusOf(rig.ask(RestartInstance{"flow", "one", {}})) == api::Status::queued);
        const auto said = rig.heard();
        QVERIFY2(said.find("\tj{\"a\":1}\t\nR\t1\t2\n") != std::string::npos, said.c_str());
        QCOMPARE(rig.steps().size(), std::size_t(0));
        QCOMPARE(rig.row().errorMessage, std::string());
        QCOMPARE(rig.count(api::Status::errored), 0);
        QCOMPARE(rig.count(api::Status::running), 1);
    }

    void restartFromAStepKeepsWhatCameBefore() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + "o\t%\t0\t1\t\tj1\n" + doStep(1, "b") + "o\t%\t1\t1\t\tj2\n" +
                "c\t%\t\tj3\n");
        rig.heard();
        RestartInstance::From from;
        from.name = "b";
        QVERIFY(rig.ask(RestartInstance{"flow", "one", from}));
        QCOMPARE(rig.steps().size(), std::size_t(1));
        from.name = "never";
        const auto refused = rig.ask(RestartInstance{"flow", "one", from});
        QVERIFY(!refused);
        QCOMPARE(refused.error().http, 409);
        QVERIFY(rig.row().status == api::Status::running);  // a refused verb changes nothing
    }

    void aDeletedWorkflowTakesItsInstancesAlong() {
        CoreRig rig;
        for (int i = 0; i < 1200; ++i)
            rig.create("i" + std::to_string(i));
        QVERIFY(rig.ask(DeleteWorkflow{"flow"}));
        rig.pass(1s);
        QCOMPARE(rig.count(api::Status::running), 0);
        QVERIFY(!rig.ask(CreateInstance{"flow", "new", "", "{}", api::TriggerSource::api}));
        QVERIFY(rig.ask(PutWorkflow{"flow", "Flow", "worker", "{}", "uuid2", "version2"}));
        QVERIFY(rig.ask(CreateInstance{"flow", "i0", "", "{}", api::TriggerSource::api}));
    }

    void moreInstancesThanFitWaitInOrder() {
        CoreSettings settings;
        settings.maxLive = 2;
        CoreRig rig(settings);
        for (const auto* id : {"one", "two", "three", "four"})
            rig.create(id);
        QVERIFY(rig.row("three").status == api::Status::queued);
        rig.say("c\t%\t\tj1\n");
        rig.pass(1ms);
        QVERIFY(rig.row("three").status == api::Status::running);
        QVERIFY(rig.row("four").status == api::Status::queued);
    }

    void whoRestsMakesRoomForThoseThatWait() {
        CoreSettings settings;
        settings.maxLive = 1;
        CoreRig rig(settings);
        rig.create("one");
        rig.say("z\t%\t0\t1\t3600000\tnap\n");
        rig.heard();
        rig.pass(1ms);
        QVERIFY(rig.row("one").status == api::Status::waiting);
        QCOMPARE(rig.liveCount(), 1);
        rig.create("two");
        rig.pass(150ms);
        QVERIFY(rig.row("one").status == api::Status::waiting);
        QVERIFY(rig.row("two").status == api::Status::running);
    }

    void anEventSentToAQueuedInstanceIsNotLost() {
        CoreSettings settings;
        settings.maxLive = 1;
        CoreRig rig(settings);
        rig.create("one");
        rig.create("two");
        QVERIFY(rig.ask(SendEvent{"flow", "two", "go", "j7"}));
        rig.say("c\t" + rig.run("one") + "\t\tj1\n");
        rig.pass(1ms);
        rig.say("w\t" + rig.run("two") + "\t0\t1\t60000\tgo\tfirst\n");
        QVERIFY(rig.steps("two")[0].state == api::StepState::complete);
    }

    void aRuntimeThatGotWorkInTheSameTurnIsNotReleased() {
        CoreRig rig;
        rig.create();
        QVERIFY(rig.ask(RestartInstance{"flow", "one", {}}));
        QCOMPARE(rig.released(), 0);
        QVERIFY(rig.ask(TerminateInstance{"flow", "one"}));
        QCOMPARE(rig.released(), 1);
    }

    void instancesOfADeletedWorkflowDoNotStart() {
        CoreSettings settings;
        settings.maxLive = 2;
        CoreRig rig(settings);
        for (int i = 0; i < 1200; ++i)
            rig.create("i" + std::to_string(i));
        rig.heard();
        QVERIFY(rig.ask(DeleteWorkflow{"flow"}));
        rig.pass(1s);
        QVERIFY(rig.heard().find("R\t") == std::string::npos);
    }

    void aWorkflowNeedsAScriptThatExportsItsClass() {
        CoreRig rig;
        QCOMPARE(rig.ask(PutWorkflow{"x", "Flow", "missing", "{}", "u", "v"}).error().code,
                 api::code::scriptNotFound);
        QCOMPARE(rig.ask(PutWorkflow{"x", "Other", "worker", "{}", "u", "v"}).error().code,
                 api::code::scriptInvalid);
    }
};

QTEST_GUILESS_MAIN(TestVerbs)
#include "tst_verbs.moc"
