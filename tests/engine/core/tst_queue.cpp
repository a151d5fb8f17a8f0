#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "core_rig.h"
#endif

#include <QTest>

#include <algorithm>

using namespace stepwell;
using namespace stepwell::engine;
using namespace std::chrono_literals;

/// Who may run: limits, their queue, and clocks that jump.
class TestQueue : public QObject {
    Q_OBJECT

    static void limit(CoreRig& rig, const std::string& settings) {
        QVERIFY(rig.ask(PutWorkflow{"flow", "Flow", "worker", settings, "u", "version-" + settings}));
    }
    static api::Status status(CoreRig& rig, const std::string& id) { return rig.row(id).status; }
    static std::string nap(CoreRig& rig, const std::string& id, int ms, int index = 0) {
        return "z\t" + rig.run(id) + "\t" + std::to_string(index) + "\t1\t" + std::to_string(ms) + "\tnap\n";
    }
    static std::string complete(CoreRig& rig, const std::string& id) {
        return "c\t" + rig.run(id) + "\t\tj1\n";
    }

  private slots:
    void onlySoManyRunAndTheOldestIsNext() {
        CoreRig rig;
        limit(rig, R"({"concurrency":{"limit":2}})");
        for (const char* id : {"a", "b", "c", "d"})
            rig.create(id);
        QVERIFY(status(rig, "b") == api::Status::running);
        QVERIFY(status(rig, "c") == api::Status::queued);
        QVERIFY(!rig.row("c").started);
        QVERIFY(!rig.nextTurn() || *rig.nextTurn() > rig.now());  // waiting for a slot costs nothing
        rig.say(complete(rig, "a"));
        QVERIFY(status(rig, "c") == api::Status::running);
        QVERIFY(status(rig, "d") == api::Status::queued);
        rig.ask(PauseInstance{"flow", "b"});
        QVERIFY(status(rig, "d") == api::Status::running);
        QCOMPARE(rig.count(api::Status::running), 2);
    }

    void aHigherLimitTakesEffectAtOnce() {
        CoreRig rig;
        limit(rig, R"({"concurrency":{"limit":1}})");
        rig.create("a");
        rig.create("b");
        QVERIFY(status(rig, "b") == api::Status::queued);
        limit(rig, "{}");
        QVERIFY(status(rig, "b") == api::Status::running);
    }

    void whoSleepsMakesRoomAndGoesBeforeNewOnesWhenItWakes_data() {
        QTest::addColumn<int>("ms");
        QTest::newRow("in memory") << 3'000;
        QTest::newRow("hibernating") << 60'000;
    }

    void whoSleepsMakesRoomAndGoesBeforeNewOnesWhenItWakes() {
        QFETCH(int, ms);
        CoreRig rig;
        limit(rig, R"({"concurrency":{"limit":1}})");
        rig.create("sleeper");
        rig.create("second");
        rig.create("third");
        rig.say(nap(rig, "sleeper", ms));
        rig.heard();
        rig.pass(1s);
        QVERIFY(status(rig, "sleeper") == api::Status::waiting);
        QVERIFY(status(rig, "second") == api::Status::running);
        rig.pass(std::chrono::milliseconds{ms});
        QVERIFY(status(rig, "sleeper") == api::Status::queued);
        rig.heard();
        QVERIFY(!rig.nextTurn() || *rig.nextTurn() > rig.now());
        rig.say(complete(rig, "second"));
        QVERIFY(status(rig, "sleeper") == api::Status::running);
        QVERIFY(status(rig, "third") == api::Status::queued);
        const auto said = rig.heard();
        QVERIFY2(said.find("y\t1\t2\t0\n") != std::string::npos, said.c_str());
        rig.say(complete(rig, "sleeper"));
        QVERIFY(status(rig, "third") == api::Status::running);
    }

    void anEventForOneThatWaitsForASlotIsKept() {
        CoreRig rig;
        limit(rig, R"({"concurrency":{"limit":1}})");
        rig.create("waiter");
        rig.say("w\t" + rig.run("waiter") + "\t0\t1\t3600000\tgo\twait\n");
        rig.heard();
        rig.create("other");
        QVERIFY(status(rig, "other") == api::Status::running);
        QVERIFY(rig.ask(SendEvent{"flow", "waiter", "go", "j7"}));
        QVERIFY(status(rig, "waiter") == api::Status::queued);
        rig.heard();
        rig.say(complete(rig, "other"));
        QVERIFY(status(rig, "waiter") == api::Status::running);
        const auto said = rig.heard();
        QVERIFY2(said.find("\tgo\tj7\n") != std::string::npos, said.c_str());
        QVERIFY(rig.steps("waiter")[0].state == api::StepState::complete);
    }

    void aFullWorkflowHoldsNobodyElseUp() {
        CoreRig rig;
        limit(rig, R"({"concurrency":{"limit":1}})");
        QVERIFY(rig.ask(PutWorkflow{"free", "Flow", "worker", "{}", "free-uuid", "free-version"}));
        rig.create("a");
        rig.create("b");
        rig.restartEngine();
        QVERIFY(status(rig, "a") == api::Status::running);
        QVERIFY(status(rig, "b") == api::Status::queued);
        const auto reply = rig.ask(CreateInstance{"free", "f", "j{}", "{}", api::TriggerSource::api});
        QVERIFY(reply);
        QCOMPARE(rig.count(api::Status::running), 2);
    }

    void theAccountHasALimitToo() {
        CoreRig rig;
        ChangeAccount change;
        change.concurrency = 1;
        rig.ask(change);
        rig.create("a");
        rig.create("b");
        QVERIFY(status(rig, "b") == api::Status::queued);
        rig.restartEngine();
        QCOMPARE(rig.count(api::Status::running), 1);
        rig.ask(DeleteInstance{"flow", "a"});
        QVERIFY(status(rig, "b") == api::Status::running);
    }

    void creationIsAsFastAsTheSettingAllows() {
        CoreRig rig;
        const auto create = [&](const std::string& id) {
            return rig.ask(CreateInstance{"flow", id, "j{}", "{}", api::TriggerSource::api});
        };
        ChangeAccount change;
        change.workflowCreationRate = 2;
        rig.ask(change);
        QVERIFY(create("a"));
        QVERIFY(create("b"));
        const auto refused = create("c");
        QVERIFY(!refused);
        QCOMPARE(refused.error().http, 429);
        rig.pass(1s);
        QVERIFY(create("c"));
    }

    void nothingWakesAnIdleEngine() {
        CoreRig rig;
        QVERIFY(!rig.nextTurn());
        rig.create();
        rig.heard();
        QVERIFY(!rig.nextTurn());  // code runs, and nothing is due
        rig.say("d\t%\t0\t1\t" + CoreRig::config(0, 0, "constant", 60'000) + "\ta\n");
        QVERIFY(*rig.nextTurn() == rig.now() + 60s);  // its timeout
    }

    void aClockThatIsSetMovesDelaysButNoDates_data() {
        QTest::addColumn<int>("hours");
        QTest::addColumn<bool>("hibernating");
        for (const int hours : {-72, 72}) {
            QTest::addRow("%d h, in memory", hours) << hours << false;
            QTest::addRow("%d h, hibernating", hours) << hours << true;
        }
    }

    void aClockThatIsSetMovesDelaysButNoDates() {
        QFETCH(int, hours);
        QFETCH(bool, hibernating);
        const std::chrono::hours set{hours};
        CoreRig rig;
        const auto date = rig.now() + 200h;
        rig.create("delay");
        rig.create("date");
        rig.say(nap(rig, "delay", 60'000) + "Z\t" + rig.run("date") + "\t0\t1\t" +
                std::to_string(date.time_since_epoch().count()) + "\tuntil\n");
        rig.heard();
        rig.pass(hibernating ? 20s : 2s);
        QCOMPARE(rig.liveCount(), hibernating ? 0 : 2);
        const auto passed = hibernating ? 20s : 2s;
        rig.setClock(set);
        rig.pass(59s - passed);
        QVERIFY(rig.steps("delay")[0].state == api::StepState::running);
        rig.pass(1s);
        QVERIFY(rig.steps("delay")[0].state == api::StepState::complete);
        QVERIFY(rig.steps("date")[0].state == api::StepState::running);
        rig.pass(date - rig.now());
        QVERIFY(rig.steps("date")[0].state == api::StepState::complete);
        const auto types = rig.feedTypes();
        QCOMPARE(std::count(types.begin(), types.end(), "sleep_completed"), 2);
    }

    void suspensionIsNoTimeout() {
        CoreRig rig;
        rig.create();
        rig.say("d\t%\t0\t1\t" + CoreRig::config(0, 0, "constant", 60'000) +
                "\ta\nz\t%\t1\t1\t3600000\tnap\n");
        rig.heard();
        rig.suspend(8h);
        QVERIFY(rig.steps()[0].state == api::StepState::running);   // its code had no chance
        QVERIFY(rig.steps()[1].state == api::StepState::complete);  // but the hour is over
        rig.pass(60s);
        QVERIFY(rig.steps()[0].state == api::StepState::errored);
    }
};

QTEST_GUILESS_MAIN(TestQueue)
#include "tst_queue.moc"
