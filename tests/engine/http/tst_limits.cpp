#include "app/engine/http/envelope.h"
#include "app/engine/http/listener.h"
#include "tests/engine/http/raw_client.h"

#include <sys/socket.h>

#include <QTest>

#include <array>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <vector>

using namespace stepwell::engine::http;
using std::chrono::milliseconds;
using stepwell::test::RawClient;

namespace {

constexpr std::size_t bodyLimit = 1'000'000;
constexpr std::size_t largeBody = 32'000'000;  // more than any socket takes at once

std::string get(const std::string& target, const std::string& fields = {}) {
    return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields + "\r\n";
}

std::string webSocket(const std::string& fields = {}) {
    return get("/socket", "Connection: Upgrade\r\nUpgrade: websocket\r\n" + fields);
}

/// Below /socket is a Worker that agrees to a WebSocket and then says nothing.
class Answers final : public Dispatcher {
  public:
    ~Answers() override {
        for (const int socket : workers_)
            ::close(socket);
    }

    Admission admit(Request& head) override {
        Admission admission;
        if (!head.path.empty() && head.path.front() == "socket") {
            admission.connect = [this](const auto& found) { found(silentWorker()); };
            return admission;
        }
        admission.bodyLimit = bodyLimit;
        admission.handler = [large = !head.path.empty() &&
                                     head.path.front() == "large"](const ExchangePtr& exchange) {
            Response response;
            response.body = large ? std::string(largeBody, 'x') : exchange->request().remote;
            exchange->respond(std::move(response));
        };
        return admission;
    }

  private:
    Upstream silentWorker() {
        std::array<int, 2> ends{};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return {};
        workers_.push_back(ends[1]);
        constexpr std::string_view agreed = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
        if (::send(ends[1], agreed.data(), agreed.size(), 0) < 0) return {};
        Upstream upstream;
        upstream.socket = ends[0];
        upstream.whenGone = [](const auto&) {};
        return upstream;
    }

    std::vector<int> workers_;
};

}  // namespace

class LimitsTest : public QObject {
    Q_OBJECT

    Answers answers_;
    std::unique_ptr<Listener> listener_;

    unsigned short start(const ListenerOptions& options) {
        listener_ = std::move(*Listener::open(options, answers_));
        listener_->run();
        return listener_->port();
    }

  private slots:
    void cleanup() { listener_.reset(); }

    void aHeaderInDropsIsRefused() {
        ListenerOptions options;
        options.pace.head = milliseconds(100);
        RawClient client(start(options));
        client.send("GET / HTTP/1.1\r\nHost: x\r\nX-One: 1\r\n");
        const auto answer = client.receive();
        QCOMPARE(answer.status, 408);
        QVERIFY(answer.body.find("header") != std::string::npos);
        QVERIFY(client.isEnded());
        QCOMPARE(listener_->traffic().slowHeads, std::uint64_t(1));
    }

    void sendingDropsWinsNoTime() {
        ListenerOptions options;
        options.pace.head = milliseconds(200);
        RawClient client(start(options));
        client.send("GET / HTTP/1.1\r\n");
        // Never silent for as long as the limit, and never done.
        QTRY_VERIFY_WITH_TIMEOUT((client.send("X: y\r\n"), listener_->traffic().slowHeads == 1), 10'000);
    }

    void theNextHeaderOfAConnectionHasTheSameLimit() {
        ListenerOptions options;
        options.pace.head = milliseconds(100);
        RawClient client(start(options));
        client.send(get("/"));
        QCOMPARE(client.receive().status, 200);
        client.send("GET / HT");
        QCOMPARE(client.receive().status, 408);
    }

    void aWholeLineIsNotAHeader() {
        ListenerOptions options;
        options.pace.head = milliseconds(100);
        RawClient first(start(options));
        first.send("GET / HTTP/1.1\r\n");
        QCOMPARE(first.receive().status, 408);
        RawClient next(listener_->port());
        next.send(get("/"));
        QCOMPARE(next.receive().status, 200);
        next.send("GET / HTTP/1.1\r\n");
        QCOMPARE(next.receive().status, 408);
    }

    void whoSaysNothingIsClosedWithoutAWord() {
        ListenerOptions options;
        options.pace.head = milliseconds(50);
        options.pace.idle = milliseconds(50);
        RawClient silent(start(options));
        QVERIFY(silent.isEnded());
        RawClient idle(listener_->port());
        idle.send(get("/"));
        QCOMPARE(idle.receive().status, 200);
        QVERIFY(idle.isEnded());
    }

    void aBodyThatStopsIsRefused() {
        ListenerOptions options;
        options.pace.body = milliseconds(100);
        RawClient client(start(options));
        client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc");
        const auto answer = client.receive();
        QCOMPARE(answer.status, 408);
        QVERIFY(answer.body.find("body") != std::string::npos);
        QCOMPARE(listener_->traffic().slowBodies, std::uint64_t(1));
    }

    void aBodyInDropsIsRefused() {
        ListenerOptions options;
        options.pace.grace = milliseconds(100);
        options.pace.bodyRate = 1'000'000;
        RawClient client(start(options));
        client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
        QTRY_VERIFY_WITH_TIMEOUT((client.send("x"), listener_->traffic().slowBodies == 1), 10'000);
    }

    void whoTakesNothingOfAnAnswerIsLetGo() {
        ListenerOptions options;
        options.pace.write = milliseconds(100);
        RawClient client(start(options));
        client.send(get("/large"));
        QTRY_COMPARE(listener_->traffic().stalled, std::uint64_t(1));
        QTRY_COMPARE(listener_->traffic().connections, 0);
    }

    void tooManyConnectionsAreToldSo() {
        ListenerOptions options;
        options.connections = 2;
        const auto port = start(options);
        std::optional<RawClient> first(std::in_place, port);
        RawClient second(port);
        QTRY_COMPARE(listener_->traffic().connections, 2);
        RawClient third(port);
        const auto answer = third.receive();
        QCOMPARE(answer.status, 503);
        QCOMPARE(answer.fields.at("retry-after"), std::string("1"));
        QCOMPARE(listener_->traffic().refusedByTotal, std::uint64_t(1));
        first.reset();
        QTRY_COMPARE(listener_->traffic().connections, 1);
        RawClient fourth(port);
        fourth.send(get("/"));
        QCOMPARE(fourth.receive().status, 200);
    }

    void tooManyOfOneAddressAreToldSo() {
        ListenerOptions options;
        options.connectionsPerAddress = 1;
        const auto port = start(options);
        RawClient first(port);
        first.send(get("/"));
        QCOMPARE(first.receive().status, 200);
        QCOMPARE(RawClient(port).receive().status, 429);
        QCOMPARE(listener_->traffic().refusedByAddress, std::uint64_t(1));
    }

    void trustedProxiesSpeakForManyAndAreBelieved() {
        ListenerOptions options;
        options.connectionsPerAddress = 1;
        options.trustedProxies = {*Network::parse("127.0.0.0/8")};
        const auto port = start(options);
        RawClient first(port);
        RawClient second(port);
        for (auto* client : {&first, &second}) {
            client->send(get("/", "X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-For: 5.6.7.8\r\n"));
            QCOMPARE(client->receive().body, std::string("5.6.7.8"));
        }
    }

    void aWebSocketOverWhichNobodySpeaksIsClosed() {
        ListenerOptions options;
        options.pace.silence = milliseconds(100);
        RawClient client(start(options));
        client.send(webSocket());
        QVERIFY(client.receiveUntil("\r\n\r\n").find("101") != std::string::npos);
        QVERIFY(client.isEnded());
    }

    void nobodyTakesAllPlacesBeforeWorkers() {
        ListenerOptions options;
        options.tunnelsPerAddress = 1;
        options.trustedProxies = {*Network::parse("127.0.0.0/8")};
        const auto port = start(options);
        const auto asks = [port](RawClient& client, const std::string& address) {
            client.send(webSocket("X-Forwarded-For: " + address + "\r\n"));
            return client.receiveUntil("\r\n");
        };
        std::optional<RawClient> first(std::in_place, port);
        QVERIFY(asks(*first, "5.6.7.8").find("101") != std::string::npos);
        RawClient second(port);
        QVERIFY(asks(second, "5.6.7.8").find("429") != std::string::npos);
        RawClient other(port);
        QVERIFY(asks(other, "5.6.7.9").find("101") != std::string::npos);
        first.reset();
        QTRY_COMPARE(listener_->traffic().connections, 1);
        RawClient third(port);
        QVERIFY(asks(third, "5.6.7.8").find("101") != std::string::npos);
    }

    void othersAreNotBelieved() {
        RawClient client(start({}));
        client.send(get("/", "X-Forwarded-For: 5.6.7.8\r\nX-Forwarded-Proto: https\r\n"));
        QCOMPARE(client.receive().body, std::string("127.0.0.1"));
    }
};

QTEST_GUILESS_MAIN(LimitsTest)
#include "tst_limits.moc"
