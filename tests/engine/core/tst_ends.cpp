#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "core_rig.h"
#endif

#include <QTest>

#include <algorithm>

using namespace stepwell;
using namespace stepwell::engine;
using namespace std::chrono_literals;

/// How instances go: deleted, ended in bulk, and removed when they were kept long enough.
class TestEnds : public QObject {
    Q_OBJECT

    static bool exists(CoreRig& rig, const std::string& id) {
        const auto reply = rig.ask(SendEvent{"flow", id, "x", "u"});
        return reply || reply.error().code != api::code::eventInstanceNotFound;
    }
    static Termination terminate(CoreRig& rig, std::optional<api::Status> status = std::nullopt) {
        return std::get<Termination>(*rig.ask(TerminateAll{"flow", status}));
    }
    static void put(CoreRig& rig, const std::string& settings) {
        QVERIFY(rig.ask(PutWorkflow{"flow", "Flow", "worker", settings, "u", "version-" + settings}));
    }
    static std::string complete(CoreRig& rig, const std::string& id) {
        return "c\t" + rig.run(id) + "\t\tj1\n";
    }

  private slots:
    void aDeletedInstanceIsGoneAndItsIdFree_data() {
        QTest::addColumn<QString>("state");
        for (const char* state : {"running", "sleeping", "hibernating", "paused", "complete", "queued"})
            QTest::newRow(state) << state;
    }

    void aDeletedInstanceIsGoneAndItsIdFree() {
        QFETCH(QString, state);
        CoreSettings settings;
        settings.maxLive = state == "queued" ? 0 : 10;
        CoreRig rig(settings);
        rig.create();
        if (state == "running") rig.say("d\t%\t0\t1\t" + CoreRig::config(0, 0, "constant") + "\ta\n");
        if (state == "sleeping" || state == "hibernating") rig.say("z\t%\t0\t1\t60000\tnap\n");
        rig.heard();
        if (state == "hibernating") rig.pass(20s);
        if (state == "paused") rig.ask(PauseInstance{"flow", "one"});
        if (state == "complete") rig.say(complete(rig, "one"));
        QCOMPARE(rig.liveCount(), state == "running" || state == "sleeping" ? 1 : 0);
        rig.heard();
        QVERIFY(rig.ask(DeleteInstance{"flow", "one"}));
        QVERIFY(!exists(rig, "one"));
        QCOMPARE(rig.feedTypes().back(), std::string("instance_deleted"));
        for (const auto status : api::allStatuses)
            QCOMPARE(rig.count(status), 0);
        if (state == "running" || state == "sleeping") QCOMPARE(rig.heard(), std::string("x\t1\t1\n"));
        rig.pass(120s);  // no timer of it is left
        rig.create();
        QVERIFY(rig.steps().empty());
        const auto again = rig.ask(DeleteInstance{"flow", "nobody"});
        QCOMPARE(again.error().code, api::code::instanceNotFound);
    }

    void aBatchEndsWhatIsNotOverAndCountsIt() {
        CoreRig rig;
        rig.create("one");
        rig.create("two");
        rig.create("three");
        rig.say(complete(rig, "two"));
        const auto reply = rig.ask(TerminateBatch{"flow", {"one", "two", "three", "nobody"}});
        QCOMPARE(std::get<Termination>(*reply).terminated, 2);
        QVERIFY(rig.row("one").status == api::Status::terminated);
        QVERIFY(rig.row("two").status == api::Status::complete);
        QCOMPARE(rig.count(api::Status::terminated), 2);
    }

    void endingAllGoesOnAfterAKillAndSparesWhatCameLater() {
        CoreSettings settings;
        settings.maxLive = 3;
        CoreRig rig(settings);
        for (int i = 0; i < 450; ++i)
            rig.create("i" + std::to_string(i));
        rig.say(complete(rig, "i0"));
        QVERIFY(!terminate(rig).running);
        const auto first = rig.count(api::Status::terminated);
        QVERIFY2(first > 0 && first < 449, std::to_string(first).c_str());  // a few in each turn
        QVERIFY(terminate(rig).running);
        rig.create("late");
        rig.restartEngine();
        rig.pass(1s);
        QCOMPARE(rig.count(api::Status::terminated), 449);
        QCOMPARE(rig.count(api::Status::complete), 1);
        QVERIFY(rig.row("late").status == api::Status::running);
        QVERIFY(!std::get<Termination>(*rig.ask(AskTermination{"flow"})).running);
    }

    void endingAllInOneStatusLeavesTheOthers() {
        CoreRig rig;
        rig.create("one");
        rig.create("two");
        rig.ask(PauseInstance{"flow", "two"});
        QVERIFY(!terminate(rig, api::Status::paused).running);
        rig.pass(1s);
        QVERIFY(rig.row("one").status == api::Status::running);
        QVERIFY(rig.row("two").status == api::Status::terminated);
    }

    void whatIsOverIsKeptAsLongAsItsOwnWorkflowsOrAccountsSettingSays() {
        CoreRig rig;
        rig.create("account");
        rig.say(complete(rig, "account"));
        put(rig, R"({"default_retention":{"success_retention":"2 days","error_retention":86400000}})");
        rig.create("flow");
        rig.say(complete(rig, "flow"));
        rig.ask(CreateInstance{"flow", "own", "j{}", R"({"success_retention":"1 hour"})"});
        rig.say(complete(rig, "own"));
        rig.create("ended");  // counts as an error
        rig.ask(TerminateInstance{"flow", "ended"});
        rig.pass(59min);
        QVERIFY(exists(rig, "own"));
        rig.pass(1min);
        QVERIFY(!exists(rig, "own"));
        QCOMPARE(rig.feedTypes().back(), std::string("instance_deleted"));
        rig.pass(24h);
        QVERIFY(!exists(rig, "ended"));
        QVERIFY(exists(rig, "flow"));
        rig.pass(24h);
        QVERIFY(!exists(rig, "flow"));
        rig.pass(5 * 24h - 2h);
        QVERIFY(exists(rig, "account"));
        rig.pass(2h);
        QVERIFY(!exists(rig, "account"));
        QVERIFY(!rig.nextTurn());  // nothing is left to wake up for
        for (const auto status : api::allStatuses)
            QCOMPARE(rig.count(status), 0);
    }

    void aRestartedInstanceDoesNotExpire() {
        CoreRig rig;
        ChangeAccount change;
        change.successRetention = change.errorRetention = 1h;
        QVERIFY(rig.ask(change));
        rig.create();
        rig.say(complete(rig, "one"));
        rig.restartEngine();
        rig.pass(30min);
        rig.ask(RestartInstance{"flow", "one", std::nullopt});
        rig.pass(10h);
        QVERIFY(rig.row().status == api::Status::running);
        rig.say(complete(rig, "one"));
        rig.pass(1h);
        QVERIFY(!exists(rig, "one"));
    }

    void manyExpireBitByBit() {
        CoreSettings settings;
        settings.maxLive = 1'000;
        CoreRig rig(settings);
        std::string lines;
        for (int i = 0; i < 450; ++i) {
            rig.create("i" + std::to_string(i));
            lines += complete(rig, "i" + std::to_string(i));
        }
        rig.say(lines);
        rig.heard();
        rig.pass(7 * 24h - 1ms);
        QCOMPARE(rig.count(api::Status::complete), 450);
        rig.turn({});
        QCOMPARE(rig.count(api::Status::complete), 450);
        rig.pass(1ms);
        rig.turn({});
        const auto left = rig.count(api::Status::complete);
        QVERIFY2(left < 450, std::to_string(left).c_str());
        rig.pass(1s);
        QCOMPARE(rig.count(api::Status::complete), 0);
    }

    void triggersAreKeptPerScript() {
        CoreRig rig;
        using Change = ChangeTriggers::Change;
        const auto items = [&](Change change, const std::string& json = "[]") {
            return std::get<Triggers>(*rig.ask(ChangeTriggers{"worker", change, json}));
        };
        QCOMPARE(items(Change::none).items, std::string("[]"));
        items(Change::replace, R"([{"type":"a"}])");
        QCOMPARE(items(Change::add, R"([{"type":"b"}])").items,
                 std::string(R"([{"type":"a"},{"type":"b"}])"));
        rig.restartEngine();
        QCOMPARE(items(Change::none).items, std::string(R"([{"type":"a"},{"type":"b"}])"));
        QCOMPARE(items(Change::remove).removed, 2);
        QCOMPARE(items(Change::none).items, std::string("[]"));
        QVERIFY(!rig.ask(ChangeTriggers{"nobody", Change::none, "[]"}));
    }
};

QTEST_GUILESS_MAIN(TestEnds)
#include "tst_ends.moc"
