#include "tests/engine/api/rig.h"

#include <QTest>

using namespace stepwell::engine;
using namespace stepwell::test;
namespace api = stepwell::api;

namespace {

constexpr auto subscribe = "/client/v4/accounts/local/workflows/orders/instances/abc/subscribe";

FeedLine line(std::int64_t sequence, const std::string& type, const std::string& more = {},
              const std::string& instance = "abc") {
    FeedLine feedLine;
    feedLine.sequence = Sequence(sequence);
    feedLine.workflow = "orders";
    feedLine.instance = instance;
    feedLine.json = "{\"seq\":" + std::to_string(sequence) + ",\"time\":\"" +
                    api::toIso(at(sequence * 1000)) + "\",\"type\":\"" + type +
                    "\",\"workflow\":\"orders\",\"instance\":\"" + instance + "\"" + more + "}";
    return feedLine;
}

/// The short end of a WebSocket: asks for the upgrade and takes whole text frames apart.
class Socket {
  public:
    Socket(unsigned short port, const std::string& query, const std::string& headers)
        : m_client(port) {
        m_client.send("GET " + std::string(subscribe) + query +
                      " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                      headers + "\r\n");
    }
    /// Status of the answer to the upgrade.
    int status() {
        const auto head = m_client.receiveUntil("\r\n\r\n");
        return head.size() > 12 ? std::stoi(head.substr(9, 3)) : 0;
    }
    /// The next message as JSON; null when the server said good-bye.
    nlohmann::json next() {
        const auto head = m_client.receiveBytes(2);
        if (head.size() < 2) return "the connection ended without a word";
        std::size_t size = static_cast<unsigned char>(head[1]);
        if (size == 126) {
            const auto more = m_client.receiveBytes(2);
            size = static_cast<unsigned char>(more[0]) * 256U + static_cast<unsigned char>(more[1]);
        }
        const auto text = m_client.receiveBytes(size);
        const bool isText = static_cast<unsigned char>(head[0]) == 0x81U;
        return isText ? nlohmann::json::parse(text, nullptr, false) : nlohmann::json(nullptr);
    }

  private:
    RawClient m_client;
};

}  // namespace

/// The events of an instance over a WebSocket.
class SubscribeTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Rig> rig_;

    void setStatus(api::Status status, std::int64_t changed) {
        const std::lock_guard lock(rig_->data.mutex);
        InstanceSnapshot snapshot;
        snapshot.instance.id = "abc";
        snapshot.instance.created = at(2000);
        snapshot.instance.status = status;
        snapshot.instance.changed = Sequence(changed);
        rig_->data.instances = {snapshot};
    }

  private slots:
    void init() {
        rig_ = std::make_unique<Rig>();
        rig_->data.workflows = {workflowRow("orders")};
        rig_->data.feed = {
            line(1, "workflow_queued", {}, "older"),
            line(2, "workflow_queued"),
            line(3, "workflow_started"),
            line(4, "step_started", R"(,"stepName":"pay-1","stepIndex":0)"),
            line(5, "log", R"(,"stepIndex":0)"),
            line(6, "attempt_errored",
                 R"(,"stepName":"pay-1","stepIndex":0,"attempt":1,"error":{"name":"E","message":"m"})")};
        setStatus(api::Status::running, 3);
    }

    void historyComesFirstThenWhatHappensAndThenTheEnd() {
        Socket socket(rig_->port(), "", Rig::authorization());
        QCOMPARE(socket.status(), 101);
        const auto queued = socket.next();
        COMPARE_JSON(queued, nlohmann::json::parse(R"({"instanceId":"abc","eventId":2,
            "timestamp":1767225602000,"type":"workflow_queued"})"));
        QCOMPARE(socket.next()["type"].get<std::string>(), std::string("workflow_started"));
        QCOMPARE(socket.next()["stepName"].get<std::string>(), std::string("pay-1"));
        const auto failed = socket.next();  // the log line is no event of the reference
        COMPARE_JSON(failed["attempt"], 1);
        COMPARE_JSON(failed["error"]["message"], "m");
        QVERIFY(!failed.contains("stepIndex"));
        const auto last = line(7, "workflow_completed");
        {
            const std::lock_guard lock(rig_->data.mutex);
            rig_->data.feed.push_back(last);
        }
        rig_->engine.publish({last});
        QCOMPARE(socket.next()["eventId"].get<int>(), 7);
        QVERIFY(socket.next().is_null());
    }

    void aCursorAndAFilterLeaveOut() {
        Socket socket(rig_->port(),
                      "?cursor=3&filter=step_started&filter=workflow_completed&filter=workflow_queued",
                      Rig::authorization());
        QCOMPARE(socket.status(), 101);
        QCOMPARE(socket.next()["eventId"].get<int>(), 4);
        const auto last = line(7, "workflow_errored");  // filtered, and the end all the same
        {
            const std::lock_guard lock(rig_->data.mutex);
            rig_->data.feed.push_back(last);
        }
        rig_->engine.publish({last});
        QVERIFY(socket.next().is_null());
    }

    void theEndOfAnEarlierRunIsNoEnd() {
        rig_->data.feed.push_back(line(7, "workflow_completed"));
        rig_->data.feed.push_back(line(8, "instance_restarted"));
        rig_->data.feed.push_back(line(9, "workflow_queued"));
        rig_->data.feed.push_back(line(10, "workflow_terminated"));
        setStatus(api::Status::terminated, 10);
        Socket socket(rig_->port(), "?cursor=6", Rig::authorization());
        QCOMPARE(socket.status(), 101);
        for (const int id : {7, 8, 9, 10})
            QCOMPARE(socket.next()["eventId"].get<int>(), id);
        QVERIFY(socket.next().is_null());
    }

    void anEndThatNoLineTellsIsTheEnd() {
        rig_->data.feed = {line(8, "workflow_queued", {}, "other")};
        setStatus(api::Status::complete, 7);  // told by an event that is kept no more
        Socket trimmed(rig_->port(), "", Rig::authorization());
        QCOMPARE(trimmed.status(), 101);
        QVERIFY(trimmed.next().is_null());
        Socket later(rig_->port(), "?cursor=8", Rig::authorization());
        QCOMPARE(later.status(), 101);
        QVERIFY(later.next().is_null());
    }

    void aShortLivedTokenStandsInForTheRealOne() {
        QCOMPARE(Socket(rig_->port(), "", "").status(), 401);
        QCOMPARE(Socket(rig_->port(), "?token=wrong", "").status(), 401);
        QCOMPARE(Socket(rig_->port(), "?token=" + Rig::token(), "").status(), 101);
        const auto issued = rig_->get("/workflows/orders/instances/abc/subscribe/token").result();
        const auto token = issued["token"].get<std::string>();
        QCOMPARE(Socket(rig_->port(), "?token=" + token, "").status(), 101);
        // It opens this one thing.
        const auto elsewhere =
            ask(rig_->port(), "GET", "/client/v4/accounts/local/workflows?token=" + token, "", "");
        QCOMPARE(elsewhere.status, 401);
    }

    void whatIsWrongIsSaid() {
        QCOMPARE(rig_->get("/workflows/orders/instances/abc/subscribe").status, 426);
        QCOMPARE(Socket(rig_->port(), "?filter=nonsense", Rig::authorization()).status(), 400);
        QCOMPARE(Socket(rig_->port(), "?cursor=x", Rig::authorization()).status(), 400);
        rig_->data.instances.clear();
        QCOMPARE(Socket(rig_->port(), "", Rig::authorization()).status(), 404);
        QCOMPARE(rig_->get("/workflows/orders/instances/abc/subscribe/token").status, 404);
    }
};

QTEST_GUILESS_MAIN(SubscribeTest)
#include "tst_subscribe.moc"
