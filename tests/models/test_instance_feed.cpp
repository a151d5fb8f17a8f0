#include "models/instance_feed.h"
#include "tests/models/fake_backend.h"

#include <QSignalSpy>
#include <QtTest>

using namespace stepwell;
using test::FakeBackend;

namespace {

const std::string id = "order-000250";

struct Fixture {
    Fixture() { backend.fillWithSamples(); }
    void open() {
        feed.open(&backend, "orders", id);
        QTRY_VERIFY(feed.state() == LoadState::ready);
        QTRY_COMPARE(feed.logs().size(), std::size_t{7});
    }
    FakeBackend backend;
    InstanceFeed feed;
};

api::InstanceDetail partial(std::int64_t sequence) {
    api::InstanceDetail change;
    change.id = id;
    change.status = api::Status::running;
    change.stepCount = 10;
    change.sequence = sequence;
    change.partial = true;
    return change;
}

api::Step step(int index, const std::string& name) {
    api::Step result;
    result.index = index;
    result.name = name;
    return result;
}

}  // namespace

class InstanceFeedTest : public QObject {
    Q_OBJECT
  private slots:
    void mergesChanges();
    void wholeAnswersReplace();
    void loadsDetailAndLogs();
    void asksForChangesOnEvents();
    void loadsWholeAfterARestart();
    void logsComeInPieces();
    void failureKeepsWhatIsKnown();
    void goneIsSaidOnce();
    void anInstanceThatComesLaterHasItsLogs();
    void pollsWithoutAStreamUntilFinished();
    void hiddenAsksNothing();
    void closesAndDropsLateAnswers();
};

void InstanceFeedTest::mergesChanges() {
    api::InstanceDetail detail = test::sample::runningDetail();
    const auto before = detail;
    auto change = partial(8'010);
    auto payment = before.steps[1];
    payment.output = "2";
    payment.requests = {before.steps[1].requests[2]};
    payment.requests[0].status = 500;
    change.steps = {payment, step(12, "late-1"), step(10, "later-1")};
    change.requests = {before.requests[0]};
    change.requests[0].id = 99;
    QCOMPARE(applyChange(detail, change), 1);
    QCOMPARE(detail.steps.size(), before.steps.size() + 2);
    QCOMPARE(*detail.steps[1].output, std::string("2"));
    QCOMPARE(detail.steps[1].requests.size(), std::size_t{3});
    QCOMPARE(detail.steps[1].requests[2].status, 500);
    QCOMPARE(detail.steps[9].name, std::string("later-1"));
    QCOMPARE(detail.steps[10].name, std::string("late-1"));
    QCOMPARE(detail.requests.size(), std::size_t{2});
    QCOMPARE(detail.params, before.params);
    QCOMPARE(detail.sequence, std::int64_t{8'010});
    QVERIFY(!detail.partial);
    QCOMPARE(applyChange(detail, partial(8'011)), static_cast<int>(detail.steps.size()));
}

void InstanceFeedTest::wholeAnswersReplace() {
    api::InstanceDetail detail = test::sample::runningDetail();
    QCOMPARE(applyChange(detail, test::sample::erroredDetail()), -1);
    QCOMPARE(detail.steps.size(), std::size_t{2});
    // A change of another instance cannot be merged.
    auto foreign = partial(9);
    foreign.id = "other";
    QCOMPARE(applyChange(detail, foreign), -1);
    QVERIFY(detail.steps.empty());
}

void InstanceFeedTest::loadsDetailAndLogs() {
    Fixture f;
    QSignalSpy changed(&f.feed, &InstanceFeed::changed);
    f.feed.open(&f.backend, "orders", id);
    QVERIFY(f.feed.state() == LoadState::loading);
    QVERIFY(!f.feed.isLoaded());
    QTRY_VERIFY(f.feed.isLoaded());
    QCOMPARE(f.feed.detail().steps.size(), std::size_t{9});
    QTRY_COMPARE(f.feed.logs().size(), std::size_t{7});
    QCOMPARE(changed.last().first().toInt(), -1);
}

void InstanceFeedTest::asksForChangesOnEvents() {
    Fixture f;
    f.open();
    f.backend.detailSource = [](const std::string&, std::optional<std::int64_t> since) {
        auto change = partial(since.value_or(0) + 1);
        change.steps = {step(20, "fresh-1")};
        return change;
    };
    QSignalSpy changed(&f.feed, &InstanceFeed::changed);
    f.backend.calls.clear();
    for (int i = 0; i < 200; ++i)
        f.backend.emitEvent("step_started", "orders", id, "fresh-1");
    f.backend.emitEvent("step_started", "orders", "other");
    QTRY_COMPARE(changed.count(), 1);
    QCOMPARE(f.backend.calls, QStringList{"instance orders order-000250 since=8000"});
    QCOMPARE(changed.first().first().toInt(), 9);
    QCOMPARE(f.feed.detail().steps.back().name, std::string("fresh-1"));
    f.backend.emitEvent("attempt_started", "orders", id);
    QTRY_COMPARE(f.backend.calls.size(), 2);
    QVERIFY(f.backend.calls.last().endsWith("since=8001"));
}

void InstanceFeedTest::loadsWholeAfterARestart() {
    Fixture f;
    f.open();
    f.backend.details[id] = test::sample::erroredDetail();
    f.backend.details[id].id = id;
    f.backend.logLines[id] = {{1, -1, api::LogLevel::log, {}, "anew"}};
    f.backend.calls.clear();
    f.backend.emitEvent("instance_restarted", "orders", id);
    QTRY_COMPARE(f.feed.detail().steps.size(), std::size_t{2});
    QVERIFY(f.backend.calls.contains("instance orders order-000250"));
    QTRY_COMPARE(f.feed.logs().size(), std::size_t{1});
    QCOMPARE(f.feed.logs().front().text, std::string("anew"));
}

void InstanceFeedTest::logsComeInPieces() {
    Fixture f;
    auto& lines = f.backend.logLines[id];
    lines.clear();
    for (int i = 1; i <= 1'200; ++i)
        lines.push_back({i, 0, api::LogLevel::log, {}, "line"});
    f.feed.open(&f.backend, "orders", id);
    QTRY_COMPARE(f.feed.logs().size(), std::size_t{1'200});
    QSignalSpy changed(&f.feed, &InstanceFeed::logsChanged);
    lines.push_back({1'201, 0, api::LogLevel::error, {}, "last"});
    f.backend.calls.clear();
    f.backend.emitEvent("log", "orders", id);
    QTRY_COMPARE(f.feed.logs().size(), std::size_t{1'201});
    QCOMPARE(changed.first().first().toInt(), 1'200);
    QVERIFY(f.backend.calls.first().endsWith("after=1200"));
    QCOMPARE(f.backend.callsStartingWith("instance "), 0);
}

void InstanceFeedTest::failureKeepsWhatIsKnown() {
    Fixture f;
    f.open();
    f.backend.failWith("instance ", {0, api::code::transport, "down"});
    f.feed.reload();
    QTRY_VERIFY(f.feed.state() == LoadState::failed);
    QCOMPARE(f.feed.detail().steps.size(), std::size_t{9});
    f.backend.succeed();
    QTRY_VERIFY(f.feed.state() == LoadState::ready);
}

void InstanceFeedTest::goneIsSaidOnce() {
    Fixture f;
    f.open();
    QSignalSpy gone(&f.feed, &InstanceFeed::gone);
    f.backend.details.clear();
    f.feed.reload();
    QTRY_COMPARE(gone.count(), 1);
    f.feed.reload();
    QTest::qWait(30);
    QCOMPARE(gone.count(), 1);
    QVERIFY(f.feed.state() == LoadState::failed);
}

void InstanceFeedTest::anInstanceThatComesLaterHasItsLogs() {
    Fixture f;
    const api::Error missing{404, api::code::instanceNotFound, "workflows.api.error.instance.not_found"};
    f.backend.failWith("instance ", missing);
    f.backend.failWith("logs ", missing);
    f.feed.open(&f.backend, "orders", id);
    QTRY_VERIFY(f.feed.state() == LoadState::failed);
    QTRY_VERIFY(f.backend.callsStartingWith("logs ") >= 1);
    f.backend.succeed();
    f.backend.emitEvent("instance_created", "orders", id);
    f.backend.emitEvent("log", "orders", id);
    QTRY_VERIFY(f.feed.isLoaded());
    QTRY_COMPARE(f.feed.logs().size(), std::size_t{7});
}

void InstanceFeedTest::pollsWithoutAStreamUntilFinished() {
    Fixture f;
    f.backend.setLiveState(LiveState::polling);
    f.open();
    f.backend.calls.clear();
    QTRY_VERIFY(f.backend.callsStartingWith("instance ") >= 1);
    f.backend.details[id] = test::sample::completeDetail();
    f.backend.details[id].id = id;
    QTRY_VERIFY(f.feed.detail().status == api::Status::complete);
    f.backend.calls.clear();
    QTest::qWait(1'300);
    QCOMPARE(f.backend.callsStartingWith("instance "), 0);
}

void InstanceFeedTest::hiddenAsksNothing() {
    Fixture f;
    f.open();
    f.feed.setActive(false);
    f.backend.calls.clear();
    f.backend.emitEvent("step_started", "orders", id);
    f.feed.reload();
    QTest::qWait(60);
    QCOMPARE(f.backend.calls, QStringList());
    f.feed.setActive(true);
    QTRY_COMPARE(f.backend.callsStartingWith("instance "), 1);
}

void InstanceFeedTest::closesAndDropsLateAnswers() {
    Fixture f;
    f.backend.hold();
    f.feed.open(&f.backend, "orders", id);
    f.feed.open(&f.backend, "orders", "order-000248");
    f.backend.releaseAll();
    QTRY_COMPARE(f.feed.detail().id, std::string("order-000248"));
    f.feed.open(&f.backend, "orders", "");
    QVERIFY(!f.feed.isLoaded());
    f.backend.calls.clear();
    f.backend.emitEvent("step_started", "orders", "order-000248");
    QTest::qWait(60);
    QCOMPARE(f.backend.calls, QStringList());
}

QTEST_GUILESS_MAIN(InstanceFeedTest)
#include "test_instance_feed.moc"
