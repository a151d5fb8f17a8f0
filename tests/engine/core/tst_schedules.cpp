#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "core_rig.h"
#endif

#include <QTest>

using namespace stepwell;
using namespace stepwell::engine;
using namespace std::chrono_literals;

/// Crons of workflows and of Workers.
class TestSchedules : public QObject {
    Q_OBJECT

    static void schedule(CoreRig& rig, const std::string& crons) {
        const auto put = rig.ask(PutWorkflow{"flow", "Flow", "worker", "{\"schedules\":" + crons + "}", "u",
                                             "version-" + std::to_string(crons.size())});
        QVERIFY(put);
    }
    /// "* * * * *" at so many minutes after the rig's start, 2026-01-01.
    static std::string minuteId(CoreRig& rig, int minutes) {
        return "* * * * *-" +
               std::to_string((start(rig) + std::chrono::minutes(minutes)).time_since_epoch().count());
    }
    static api::Time start(CoreRig&) { return *api::fromIso("2026-01-01T00:00:00Z"); }
    static std::int64_t created(CoreRig& rig) {
        std::int64_t sum = 0;
        for (const auto status : api::allStatuses)
            sum += rig.count(status);
        return sum;
    }

  private slots:
    void everyFiringCreatesOneInstance() {
        CoreRig rig;
        schedule(rig, R"([{"cron":"* * * * *"}])");
        rig.pass(59s);
        QCOMPARE(created(rig), 0);
        rig.pass(2s);
        QCOMPARE(created(rig), 1);
        const auto row = rig.row(minuteId(rig, 1));
        QVERIFY(row.trigger == api::TriggerSource::cron);
        QVERIFY(row.status == api::Status::running);
        const auto said = rig.heard();
        const auto told = std::to_string((start(rig) + 1min).time_since_epoch().count()) + " * * * * *\n";
        QVERIFY2(said.find(told) != std::string::npos, said.c_str());
        rig.pass(3min);
        QCOMPARE(created(rig), 4);
    }

    void neverTwiceForOneMinuteAlsoAcrossRestarts() {
        CoreRig rig;
        schedule(rig, R"([{"cron":"* * * * *"}])");
        rig.pass(61s);
        rig.restartEngine();
        rig.pass(1s);
        QCOMPARE(created(rig), 1);
        schedule(rig, R"([{"cron":"* * * * *"}])");  // declared anew as it is
        rig.pass(1s);
        QCOMPARE(created(rig), 1);
    }

    void whatWasMissedIsSkipped() {
        CoreRig rig;
        schedule(rig, R"([{"cron":"0 * * * *"}])");
        rig.jump(5h + 30min);
        rig.restartEngine();
        QCOMPARE(created(rig), 0);
        rig.pass(31min);
        QCOMPARE(created(rig), 1);
    }

    void cronsThatAreGoneFireNoMore() {
        CoreRig rig;
        schedule(rig, R"([{"cron":"* * * * *"},{"cron":"0 12 * * *"}])");
        schedule(rig, R"([{"cron":"0 12 * * *"}])");
        rig.pass(11h);
        QCOMPARE(created(rig), 0);
        rig.pass(2h);
        QCOMPARE(created(rig), 1);
        rig.ask(DeleteWorkflow{"flow"});
        rig.pass(48h);
        QVERIFY(!rig.nextTurn());
    }

    void aWorkersCronsRunItsHandler() {
        CoreRig rig;
        QVERIFY(rig.ask(PutSchedules{"worker", {"*/5 * * * *", "*/5 * * * *", "0 1 * * *"}}));
        rig.pass(10min);
        auto firings = rig.firings();
        QCOMPARE(firings.size(), 2U);
        QCOMPARE(firings[0].cron, std::string("*/5 * * * *"));
        QVERIFY(firings[0].time == start(rig) + 5min);
        QVERIFY(firings[0].version == ScriptVersionKey{1});
        rig.restartEngine();
        rig.pass(1min);
        QVERIFY(rig.firings().empty());
        rig.ask(PutSchedules{"worker", {}});
        rig.pass(24h);
        QVERIFY(rig.firings().empty());
        QCOMPARE(rig.ask(PutSchedules{"nobody", {}}).error().code, api::code::scriptNotFound);
    }

    void schedulesGoWithTheirWorker() {
        CoreRig rig;
        schedule(rig, R"([{"cron":"* * * * *"}])");
        rig.ask(PutSchedules{"worker", {"* * * * *"}});
        rig.ask(DeleteScript{"worker"});
        rig.pass(1h);
        QVERIFY(rig.firings().empty());
        QCOMPARE(created(rig), 0);
    }
};

QTEST_GUILESS_MAIN(TestSchedules)
#include "tst_schedules.moc"
