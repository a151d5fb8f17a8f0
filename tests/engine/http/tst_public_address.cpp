#include "app/engine/http/chunks.h"
#include "app/engine/http/public_address.h"

#include <QTest>

using namespace stepwell::engine::http;

namespace {

PublicAddress::Facts facts(bool tls = false) {
    PublicAddress::Facts facts;
    facts.port = 8790;
    facts.tls = tls;
    return facts;
}

bool isOver(std::string_view body, std::size_t piece) {
    Chunks chunks;
    for (; !body.empty(); body.remove_prefix(std::min(piece, body.size())))
        chunks.see(body.substr(0, piece));
    return chunks.isOver();
}

}  // namespace

class PublicAddressTest : public QObject {
    Q_OBJECT

  private slots:
    void urlsAreTakenApart() {
        QCOMPARE(PublicUrl::parse("HTTPS://Stepwell.example.org:443/")->text(),
                 std::string("https://stepwell.example.org"));
        QCOMPARE(PublicUrl::parse("http://[fd00::1]:8790")->text(), std::string("http://[fd00::1]:8790"));
        QVERIFY(!PublicUrl::parse("http://10.0.0.7")->secure);
        for (const char* wrong : {"", "stepwell.example.org", "https://", "https:///", "ftp://a.example",
                                  "https://a.example/path", "https://a.example:0", "https://a.example:99999",
                                  "https://a.example:", "https://me@a.example", "https://a.example?x",
                                  "https://[nonsense]", "https://a b"}) {
            const auto url = PublicUrl::parse(wrong);
            QVERIFY2(!url, wrong);
            QVERIFY(url.error().message.find("https://stepwell.example.org") != std::string::npos);
        }
    }

    void withoutAnyNameSitesAreBelowLocalhost() {
        const PublicAddress address(facts());
        QCOMPARE(address.url(), std::string("http://127.0.0.1:8790"));
        QCOMPARE(address.placeFor("127.0.0.1:8790", false).urlOf("shop.localhost"),
                 std::string("http://shop.localhost:8790"));
        // Through a tunnel with another port.
        QCOMPARE(address.placeFor("localhost:9000", false).urlOf("shop.localhost"),
                 std::string("http://shop.localhost:9000"));
        QCOMPARE(address.placeFor("engine.example.com", true).urlOf("shop.localhost"),
                 std::string("http://shop.localhost:8790"));
        QCOMPARE(address.placeFor("engine.example.com", true).urlOf("www.example.com"),
                 std::string("https://www.example.com"));
        QCOMPARE(address.place().hostOf("shop.localhost"), std::string("shop.localhost:8790"));
    }

    void withTlsUrlsSaySo() {
        auto some = facts(true);
        some.listenHost = "::";
        some.names = {"engine.example.com"};
        const PublicAddress address(some);
        QCOMPARE(address.url(), std::string("https://engine.example.com:8790"));
        QCOMPARE(address.localUrl(), std::string("https://127.0.0.1:8790"));
        QCOMPARE(address.placeFor("engine.example.com:8790", true).urlOf("shop.localhost"),
                 std::string("https://shop.localhost:8790"));
        QCOMPARE(address.webSocketUrl("engine.example.com:8790", true),
                 std::string("wss://engine.example.com:8790"));
    }

    void belowADomainOfSites() {
        auto some = facts(true);
        some.sitesDomain = "sites.example.com";
        const PublicAddress address(some);
        const auto place = address.placeFor("engine.example.com:8443", true);
        QCOMPARE(place.urlOf("shop.localhost"), std::string("https://shop.sites.example.com:8443"));
        QCOMPARE(place.urlOf("a.workers.localhost"), std::string("https://a.workers.sites.example.com:8443"));
        QCOMPARE(place.hostOf("www.example.org"), std::string("www.example.org:8443"));
        QCOMPARE(address.place().urlOf("shop.localhost"), std::string("https://shop.sites.example.com:8790"));
    }

    void whatTheOperatorSaysIsWhatCounts() {
        auto some = facts();
        some.sitesDomain = "example.com";
        some.url = *PublicUrl::parse("https://stepwell.example.com");
        const PublicAddress address(some);
        QCOMPARE(address.url(), std::string("https://stepwell.example.com"));
        QCOMPARE(address.localUrl(), std::string("http://127.0.0.1:8790"));
        // A proxy that keeps neither Host nor scheme.
        QCOMPARE(address.placeFor("127.0.0.1:8790", false).urlOf("shop.localhost"),
                 std::string("https://shop.example.com"));
        QCOMPARE(address.webSocketUrl("127.0.0.1:8790", false), std::string("wss://stepwell.example.com"));
    }

    void aChunkedBodyEndsWhereItEnds() {
        const std::string body = "5;x=\"y\"\r\nhello\r\n0a\r\n0\r\n\r\n12345\r\n0\r\nA: b\r\n\r\n";
        for (const std::size_t piece : {1U, 3U, 100U}) {
            QVERIFY(isOver(body, piece));
            for (std::size_t length = 0; length < body.size(); ++length)
                QVERIFY(!isOver(std::string_view(body).substr(0, length), piece));
        }
        QVERIFY(isOver("0\r\n\r\n", 1));
        QVERIFY(isOver("no chunk", 1));
        QVERIFY(isOver("12345678901234567", 1));  // nobody sends that much
    }
};

QTEST_APPLESS_MAIN(PublicAddressTest)
#include "tst_public_address.moc"
