#ifndef Q_MOC_RUN  // moc 6.4 cannot read <compare>
#include "app/engine/core/base64.h"
#include "core_rig.h"
#endif

#include <QTest>

using namespace stepwell;
using namespace stepwell::engine;
using namespace std::chrono_literals;

class TestResults : public QObject {
    Q_OBJECT

    static std::string doStep(int index, int retries = 0, const std::string& shown = "{}") {
        auto config = CoreRig::config(retries, 1000, "constant", 5'000);
        config.replace(config.rfind("{}"), 2, shown);
        return "d\t%\t" + std::to_string(index) + "\t1\t" + config + "\ta\n";
    }
    static std::string chunk(int index, int attempt, int number, const std::string& bytes) {
        return "s\t%\t" + std::to_string(index) + "\t" + std::to_string(attempt) + "\t" +
               std::to_string(number) + "\t" + toBase64(bytes) + "\n";
    }

  private slots:
    void base64IsReversible() {
        std::string bytes;
        for (int length = 0; length < 300; ++length) {
            QCOMPARE(fromBase64(toBase64(bytes)), bytes);
            bytes += static_cast<char>(length * 37);
        }
        QCOMPARE(toBase64("ab"), std::string("YWI="));
    }

    void aChunkIsAcknowledgedWhenItIsStored() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0) + chunk(0, 1, 0, std::string(streamChunkBytes, 'x')));
        QVERIFY(rig.heard().ends_with("a\t1\t1\t0\t0\n"));
        rig.say(chunk(0, 1, 5, "out of order") + chunk(0, 2, 1, "of no attempt"));
        QCOMPARE(rig.heard(), std::string());
        rig.say(chunk(0, 1, 1, "end") + "o\t%\t0\t1\txx\ts99999\n");
        QCOMPARE(rig.heard(), std::string("a\t1\t1\t0\t1\nk\t1\t1\t0\n"));
        QCOMPARE(rig.steps()[0].value, "s" + std::to_string(streamChunkBytes + 3));  // what is stored counts
        rig.say("q\t%\t0\t1\nq\t%\t0\t2\n");
        QCOMPARE(rig.heard(), "S\t1\t1\t0\t1\t" + toBase64("end") + "\nS\t1\t1\t0\t2\t\n");
    }

    void aTimeoutOrAKillDropsWhatAnAttemptHasSent() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, 3) + chunk(0, 1, 0, "old"));
        rig.heard();
        rig.pass(5s);  // the timeout
        rig.pass(1s);
        rig.say("q\t%\t0\t0\n" + chunk(0, 1, 1, "late"));
        QVERIFY(rig.heard().ends_with("S\t1\t1\t0\t0\t\n"));
        rig.say(chunk(0, 2, 0, "second"));
        rig.restartEngine();
        rig.pass(1ms);
        rig.heard();
        rig.say("D\t%\t0\n");
        rig.say(chunk(0, 3, 0, "third") + "o\t%\t0\t3\tthird\ts5\n");
        QCOMPARE(rig.steps()[0].value, std::string("s5"));
        rig.heard();
        rig.say("q\t%\t0\t0\n");
        QVERIFY(rig.heard().find(toBase64("third")) != std::string::npos);
        QVERIFY(rig.ask(RestartInstance{"flow", "one", {}}));
        rig.pass(1ms);
        rig.heard();
        rig.say("q\t%\t0\t0\n");
        QVERIFY(rig.heard().ends_with("\t0\t0\t\n"));
    }

    void anInstanceCannotStoreMoreThanItsLimit() {
        CoreSettings settings;
        settings.streamBytesPerInstance = 10;
        CoreRig rig(settings);
        rig.create();
        rig.say(doStep(0, 3) + chunk(0, 1, 0, "123456") + "o\t%\t0\t1\t123456\ts6\n");
        rig.say(doStep(1, 3) + chunk(1, 1, 0, "12345"));
        QVERIFY(rig.row().status == api::Status::errored);
        QCOMPARE(rig.row().errorMessage, std::string("The instance has exceeded the 1GiB storage limit"));
    }

    void aSensitiveOutputIsKeptButNotShown() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0, 0, "{\"sensitive\":\"output\"}") + "o\t%\t0\t1\t\tj\"secret\"\n");
        QCOMPARE(rig.steps()[0].value, std::string("j\"secret\""));
        QCOMPARE(rig.steps()[0].preview, std::string("[REDACTED]"));
        rig.say("w\t%\t1\t1\t60000\tgo\tapproval\toutput\n");
        rig.ask(SendEvent{"flow", "one", "go", "j\"secret\""});
        QCOMPARE(rig.steps()[1].preview, std::string("[REDACTED]"));
        QVERIFY(rig.heard().find("\tgo\tj\"secret\"\n") != std::string::npos);
    }

    void theLoserOfARaceStaysOpen() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0) + doStep(1) + "o\t%\t0\t1\t\tj1\nc\t%\t\tj1\n");
        QVERIFY(rig.row().status == api::Status::complete);
        QVERIFY(rig.steps()[1].state == api::StepState::running && !rig.steps()[1].ended);
    }

    void pauseWaitsForAllStepsInFlight() {
        CoreRig rig;
        rig.create();
        rig.say(doStep(0) + doStep(1));
        rig.ask(PauseInstance{"flow", "one"});
        rig.say("o\t%\t1\t1\t\tj1\n");
        QVERIFY(rig.row().status == api::Status::waitingForPause);
        rig.say("f\t%\t0\t1\t-\t-1\tError\tno\t\n");
        QVERIFY(rig.row().status == api::Status::paused);
        QVERIFY(rig.steps()[1].state == api::StepState::complete);
        rig.ask(ResumeInstance{"flow", "one"});
        rig.pass(1ms);
        const auto said = rig.heard();
        QVERIFY2(said.find("h\t1\t2\t1\td\t1\tok\ta\t\tj1\n") != std::string::npos, said.c_str());
    }

    void sleepsOfOneNameAndDifferentLengthAreTwoSteps() {
        CoreRig rig;
        rig.create();
        rig.say("z\t%\t0\t1\t1000\tnap\nz\t%\t1\t1\t2000\tnap\n");
        rig.heard();
        rig.pass(1s);
        QVERIFY(rig.steps()[0].state == api::StepState::complete);
        QVERIFY(rig.steps()[1].state == api::StepState::running);
        RestartInstance::From second;
        second.name = "nap";
        second.count = 2;
        second.kind = api::StepKind::sleep;
        QVERIFY(rig.ask(RestartInstance{"flow", "one", second}));
        QCOMPARE(rig.steps().size(), std::size_t(1));
    }

    void cpuTimeGoesToTheAttemptsThatEnded() {
        CoreRig rig;
        rig.create();
        const auto say = [&](std::string text, std::chrono::microseconds cpu) {
            for (auto at = text.find('%'); at != std::string::npos; at = text.find('%'))
                text.replace(at, 1, rig.run());
            rig.turn({DriverLines{RuntimeId{ScriptVersionKey{1}, false}, text, cpu}});
        };
        say(doStep(0, 1) + doStep(1), 5ms);  // nothing executed before these lines
        say("l\t%\t0\t1\tinfo\t0\tbusy\n", 4ms);
        say("f\t%\t0\t1\t-\t-1\tError\tno\t\n", 10ms);
        rig.pass(1s);
        say("o\t%\t0\t2\t\tj1\no\t%\t1\t1\t\tj1\n", 6ms);
        QCOMPARE(rig.attempts("one", 0, 2)[0].cpu.count(), 12'000);
        QCOMPARE(rig.attempts("one", 0, 2)[1].cpu.count(), 3'000);
        QCOMPARE(rig.steps()[0].cpu.count(), 15'000);
        QCOMPARE(rig.steps()[1].cpu.count(), 5'000);
    }
};

QTEST_GUILESS_MAIN(TestResults)
#include "tst_results.moc"
