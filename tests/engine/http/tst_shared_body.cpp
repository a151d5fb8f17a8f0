#include "app/engine/http/listener.h"
#include "app/engine/http/shared_body.h"
#include "tests/engine/http/raw_client.h"
#include "tests/engine/http/tls_client.h"
#include "tests/support/certificates.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <fstream>

using namespace stepwell::engine::http;
using std::chrono::milliseconds;
using stepwell::test::PrivateCa;
using stepwell::test::RawClient;
using stepwell::test::TlsClient;

namespace {

std::string pattern(std::size_t bytes) {
    std::string text(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i)
        text[i] = static_cast<char>('a' + i % 23);
    return text;
}

const std::string large = pattern(200'000);

std::string get(const std::string& target, const std::string& method = "GET") {
    return method + ' ' + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

/// Answers with a stretch of the body that `/FROM/BYTES` names, in memory alone when there is more.
class Stretches final : public Dispatcher {
  public:
    Admission admit(Request& head) override {
        Admission admission;
        admission.handler = [this, path = head.path](const ExchangePtr& exchange) {
            Response response;
            response.headerSet = HeaderSet::given;
            response.shared = {body, std::stoul(path.at(0)), std::stoul(path.at(1))};
            exchange->respond(std::move(response));
        };
        return admission;
    }
    std::shared_ptr<const SharedBody> body = SharedBody::make(large);
};

}  // namespace

/// Bodies that many answers send, from memory or from a file that is in memory.
class SharedBodyTest : public QObject {
    Q_OBJECT

    Stretches stretches_;
    std::unique_ptr<Listener> listener_;

    unsigned short start(ListenerOptions options = {}) {
        listener_ = std::move(*Listener::open(std::move(options), stretches_));
        listener_->run();
        return listener_->port();
    }

  private slots:
    void cleanup() { listener_.reset(); }

    void longOnesAreInFilesAsLongAsThereAreFewOfThose() {
        QVERIFY(SharedBody::make("short")->descriptor() < 0);
        std::vector<std::shared_ptr<const SharedBody>> many;
        const auto text = pattern(SharedBody::leastInFile);
        for (int i = 0; i < SharedBody::mostFiles + 10; ++i)
            many.push_back(SharedBody::make(text));
        int files = 0;
        for (const auto& body : many) {
            QVERIFY(body->bytes() == text);
            files += body->descriptor() >= 0 ? 1 : 0;
        }
        // One is that of the dispatcher.
        QCOMPARE(files, SharedBody::mostFiles - 1);
        many.clear();
        QVERIFY(SharedBody::make(text)->descriptor() >= 0);
    }

    void theyComeWholeAndInStretches() {
        RawClient client(start());
        QVERIFY(stretches_.body->descriptor() >= 0);
        for (const auto& [from, bytes] : {std::pair<std::size_t, std::size_t>{0, large.size()},
                                          {0, 1},
                                          {large.size() - 1, 1},
                                          {100, 40'000},
                                          {150'000, 50'000},
                                          {4095, 65'537}}) {
            client.send(get('/' + std::to_string(from) + '/' + std::to_string(bytes)));
            const auto answer = client.receive();
            QCOMPARE(answer.status, 200);
            QVERIFY(answer.body == large.substr(from, bytes));
        }
        client.send(get("/0/200000", "HEAD"));
        QCOMPARE(client.receive(true).fields.at("content-length"), std::string("200000"));
        client.send(get("/0/3"));
        QCOMPARE(client.receive().body, std::string("abc"));
    }

    void aSlowReaderGetsAllOfThemInOrder() {
        RawClient client(start());
        constexpr int requests = 150;  // far more than the sockets hold
        std::string asked;
        for (int i = 0; i < requests; ++i)
            asked += get('/' + std::to_string(i * 100) + "/100000");
        client.send(asked);
        for (int i = 0; i < requests; ++i)
            QVERIFY2(client.receive().body == large.substr(static_cast<std::size_t>(i) * 100, 100'000),
                     qPrintable(QString::number(i)));
    }

    void whoTakesNothingIsLetGo() {
        ListenerOptions options;
        options.pace.write = milliseconds(100);
        RawClient client(start(options));
        std::string asked;
        for (int i = 0; i < 150; ++i)
            asked += get("/0/200000");
        client.send(asked);
        QTRY_COMPARE(listener_->traffic().stalled, std::uint64_t(1));
        QTRY_COMPARE(listener_->traffic().connections, 0);
    }

    void whoGoesAwayMidwayHarmsNobody() {
        const auto port = start();
        for (int i = 0; i < 20; ++i) {
            RawClient client(port);
            std::string asked;
            for (int j = 0; j < 50; ++j)
                asked += get("/0/200000");
            client.send(asked);
            client.receiveBytes(static_cast<std::size_t>(i) * 10'000);
        }
        QTRY_COMPARE(listener_->traffic().connections, 0);
        RawClient last(port);
        last.send(get("/0/200000"));
        QVERIFY(last.receive().body == large);
    }

    void underTlsTheyAreTheSame() {
        PrivateCa ca;
        const auto issued = ca.issue();
        QTemporaryDir folder;
        const auto file = [&](const char* name, const std::string& text) {
            const auto path = folder.filePath(name).toStdString();
            std::ofstream(path, std::ios::binary) << text;
            return path;
        };
        ListenerOptions options;
        options.tls = TlsFiles{file("cert.pem", issued.certificate), file("key.pem", issued.key)};
        TlsClient client(start(options), ca.certificate());
        QVERIFY(client.isOpen());
        for (const auto& [from, bytes] :
             {std::pair<std::size_t, std::size_t>{0, large.size()}, {5, 10}, {150'000, 50'000}}) {
            client.send(get('/' + std::to_string(from) + '/' + std::to_string(bytes)));
            QVERIFY(client.receiveUntil("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
            QVERIFY(client.receiveBytes(bytes) == large.substr(from, bytes));
        }
    }
};

QTEST_GUILESS_MAIN(SharedBodyTest)
#include "tst_shared_body.moc"
