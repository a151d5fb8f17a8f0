#include "tests/support/http_sink.h"

#include <QTcpSocket>

#include <utility>

namespace stepwell::test {

HttpSink::HttpSink(Handler handler)
    : handler_(std::move(handler)) {
    setListenBacklogSize(1'000);
    setMaxPendingConnections(1'000);
    connect(this, &QTcpServer::newConnection, this, [this] {
        while (QTcpSocket* socket = nextPendingConnection()) {
            connect(socket, &QTcpSocket::readyRead, this, [this, socket] { serve(*socket); });
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        }
    });
    listen(QHostAddress::LocalHost);
}

QString HttpSink::url() const {
    return QStringLiteral("http://127.0.0.1:%1").arg(serverPort());
}

void HttpSink::serve(QTcpSocket& socket) {
    for (;;) {
        const QByteArray waiting = socket.peek(64 << 10);
        const auto end = waiting.indexOf("\r\n\r\n");
        if (end < 0) return;
        socket.skip(end + 4);
        handler_(waiting.left(waiting.indexOf('\r')).split(' ').value(1));
        socket.write("HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
    }
}

}  // namespace stepwell::test
