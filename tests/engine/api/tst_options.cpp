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
            parseOptions({"--data-dir", "/d", "--listen", "0.0.0.0:80", "--token-file", "/t"}).has_value());
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
