#include "app/engine/http/envelope.h"
#include "app/engine/http/listener.h"
#include "tests/engine/http/raw_client.h"

#include <QTest>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

using namespace stepwell::engine::http;
using stepwell::test::RawClient;

namespace {

constexpr std::size_t limit = 1'000;

/// More than any socket takes at once.
std::string largeBody() {
    std::string body(8'000'000, '\0');
    for (std::size_t i = 0; i < body.size(); ++i)
        body[i] = static_cast<char>('a' + i % 23);
    return body;
}

std::string get(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
}

/// Answers with what it was asked; some paths misbehave.
class Echo final : public Dispatcher {
  public:
    ~Echo() override {
        for (auto& thread : threads_)
            thread.join();
    }

    Admission admit(Request& head) override {
        Admission admission;
        admission.bodyLimit = limit;
        const auto& path = head.path.empty() ? empty_ : head.path.front();
        if (path == "refused") admission.refusal = failure({401, 10000, "no"});
        admission.handler = [this, path](const ExchangePtr& exchange) { handle(path, exchange); };
        return admission;
    }

    std::shared_ptr<EventStream> stream;
    std::atomic<bool> streamClosed{false};

  private:
    void handle(const std::string& path, const ExchangePtr& exchange) {
        if (path == "dropped") return;
        if (path == "throws") throw std::runtime_error("oops");
        if (path == "events") return openStream(exchange);
        Response response;
        response.contentType = "text/plain";
        response.body = path == "large" ? largeBody() : path + ':' + exchange->request().body;
        if (path != "late") return exchange->respond(std::move(response));
        threads_.emplace_back([exchange, answer = std::move(response)] { exchange->respond(answer); });
    }

    void openStream(const ExchangePtr& exchange) {
        stream = exchange->openStream();
        stream->watch([] {}, [this] { streamClosed = true; });
        stream->write("data: first\n\n");
    }

    std::string empty_;
    std::vector<std::thread> threads_;
};

}  // namespace

class ListenerTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Echo> echo_;
    std::unique_ptr<Listener> listener_;

    unsigned short port() const { return listener_->port(); }

  private slots:
    void init() {
        echo_ = std::make_unique<Echo>();
        listener_ = std::move(*Listener::open({}, *echo_));
        listener_->run();
    }
    void cleanup() {
        listener_.reset();
        echo_.reset();
    }

    void answersPipelinedRequestsInOrder() {
        RawClient client(port());
        client.send(get("/late") + get("/two") +
                    "POST /three HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + get("/four"));
        QCOMPARE(client.receive().body, std::string("late:"));
        QCOMPARE(client.receive().body, std::string("two:"));
        QCOMPARE(client.receive().body, std::string("three:abc"));
        QCOMPARE(client.receive().body, std::string("four:"));
    }

    void anAnswerThatIsLargerThanTheSocketTakesIsWhole() {
        RawClient client(port());
        client.send(get("/large") + get("/next") + get("/large"));
        QVERIFY(client.receive().body == largeBody());
        QCOMPARE(client.receive().body, std::string("next:"));
        QVERIFY(client.receive().body == largeBody());
    }

    void readsChunkedBodies() {
        RawClient client(port());
        client.send("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                    "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        QCOMPARE(client.receive().body, std::string("x:abcde"));
    }

    void headHasNoBody() {
        RawClient client(port());
        client.send("HEAD /abc HTTP/1.1\r\nHost: x\r\n\r\n" + get("/next"));
        const auto head = client.receive(true);
        QCOMPARE(head.fields.at("content-length"), std::string("4"));
        QCOMPARE(client.receive().body, std::string("next:"));
    }

    void namesTheLimitOfABody() {
        for (const auto* head : {"Content-Length: 2000\r\n", "Content-Length: 9000000000\r\n"}) {
            RawClient client(port());
            client.send(std::string("POST /x HTTP/1.1\r\nHost: x\r\n") + head + "\r\n" +
                        std::string(2'000, 'x'));
            const auto answer = client.receive();
            QCOMPARE(answer.status, 413);
            QVERIFY(answer.body.find("1000 bytes") != std::string::npos);
        }
    }

    void limitsChunkedBodiesToo() {
        RawClient client(port());
        client.send("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" +
                    std::string(2'000, 'x'));
        QCOMPARE(client.receive().status, 413);
    }

    void aCodingThatIsNotKnownEndsTheConnection() {
        // A proxy that takes it for chunked sees one request here, and not two.
        for (const auto* coding : {"xchunked", "gzip, chunked", "identity", "chunked, identity"}) {
            RawClient client(port());
            client.send(std::string("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: ") + coding +
                        "\r\n\r\n" + get("/smuggled"));
            const auto answer = client.receive();
            QVERIFY2(answer.status == 501 || answer.status == 400, coding);
            QVERIFY(client.isEnded());
        }
    }

    void limitsTheHeader() {
        RawClient client(port());
        client.send("GET /x HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(20'000, 'x') + "\r\n\r\n");
        QCOMPARE(client.receive().status, 431);
    }

    void aRefusedRequestKeepsTheConnection() {
        RawClient client(port());
        client.send("POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + get("/next"));
        QCOMPARE(client.receive().status, 401);
        QCOMPARE(client.receive().body, std::string("next:"));
    }

    void asksForTheBodyOnlyWhenItIsWanted() {
        const std::string head = " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
        RawClient wanted(port());
        wanted.send("POST /x" + head);
        QCOMPARE(wanted.receive().status, 100);
        wanted.send("abc");
        QCOMPARE(wanted.receive().body, std::string("x:abc"));
        RawClient refused(port());
        refused.send("POST /refused" + head);
        QCOMPARE(refused.receive().status, 401);
        QVERIFY(refused.isEnded());
    }

    void garbageIsAnsweredAndClosed() {
        RawClient client(port());
        client.send("\x01\x02 nonsense\r\n\r\n");
        QCOMPARE(client.receive().status, 400);
        QVERIFY(client.isEnded());
    }

    void aHandlerThatFailsAnswers500() {
        RawClient client(port());
        client.send(get("/throws") + get("/dropped") + get("/next"));
        QCOMPARE(client.receive().status, 500);
        QCOMPARE(client.receive().status, 500);
        QCOMPARE(client.receive().body, std::string("next:"));
    }

    void streamsEvents() {
        auto client = std::make_unique<RawClient>(port());
        client->send(get("/events"));
        const auto head = client->receiveUntil("\r\n\r\n");
        QVERIFY(head.find("text/event-stream") != std::string::npos);
        QVERIFY(!client->receiveUntil("data: first\n\n").empty());
        listener_->post([this] { echo_->stream->write("data: second\n\n"); });
        QVERIFY(!client->receiveUntil("data: second\n\n").empty());
        client.reset();
        QTRY_VERIFY(echo_->streamClosed);
    }

    void dropsASlowReaderOfEvents() {
        RawClient client(port());
        client.send(get("/events"));
        QVERIFY(!client.receiveUntil("data: first\n\n").empty());
        // More than the sockets hold, while nobody reads.
        const std::string block(512 * 1024, 'x');
        listener_->post([this, block] {
            for (int i = 0; i < 64; ++i)
                echo_->stream->write(block);
        });
        QTRY_VERIFY(echo_->streamClosed);
    }

    void stopsInTheMiddleOfThings() {
        RawClient idle(port());
        RawClient streaming(port());
        RawClient half(port());
        half.send("GET /x HTT");
        streaming.send(get("/events"));
        QVERIFY(!streaming.receiveUntil("data: first\n\n").empty());
        listener_->stop(std::chrono::milliseconds(200));
        QVERIFY(idle.isEnded());
        QCOMPARE(RawClient(port()).receive().status, 0);
    }

    void aLateAnswerAfterTheEndIsDropped() {
        struct Keep final : Dispatcher {
            Admission admit(Request&) override {
                Admission admission;
                admission.bodyLimit = limit;
                admission.handler = [this](const ExchangePtr& exchange) {
                    kept = exchange;
                    arrived = true;
                };
                return admission;
            }
            ExchangePtr kept;
            std::atomic<bool> arrived{false};
        } keep;
        auto listener = std::move(*Listener::open({}, keep));
        listener->run();
        RawClient client(listener->port());
        client.send(get("/x"));
        QTRY_VERIFY(keep.arrived);
        listener.reset();
        keep.kept->respond({});
    }

    void aPortInUseIsNamed() {
        ListenerOptions options;
        options.port = port();
        const auto second = Listener::open(options, *echo_);
        QVERIFY(!second.has_value());
        QVERIFY(second.error().message.find(std::to_string(port())) != std::string::npos);
        QVERIFY(second.error().message.find("--listen") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(ListenerTest)
#include "tst_listener.moc"
