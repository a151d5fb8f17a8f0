#include "app/engine/http/envelope.h"
#include "app/engine/http/listener.h"
#include "tests/engine/http/raw_client.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <mutex>

using namespace stepwell;
using namespace stepwell::engine::http;
using stepwell::test::RawClient;

namespace {

constexpr std::size_t megabyte = 1'000'000;
constexpr std::size_t limit = 64 * megabyte;
constexpr std::size_t fullAfter = 20 * megabyte;

api::Error full() {
    return {507, api::code::storage, "The disk is full."};
}

/// Keeps what it is told apart, and how much of it came at once.
class Sink final : public BodySink {
  public:
    void take(std::string part, std::function<void(api::Result<void>)> done) override {
        largest = std::max(largest, part.size());
        bytes += part.size();
        same = same && std::all_of(part.begin(), part.end(), [](char c) { return c == 'x'; });
        if (bytes > fullAfter) return done(tl::unexpected(full()));
        done({});
    }
    std::size_t largest = 0;
    std::size_t bytes = 0;
    bool same = true;
};

class Uploads final : public Dispatcher {
  public:
    Admission admit(Request&) override {
        Admission admission;
        admission.bodyLimit = limit;
        admission.sink = [this](std::uint64_t announced) -> api::Result<std::shared_ptr<BodySink>> {
            if (announced > fullAfter * 2) return tl::unexpected(full());
            auto made = std::make_shared<Sink>();
            const std::lock_guard lock(mutex);
            sink = made;
            return std::shared_ptr<BodySink>(made);
        };
        admission.handler = [](const ExchangePtr& exchange) {
            const auto* took = dynamic_cast<const Sink*>(exchange->request().sink.get());
            Response response;
            response.body = took == nullptr
                                ? "memory " + std::to_string(exchange->request().body.size())
                                : "sink " + std::to_string(took->bytes) + (took->same ? "" : " other") +
                                      (took->largest < 2 * megabyte ? "" : " large") +
                                      (exchange->request().body.empty() ? "" : " and memory");
            exchange->respond(std::move(response));
        };
        return admission;
    }
    bool hasSink() {
        const std::lock_guard lock(mutex);
        return !sink.expired();
    }

  private:
    std::mutex mutex;
    std::weak_ptr<Sink> sink;  ///< guarded by mutex
};

std::string head(std::size_t bytes, const std::string& fields = {}) {
    return "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + std::to_string(bytes) + "\r\n" +
           fields + "\r\n";
}

}  // namespace

/// Bodies of requests that need not fit into memory.
class LongBodiesTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Uploads> uploads_;
    std::unique_ptr<Listener> listener_;

    unsigned short port() const { return listener_->port(); }

  private slots:
    void init() {
        uploads_ = std::make_unique<Uploads>();
        listener_ = std::move(*Listener::open({}, *uploads_));
        listener_->run();
    }
    void cleanup() {
        listener_.reset();
        uploads_.reset();
    }

    void theyGoElsewherePartByPart() {
        RawClient client(port());
        client.send(head(10 * megabyte) + std::string(10 * megabyte, 'x'));
        QCOMPARE(client.receive().body, std::string("sink 10000000"));
        client.send(head(5) + "xxxxx");
        QCOMPARE(client.receive().body, std::string("memory 5"));
        client.send(head(3 * megabyte) + std::string(3 * megabyte, 'x'));
        QCOMPARE(client.receive().body, std::string("sink 3000000"));
    }

    void chunkedOnesDoToo() {
        RawClient client(port());
        const std::string chunk = "f4240\r\n" + std::string(megabyte, 'x') + "\r\n";
        client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 4; ++i)
            client.send(chunk);
        client.send("0\r\n\r\n");
        QCOMPARE(client.receive().body, std::string("sink 4000000"));
        client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxxx\r\n0\r\n\r\n");
        QCOMPARE(client.receive().body, std::string("memory 3"));
    }

    void theLimitHoldsAndIsNamed() {
        RawClient announced(port());
        announced.send(head(limit + 1));
        const auto answer = announced.receive();
        QCOMPARE(answer.status, 413);
        QVERIFY(answer.body.find("64000000 bytes") != std::string::npos);
    }

    void whatTheyGoToMayRefuse() {
        RawClient before(port());
        before.send(head(50 * megabyte, "Expect: 100-continue\r\n"));
        QCOMPARE(before.receive().status, 507);
        RawClient midway(port());
        midway.send(head(30 * megabyte) + std::string(22 * megabyte, 'x'));
        const auto answer = midway.receive();
        QCOMPARE(answer.status, 507);
        QVERIFY(answer.body.find("The disk is full.") != std::string::npos);
        QTRY_VERIFY(!uploads_->hasSink());
    }

    void whoGoesAwayLeavesNothing() {
        {
            RawClient client(port());
            client.send(head(30 * megabyte) + std::string(3 * megabyte, 'x'));
            QTRY_VERIFY(uploads_->hasSink());
        }
        QTRY_VERIFY(!uploads_->hasSink());
        QTRY_COMPARE(listener_->traffic().connections, 0);
    }
};

QTEST_GUILESS_MAIN(LongBodiesTest)
#include "tst_long_bodies.moc"
