#include "models/timeline/layout.h"
#include "models/timeline/step_bars.h"
#include "tests/widgets/instance/run_data.h"

#include <QTest>

using namespace stepwell;
using namespace stepwell::timeline;

namespace {

api::Time base() {
    return *api::fromIso("2026-11-20T09:00:19.000Z");
}

api::InstanceDetail repeated(int count) {
    auto run = test::orderRun(base());
    run.steps.resize(1);
    for (int i = 1; i <= count; ++i)
        run.steps.push_back(
            test::step(i, "item-" + std::to_string(i), *run.start + api::Milliseconds(i * 100), 80));
    return run;
}

}  // namespace

class LayoutTest : public QObject {
    Q_OBJECT
  private slots:
    void rowsAsText() {
        Layout layout;
        layout.update(test::orderRun(base()));
        const QString expected =
            QStringLiteral("check-inventory-1 | attempt 0-290 complete\n"
                           "charge-card-1 | attempt 300-950 errored | wait 950-1950 errored | attempt "
                           "1950-2550 errored | wait 2550-4550 "
                           "errored | attempt 4550-5000 complete\n"
                           "  POST payments.example/v1/charges | request 350-898 errored | request 2000-2501 "
                           "errored | request 4580-4960 "
                           "complete\n"
                           "settle-1 | sleep 5000-8000 complete \"sleep 3 s\"\n"
                           "reserve-item-1 | attempt 8000-8640 complete\n"
                           "reserve-item-2 | attempt 8000-9400 complete\n"
                           "reserve-item-3 | attempt 8000-8430 complete\n"
                           "courier-accepted-1 | event 9500-17900 complete \"event courier · until 09:01\"\n"
                           "send-confirmation-1 | attempt 18000-now running\n"
                           "  POST mail.example/send | request 18040-now running");
        QCOMPARE(layout.asText(), expected);
        QCOMPARE(layout.stepCount(), std::size_t(8));
        QCOMPARE(layout.failedAttempts(), 2);
        QVERIFY(layout.isLive());
    }

    void whatWasOpenStopsWithTheRun() {
        auto run = test::orderRun(base());
        run.status = api::Status::terminated;
        run.end = *run.start + api::Milliseconds(20'000);
        Layout layout;
        layout.update(run);
        QVERIFY(layout.asText().contains("send-confirmation-1 | attempt 18000-20000 stopped"));
        QVERIFY(!layout.isLive());
        QCOMPARE(layout.known().to, Moment(20'000));
    }

    void undoingHasRowsOfItsOwn() {
        auto run = test::orderRun(base());
        run.status = api::Status::rollingBack;
        auto undo = test::step(8, "charge-card-1", *run.start + api::Milliseconds(19'000), 200);
        undo.isRollback = true;
        run.steps.push_back(undo);
        Layout layout;
        layout.update(run);
        QVERIFY2(layout.asText().endsWith("Undo charge-card-1 | rollback 19000-19200 complete"),
                 qPrintable(layout.asText()));
        QVERIFY(layout.isLive());
        // Undoing is work: no part of it counts as idle.
        for (const Range& idle : layout.idle(Moment(19'200)))
            QVERIFY(idle.to <= Moment(19'000));
    }

    void aRetryToComeIsAnOpenWaitWithItsEnd() {
        auto run = test::orderRun(base());
        auto& step = run.steps[1];
        step.attempts.resize(1);
        step.attempts[0].retryOn = *run.start + api::Milliseconds(60'000);
        step.state = api::StepState::retrying;
        step.end.reset();
        Layout layout;
        layout.update(run);
        QVERIFY(layout.asText().contains("charge-card-1 | attempt 300-950 errored | wait 950-now errored"));
        QCOMPARE(layout.entries().at(1).planned, std::optional(Moment(60'000)));
    }

    void requestsOutsideStepsComeFirst() {
        auto run = test::orderRun(base());
        run.requests.push_back(run.steps[1].requests[2]);
        Layout layout;
        layout.update(run);
        QVERIFY(layout.asText().startsWith(
            "POST payments.example/v1/charges | request 4580-4960 complete\ncheck-"));
        QCOMPARE(layout.stepCount(), std::size_t(8));
    }

    void manyAddressesShareTheLastLane() {
        auto run = test::orderRun(base());
        for (int i = 0; i < 40; ++i) {
            auto request = run.steps[1].requests[0];
            request.url = "https://host.example/" + std::to_string(i);
            run.steps[1].requests.push_back(request);
        }
        Layout layout;
        layout.update(run);
        const auto& lanes = layout.entries().at(1).lanes;
        QCOMPARE(lanes.size(), Layout::mostLanes);
        QVERIFY(lanes.back().label.endsWith("and 35 more"));
    }

    void repeatedStepsFold() {
        Layout layout;
        layout.update(repeated(12));
        QCOMPARE(layout.rows().size(), std::size_t(13));
        layout.update(repeated(13));
        QCOMPARE(layout.rows().size(), std::size_t(2));
        QCOMPARE(layout.label(layout.rows()[1]), "item × 13");
        QCOMPARE(layout.bars(layout.rows()[1]).size(), std::size_t(13));
        QCOMPARE(layout.find({RowKind::step, 7, 0}), std::optional(1));
        layout.setGroupOpen(1, true);
        QCOMPARE(layout.rows().size(), std::size_t(15));
        QCOMPARE(layout.rows()[2].depth, 1);
        QCOMPARE(layout.find({RowKind::step, 7, 0}), std::optional(8));
    }

    void aGroupAroundTheSelectedStepFormsOpen() {
        Layout layout;
        layout.update(repeated(12));
        layout.setPinnedStep(5);
        layout.update(repeated(13), 13);
        QVERIFY(layout.isGroupOpen(1));
        QCOMPARE(layout.rows().size(), std::size_t(15));
    }

    void failuresOnly() {
        Layout layout;
        layout.update(test::orderRun(base()));
        layout.setFailuresOnly(true);
        QCOMPARE(layout.rows().size(), std::size_t(2));
        QCOMPARE(layout.label(layout.rows()[0]), "charge-card-1");
        QVERIFY(!layout.find({RowKind::step, 0, 0}));
    }

    void idleIsWhereNothingExecutes() {
        Layout layout;
        layout.update(test::orderRun(base()));
        const auto idle = layout.idle(Moment(19'000));
        const std::vector<Range> expected = {{Moment(290), Moment(300)},
                                             {Moment(950), Moment(1950)},
                                             {Moment(2550), Moment(4550)},
                                             {Moment(5000), Moment(8000)},
                                             {Moment(9400), Moment(18'000)}};
        QCOMPARE(idle.size(), expected.size());
        for (std::size_t i = 0; i < idle.size(); ++i)
            QCOMPARE(idle[i], expected[i]);
    }

    void idleOfAGrowingRunEqualsARebuild() {
        auto whole = test::longRun(300, 3);
        whole.status = api::Status::running;
        whole.end.reset();
        auto run = whole;
        run.steps.clear();
        const auto reopen = [](api::Step& step) {
            step.attempts.back().end.reset();
            step.attempts.back().success.reset();
            step.state = api::StepState::running;
        };
        // An early step goes on for long beside the others.
        constexpr std::size_t slow = 5;
        constexpr std::size_t slowEnds = 200;
        Layout grown;
        for (std::size_t i = 0; i < whole.steps.size(); ++i) {
            run.steps.push_back(whole.steps[i]);
            reopen(run.steps.back());
            for (const bool over : {false, true}) {
                if (over && i != slow) run.steps.back() = whole.steps[i];
                if (over && i == slowEnds) run.steps[slow] = whole.steps[slow];
                grown.update(run, static_cast<int>(i == slowEnds ? slow : i));
                Layout fresh;
                fresh.update(run);
                const Moment until = fresh.known().to + Moment(50);
                QVERIFY(grown.idle(until) == fresh.idle(until));
            }
        }
    }

    void changesStepByStepEqualARebuild() {
        const auto whole = test::longRun(400, 3);
        api::InstanceDetail growing = whole;
        growing.status = api::Status::running;
        growing.end.reset();
        growing.steps.clear();
        Layout layout;
        for (std::size_t i = 0; i < whole.steps.size(); ++i) {
            auto open = whole.steps[i];
            open.state = api::StepState::retrying;
            open.end.reset();
            open.attempts.resize(1 + i % 3);
            growing.steps.push_back(open);
            layout.update(growing, static_cast<int>(i));
            growing.steps.back() = whole.steps[i];
            layout.update(growing, static_cast<int>(i));
        }
        Layout fresh;
        fresh.update(growing);
        QCOMPARE(layout.asText(), fresh.asText());
        QCOMPARE(layout.failedAttempts(), fresh.failedAttempts());
        growing = whole;
        layout.update(growing, -1);
        fresh = Layout();
        fresh.update(whole);
        QCOMPARE(layout.asText(), fresh.asText());
        QCOMPARE(layout.known().to, fresh.known().to);
    }

    void nothingNewIsNoRevision() {
        Layout layout;
        const auto run = test::orderRun(base());
        layout.update(run);
        const int revision = layout.revision();
        layout.update(run);
        layout.update(run, 8);
        QCOMPARE(layout.revision(), revision);
    }

    void aRestartedRunStartsAnew() {
        Layout layout;
        layout.update(test::orderRun(base()));
        auto again = test::orderRun(base() + std::chrono::minutes(5));
        again.steps.resize(1);
        layout.update(again);
        QCOMPARE(layout.asText(), "check-inventory-1 | attempt 0-290 complete");
        QCOMPARE(layout.failedAttempts(), 0);
    }

    void namesWithoutCounters() {
        QCOMPARE(baseName("reserve-item-12"), "reserve-item");
        QCOMPARE(baseName("page 7-1"), "page");
        QCOMPARE(baseName("42-1"), "42");
        QCOMPARE(splitCounter("charge-card-12"), std::pair(QStringLiteral("charge-card"), 12));
        QCOMPARE(splitCounter("plain"), std::pair(QStringLiteral("plain"), 1));
        QCOMPARE(shortAddress("https://a.example/b/c/?q=1#x"), "a.example/b/c");
    }
};

QTEST_GUILESS_MAIN(LayoutTest)
#include "tst_layout.moc"
