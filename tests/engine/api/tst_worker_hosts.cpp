#include "tests/engine/api/rig.h"

#include <sys/socket.h>

#include <QTest>

#include <array>
#include <future>
#include <thread>

using namespace stepwell::engine;
using namespace stepwell::test;
namespace api = stepwell::api;

namespace {

constexpr std::chrono::seconds patience{20};

/// Says at once, or when told, that its process is gone.
class FakeLease final : public HandlerLease {
  public:
    FakeLease(std::string reason, std::promise<void>& ended)
        : reason_(std::move(reason))
        , ended_(ended) {}
    ~FakeLease() override { ended_.set_value(); }
    FakeLease(const FakeLease&) = delete;
    FakeLease& operator=(const FakeLease&) = delete;
    void whenGone(std::function<void(std::string)> told) override { told(reason_); }
    void whenStuck(std::function<void()> /*told*/) override {}

  private:
    std::string reason_;
    std::promise<void>& ended_;
};

/// The other end of a connection to a fetch handler, played by the test.
class Handler {
  public:
    explicit Handler(const std::string& reason = "did not yield for 30 s") {
        std::array<int, 2> ends{};
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data());
        ours_ = UniqueFd(ends[0]);
        connection_.socket = UniqueFd(ends[1]);
        connection_.lease = std::make_shared<FakeLease>(reason, ended_);
        const timeval limit{patience.count(), 0};
        ::setsockopt(ours_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    }
    HandlerConnection take() { return std::move(connection_); }
    std::string receiveUntil(const std::string& text) {
        std::string all;
        std::array<char, 4096> buffer{};
        while (all.find(text) == std::string::npos) {
            const auto count = ::recv(ours_.get(), buffer.data(), buffer.size(), 0);
            if (count <= 0) return {};
            all.append(buffer.data(), static_cast<std::size_t>(count));
        }
        return all;
    }
    void send(const std::string& text) { ::send(ours_.get(), text.data(), text.size(), MSG_NOSIGNAL); }
    void close() { ours_.reset(); }
    /// The engine closed its end.
    bool isEnded() {
        char byte = 0;
        return ::recv(ours_.get(), &byte, 1, 0) == 0;
    }
    bool leaseEnded() { return ended_.get_future().wait_for(patience) == std::future_status::ready; }

  private:
    std::promise<void> ended_;
    UniqueFd ours_;
    HandlerConnection connection_;
};

std::string request(const std::string& line, const std::string& host, const std::string& more = {}) {
    return line + " HTTP/1.1\r\nHost: " + host + "\r\n" + more + "\r\n";
}

constexpr auto shop = "shop.workers.localhost:8790";

std::string upgrade(const std::string& more = {}) {
    return request("GET /", shop,
                   "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                       more);
}

}  // namespace

class WorkerHostsTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Rig> rig_;
    std::unique_ptr<Handler> handler_;

    void deploy(const std::string& handlers) {
        rig_->data.scripts = {scriptRow("Shop")};
        ScriptVersionRow version;
        version.key = ScriptVersionKey(5);
        version.uuid = "v";
        version.handlers = handlers;
        rig_->data.scriptVersions = {version};
        DeploymentRow deployment;
        deployment.versionUuid = "v";
        rig_->data.deployments = {deployment};
    }
    /// A body has to come at once.
    void impatient() {
        ServerOptions options;
        options.pace.body = std::chrono::milliseconds(100);
        options.pace.grace = std::chrono::milliseconds(100);
        options.pace.bodyRate = 1'000'000;
        start(std::move(options));
    }
    void start(ServerOptions options) {
        rig_ = std::make_unique<Rig>(std::move(options));
        deploy(R"(["fetch"])");
        rig_->engine.handler = [this](ScriptVersionKey key) -> api::Result<HandlerConnection> {
            if (key != ScriptVersionKey(5)) return api::fail(500, 1, "another version");
            return handler_->take();
        };
    }
    RawAnswer get(const std::string& host, const std::string& path = "/") {
        RawClient client(rig_->port());
        client.send(request("GET " + path, host));
        return client.receive();
    }

  private slots:
    void init() {
        rig_.reset();  // it may still hold the other end of the handler before
        handler_ = std::make_unique<Handler>();
        start({});
    }

    void passesARequestOnWithoutAToken() {
        RawClient client(rig_->port());
        client.send(
            request("PUT /client/v4/accounts?x=%20", shop,
                    "Content-Length: 5\r\nX-Mine: 1\r\nConnection: keep-alive\r\nx-stepwell-cf: {}\r\n"
                    "CF-Connecting-IP: 8.8.8.8\r\nAuthorization: Bearer theirs\r\n") +
            "hello");
        const auto got = handler_->receiveUntil("hello");
        QVERIFY2(got.starts_with(
                     "PUT /client/v4/accounts?x=%20 HTTP/1.1\r\nHost: shop.workers.localhost:8790\r\n"),
                 got.c_str());
        for (const char* part : {"X-Mine: 1\r\n", "Authorization: Bearer theirs\r\n", "Connection: close\r\n",
                                 "CF-Connecting-IP: 127.0.0.1\r\n", "\r\n\r\nhello"})
            QVERIFY2(got.find(part) != std::string::npos, got.c_str());
        for (const char* part : {"keep-alive", "8.8.8.8", "x-stepwell-cf: {}\r\n"})
            QVERIFY2(got.find(part) == std::string::npos, got.c_str());
        handler_->send(
            "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
        handler_->close();
        const auto answer = client.receive();
        QCOMPARE(answer.status, 302);
        QCOMPARE(answer.fields.at("location"), std::string("/x"));
        QCOMPARE(answer.body, std::string("no"));
        QVERIFY(client.isEnded());
        QVERIFY(handler_->leaseEnded());
    }

    void streamsBothWays() {
        RawClient client(rig_->port());
        client.send(request("POST /", shop, "Transfer-Encoding: chunked\r\n"));
        handler_->receiveUntil("\r\n\r\n");
        client.send("3\r\none\r\n");
        QVERIFY(!handler_->receiveUntil("one\r\n").empty());
        handler_->send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
        QVERIFY(!client.receiveUntil("first").empty());
        client.send("3\r\ntwo\r\n0\r\n\r\n");
        QVERIFY(!handler_->receiveUntil("0\r\n\r\n").empty());
        handler_->send("4\r\nlast\r\n0\r\n\r\n");
        handler_->close();
        QVERIFY(!client.receiveUntil("last").empty());
    }

    void aChunkedBodyThatStopsIsRefused() {
        impatient();
        RawClient client(rig_->port());
        client.send(request("POST /", shop, "Transfer-Encoding: chunked\r\n") + "3\r\none\r\n");
        QVERIFY(!handler_->receiveUntil("one\r\n").empty());
        const auto answer = client.receive();
        QCOMPARE(answer.status, 408);
        QVERIFY(answer.body.find("too slowly") != std::string::npos);
        QVERIFY(handler_->leaseEnded());
    }

    void aChunkedBodyInDropsIsRefused() {
        impatient();
        RawClient client(rig_->port());
        client.send(request("POST /", shop, "Transfer-Encoding: chunked\r\n"));
        handler_->receiveUntil("\r\n\r\n");
        auto ended = std::async(std::launch::async, [this] { return handler_->leaseEnded(); });
        QTRY_VERIFY_WITH_TIMEOUT(
            (client.send("1\r\nx\r\n"), ended.wait_for(std::chrono::seconds(0)) == std::future_status::ready),
            10'000);
        QVERIFY(ended.get());
    }

    void aBodyThatIsOverWaitsForItsAnswer() {
        impatient();
        RawClient client(rig_->port());
        client.send(request("POST /", shop, "Transfer-Encoding: chunked\r\n") + "3\r\none\r\n0\r\n\r\n");
        QVERIFY(!handler_->receiveUntil("0\r\n\r\n").empty());
        for (int i = 0; i < 2; ++i) {  // others are late meanwhile
            RawClient slow(rig_->port());
            slow.send(request("PUT /client/v4/accounts/local/workflows/flow", "127.0.0.1",
                              Rig::authorization() + "Content-Length: 5\r\n"));
            QCOMPARE(slow.receive().status, 408);
        }
        handler_->send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        handler_->close();
        QCOMPARE(client.receive().body, std::string("ok"));
    }

    void carriesWebSockets() {
        RawClient client(rig_->port());
        client.send(upgrade());
        const auto got = handler_->receiveUntil("\r\n\r\n");
        QVERIFY(got.find("Upgrade: websocket\r\n") != std::string::npos);
        QVERIFY(got.find("Connection: Upgrade\r\n") != std::string::npos);
        handler_->send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
        QVERIFY(!client.receiveUntil("\r\n\r\n").empty());
        client.send("ping");
        QCOMPARE(handler_->receiveUntil("ping"), std::string("ping"));
        handler_->send("pong");
        QVERIFY(!client.receiveUntil("pong").empty());
    }

    void nothingFollowsAnUpgradeThatIsNotAgreedTo() {
        const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\nCF-Connecting-IP: 8.8.8.8\r\n\r\n";
        RawClient client(rig_->port());
        client.send(upgrade() + hidden);
        QVERIFY(handler_->receiveUntil("\r\n\r\n").ends_with("\r\n\r\n"));
        client.send(hidden);
        handler_->send("HTTP/1.");
        handler_->send("1 200 OK\r\nContent-Length: 5\r\n\r\nfi");
        QVERIFY(!client.receiveUntil("fi").empty());
        client.send(hidden);
        QVERIFY(handler_->isEnded());  // and not a byte before that
        handler_->send("rst");
        handler_->close();
        QCOMPARE(client.receiveUntil("rst"), std::string("rst"));
        QVERIFY(client.isEnded());
        QVERIFY(handler_->leaseEnded());
    }

    void whatIsSaidTooEarlyWaitsForTheWebSocket() {
        RawClient client(rig_->port());
        client.send(upgrade() + "early");
        QVERIFY(handler_->receiveUntil("\r\n\r\n").ends_with("\r\n\r\n"));
        handler_->send("HTTP/1.1 101 Switching Protocols\r\n\r\n");
        QCOMPARE(handler_->receiveUntil("early"), std::string("early"));
    }

    void anUpgradeHasNoBody() {
        for (const char* body : {"Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"}) {
            RawClient client(rig_->port());
            client.send(upgrade(body));
            QCOMPARE(client.receive().status, 400);
        }
    }

    void aClientThatLeavesDuringAnUpgradeEndsTheRequest() {
        {
            RawClient client(rig_->port());
            client.send(upgrade());
            handler_->receiveUntil("\r\n\r\n");
        }
        QVERIFY(handler_->isEnded());
        QVERIFY(handler_->leaseEnded());
    }

    void aClientThatLeavesEndsTheRequest() {
        {
            RawClient client(rig_->port());
            client.send(request("GET /", shop));
            handler_->receiveUntil("\r\n\r\n");
        }
        QVERIFY(handler_->isEnded());
        QVERIFY(handler_->leaseEnded());
    }

    void aClientThatWaitsMayGoOn() {
        RawClient client(rig_->port());
        client.send(request("POST /", shop, "Content-Length: 2\r\nExpect: 100-continue\r\n"));
        QVERIFY(!client.receiveUntil("100 Continue\r\n\r\n").empty());
        client.send("hi");
        QVERIFY(!handler_->receiveUntil("hi").empty());
    }

    void aProcessThatDiesIsReported() {
        RawClient client(rig_->port());
        client.send(request("GET /", shop));
        handler_->receiveUntil("\r\n\r\n");
        handler_->close();
        const auto answer = client.receive();
        QCOMPARE(answer.status, 502);
        QVERIFY2(answer.body.find("did not yield for 30 s") != std::string::npos, answer.body.c_str());
        QVERIFY(answer.fields.at("content-type").starts_with("text/plain"));
    }

    void aWorkerThatCannotStartIsReported() {
        rig_->engine.handler = nullptr;
        QCOMPARE(get(shop).status, 503);
    }

    void whatIsNotThereIsSaid() {
        const auto missing = get("other.workers.localhost");
        QCOMPARE(missing.status, 404);
        QVERIFY(missing.body.find("no Worker \"other\"") != std::string::npos);
        deploy(R"(["scheduled"])");
        QVERIFY(get(shop).body.find("no fetch handler") != std::string::npos);
        deploy(R"(["fetch"])");
        rig_->data.scripts[0].subdomainEnabled = false;
        QVERIFY(get(shop).body.find("workers_dev is off") != std::string::npos);
        rig_->data.scripts[0].subdomainEnabled = true;
        rig_->data.deployments.clear();
        QVERIFY(get(shop).body.find("No version") != std::string::npos);
    }

    void noRouteOfTheApiIsReachedThere() {
        deploy("[]");
        for (const auto* path : {"/healthz", "/metrics", "/client/v4/accounts", "/client/v4/user"}) {
            RawClient client(rig_->port());
            client.send(request(std::string("GET ") + path, shop, Rig::authorization()));
            QCOMPARE(client.receive().status, 404);
        }
        // And a Worker's page may not use the API in the name of its visitor.
        const auto asked = ask(rig_->port(), "GET", "/client/v4/accounts",
                               Rig::authorization() + "Origin: http://shop.workers.localhost:8790\r\n");
        QCOMPARE(asked.status, 403);
    }

    void tellsWhereAWorkerIs() {
        const auto subdomain = rig_->get("/workers/workers/Shop").result()["subdomain"];
        const auto port = std::to_string(rig_->port());
        QVERIFY2(subdomain["url"].get<std::string>().starts_with("http://shop.workers.localhost"),
                 subdomain.dump().c_str());
    }

    void belowTheDomainOfSitesToo() {
        ServerOptions options;
        options.sitesDomain = "example.com";
        options.publicUrl = *http::PublicUrl::parse("https://engine.example.com");
        start(std::move(options));
        RawClient client(rig_->port());
        client.send(request("GET /", "shop.workers.example.com"));
        QVERIFY(!handler_->receiveUntil("\r\n\r\n").empty());
        COMPARE_JSON(rig_->get("/workers/workers/Shop").result()["subdomain"]["url"],
                     "https://shop.workers.example.com");
    }

    void anUnknownHostIsToldTheRemedy() {
        const auto answer = get("engine.example.com", "/healthz");
        QCOMPARE(answer.status, 403);
        for (const char* remedy : {"engine.example.com", "--public-name", "--sites-domain"})
            QVERIFY2(answer.body.find(remedy) != std::string::npos, answer.body.c_str());
    }

    void tellsWhatHandlersLogged() {
        const auto logs = rig_->get("/stepwell/logs?script=Shop").result();
        QCOMPARE(logs.size(), 1U);
        COMPARE_JSON(logs[0]["text"], "from Shop");
        QVERIFY(rig_->get("/stepwell/logs?script=Shop&after=7").result().empty());
        QCOMPARE(rig_->get("/stepwell/logs?script=nobody").status, 404);
        QCOMPARE(rig_->get("/stepwell/logs").status, 400);
    }

    void setsAndListsCrons() {
        rig_->engine.reply = [](const Request&) -> Reply { return Answer{Done{at(0)}}; };
        const auto path = "/workers/scripts/Shop/schedules";
        const auto put = rig_->call("PUT", path, R"([{"cron":"*/5 * * * *"}])");
        COMPARE_JSON(put.result()["schedules"][0]["cron"], "*/5 * * * *");
        QCOMPARE(rig_->engine.only<PutSchedules>().crons, std::vector<std::string>{"*/5 * * * *"});
        for (const auto* body :
             {"{}", R"([{"cron":"61 * * * *"}])", R"(["* * * * *"])", R"([{}])", R"([{"cron":"0 0 30 2 *"}])",
              R"([{"cron":"* * * * *"},{"cron":"* * * * *"}])"})
            QCOMPARE(rig_->call("PUT", path, body).code(), 10002);
        rig_->data.schedules = {{1, {}, ScriptKey(1), "*/5 * * * *", at(0), at(300'000)}};
        const auto listed = rig_->get(path).result()["schedules"][0];
        COMPARE_JSON(listed["cron"], "*/5 * * * *");
        COMPARE_JSON(listed["stepwell"]["next_run"], "2026-01-01T00:05:00.000Z");
    }
};

QTEST_GUILESS_MAIN(WorkerHostsTest)
#include "tst_worker_hosts.moc"
