#include "app/desktop/local_engine.h"
#include "models/backends/make_backend.h"
#include "tests/support/certificates.h"
#include "tests/support/engine_process.h"
#include "widgets/health_bar.h"
#include "widgets/main_window.h"
#include "widgets/notice_bar.h"
#include "widgets/workflows_page.h"

#include <QDir>
#include <QSaveFile>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace stepwell;
using test::EngineProcess;

namespace {

constexpr int patienceMs = 30'000;

/// Whole or not at all, as whoever renews certificates does it.
void writeAside(const QString& path, const std::string& text) {
    QSaveFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text.data(), static_cast<qint64>(text.size()));
    QVERIFY(file.commit());
}

std::unique_ptr<Backend> overHttp(const BackendChoice& choice) {
    return makeBackend(choice.spec, choice.token);
}

}  // namespace

/// A window that joined the engine of another process, when that process ends.
class TakeoverTest : public QObject {
    Q_OBJECT
  private slots:
    void init() {
        QDir(folder_.path()).mkpath("data");
        QCoreApplication::setOrganizationName("stepwell-test");
        QCoreApplication::setApplicationName("takeover");
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder_.filePath("settings"));
    }

    void goesOnWithAnEngineOfItsOwn_data() {
        QTest::addColumn<bool>("killed");
        QTest::newRow("ended") << false;
        QTest::newRow("killed") << true;
    }
    void goesOnWithAnEngineOfItsOwn() {
        QFETCH(bool, killed);
        EngineProcess other(folder_.filePath("data"));
        QVERIFY2(other.start(), other.logTail());
        LocalEngine engine({folder_.filePath("data")});
        QSignalSpy ready(&engine, &LocalEngine::ready);
        QSignalSpy failed(&engine, &LocalEngine::failed);
        QString notice;
        connect(&engine, &LocalEngine::replaced, this, [&](const QString& text) { notice = text; });
        MainWindow window(WindowSetup{&overHttp, {}, {}});
        connect(&engine, &LocalEngine::ready, &window, &MainWindow::setLocal);
        window.resize(1024, 700);
        window.show();
        engine.start();
        QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 1, patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.backend()->liveState() == LiveState::live, patienceMs);
        window.navigator().go(placeOfWorker());

        killed ? other.killNow() : void(other.stop());
        QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 2, patienceMs);
        QCOMPARE(failed.count(), 0);
        QVERIFY(notice.contains("this window runs it now"));
        QTRY_VERIFY_WITH_TIMEOUT(window.backend()->liveState() == LiveState::live, patienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(window.findChild<HealthBar*>()->engineText(), QString("Engine running"),
                                  patienceMs);
        QCOMPARE(window.navigator().current(), placeOfWorker());
    }

    /// One for other machines, too: TLS, a name of its own and a proxy in front; then its certificate is
    /// renewed.
    void joinsAnEngineThatSpeaksTls() {
        const QString data = folder_.filePath("data");
        test::PrivateCa ca;
        const QString certificate = folder_.filePath("server.pem");
        const QString key = folder_.filePath("server.key");
        const auto issue = [&] {
            const auto pair = ca.issue();
            writeAside(key, pair.key);
            writeAside(certificate, pair.certificate);
        };
        issue();
        EngineProcess other(data, {"--tls-cert", certificate, "--tls-key", key, "--public-name",
                                   "engine.example.com", "--public-url", "https://engine.example.com",
                                   "--idle-timeout", "1"});
        QVERIFY2(other.start(), other.logTail());
        QCOMPARE(other.url(), QString("https://engine.example.com"));
        LocalEngine engine({data});
        QSignalSpy ready(&engine, &LocalEngine::ready);
        QSignalSpy failed(&engine, &LocalEngine::failed);
        MainWindow window(WindowSetup{&overHttp, {}, {}});
        connect(&engine, &LocalEngine::ready, &window, &MainWindow::setLocal);
        connect(&window, &MainWindow::localLost, &engine, &LocalEngine::recover);
        window.resize(1024, 700);
        window.show();
        engine.start();
        QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 1, patienceMs);
        QVERIFY(ready.last().front().value<BackendChoice>().spec.apiBase.startsWith("https://127.0.0.1:"));
        QTRY_VERIFY_WITH_TIMEOUT(window.backend()->liveState() == LiveState::live, patienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(window.findChild<HealthBar*>()->engineText(), QString("Engine running"),
                                  patienceMs);

        issue();
        QTRY_VERIFY_WITH_TIMEOUT(ready.count() >= 2, patienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.backend()->liveState() == LiveState::live, patienceMs);
        QCOMPARE(failed.count(), 0);
    }

    /// The engine that is to take over cannot start at first; then it can, at the address it had.
    void triesAgainWhenTheTakeOverFails() {
        const QString data = folder_.filePath("data");
        EngineProcess other(data);
        QVERIFY2(other.start(), other.logTail());
        LocalEngine engine({data});
        QSignalSpy ready(&engine, &LocalEngine::ready);
        QSignalSpy failed(&engine, &LocalEngine::failed);
        QSignalSpy replaced(&engine, &LocalEngine::replaced);
        MainWindow window(WindowSetup{&overHttp, {}, {}});
        connect(&engine, &LocalEngine::ready, &window, &MainWindow::setLocal);
        connect(&engine, &LocalEngine::failed, &window, &MainWindow::setLocalFailure);
        connect(&window, &MainWindow::localLost, &engine, &LocalEngine::recover);
        window.resize(1024, 700);
        window.show();
        engine.start();
        QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 1, patienceMs);
        const auto* backend = window.backend();
        const auto before = ready.front().front().value<BackendChoice>();

        QVERIFY(QFile::rename(data + "/token", data + "/kept"));
        QVERIFY(QDir().mkpath(data + "/token"));  // no token can be read or made
        other.killNow();
        QTRY_VERIFY_WITH_TIMEOUT(failed.count() >= 2, patienceMs);
        const auto* notices = window.findChild<NoticeBar*>();
        QVERIFY(notices->text().contains("The engine of this machine did not start"));
        QVERIFY(QDir().rmdir(data + "/token"));
        QVERIFY(QFile::rename(data + "/kept", data + "/token"));
        QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 2, patienceMs);
        QCOMPARE(ready.last().front().value<BackendChoice>(), before);
        QTRY_COMPARE(replaced.count(), 1);
        QCOMPARE(window.backend(), backend);
        QTRY_VERIFY_WITH_TIMEOUT(window.backend()->liveState() == LiveState::live, patienceMs);
    }

  private:
    QTemporaryDir folder_;
};

QTEST_MAIN(TakeoverTest)
#include "tst_takeover.moc"
