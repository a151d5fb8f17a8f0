#include "models/client/client.h"
#include "models/client/routes.h"
#include "models/client/sse.h"
#include "models/client/transfer.h"
#include "tests/models/fake_server.h"

#include <QtTest>

#include <atomic>
#include <mutex>

using namespace stepwell;
using namespace stepwell::client;
using test::FakeServer;

namespace {

/// An answer that arrives on the client thread.
struct Outcome {
    std::atomic<int> count = 0;
    std::mutex mutex;
    std::optional<api::Result<Response>> result;

    Callback callback() {
        return [this](api::Result<Response> answer) {
            {
                const std::lock_guard lock(mutex);
                result = std::move(answer);
            }
            ++count;  // last: whoever waits for it may drop this object
        };
    }
    api::Result<Response> value() {
        const std::lock_guard lock(mutex);
        return *result;
    }
};

Request get(const std::string& url, const std::string& method = "GET") {
    Request request;
    request.method = method;
    request.url = url;
    return request;
}

}  // namespace

class ClientTest : public QObject {
    Q_OBJECT
  private slots:
    void answersWithStatusAndBody();
    void keepsConnections();
    void sendsTokenAndBody();
    void uploadsFormsWithProgress();
    void saysWhoCouldNotBeReached();
    void saysWhereTlsIsSpoken();
    void timesOut();
    void silenceEndsAStream();
    void boundsTheAnswer();
    void cancelledRequestsNeverAnswer();
    void destructionDropsWhatIsUnderWay();
    void followsNoRedirect();
    void refusesOtherSchemesAndSplitHeaders();
    void streamsPieceByPiece();
    void ignoresProxiesForThisMachine();
    void knowsLoopback();
    void parsesEventsHoweverTheyAreCut();
    void encodesPaths();
};

void ClientTest::answersWithStatusAndBody() {
    FakeServer server;
    server.handler = [](const auto&) { return FakeServer::Answer{.status = 404, .body = "{\"x\":1}"}; };
    Client client;
    Outcome outcome;
    client.send(get(server.origin() + "/a"), outcome.callback());
    QTRY_COMPARE(outcome.count.load(), 1);
    QVERIFY(outcome.value().has_value());
    QCOMPARE(outcome.value()->status, 404);
    QCOMPARE(outcome.value()->body, std::string("{\"x\":1}"));
    QCOMPARE(outcome.value()->contentType, std::string("application/json"));
}

void ClientTest::keepsConnections() {
    FakeServer server;
    Client client;
    for (int i = 1; i <= 3; ++i) {
        Outcome outcome;
        client.send(get(server.origin() + "/a"), outcome.callback());
        QTRY_COMPARE(outcome.count.load(), 1);
    }
    QCOMPARE(server.connectionCount(), 1);
    QCOMPARE(server.seen.size(), 3);
}

void ClientTest::sendsTokenAndBody() {
    FakeServer server;
    Client client;
    Outcome outcome;
    auto request = get(server.origin() + "/a", "PATCH");
    request.body = "{\"status\":\"pause\"}";
    request.bearerToken = "secret";
    client.send(request, outcome.callback());
    QTRY_COMPARE(outcome.count.load(), 1);
    const auto& seen = server.seen.front();
    QCOMPARE(seen.method, QByteArray("PATCH"));
    QCOMPARE(seen.body, QByteArray("{\"status\":\"pause\"}"));
    QCOMPARE(seen.headers.value("content-type"), QByteArray("application/json"));
    QCOMPARE(seen.headers.value("authorization"), QByteArray("Bearer secret"));
}

void ClientTest::uploadsFormsWithProgress() {
    FakeServer server;
    Client client;
    Outcome outcome;
    std::atomic<std::int64_t> sent = 0;
    std::atomic<std::int64_t> total = 0;
    auto request = get(server.origin() + "/a", "PUT");
    request.parts = {{"metadata", "", "application/json", "{}"},
                     {"index.js", "index.js", "application/javascript+module", std::string(300'000, 'x')}};
    client.send(request, outcome.callback(), [&](std::int64_t now, std::int64_t all) {
        sent = now;
        total = all;
    });
    QTRY_COMPARE(outcome.count.load(), 1);
    QVERIFY(total > 300'000);
    QCOMPARE(sent.load(), total.load());
    const auto& seen = server.seen.front();
    QCOMPARE(seen.method, QByteArray("PUT"));
    QVERIFY(seen.headers.value("content-type").startsWith("multipart/form-data; boundary="));
    QVERIFY(seen.body.contains("Content-Disposition: form-data; name=\"metadata\"\r\n"));
    QVERIFY(seen.body.contains(
        "name=\"index.js\"; filename=\"index.js\"\r\nContent-Type: application/javascript+module"));
}

void ClientTest::saysWhoCouldNotBeReached() {
    FakeServer server;
    const auto origin = server.origin();
    server.stop();
    Client client;
    Outcome outcome;
    auto request = get(origin + "/client/v4/accounts/secret-account");
    request.bearerToken = "secret-token";
    client.send(request, outcome.callback());
    QTRY_COMPARE(outcome.count.load(), 1);
    const auto error = outcome.value().error();
    QCOMPARE(error.code, api::code::transport);
    QCOMPARE(error.http, 0);
    const auto text = QString::fromStdString(error.message);
    QVERIFY2(text.contains(QString::fromStdString(origin)) && text.contains("Start the engine"),
             qPrintable(text));
    QVERIFY(!text.contains("secret"));
}

void ClientTest::saysWhereTlsIsSpoken() {
    FakeServer server;
    const auto ask = [&server](const char* method) {
        Client client;
        Outcome outcome;
        auto request = get(server.apiBase());
        request.method = method;
        client.send(request, outcome.callback());
        [&] { QTRY_COMPARE(outcome.count.load(), 1); }();
        return outcome.value() ? api::Error{outcome.value()->status, 0, {}} : outcome.value().error();
    };
    for (const auto* said :
         {"{\"errors\":[{\"message\":\"This port speaks TLS, and ...\"}],\"success\":false}",
          "<h1>400</h1>The plain HTTP request was sent to HTTPS port",
          "Client sent an HTTP request to an HTTPS server.\n"}) {
        server.handler = [said](const auto&) { return FakeServer::Answer{400, said, "text/html"}; };
        const auto error = ask("POST");
        QCOMPARE(error.http, 0);
        QCOMPARE(error.code, api::code::transport);
        QVERIFY2(error.message.find("https://") != std::string::npos, error.message.c_str());
        QVERIFY2(error.message.find("arrived") == std::string::npos, error.message.c_str());
    }
    // Others just end the connection.
    server.handler = [](const auto&) {
        FakeServer::Answer answer;
        answer.breakOff = true;
        return answer;
    };
    const auto error = ask("GET");
    QVERIFY2(error.message.find("If it speaks TLS") != std::string::npos, error.message.c_str());
    server.handler = [](const auto&) { return FakeServer::Answer{400, "{}"}; };
    QCOMPARE(ask("GET").http, 400);
}

void ClientTest::timesOut() {
    FakeServer server;
    server.handler = [](const auto&) { return FakeServer::Answer{.silent = true}; };
    Client client;
    Outcome outcome;
    auto request = get(server.origin());
    request.timeout = std::chrono::milliseconds{150};
    client.send(request, outcome.callback());
    QTRY_COMPARE(outcome.count.load(), 1);
    QCOMPARE(outcome.value().error().code, api::code::transport);
    QVERIFY(outcome.value().error().message.find("no answer in time") != std::string::npos);
}

void ClientTest::silenceEndsAStream() {
    FakeServer server;
    server.handler = [](const auto&) { return FakeServer::Answer{.body = ": hello\n\n", .stream = true}; };
    Client client;
    Outcome outcome;
    auto request = get(server.origin());
    request.timeout = std::chrono::milliseconds{0};
    request.idleTimeout = std::chrono::milliseconds{100};
    client.stream(request, {.opened = {}, .chunk = [](std::string_view) {}, .ended = outcome.callback()});
    QTRY_COMPARE(outcome.count.load(), 1);
    QVERIFY(!outcome.value().has_value());
}

void ClientTest::boundsTheAnswer() {
    FakeServer server;
    server.handler = [](const auto&) { return FakeServer::Answer{.body = QByteArray(2'000'000, 'x')}; };
    Client client;
    Outcome outcome;
    auto request = get(server.origin());
    request.largestResponse = 1'000'000;
    client.send(request, outcome.callback());
    QTRY_COMPARE(outcome.count.load(), 1);
    QCOMPARE(outcome.value().error().code, api::code::tooLarge);
}

void ClientTest::cancelledRequestsNeverAnswer() {
    FakeServer server;
    server.handler = [](const auto& request) {
        return FakeServer::Answer{.silent = request.target == "/slow"};
    };
    Client client;
    Outcome slow;
    auto handle = client.send(get(server.origin() + "/slow"), slow.callback());
    QTRY_COMPARE(server.seen.size(), 1);
    handle.cancel();
    // The thread has seen the cancellation once a later request went through.
    Outcome later;
    client.send(get(server.origin() + "/later"), later.callback());
    QTRY_COMPARE(later.count.load(), 1);
    QCOMPARE(slow.count.load(), 0);
}

void ClientTest::destructionDropsWhatIsUnderWay() {
    FakeServer server;
    server.handler = [](const auto&) { return FakeServer::Answer{.silent = true}; };
    Outcome outcome;
    Handle handle;
    {
        Client client;
        handle = client.send(get(server.origin()), outcome.callback());
        QTRY_COMPARE(server.seen.size(), 1);
    }
    QCOMPARE(outcome.count.load(), 0);
    handle.cancel();
}

/// A redirect could carry the token to a stranger.
void ClientTest::followsNoRedirect() {
    FakeServer server;
    server.handler = [](const auto&) { return FakeServer::Answer{.status = 302, .body = ""}; };
    Client client;
    Outcome outcome;
    client.send(get(server.origin()), outcome.callback());
    QTRY_COMPARE(outcome.count.load(), 1);
    QCOMPARE(outcome.value()->status, 302);
}

void ClientTest::refusesOtherSchemesAndSplitHeaders() {
    Client client;
    Outcome file;
    client.send(get("file:///etc/hostname"), file.callback());
    QTRY_COMPARE(file.count.load(), 1);
    QCOMPARE(file.value().error().code, api::code::transport);
    Outcome split;
    auto request = get("http://127.0.0.1:1/");
    request.bearerToken = "a\r\nX-Evil: 1";
    client.send(request, split.callback());
    QTRY_COMPARE(split.count.load(), 1);
    QVERIFY(split.value().error().message.find("line break") != std::string::npos);
}

void ClientTest::streamsPieceByPiece() {
    FakeServer server;
    server.handler = [](const auto&) { return FakeServer::Answer{.body = "one", .stream = true}; };
    Client client;
    Outcome outcome;
    std::mutex mutex;
    std::string all;
    std::atomic<int> status = 0;
    const auto sofar = [&] {
        const std::lock_guard lock(mutex);
        return all;
    };
    client.stream(get(server.origin()), {.opened = [&](const Response& head) { status = head.status; },
                                         .chunk =
                                             [&](std::string_view bytes) {
                                                 const std::lock_guard lock(mutex);
                                                 all += bytes;
                                             },
                                         .ended = outcome.callback()});
    QTRY_COMPARE(sofar(), std::string("one"));
    QCOMPARE(status.load(), 200);
    server.push("two");
    QTRY_COMPARE(sofar(), std::string("onetwo"));
    server.push({});
    QTRY_COMPARE(outcome.count.load(), 1);
    QVERIFY(outcome.value().has_value());
    QCOMPARE(outcome.value()->body, std::string());
}

void ClientTest::ignoresProxiesForThisMachine() {
    qputenv("http_proxy", "http://127.0.0.1:1");
    FakeServer server;
    Client client;
    Outcome outcome;
    client.send(get(server.origin()), outcome.callback());
    QTRY_COMPARE(outcome.count.load(), 1);
    qunsetenv("http_proxy");
    QVERIFY(outcome.value().has_value());
}

void ClientTest::knowsLoopback() {
    for (const char* url : {"http://127.0.0.1:8790/x", "http://localhost", "http://app.localhost:1/",
                            "http://[::1]:2/", "http://user@127.3.2.1/"})
        QVERIFY2(isLoopback(url), url);
    for (const char* url : {"http://127.0.0.1.example.com/", "http://example.com/127.0.0.1",
                            "http://localhost.example/", "http://127.0.0.1@example.com/", "https://[::2]/"})
        QVERIFY2(!isLoopback(url), url);
    QCOMPARE(originOf("https://me:pw@example.com:9/x?token=1"), std::string("https://example.com:9"));
}

void ClientTest::parsesEventsHoweverTheyAreCut() {
    const std::string text =
        ": alive\n\nid: 7\nevent: change\ndata: {\"a\":1}\n\nid: 8\r\ndata:x\r\ndata: y\r\n\r\n"
        "event: reset\ndata: last\n\nevent: nothing\n\ndata: unfinished";
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        SseParser parser;
        std::vector<SseEvent> events;
        for (std::size_t at = 0; at < text.size(); at += piece)
            for (auto& event : parser.feed(std::string_view(text).substr(at, piece)))
                events.push_back(std::move(event));
        QCOMPARE(events.size(), std::size_t{3});
        QCOMPARE(events[0].id, std::string("7"));
        QCOMPARE(events[0].type, std::string("change"));
        QCOMPARE(events[0].data, std::string("{\"a\":1}"));
        QCOMPARE(events[1].type, std::string("message"));
        QCOMPARE(events[1].data, std::string("x\ny"));
        QCOMPARE(events[2].type, std::string("reset"));
        QCOMPARE(events[2].id, std::string("8"));
    }
    SseParser endless;
    for (int i = 0; i < 6 && !endless.broken(); ++i)
        endless.feed(std::string(1024 * 1024, 'x'));
    QVERIFY(endless.broken());
}

void ClientTest::encodesPaths() {
    const Routes routes("http://h/client/v4/", "acc/1");
    QCOMPARE(routes.instance("orders", "*/30 * * * *-1"),
             std::string("http://h/client/v4/accounts/acc%2F1/workflows/orders/instances/"
                         "%2A%2F30%20%2A%20%2A%20%2A%20%2A-1"));
    QCOMPARE(query({{"a", "b c&d"}, {"e", "ü"}}), std::string("?a=b%20c%26d&e=%C3%BC"));
    QCOMPARE(query({}), std::string());
}

QTEST_GUILESS_MAIN(ClientTest)
#include "test_client.moc"
