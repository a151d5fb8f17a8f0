#include "app/desktop/window_door.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <QDir>
#include <QFile>
#include <QLocalSocket>
#include <QTemporaryDir>
#include <QtTest>

#include <cstring>
#include <future>
#include <unistd.h>

using namespace stepwell;

namespace {

/// As a window that was killed leaves it: a socket that nobody listens at.
bool leaveSocket(const QString& place) {
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = place.toLocal8Bit();
    if (path.size() >= static_cast<qsizetype>(sizeof(address.sun_path))) return false;
    std::memcpy(address.sun_path, path.constData(), static_cast<std::size_t>(path.size()));
    const bool bound = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    ::close(descriptor);
    return bound;
}

/// What another start of the program does, while this one runs its event loop.
bool start(const QString& dataDir, const Handed& what) {
    auto other = std::async(std::launch::async, [&] { return WindowDoor::handOver(dataDir, what); });
    const auto isOver = [&] { return other.wait_for(std::chrono::seconds{0}) == std::future_status::ready; };
    if (!QTest::qWaitFor(isOver, 30'000)) qWarning("a start does not end");
    return other.get();
}

}  // namespace

/// A second start gives what it was to open to the window that runs.
class DoorTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        QVERIFY(folder_.isValid());
        QFile::setPermissions(folder_.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        qputenv("XDG_RUNTIME_DIR", folder_.path().toLocal8Bit());
        QVERIFY(QDir(folder_.path()).mkdir("data") && QDir(folder_.path()).mkdir("other"));
    }

    void linksAndPathsAreTaken() {
        WindowDoor door(data());
        std::vector<Handed> taken;
        connect(&door, &WindowDoor::handed, this, [&](const Handed& what) { taken.push_back(what); });
        QVERIFY(!start(data(), {"stepwell://workflows", {}}));
        QVERIFY(door.open());
        const auto permissions = QFileInfo(door.place()).permissions();
        QVERIFY(
            !(permissions & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther)));
        QVERIFY(start(data(), {"stepwell://workflows/ö", {}}));
        QVERIFY(start(data() + "/../data", {{}, "/tmp/a site.zip"}));
        QCOMPARE(taken, (std::vector<Handed>{{"stepwell://workflows/ö", {}}, {{}, "/tmp/a site.zip"}}));
        // Another data folder is another window, and nothing to open opens one of its own.
        QVERIFY(!start(folder_.path() + "/other", {"stepwell://workflows", {}}));
        QVERIFY(!start(data(), {}));
        QCOMPARE(taken.size(), std::size_t{2});
        // A second window of the same folder leaves the first its door.
        QVERIFY(!WindowDoor(data()).open());
        QVERIFY(start(data(), {"stepwell://sites", {}}));
    }

    void whatACrashLeftIsNoHindrance() {
        WindowDoor door(data());
        QVERIFY(leaveSocket(door.place()));
        QVERIFY(!start(data(), {"stepwell://workflows", {}}));
        QVERIFY(door.open());
        QVERIFY(start(data(), {"stepwell://workflows", {}}));
    }

    void nonsenseIsPutOut() {
        WindowDoor door(data());
        bool isTaken = false;
        connect(&door, &WindowDoor::handed, this, [&] { isTaken = true; });
        QVERIFY(door.open());
        for (const auto& bytes : {QByteArray(4 * WindowDoor::longestMessage, 'x'), QByteArray("no JSON\n"),
                                  QByteArray("{}\n"), QByteArray("[1]\n")}) {
            QLocalSocket caller;
            caller.connectToServer(door.place());
            QTRY_COMPARE(caller.state(), QLocalSocket::ConnectedState);
            caller.write(bytes);
            QTRY_COMPARE(caller.state(), QLocalSocket::UnconnectedState);
            QVERIFY(caller.readAll().isEmpty());
        }
        QVERIFY(!isTaken);
        // Callers that say nothing are few, and hold up nobody for long.
        std::vector<std::unique_ptr<QLocalSocket>> silent(9);
        for (auto& one : silent) {
            one = std::make_unique<QLocalSocket>();
            one->connectToServer(door.place());
        }
        QTRY_COMPARE(silent.back()->state(), QLocalSocket::UnconnectedState);
        silent.clear();
        QTRY_VERIFY(start(data(), {"stepwell://workflows", {}}));
    }

  private:
    QString data() const { return folder_.path() + "/data"; }

    QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(DoorTest)
#include "tst_door.moc"
