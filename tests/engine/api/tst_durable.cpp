#include "tests/engine/api/rig.h"

#include <QTest>

#include <future>

using namespace stepwell::engine;
using namespace stepwell::test;

/// Whoever asks hears of nothing that could still be lost.
class DurableTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Rig> rig_;

    std::future<JsonAnswer> begin(const std::string& path) {
        return std::async(std::launch::async, [this, path] { return rig_->get(path); });
    }
    std::unique_ptr<RawClient> openStream() {
        auto client = std::make_unique<RawClient>(rig_->port());
        client->send("GET /client/v4/accounts/local/stepwell/events HTTP/1.1\r\nHost: localhost\r\n" +
                     Rig::authorization() + "\r\n");
        return client;
    }

  private slots:
    void init() {
        rig_ = std::make_unique<Rig>();
        rig_->data.workflows = {workflowRow("orders")};
    }

    void readsWait_data() {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<int>("status");
        QTest::newRow("list") << QByteArray("/workflows") << 200;
        QTest::newRow("nothing there") << QByteArray("/workflows/nobody") << 404;
        QTest::newRow("graph of nothing") << QByteArray("/workflows/nobody/versions/v/graph") << 404;
    }
    void readsWait() {
        QFETCH(QByteArray, path);
        QFETCH(int, status);
        rig_->engine.hold();
        auto answer = begin(path.toStdString());
        const auto release = rig_->engine.held();
        QVERIFY(release);
        QVERIFY(answer.wait_for(std::chrono::seconds{0}) != std::future_status::ready);
        release(true);
        QCOMPARE(answer.get().status, status);

        auto failing = begin(path.toStdString());
        const auto fail = rig_->engine.held();
        QVERIFY(fail);
        fail(false);
        const auto failed = failing.get();
        QCOMPARE(failed.status, 507);
        QVERIFY(failed.message().find("disk failed") != std::string::npos);
    }

    void workersAreFoundWhenThatIsDurable() {
        rig_->engine.hold();
        RawClient client(rig_->port());
        client.send("GET / HTTP/1.1\r\nHost: nobody.workers.localhost\r\nConnection: close\r\n\r\n");
        const auto release = rig_->engine.held();
        QVERIFY(release);
        release(true);
        QVERIFY(client.receiveUntil("\r\n\r\n").starts_with("HTTP/1.1 404"));
    }

    void streamsBeginWhenWhatTheyMissedIsDurable() {
        rig_->engine.hold();
        const auto client = openStream();
        const auto release = rig_->engine.held();
        QVERIFY(release);
        release(true);
        QVERIFY(client->receiveUntil("\r\n\r\n").find("text/event-stream") != std::string::npos);
    }

    /// The engine outlives the server, and so does what waits in it.
    void aServerMayStopMeanwhile() {
        rig_->engine.hold();
        const auto client = openStream();
        const auto release = rig_->engine.held();
        QVERIFY(release);
        rig_->stopServer();
        release(true);
    }
};

QTEST_GUILESS_MAIN(DurableTest)
#include "tst_durable.moc"
