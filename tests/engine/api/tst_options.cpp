#include "app/headless/options.h"
#include "app/headless/program_files.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace stepwell::headless;

class OptionsTest : public QObject {
    Q_OBJECT

  private slots:
    void defaultsAndValues() {
        const auto plain = parseOptions({"--data-dir", "/data"});
        QVERIFY(plain.has_value());
        QCOMPARE(plain->listenHost, std::string("127.0.0.1"));
        QCOMPARE(plain->port, static_cast<unsigned short>(8790));
        QCOMPARE(plain->account, std::string("local"));
        const auto all =
            parseOptions({"--data-dir=/data", "--listen", "[::1]:0", "--account", "me", "--cpu-limit", "5",
                          "--memory-limit=64", "--allow-unsandboxed", "--token-file", "/t"});
        QVERIFY(all.has_value());
        QCOMPARE(all->listenHost, std::string("::1"));
        QCOMPARE(all->port, static_cast<unsigned short>(0));
        QCOMPARE(all->cpuLimit, std::chrono::seconds(5));
        QCOMPARE(all->memoryLimitMiB, 64);
        QVERIFY(all->allowUnsandboxed);
    }

    void otherMachinesNeedATokenFile() {
        QVERIFY(!parseOptions({"--data-dir", "/d", "--listen", "0.0.0.0:80"}).has_value());
        QVERIFY(
            parseOptions({"--data-dir", "/d", "--listen", "0.0.0.0:80", "--token-file", "/t", "--plain-http"})
                .has_value());
    }

    void plainHttpIsForThisMachineUnlessItIsNamed() {
        const std::vector<std::string> open = {"--data-dir", "/d",           "--listen",
                                               "0.0.0.0:80", "--token-file", "/t"};
        const auto plain = parseOptions(open);
        QVERIFY(!plain.has_value());
        for (const auto* remedy : {"--tls-cert", "--plain-http", "127.0.0.1"})
            QVERIFY(plain.error().message.find(remedy) != std::string::npos);
        auto withTls = open;
        withTls.insert(withTls.end(),
                       {"--tls-cert", "/c", "--tls-key", "/k", "--public-name", "engine.example.com"});
        const auto secure = parseOptions(withTls);
        QVERIFY(secure.has_value());
        QCOMPARE(secure->tlsKey.string(), std::string("/k"));
        QCOMPARE(secure->publicNames.front(), std::string("engine.example.com"));
        withTls.resize(withTls.size() - 4);
        QVERIFY(parseOptions(withTls).error().message.find("--tls-key") != std::string::npos);
    }

    void whereItIsKnownToOthers() {
        const auto some = parseOptions({"--data-dir", "/d", "--sites-domain", "Sites.Example.com",
                                        "--public-url", "https://engine.example.com/"});
        QVERIFY(some.has_value());
        QCOMPARE(some->sitesDomain, std::string("sites.example.com"));
        QCOMPARE(some->publicUrl->text(), std::string("https://engine.example.com"));
    }

    void limitsAndProxies() {
        const auto some = parseOptions(
            {"--data-dir", "/d", "--trusted-proxy", "10.0.0.0/8", "--trusted-proxy=::1", "--max-connections",
             "7", "--max-connections-per-address=3", "--head-timeout", "2", "--min-body-rate", "0"});
        QVERIFY(some.has_value());
        QCOMPARE(some->trustedProxies.size(), std::size_t(2));
        QVERIFY(some->trustedProxies.front().contains("10.9.8.7"));
        QCOMPARE(some->connections, 7);
        QCOMPARE(some->connectionsPerAddress, 3);
        QCOMPARE(some->pace.head, std::chrono::milliseconds(2'000));
        QCOMPARE(some->pace.bodyRate, std::int64_t(0));
    }

    void mistakesAreNamed() {
        const std::vector<std::vector<std::string>> wrong = {
            {},
            {"--data-dir"},
            {"--data-dir", ""},
            {"--data-dir", "/d", "--port", "1"},
            {"--data-dir", "/d", "extra"},
            {"--data-dir", "/d", "--listen", "8790"},
            {"--data-dir", "/d", "--listen", "::1:80"},
            {"--data-dir", "/d", "--listen", "127.0.0.1:70000"},
            {"--data-dir", "/d", "--listen", "example.com:80"},
            {"--data-dir", "/d", "--account", "a/b"},
            {"--data-dir", "/d", "--cpu-limit", "0"},
            {"--data-dir", "/d", "--memory-limit", "1e3"},
            {"--data-dir", "/d", "--trusted-proxy", "proxy.example.com"},
            {"--data-dir", "/d", "--public-name", "https://engine.example.com"},
            {"--data-dir", "/d", "--public-url", "engine.example.com"},
            {"--data-dir", "/d", "--sites-domain", "a.localhost"},
            {"--data-dir", "/d", "--sites-domain", "example.com:8790"},
            {"--data-dir", "/d", "--sites-domain", "10.0.0.7"},
            {"--data-dir", "/d", "--max-connections", "0"},
            {"--data-dir", "/d", "--head-timeout", "soon"},
            {"--data-dir", "/d", "--tls-cert", "/c"},
        };
        for (const auto& arguments : wrong) {
            const auto options = parseOptions(arguments);
            QVERIFY(!options.has_value());
            if (!arguments.empty()) QVERIFY(options.error().message.find("--") != std::string::npos);
        }
    }

    void helpNeedsNothingElse() {
        QVERIFY(parseOptions({"--help"})->action == Options::Action::help);
        QVERIFY(parseOptions({"--version"})->action == Options::Action::version);
    }

    void findsWhatLiesBesideAnInstalledProgram() {
        const QTemporaryDir dir;
        const auto put = [&](const QString& name) {
            QVERIFY(QDir(dir.path()).mkpath(QFileInfo(name).path()));
            QFile file(dir.filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
        };
        put("bin/stepwelld");
        const auto program = std::filesystem::path(dir.filePath("bin/stepwelld").toStdString());
        put("lib/stepwell/workerd");
        put("share/stepwell/driver/driver.js");
        const auto files = findProgramFiles(program, {});
        QVERIFY(files.has_value());
        QVERIFY(files->driver == program.parent_path().parent_path() / "share/stepwell/driver");
        QVERIFY(!findProgramFiles(program, "/nowhere/workerd").has_value());
    }
};

QTEST_APPLESS_MAIN(OptionsTest)
#include "tst_options.moc"
