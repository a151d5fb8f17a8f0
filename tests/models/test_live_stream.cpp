#include "models/http_backend.h"
#include "tests/models/fake_server.h"

#include <QtTest>

using namespace stepwell;
using test::FakeServer;

namespace {

QByteArray change(int sequence, const QByteArray& instance = "abc") {
    const auto number = QByteArray::number(sequence);
    return "id: " + number + "\nevent: change\ndata: {\"seq\":" + number +
           ",\"time\":\"2026-01-01T00:00:00.000Z\",\"workflow\":\"orders\",\"instance\":\"" + instance +
           "\",\"type\":\"step_completed\",\"stepName\":\"a-1\"}\n\n";
}

/// Answers the event route with a stream and everything else with nothing.
FakeServer::Answer streaming(const test::SeenRequest& request) {
    if (!request.target.endsWith("/stepwell/events")) return {.body = FakeServer::success("[]")};
    return {.body = ": alive\n\n", .type = "text/event-stream", .stream = true};
}

/// A backend on the server, and what it said.
struct Listener {
    explicit Listener(const FakeServer& server)
        : backend({.name = "Test", .apiBase = server.apiBase(), .account = "acc", .token = "secret"}) {
        QObject::connect(&backend, &Backend::live, &backend, [this](const auto& batch) {
            ++batches;
            for (const auto& event : batch)
                sequences << event.sequence;
        });
        QObject::connect(&backend, &Backend::liveReset, &backend, [this] { ++resets; });
        QObject::connect(&backend, &Backend::liveStateChanged, &backend,
                         [this](LiveState s) { states << s; });
    }
    HttpBackend backend;
    QList<qint64> sequences;
    QList<LiveState> states;
    int batches = 0;
    int resets = 0;
};

}  // namespace

class LiveStreamTest : public QObject {
    Q_OBJECT
  private slots:
    void connectsWithTheToken();
    void gathersEventsInOrder();
    void resumesWhereItWas();
    void reloadsWhenThePlaceIsUnknown();
    void resetOfTheServerReloads();
    void pollsWithoutTheRoute();
    void keepsTryingWhenNobodyAnswers();
    void endsWithItsOwner();
};

void LiveStreamTest::connectsWithTheToken() {
    FakeServer server;
    server.handler = streaming;
    Listener listener(server);
    QCOMPARE(listener.backend.liveState(), LiveState::connecting);
    QTRY_COMPARE(listener.backend.liveState(), LiveState::live);
    QCOMPARE(server.seen.front().target, QByteArray("/client/v4/accounts/acc/stepwell/events"));
    QCOMPARE(server.seen.front().headers.value("authorization"), QByteArray("Bearer secret"));
    QVERIFY(!server.seen.front().headers.contains("last-event-id"));
    QCOMPARE(server.seen.front().headers.value("accept"), QByteArray("text/event-stream"));
}

void LiveStreamTest::gathersEventsInOrder() {
    FakeServer server;
    server.handler = streaming;
    Listener listener(server);
    QTRY_VERIFY(server.hasStream());
    QByteArray burst;
    QList<qint64> expected;
    for (int i = 1; i <= 2'000; ++i) {
        burst += change(i);
        expected << i;
    }
    server.push(burst);
    QTRY_COMPARE(listener.sequences.size(), 2'000);
    QCOMPARE(listener.sequences, expected);
    QVERIFY2(listener.batches < 200, qPrintable(QString::number(listener.batches)));
}

void LiveStreamTest::resumesWhereItWas() {
    FakeServer server;
    server.handler = streaming;
    Listener listener(server);
    QTRY_VERIFY(server.hasStream());
    server.push(change(41) + change(42));
    QTRY_COMPARE(listener.sequences.size(), 2);
    const int resets = listener.resets;
    server.push({});
    QTRY_COMPARE_WITH_TIMEOUT(server.seen.size(), 2, 10'000);
    QCOMPARE(server.seen.back().headers.value("last-event-id"), QByteArray("42"));
    QTRY_COMPARE(listener.backend.liveState(), LiveState::live);
    server.push(change(43));
    QTRY_COMPARE(listener.sequences, (QList<qint64>{41, 42, 43}));
    QCOMPARE(listener.resets, resets);
    QVERIFY(listener.states.contains(LiveState::connecting));
}

/// Nothing came before the line broke, so there is no number to resume from: events may have been missed.
void LiveStreamTest::reloadsWhenThePlaceIsUnknown() {
    FakeServer server;
    server.handler = streaming;
    Listener listener(server);
    QTRY_COMPARE(listener.resets, 1);
    server.push({});
    QTRY_COMPARE_WITH_TIMEOUT(listener.resets, 2, 10'000);
}

void LiveStreamTest::resetOfTheServerReloads() {
    FakeServer server;
    server.handler = streaming;
    Listener listener(server);
    QTRY_COMPARE(listener.resets, 1);
    server.push(change(900));
    QTRY_COMPARE(listener.sequences.size(), 1);
    server.push("event: reset\ndata: {\"sequence\":12}\n\n" + change(13));
    QTRY_COMPARE(listener.resets, 2);
    QTRY_COMPARE(listener.sequences, (QList<qint64>{900, 13}));
    server.push({});
    QTRY_COMPARE_WITH_TIMEOUT(server.seen.size(), 2, 10'000);
    QCOMPARE(server.seen.back().headers.value("last-event-id"), QByteArray("13"));
}

void LiveStreamTest::pollsWithoutTheRoute() {
    FakeServer server;
    server.handler = [](const auto&) {
        return FakeServer::Answer{.status = 404, .body = FakeServer::failure(7003, "no route")};
    };
    Listener listener(server);
    QTRY_COMPARE(listener.backend.liveState(), LiveState::polling);
    QCOMPARE(server.seen.size(), 1);
}

void LiveStreamTest::keepsTryingWhenNobodyAnswers() {
    FakeServer server;
    int tries = 0;
    server.handler = [&](const auto& request) {
        if (++tries < 3) return FakeServer::Answer{.breakOff = true};
        return streaming(request);
    };
    Listener listener(server);
    QTRY_COMPARE_WITH_TIMEOUT(listener.backend.liveState(), LiveState::live, 15'000);
    QCOMPARE(tries, 3);
}

void LiveStreamTest::endsWithItsOwner() {
    FakeServer server;
    server.handler = streaming;
    auto listener = std::make_unique<Listener>(server);
    QTRY_VERIFY(server.hasStream());
    server.push(change(1));
    listener.reset();
    QTRY_VERIFY(!server.hasStream());
}

QTEST_GUILESS_MAIN(LiveStreamTest)
#include "test_live_stream.moc"
