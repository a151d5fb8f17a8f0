#include "tests/engine/api/rig.h"

#include <QTest>

using namespace stepwell::engine;
using namespace stepwell::test;

namespace {

FeedLine line(std::int64_t sequence, const std::string& workflow, const std::string& instance) {
    return {Sequence(sequence), workflow, instance, "{\"seq\":" + std::to_string(sequence) + "}"};
}

std::string eventText(std::int64_t sequence) {
    const auto number = std::to_string(sequence);
    return "id: " + number + "\nevent: change\ndata: {\"seq\":" + number + "}\n\n";
}

}  // namespace

class EventsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Rig> rig_;

    std::unique_ptr<RawClient> open(const std::string& query, const std::string& head = {}) {
        auto client = std::make_unique<RawClient>(rig_->port());
        client->send("GET /client/v4/accounts/local/stepwell/events" + query +
                     " HTTP/1.1\r\nHost: localhost\r\n" + Rig::authorization() + head + "\r\n");
        return client;
    }
    static bool started(RawClient& client) {
        return client.receiveUntil("\r\n\r\n").find("text/event-stream") != std::string::npos;
    }
    void commit(const std::vector<FeedLine>& lines) {
        {
            const std::lock_guard lock(rig_->data.mutex);
            rig_->data.feed.insert(rig_->data.feed.end(), lines.begin(), lines.end());
        }
        rig_->engine.publish(lines);
    }

  private slots:
    void init() { rig_ = std::make_unique<Rig>(); }

    void withoutACursorOnlyWhatComes() {
        commit({line(1, "w", "a")});
        const auto client = open("");
        QVERIFY(started(*client));
        commit({line(2, "w", "a"), line(3, "w", "b")});
        QCOMPARE(client->receiveUntil(eventText(3)), eventText(2) + eventText(3));
    }

    void aCursorDeliversWhatWasMissedFirst() {
        for (int i = 1; i <= 2500; ++i)
            commit({line(i, "w", "a")});
        const auto client = open("?cursor=2");
        QVERIFY(started(*client));
        commit({line(2501, "w", "a")});
        std::string expected;
        for (int i = 3; i <= 2501; ++i)
            expected += eventText(i);
        QCOMPARE(client->receiveUntil(eventText(2501)), expected);
    }

    void theHeaderOfAReconnectCounts() {
        commit({line(5, "w", "a"), line(6, "w", "a")});
        const auto client = open("", "Last-Event-ID: 5\r\n");
        QVERIFY(started(*client));
        QCOMPARE(client->receiveUntil(eventText(6)), eventText(6));
    }

    void filters() {
        commit({line(1, "w", "a"), line(2, "x", "a"), line(3, "w", "b"), line(4, "w", "")});
        const auto client = open("?cursor=0&workflow=w&instance=b");
        QVERIFY(started(*client));
        commit({line(5, "x", "b"), line(6, "w", "b")});
        QCOMPARE(client->receiveUntil(eventText(6)), eventText(3) + eventText(6));
    }

    void aCursorTooOldOrForeignResets() {
        commit({line(50, "w", "a"), line(51, "w", "a")});
        const std::string reset = "event: reset\ndata: {\"sequence\":51}\n\n";
        for (const auto* query : {"?cursor=7", "?cursor=4000"}) {
            const auto client = open(query);
            QVERIFY(started(*client));
            QCOMPARE(client->receiveUntil(reset), reset);
        }
        const auto edge = open("?cursor=49");
        QVERIFY(started(*edge));
        QCOMPARE(edge->receiveUntil(eventText(51)), eventText(50) + eventText(51));
    }

    void aSlowClientLosesNothing() {
        const auto client = open("?cursor=0");
        QVERIFY(started(*client));
        // Far more than the queue and the sockets hold; the client reads only afterwards.
        const std::string padding(20000, 'x');
        for (int i = 1; i <= 1500; ++i) {
            auto item = line(i, "w", "a");
            item.json = "{\"seq\":" + std::to_string(i) + ",\"p\":\"" + padding + "\"}";
            commit({item});
        }
        for (int i = 1; i <= 1500; ++i)
            QVERIFY(!client->receiveUntil("id: " + std::to_string(i) + "\n").empty());
    }

    void moreThan64AreRefused() {
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 64; ++i) {
            clients.push_back(open(""));
            QVERIFY(started(*clients.back()));
        }
        QCOMPARE(open("")->receive().status, 503);
        clients.clear();
        QTRY_VERIFY(started(*open("")));
    }

    void badCursorsAreRefused() {
        QCOMPARE(open("?cursor=x")->receive().status, 400);
        QCOMPARE(open("?cursor=-1")->receive().status, 400);
    }
};

QTEST_GUILESS_MAIN(EventsTest)
#include "tst_events.moc"
