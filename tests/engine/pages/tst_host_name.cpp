#include "app/engine/pages/host_name.h"

#include <QTest>

using namespace stepwell::engine::pages;

class HostNameTest : public QObject {
    Q_OBJECT

  private slots:
    void projectNames() {
        QVERIFY(isProjectName("a"));
        QVERIFY(isProjectName("my-site-2"));
        QVERIFY(isProjectName(std::string(58, 'a')));
        QVERIFY(!isProjectName(std::string(59, 'a')));
        QVERIFY(!isProjectName(""));
        QVERIFY(!isProjectName("-a"));
        QVERIFY(!isProjectName("a-"));
        QVERIFY(!isProjectName("Site"));
        QVERIFY(!isProjectName("a_b"));
        QVERIFY(!isProjectName("a.b"));
        QVERIFY(!isProjectName("\xC3\xA9"));
    }

    void branchLabels_data() {
        QTest::addColumn<QByteArray>("label");
        const auto add = [](const char* branch, const char* label) {
            QTest::newRow(branch) << QByteArray(label);
        };
        add("fix/api", "fix-api");
        add("Test-ABC", "test-abc");
        add("Test:abc", "test-abc");
        add("-test-abc-", "test-abc");
        add("abcdef123456abcdef123456abcdef123456", "abcdef123456abcdef123456abcd");
        add("dependabot/npm_and_yarn/dustjs-linkedin-3.0.0", "dependabot-npm-and-yarn-dust");
        add("download-api-add-filter-information", "download-api-add-filter-info");
        add("-::::-", "");
        add("a//b", "a--b");
        add("caf\xC3\xA9/x", "caf--x");
        add("abcdefghijklmnopqrstuvwxyza-bc", "abcdefghijklmnopqrstuvwxyza-");
    }
    void branchLabels() {
        QFETCH(QByteArray, label);
        QCOMPARE(branchLabel(QTest::currentDataTag()), label.toStdString());
    }

    void shortIds() {
        QCOMPARE(shortId("87bbc8fe-9d5d-4b1c-8a0e-0123456789ab"), std::string_view("87bbc8fe"));
    }

    void siteHosts_data() {
        QTest::addColumn<QByteArray>("subdomain");
        QTest::addColumn<QByteArray>("label");
        const auto add = [](const char* host, const char* subdomain, const char* label = "") {
            QTest::newRow(host) << QByteArray(subdomain) << QByteArray(label);
        };
        add("shop.localhost", "shop");
        add("shop.localhost:8790", "shop");
        add("Shop.LOCALHOST.:8790", "shop");
        add("87bbc8fe.shop.localhost:1", "shop", "87bbc8fe");
        add("Fix-Api.shop.localhost", "shop", "fix-api");
        const std::string longest(63, 'a');
        add((longest + '.' + longest + ".localhost").c_str(), longest.c_str(), longest.c_str());
        for (const auto* foreign : {"",
                                    "localhost",
                                    ".localhost",
                                    "..localhost",
                                    "a..localhost",
                                    ".a.localhost",
                                    "a.b.c.localhost",
                                    "shop.localhost.evil.example",
                                    "shoplocalhost",
                                    "shop.localhost:",
                                    "shop.localhost:8x",
                                    "shop.localhost:1:2",
                                    "shop.localhost..",
                                    "sh op.localhost",
                                    "sh_op.localhost",
                                    "[::1]",
                                    "127.0.0.1",
                                    "127.0.0.1:80",
                                    "\xC3\xA9.localhost",
                                    "a@b.localhost",
                                    "a/b.localhost"})
            add(foreign, "");
        add((longest + "a.localhost").c_str(), "");
        add((longest + '.' + longest + "a.localhost").c_str(), "");
    }
    void siteHosts() {
        QFETCH(QByteArray, subdomain);
        QFETCH(QByteArray, label);
        const auto host = parseSiteHost(QTest::currentDataTag());
        QCOMPARE(host.has_value(), !subdomain.isEmpty());
        if (!host) return;
        QCOMPARE(host->subdomain(), std::string_view(subdomain.constData()));
        QCOMPARE(host->label(), std::string_view(label.constData()));
        QCOMPARE(host->isPreview(), !label.isEmpty());
        QCOMPARE(host->key(),
                 std::string_view((label.isEmpty() ? subdomain : label + '.' + subdomain).constData()));
    }

    void theSuffixMayHaveDots() {
        QCOMPARE(parseSiteHost("87bbc8fe.images.pages.dev", "pages.dev")->subdomain(),
                 std::string_view("images"));
        QVERIFY(!parseSiteHost("pages.dev", "pages.dev"));
        QVERIFY(!parseSiteHost("a.b.c.pages.dev", "pages.dev"));
    }

    void hostsBelowTheDomainOfSites() {
        QCOMPARE(belowLocalhost("shop.example.org", "example.org"), std::string("shop.localhost"));
        QCOMPARE(belowLocalhost("dev.shop.example.org", "example.org"), std::string("dev.shop.localhost"));
        QVERIFY(!belowLocalhost("example.org", "example.org"));
        QVERIFY(!belowLocalhost(".example.org", "example.org"));
        QVERIFY(!belowLocalhost("shopexample.org", "example.org"));
        QVERIFY(!belowLocalhost("shop.localhost", "example.org"));
        QVERIFY(!belowLocalhost("shop.example.org", ""));
    }

    void customDomains() {
        QCOMPARE(normalizedHost("WWW.Example.com.:8080"), std::string("www.example.com"));
        QVERIFY(!normalizedHost(""));
        QVERIFY(!normalizedHost("."));
        QVERIFY(!normalizedHost("a..b"));
        QVERIFY(!normalizedHost("a b"));
        QVERIFY(!normalizedHost("[::1]:80"));
        QVERIFY(!normalizedHost(std::string(64, 'a') + ".example"));
        QVERIFY(!normalizedHost("a/../b"));
        QVERIFY(!normalizedHost(std::string("a\0b", 3)));
    }
};

QTEST_APPLESS_MAIN(HostNameTest)
#include "tst_host_name.moc"
