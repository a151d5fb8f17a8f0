#include "app/engine/http/guards.h"

#include <QTest>

using namespace stepwell::engine::http;

class GuardsTest : public QObject {
    Q_OBJECT

  private slots:
    void hosts_data() {
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<bool>("allowed");
        const auto row = [](const char* host, bool allowed) {
            QTest::newRow(host) << QByteArray(host) << allowed;
        };
        row("127.0.0.1", true);
        row("127.0.0.1:8790", true);
        row("LocalHost:1", true);
        row("[::1]:8790", true);
        row("main.site.localhost:8790", true);
        row("evil.example", false);
        row("localhost.evil.example", false);
        row("evillocalhost", false);
        row(".localhost", false);
        row("127.0.0.1:8790@evil.example", false);
        row("127.0.0.1:", false);
        row("[::1", false);
        row("10.0.0.1", false);
        row("", false);
    }
    void hosts() {
        QFETCH(QByteArray, host);
        QFETCH(bool, allowed);
        QCOMPARE(HostGuard("127.0.0.1").allowsHost(host.toStdString()), allowed);
    }

    void theListenAddressCountsAsOurs() {
        QVERIFY(HostGuard("192.168.1.5").allowsHost("192.168.1.5:8790"));
        QVERIFY(!HostGuard("192.168.1.5").allowsHost("192.168.1.6:8790"));
        QVERIFY(HostGuard("0.0.0.0").allowsHost("192.168.1.6"));
        QVERIFY(!HostGuard("0.0.0.0").allowsHost("evil.example"));
    }

    void workersAreBelowLocalhostAndTheDomainOfSites() {
        QCOMPARE(HostGuard("127.0.0.1").workerOf("Shop.workers.localhost:8790"), std::string("shop"));
        QVERIFY(!HostGuard("127.0.0.1").workerOf("shop.workers.example.com"));
        const HostGuard guard("127.0.0.1", {"engine.example.com"}, "Example.com");
        QCOMPARE(guard.workerOf("shop.workers.example.com:443"), std::string("shop"));
        QCOMPARE(guard.workerOf("shop.workers.localhost"), std::string("shop"));
        QVERIFY(!guard.workerOf("workers.example.com"));
        QVERIFY(guard.isExactly("engine.example.com"));
        QVERIFY(!guard.allowsHost("shop.example.com"));
    }

    void origins() {
        const HostGuard guard("127.0.0.1");
        QVERIFY(guard.allowsOrigin("http://localhost:3000"));
        QVERIFY(guard.allowsOrigin("https://127.0.0.1"));
        QVERIFY(!guard.allowsOrigin("http://evil.example"));
        QVERIFY(!guard.allowsOrigin("null"));
        QVERIFY(!guard.allowsOrigin("file://localhost"));
        QVERIFY(!guard.allowsOrigin(""));
    }

    void secrets() {
        QVERIFY(equalSecrets("abc", "abc"));
        QVERIFY(!equalSecrets("abd", "abc"));
        QVERIFY(!equalSecrets("ab", "abc"));
        QVERIFY(!equalSecrets("", ""));
    }

    void bearer() {
        QCOMPARE(bearerToken("Bearer secret "), "secret");
        QCOMPARE(bearerToken("bearer secret"), "secret");
        QCOMPARE(bearerToken("Basic secret"), "");
        QCOMPARE(bearerToken("Bearer"), "");
    }

    void loopback() {
        QVERIFY(isLoopback("127.3.4.5"));
        QVERIFY(isLoopback("::1"));
        QVERIFY(isLoopback("localhost"));
        QVERIFY(!isLoopback("127.evil.example"));
        QVERIFY(!isLoopback("0.0.0.0"));
    }
};

QTEST_APPLESS_MAIN(GuardsTest)
#include "tst_guards.moc"
