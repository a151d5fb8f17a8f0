#include "app/engine/http/envelope.h"
#include "app/engine/http/listener.h"
#include "tests/engine/http/raw_client.h"
#include "tests/engine/http/tls_client.h"
#include "tests/support/certificates.h"

#include <curl/curl.h>

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <fstream>
#include <mutex>

using namespace stepwell::engine::http;
using namespace stepwell::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t limit = 100'000;

std::string get(const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

const std::string& largeBody() {
    static const std::string body = [] {
        std::string text(8'000'000, '\0');
        for (std::size_t i = 0; i < text.size(); ++i)
            text[i] = static_cast<char>('a' + i % 23);
        return text;
    }();
    return body;
}

class Echo final : public Dispatcher {
  public:
    Admission admit(Request& head) override {
        Admission admission;
        admission.bodyLimit = limit;
        admission.handler = [this, path = head.path.empty() ? std::string() : head.path.front()](
                                const ExchangePtr& exchange) { handle(path, exchange); };
        return admission;
    }
    std::shared_ptr<EventStream> stream;
    std::atomic<bool> streamClosed{false};

  private:
    void handle(const std::string& path, const ExchangePtr& exchange) {
        if (path == "events" || path == "socket") {
            stream = path == "socket" ? exchange->openWebSocket() : exchange->openStream();
            stream->watch([] {}, [this] { streamClosed = true; });
            return stream->write("data: first\n\n");
        }
        Response response;
        response.contentType = "text/plain";
        response.body = path == "large" ? largeBody()
                                        : (exchange->request().secure ? "secure:" : "plain:") +
                                              exchange->request().remote + ':' + exchange->request().body;
        exchange->respond(std::move(response));
    }
};

/// Replaces a file as whoever renews certificates does.
void put(const fs::path& file, const std::string& text) {
    const auto fresh = file.string() + ".new";
    std::ofstream(fresh, std::ios::binary) << text;
    fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write);
    fs::rename(fresh, file);
}

struct CurlAnswer {
    CURLcode code;
    long status = 0;
    long version = 0;
    std::string body;
};

CurlAnswer curl(unsigned short port, const fs::path& ca, const std::string& target) {
    CurlAnswer answer{};
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), curl_easy_cleanup);
    const auto url = "https://localhost:" + std::to_string(port) + target;
    curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
    if (!ca.empty()) curl_easy_setopt(handle.get(), CURLOPT_CAINFO, ca.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_RESOLVE, nullptr);
    curl_easy_setopt(handle.get(), CURLOPT_IPRESOLVE, CURL_IPRESOLVE_V4);
    curl_easy_setopt(handle.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &answer.body);
    curl_easy_setopt(
        handle.get(), CURLOPT_WRITEFUNCTION, +[](char* data, std::size_t size, std::size_t count, void* to) {
            static_cast<std::string*>(to)->append(data, size * count);
            return size * count;
        });
    answer.code = curl_easy_perform(handle.get());
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    curl_easy_getinfo(handle.get(), CURLINFO_HTTP_VERSION, &answer.version);
    return answer;
}

}  // namespace

class TlsTest : public QObject {
    Q_OBJECT

    PrivateCa ca_;
    std::unique_ptr<QTemporaryDir> folder_;
    fs::path certificate_, key_, caFile_;
    std::unique_ptr<Echo> echo_;
    std::unique_ptr<Listener> listener_;
    std::mutex mutex_;
    std::vector<std::string> warnings_, notices_;

    unsigned short port() const { return listener_->port(); }

    ListenerOptions options() {
        ListenerOptions options;
        options.tls = TlsFiles{certificate_, key_};
        options.tlsLook = std::chrono::milliseconds(20);
        options.onWarning = [this](const std::string& text) {
            const std::lock_guard lock(mutex_);
            warnings_.push_back(text);
        };
        options.onNotice = [this](const std::string& text) {
            const std::lock_guard lock(mutex_);
            notices_.push_back(text);
        };
        return options;
    }

    void start(const ListenerOptions& options) {
        listener_ = std::move(*Listener::open(options, *echo_));
        listener_->run();
    }

    bool was(const std::vector<std::string>& lines, const std::string& part) {
        const std::lock_guard lock(mutex_);
        return std::any_of(lines.begin(), lines.end(),
                           [&](const auto& line) { return line.find(part) != std::string::npos; });
    }

    void putPair(const Pair& pair) {
        put(certificate_, pair.certificate);
        put(key_, pair.key);
    }

  private slots:
    void initTestCase() { curl_global_init(CURL_GLOBAL_DEFAULT); }

    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        const fs::path folder(folder_->path().toStdString());
        certificate_ = folder / "server.pem";
        key_ = folder / "server.key";
        caFile_ = folder / "ca.pem";
        put(caFile_, ca_.certificate());
        putPair(ca_.issue());
        warnings_.clear();
        notices_.clear();
        echo_ = std::make_unique<Echo>();
        start(options());
    }
    void cleanup() {
        listener_.reset();
        echo_.reset();
    }

    void curlTrustsThePrivateCaAndOnlyThat() {
        const auto answer = curl(port(), caFile_, "/x");
        QCOMPARE(answer.code, CURLE_OK);
        QCOMPARE(answer.status, 200L);
        QCOMPARE(answer.version, static_cast<long>(CURL_HTTP_VERSION_1_1));
        QCOMPARE(answer.body, std::string("secure:127.0.0.1:"));
        QCOMPARE(curl(port(), {}, "/x").code, CURLE_PEER_FAILED_VERIFICATION);
        QVERIFY(curl(port(), caFile_, "/large").body == largeBody());
    }

    void choosesHttp11AndNothingElse() {
        TlsClient client(port(), ca_.certificate());
        QVERIFY(client.isOpen());
        QCOMPARE(client.protocol(), std::string("http/1.1"));
        QCOMPARE(client.version(), std::string("TLSv1.3"));
        QVERIFY(!TlsClient(port(), ca_.certificate(), "h2").isOpen());
    }

    void connectionsAreKept() {
        TlsClient client(port(), ca_.certificate());
        client.send(get("/one") + "POST /two HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" +
                    get("/large"));
        QVERIFY(!client.receiveUntil("secure:127.0.0.1:").empty());
        QVERIFY(!client.receiveUntil("secure:127.0.0.1:abc").empty());
        QVERIFY(!client.receiveUntil("\r\n\r\n").empty());
        QVERIFY(client.receiveBytes(largeBody().size()) == largeBody());
    }

    void aRefusedBodyIsAnsweredAndEndsProperly() {
        TlsClient client(port(), ca_.certificate());
        client.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n" +
                    std::string(50'000, 'x'));
        QVERIFY(client.receiveUntil("\r\n").find(" 413 ") != std::string::npos);
        QVERIFY(!client.receiveUntil("}").empty());
        TlsClient polite(port(), ca_.certificate());
        polite.send("GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        QVERIFY(!polite.receiveUntil("secure:127.0.0.1:").empty());
        QVERIFY(polite.isEndedProperly());
    }

    void eventsAndWebSocketsGoThrough() {
        TlsClient events(port(), ca_.certificate());
        events.send(get("/events"));
        QVERIFY(!events.receiveUntil("data: first\n\n").empty());
        auto socket = std::make_unique<TlsClient>(port(), ca_.certificate());
        socket->send("GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        QVERIFY(socket->receiveUntil("\r\n\r\n").find(" 101 ") != std::string::npos);
        QVERIFY(!socket->receiveUntil("data: first\n\n").empty());
        echo_->streamClosed = false;
        socket.reset();
        QTRY_VERIFY(echo_->streamClosed);
    }

    void plainHttpIsToldToSpeakTls() {
        RawClient client(port());
        client.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n" +
                    std::string(500'000, 'x'));
        const auto answer = client.receive();
        QCOMPARE(answer.status, 400);
        QVERIFY2(answer.body.find("https://") != std::string::npos, answer.body.c_str());
        QVERIFY(client.isEnded());
        QTRY_COMPARE(listener_->traffic().failedHandshakes, std::uint64_t(1));
    }

    void whatIsNeitherIsNotAnswered() {
        RawClient client(port());
        client.send(std::string("\x00\x01\x02 nonsense", 12));
        QCOMPARE(client.receive().status, 0);
        QTRY_COMPARE(listener_->traffic().failedHandshakes, std::uint64_t(1));
    }

    void aKeyThatOthersCanReadIsToldOf() {
        using fs::perms;
        fs::permissions(key_, perms::owner_read | perms::group_read | perms::others_read);
        listener_.reset();
        start(options());
        QVERIFY(was(warnings_, key_.string()));
        QVERIFY(was(warnings_, "0444"));
        QVERIFY(was(warnings_, "chmod 600"));
        warnings_.clear();
        fs::permissions(key_, perms::owner_read);
        listener_.reset();
        start(options());
        QVERIFY(!was(warnings_, key_.string()));
    }

    void aHandshakeHasATimeLimit() {
        listener_.reset();
        auto limited = options();
        limited.pace.handshake = std::chrono::milliseconds(100);
        start(limited);
        RawClient silent(port());
        QVERIFY(silent.isEnded());
        QTRY_COMPARE(listener_->traffic().failedHandshakes, std::uint64_t(1));
        QVERIFY(TlsClient(port(), ca_.certificate()).isOpen());
    }

    void aNewCertificateIsTakenWithoutARestart() {
        TlsClient before(port(), ca_.certificate());
        const auto serial = before.serial();
        putPair(ca_.issue());
        QTRY_VERIFY(TlsClient(port(), ca_.certificate()).serial() > serial);
        QTRY_VERIFY(was(notices_, "new certificate"));
        before.send(get("/x"));
        QVERIFY(!before.receiveUntil("secure:").empty());
        QVERIFY(listener_->traffic().certificateEnds.has_value());
    }

    void aBrokenPairIsNotTaken() {
        const auto serial = TlsClient(port(), ca_.certificate()).serial();
        put(key_, ca_.issue().key);
        QTRY_VERIFY(was(warnings_, key_.string()));
        put(certificate_, "nonsense");
        QTRY_VERIFY(was(warnings_, certificate_.string()));
        QCOMPARE(TlsClient(port(), ca_.certificate()).serial(), serial);
        putPair(ca_.issue(-60));
        QTRY_VERIFY(was(warnings_, "ended at"));
        QCOMPARE(TlsClient(port(), ca_.certificate()).serial(), serial);
        QVERIFY(listener_->traffic().certificateErrors >= 3);
        putPair(ca_.issue());
        QTRY_VERIFY(TlsClient(port(), ca_.certificate()).serial() > serial);
    }

    void aStartNamesWhatIsWrong() {
        auto broken = options();
        broken.tls->key = certificate_;
        const auto keyless = Listener::open(broken, *echo_);
        QVERIFY(!keyless && keyless.error().message.find("--tls-key") != std::string::npos);
        broken.tls = TlsFiles{certificate_.string() + ".not", key_};
        const auto missing = Listener::open(broken, *echo_);
        QVERIFY(!missing && missing.error().message.find("--tls-cert") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TlsTest)
#include "tst_tls.moc"
