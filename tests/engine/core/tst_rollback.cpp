#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "core_rig.h"
#endif

#include <QTest>

using namespace stepwell;
using namespace stepwell::engine;
using namespace std::chrono_literals;

class TestRollback : public QObject {
    Q_OBJECT

    /// A step whose handler has `retries` retries, a second apart, and a timeout of 5 s.
    static std::string doStep(int index, const std::string& name, int retries = 0) {
        auto config = CoreRig::config(0, 1000, "constant");
        config.back() = ',';
        config += "\"rollback\":" + CoreRig::config(retries, 1000, "constant", 5'000) + "}";
        return "d\t%\t" + std::to_string(index) + "\t1\t" + config + "\t" + name + "\n";
    }
    static std::string plainStep(int index, const std::string& name) {
        return "d\t%\t" + std::to_string(index) + "\t1\t" + CoreRig::config(0, 1000, "constant") + "\t" +
               name + "\n";
    }
    static std::string ok(int index, int attempt = 1, const std::string& value = "j1") {
        return "o\t%\t" + std::to_string(index) + "\t" + std::to_string(attempt) + "\t\t" + value + "\n";
    }
    static std::string undone(int index, int attempt = 1) {
        return "O\t%\t" + std::to_string(index) + "\t" + std::to_string(attempt) + "\n";
    }
    static std::string notUndone(int index, int attempt = 1) {
        return "F\t%\t" + std::to_string(index) + "\t" + std::to_string(attempt) +
               "\t-\t-1\tTypeError\tno way\t\n";
    }
    static std::string failed(int index, int attempt = 1) {
        return "f\t%\t" + std::to_string(index) + "\t" + std::to_string(attempt) +
               "\t-\t-1\tTypeError\tno way\t\n";
    }
    static std::string thrown() { return "e\t%\tTypeError\tno way\tstack\n"; }
    static TerminateInstance withRollback() { return {"flow", "one", true}; }
    static api::Status statusOf(const Reply& reply) { return std::get<InstanceChanged>(*reply).status; }
    /// Whether the driver was asked for attempt `number` of undoing step `target` as entry `index`.
    static bool asked(const std::string& said, int index, int number, int target, int run = 1) {
        return said.find("u\t1\t" + std::to_string(run) + "\t" + std::to_string(index) + "\t" +
                         std::to_string(number) + "\t" + std::to_string(target) + "\t") != std::string::npos;
    }

  private slots:
    void handlersRunInReverseOrderOfStartWithTheirStepsResult() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + doStep(1, "b") + plainStep(2, "c") + ok(1, 1, "j\"b\"") +
                ok(0, 1, "j\"a\"") + ok(2) + doStep(3, "d") + failed(3));
        rig.heard();
        rig.say(thrown());
        QVERIFY(rig.row().status == api::Status::rollingBack);
        auto said = rig.heard();
        QVERIFY2(asked(said, 4, 1, 3), said.c_str());  // the failed step's own handler is the first
        QVERIFY2(said.ends_with("\tTypeError\tno way\tu\n"), said.c_str());
        rig.say(undone(4));
        said = rig.heard();
        QVERIFY2(asked(said, 5, 1, 1) && said.ends_with("\tj\"b\"\n"), said.c_str());
        rig.say(undone(5));
        QVERIFY(asked(rig.heard(), 6, 1, 0));
        rig.say(undone(6));
        QCOMPARE(rig.heard(), std::string("x\t1\t1\n"));
        QVERIFY(rig.row().status == api::Status::errored);
        QVERIFY(rig.row().rollback == Rollback::complete);
        QCOMPARE(rig.row().errorMessage, std::string("no way"));
        QCOMPARE(rig.row().stepCount, 4);
        QVERIFY(rig.steps()[4].kind == api::StepKind::rollback);
        QCOMPARE(rig.steps()[6].name, std::string("a"));
        const auto types = rig.feedTypes();
        const auto at = [&](const char* type) {
            return std::find(types.begin(), types.end(), type) - types.begin();
        };
        QVERIFY(at("rollback_started") < at("rollback_step_started"));
        QVERIFY(at("rollback_step_started") < at("rollback_attempt_started"));
        QVERIFY(at("rollback_attempt_completed") < at("rollback_step_completed"));
        QVERIFY(at("rollback_completed") < at("workflow_errored"));
        QCOMPARE(std::count(types.begin(), types.end(), "rollback_step_completed"), 3);
    }

    void nothingIsUndoneOnSuccessOrWithoutHandlers() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + ok(0) + "c\t%\t\tj1\n");
        QVERIFY(rig.row().status == api::Status::complete);
        QVERIFY(rig.row().rollback == Rollback::none);
        rig.create("two");
        rig.say("d\t" + rig.run("two") + "\t0\t1\t" + CoreRig::config(0, 1, "constant") + "\ta\ne\t" +
                rig.run("two") + "\tError\tbad\t\n");
        QVERIFY(rig.row("two").status == api::Status::errored);
        QVERIFY(rig.row("two").rollback == Rollback::none);
    }

    void theFirstHandlerThatFailsForGoodStopsTheChain() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + ok(0) + doStep(1, "b", 1) + ok(1) + thrown());
        rig.say(notUndone(2));
        rig.heard();
        QVERIFY(rig.row().status == api::Status::rollingBack);
        rig.pass(999ms);
        QCOMPARE(rig.heard(), std::string());
        rig.pass(1ms);
        QVERIFY(asked(rig.heard(), 2, 2, 1));
        rig.say(notUndone(2, 2));
        QCOMPARE(rig.heard(), std::string("x\t1\t1\n"));
        QVERIFY(rig.row().status == api::Status::errored);
        QVERIFY(rig.row().rollback == Rollback::failed);
        QCOMPARE(rig.row().rollbackErrorName, std::string("TypeError"));
        QCOMPARE(rig.steps().size(), std::size_t(3));
        QCOMPARE(rig.attempts("one", 2, 2).size(), std::size_t(2));
        const auto types = rig.feedTypes();
        QCOMPARE(std::count(types.begin(), types.end(), "rollback_attempt_errored"), 2);
        QCOMPARE(std::count(types.begin(), types.end(), "rollback_errored"), 1);
    }

    void aHandlerThatTakesTooLongFails() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + ok(0) + thrown());
        rig.heard();
        rig.pass(5s);
        QVERIFY(rig.row().rollback == Rollback::failed);
        QCOMPARE(rig.row().rollbackErrorMessage, std::string("Execution timed out after 5000ms"));
    }

    void leftoverCodeCanStartNothing() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + doStep(1, "b") + thrown() + plainStep(2, "late") + ok(0) + "c\t%\t\tj1\n");
        const auto steps = rig.steps();
        QCOMPARE(steps.size(), std::size_t(3));
        QVERIFY(steps[0].state == api::StepState::running && !steps[0].ended);  // in flight: abandoned
        QVERIFY(steps[2].kind == api::StepKind::rollback);
        QVERIFY(rig.row().status == api::Status::rollingBack);
    }

    void terminateWithRollbackUndoesWhatRuns() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + ok(0) + doStep(1, "b"));
        rig.heard();
        QVERIFY(statusOf(rig.ask(withRollback())) == api::Status::rollingBack);
        auto said = rig.heard();
        QVERIFY2(asked(said, 2, 1, 1), said.c_str());
        QVERIFY2(said.ends_with("\tError\tInstance terminated during rollback\tu\n"), said.c_str());
        QVERIFY(statusOf(rig.ask(withRollback())) == api::Status::rollingBack);  // it already does
        rig.say(undone(2));
        rig.say(undone(3));
        QVERIFY(rig.row().status == api::Status::terminated);
        QVERIFY(rig.row().rollback == Rollback::complete);
        QVERIFY(!rig.steps()[1].ended);
        QVERIFY(!rig.ask(withRollback()));
    }

    void terminateWithRollbackAndNothingToUndoTerminates() {
        CoreRig rig;
        rig.create();
        rig.say(plainStep(0, "a"));
        QVERIFY(statusOf(rig.ask(withRollback())) == api::Status::terminated);
        QVERIFY(rig.row().rollback == Rollback::none);
    }

    void terminateStopsARollback() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + ok(0) + thrown());
        QVERIFY(statusOf(rig.ask(TerminateInstance{"flow", "one"})) == api::Status::terminated);
        QVERIFY(rig.row().rollback == Rollback::failed);
        QCOMPARE(rig.liveCount(), 0);
    }

    void handlersOfAPausedInstanceAreRebuiltByAReplay() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + ok(0, 1, "j7") + "w\t%\t1\t1\t600000\tgo\tapproval\n");
        rig.heard();
        rig.ask(PauseInstance{"flow", "one"});
        rig.heard();
        QVERIFY(statusOf(rig.ask(withRollback())) == api::Status::rollingBack);
        rig.pass(1ms);
        const auto said = rig.heard();
        QVERIFY2(said.find("h\t1\t2\t0\td\t1\tok\ta\t\tj7\n") != std::string::npos, said.c_str());
        QVERIFY2(said.find("h\t1\t2\t1\tw\t1\topen\tapproval\t\t\nU\t1\t2\n") != std::string::npos,
                 said.c_str());
        QVERIFY2(asked(said, 2, 1, 0, 2), said.c_str());
        rig.say(undone(2));
        QVERIFY(rig.row().status == api::Status::terminated);
    }

    /// The entry of the first handler has the index of a step that the engine has not heard of yet.
    void answersOfStepsThatWereUnderWayAreNotTakenForThoseOfHandlers() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + ok(0));
        rig.heard();
        QVERIFY(rig.ask(withRollback()));
        QVERIFY(asked(rig.heard(), 1, 1, 0));
        rig.say(doStep(1, "b") + ok(1) + failed(1));
        QVERIFY(rig.row().status == api::Status::rollingBack);
        QCOMPARE(rig.heard(), std::string());
        rig.say(undone(1));
        QVERIFY(rig.row().status == api::Status::terminated);
        QVERIFY(rig.row().rollback == Rollback::complete);
    }

    void aKilledEngineGoesOnWhereTheRollbackWas() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + ok(0) + doStep(1, "b") + ok(1) + doStep(2, "c") + ok(2) + thrown());
        rig.say(undone(3));  // c is undone, b begins
        rig.restartEngine();
        rig.pass(1ms);
        QVERIFY(rig.row().status == api::Status::rollingBack);
        auto said = rig.heard();
        QVERIFY2(said.find("U\t1\t2\n") != std::string::npos, said.c_str());
        QVERIFY2(asked(said, 4, 2, 1, 2), said.c_str());  // the interrupted attempt does not count
        QVERIFY(!asked(said, 3, 1, 2, 2));
        QVERIFY(said.find("\tu\t") == std::string::npos);  // rollbacks are no part of the history
        rig.say(undone(4, 2));
        rig.say(undone(5));
        QVERIFY(rig.row().status == api::Status::errored);
        QVERIFY(rig.row().rollback == Rollback::complete);
        QCOMPARE(rig.row().errorMessage, std::string("no way"));
    }

    void aLongRetryDelayLeavesMemoryAndComesBack() {
        CoreRig rig;
        rig.create();
        auto config = CoreRig::config(0, 1000, "constant");
        config.back() = ',';
        config += "\"rollback\":" + CoreRig::config(1, 3'600'000, "constant") + "}";
        rig.say("d\t%\t0\t1\t" + config + "\ta\n" + ok(0) + thrown());
        rig.say(notUndone(1));
        rig.heard();
        rig.pass(60s);
        QCOMPARE(rig.liveCount(), 0);
        QVERIFY(rig.row().status == api::Status::rollingBack);
        rig.pass(1h);
        QVERIFY(asked(rig.heard(), 1, 2, 0, 2));
        rig.say(undone(1, 2));
        QVERIFY(rig.row().rollback == Rollback::complete);
    }

    void aProcessThatDiesIsReplacedAndAHandlerThatKillsItEndsTheRollback() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + ok(0) + thrown());
        rig.heard();
        rig.die(ExitCause::killed);
        QVERIFY(asked(rig.heard(), 1, 2, 0, 2));
        rig.die(ExitCause::unresponsive, "did not yield for 30 s");
        QVERIFY(rig.row().status == api::Status::errored);
        QCOMPARE(rig.row().errorMessage, std::string("no way"));  // that of the workflow stays
        QVERIFY(rig.row().rollback == Rollback::failed);
        QVERIFY(rig.row().rollbackErrorMessage.find("did not yield") != std::string::npos);
    }

    /// Suspects run one by one: the others wait for their turn with the next attempt of their handler.
    void suspectsThatUndoStepsWaitForTheirTurn() {
        CoreRig rig;
        rig.create("one");
        rig.say(doStep(0, "a", 5) + ok(0) + thrown());
        rig.create("two");
        auto lines = doStep(0, "a", 5) + ok(0) + thrown();
        for (auto at = lines.find('%'); at != std::string::npos; at = lines.find('%'))
            lines.replace(at, 1, rig.run("two"));
        rig.say(lines);
        QVERIFY(rig.row("two").status == api::Status::rollingBack);
        rig.heard();
        rig.die(ExitCause::crashed);
        rig.pass(10s);  // the waiting one's next attempt is due by now
        QVERIFY(rig.row("one").status == api::Status::rollingBack);
        QVERIFY(rig.row("two").status == api::Status::rollingBack);
        QVERIFY(rig.heard().find("\nu\t1\t2\t") != std::string::npos);
    }

    void restartForgetsTheRollback() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + ok(0) + thrown());
        QVERIFY(rig.ask(RestartInstance{"flow", "one", {}}));
        rig.pass(1ms);
        QVERIFY(rig.row().status == api::Status::running);
        QVERIFY(rig.row().rollback == Rollback::none);
        QCOMPARE(rig.steps().size(), std::size_t(0));
    }

    void aResultThatIsNotSerialisableUndoesNothing() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, "a") + ok(0) + doStep(1, "b") + "f\t%\t1\t1\tQ\t-1\tError\tnot serialisable\t\n");
        QVERIFY(rig.row().status == api::Status::errored);
        QVERIFY(rig.row().rollback == Rollback::none);
    }
};

QTEST_GUILESS_MAIN(TestRollback)
#include "tst_rollback.moc"
