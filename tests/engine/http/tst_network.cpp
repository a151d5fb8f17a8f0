#include "app/engine/http/network.h"

#include <QTest>

using namespace stepwell::engine::http;

namespace {

std::vector<Network> networks(std::initializer_list<const char*> texts) {
    std::vector<Network> all;
    for (const auto* text : texts)
        all.push_back(*Network::parse(text));
    return all;
}

std::string addressBehind(const std::string& peer, const std::string& forwarded) {
    return callerBehind({peer, false}, forwarded, {}, networks({"10.0.0.0/8", "fd00::/8"})).address;
}

bool secureBehind(const std::string& peer, const std::string& forwarded, const std::string& protocol) {
    return callerBehind({peer, false}, forwarded, protocol, networks({"10.0.0.0/8"})).secure;
}

}  // namespace

class NetworkTest : public QObject {
    Q_OBJECT

  private slots:
    void containsWhatBeginsAlike() {
        QVERIFY(Network::parse("10.0.0.0/8")->contains("10.255.0.1"));
        QVERIFY(!Network::parse("10.0.0.0/8")->contains("11.0.0.1"));
        QVERIFY(Network::parse("192.168.4.0/22")->contains("192.168.7.255"));
        QVERIFY(!Network::parse("192.168.4.0/22")->contains("192.168.8.0"));
        QVERIFY(Network::parse("127.0.0.1")->contains("127.0.0.1"));
        QVERIFY(!Network::parse("127.0.0.1")->contains("127.0.0.2"));
        QVERIFY(Network::parse("0.0.0.0/0")->contains("8.8.8.8"));
        QVERIFY(!Network::parse("0.0.0.0/0")->contains("fd00::1"));
        QVERIFY(Network::parse("fd00::/8")->contains("fdff::1"));
        QVERIFY(Network::parse("10.0.0.0/8")->contains("::ffff:10.1.2.3"));
        QVERIFY(!Network::parse("10.0.0.0/8")->contains("proxy.example"));
    }

    void namesWhatIsNoNetwork() {
        for (const auto* text : {"", "proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "fd00::/129",
                                 "10.0.0/8", "10.0.0.0/8x"}) {
            const auto network = Network::parse(text);
            QVERIFY2(!network, text);
            QVERIFY(network.error().message.find(text) != std::string::npos);
            QVERIFY(network.error().message.find("10.0.0.0/8") != std::string::npos);
        }
    }

    void believesOnlyTrustedProxies() {
        QCOMPARE(addressBehind("1.2.3.4", "5.6.7.8"), std::string("1.2.3.4"));
        QCOMPARE(addressBehind("10.0.0.1", "5.6.7.8"), std::string("5.6.7.8"));
        QCOMPARE(addressBehind("10.0.0.1", ""), std::string("10.0.0.1"));
    }

    void whatAClientClaimsItselfIsNotFollowed() {
        QCOMPARE(addressBehind("10.0.0.1", "127.0.0.1, 5.6.7.8"), std::string("5.6.7.8"));
        QCOMPARE(addressBehind("10.0.0.1", "127.0.0.1, 5.6.7.8, 10.0.0.2"), std::string("5.6.7.8"));
        QCOMPARE(addressBehind("10.0.0.1", "10.0.0.9,10.0.0.2"), std::string("10.0.0.9"));
        QCOMPARE(addressBehind("10.0.0.1", "5.6.7.8, unknown"), std::string("10.0.0.1"));
    }

    void readsTheFormsOfAddresses() {
        QCOMPARE(addressBehind("10.0.0.1", "[2001:db8::1]:443"), std::string("2001:db8::1"));
        QCOMPARE(addressBehind("10.0.0.1", "5.6.7.8:1234"), std::string("5.6.7.8"));
        QCOMPARE(addressBehind("fd00::1", "::ffff:5.6.7.8"), std::string("5.6.7.8"));
        QCOMPARE(plainAddress("2001:DB8:0:0::1"), std::string("2001:db8::1"));
        QCOMPARE(plainAddress("[::1"), std::string("::1"));
        QCOMPARE(plainAddress("nobody"), std::string());
    }

    void aNetworkOfIpv6IsOneAddress() {
        QCOMPARE(addressKey("2001:db8:1:2:3:4:5:6"), addressKey("2001:db8:1:2:ffff::1"));
        QCOMPARE(addressKey("2001:db8:1:2:3:4:5:6"), std::string("2001:db8:1:2::"));
        QVERIFY(addressKey("2001:db8:1:2::1") != addressKey("2001:db8:1:3::1"));
        QCOMPARE(addressKey("192.0.2.7"), std::string("192.0.2.7"));
        QVERIFY(addressKey("::ffff:192.0.2.7") != addressKey("::ffff:192.0.2.8"));
        QCOMPARE(addressKey("fe80::1%eth0"), std::string("fe80::1%eth0"));
    }

    void theProtocolComesFromTrustedProxiesToo() {
        QVERIFY(secureBehind("10.0.0.1", "5.6.7.8", "https"));
        QVERIFY(!secureBehind("10.0.0.1", "5.6.7.8", "http"));
        QVERIFY(!secureBehind("1.2.3.4", "5.6.7.8", "https"));
        QVERIFY(!secureBehind("10.0.0.1", "5.6.7.8", "https, http"));
        QVERIFY(secureBehind("10.0.0.1", "5.6.7.8, 10.0.0.2", "https, http"));
        QVERIFY(secureBehind("10.0.0.1", "5.6.7.8, 10.0.0.2", "https"));
    }

    void aLongChainEnds() {
        std::string chain = "5.6.7.8";
        for (int i = 0; i < 1'000; ++i)
            chain += ", 10.0.0.2";
        QCOMPARE(addressBehind("10.0.0.1", chain), std::string("10.0.0.2"));
    }
};

QTEST_GUILESS_MAIN(NetworkTest)
#include "tst_network.moc"
