#include "app/desktop/window_door.h"

#include <sys/socket.h>

#include <QCryptographicHash>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>
#include <QStandardPaths>
#include <QTimer>

#include <optional>
#include <unistd.h>

namespace stepwell {

namespace {

constexpr int patienceMs = 3'000;
constexpr int callerPatienceMs = 5'000;
constexpr int mostCallers = 8;
const QByteArray taken = QByteArrayLiteral("taken\n");

/// Empty: the system names no folder that is the user's alone.
QString placeFor(const QString& dataDir) {
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    if (folder.isEmpty()) return {};
    const QString real = QFileInfo(dataDir).canonicalFilePath();
    const auto name =
        QCryptographicHash::hash((real.isEmpty() ? dataDir : real).toUtf8(), QCryptographicHash::Sha256)
            .toHex()
            .left(16);
    return QStringLiteral("%1/stepwell-%2.sock").arg(folder, QString::fromLatin1(name));
}

/// Whether a process of this very user is at the other end.
bool isOurs(const QLocalSocket& socket) {
#ifdef SO_PEERCRED
    ucred peer{};
    socklen_t size = sizeof(peer);
    const int descriptor = static_cast<int>(socket.socketDescriptor());
    return ::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
#else
    return socket.isValid();  // the permissions of the socket see to it
#endif
}

std::optional<Handed> handedFrom(const QByteArray& line) {
    const auto message = QJsonDocument::fromJson(line).object();
    const Handed what{message.value("link").toString(), message.value("path").toString()};
    return what.isEmpty() ? std::nullopt : std::optional(what);
}

}  // namespace

WindowDoor::WindowDoor(const QString& dataDir, QObject* parent)
    : QObject(parent)
    , place_(placeFor(dataDir)) {
    server_.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&server_, &QLocalServer::newConnection, this, &WindowDoor::takeCaller);
}

bool WindowDoor::open() {
    if (place_.isEmpty()) return false;
    QLocalSocket other;
    other.connectToServer(place_);
    if (other.waitForConnected(patienceMs)) return false;
    // Nobody listens: what lies there is of a window that crashed.
    QLocalServer::removeServer(place_);
    return server_.listen(place_);
}

void WindowDoor::takeCaller() {
    while (auto* caller = server_.nextPendingConnection()) {
        connect(caller, &QObject::destroyed, this, [this] { --callers_; });
        connect(caller, &QLocalSocket::disconnected, caller, &QObject::deleteLater);
        if (++callers_ > mostCallers || !isOurs(*caller)) {
            caller->abort();
            caller->deleteLater();
            continue;
        }
        caller->setReadBufferSize(longestMessage + 1);
        QTimer::singleShot(callerPatienceMs, caller, &QLocalSocket::abort);
        const auto read = [this, caller] {
            if (!caller->canReadLine()) {
                if (caller->bytesAvailable() > longestMessage) caller->abort();
                return;
            }
            const auto what = handedFrom(caller->readLine(longestMessage + 1));
            if (!what) return caller->abort();
            caller->write(taken);
            caller->disconnectFromServer();
            emit handed(*what);
        };
        connect(caller, &QLocalSocket::readyRead, this, read);
        read();
    }
}

bool WindowDoor::handOver(const QString& dataDir, const Handed& what) {
    const QString place = placeFor(dataDir);
    if (place.isEmpty() || what.isEmpty()) return false;
    QLocalSocket window;
    window.connectToServer(place);
    if (!window.waitForConnected(patienceMs) || !isOurs(window)) return false;
    const QJsonObject message{{"link", what.link}, {"path", what.path}};
    window.write(QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n');
    while (!window.canReadLine())
        if (!window.waitForReadyRead(patienceMs)) return false;
    return window.readLine() == taken;
}

}  // namespace stepwell
