#pragma once

#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>

namespace stepwell::test {

/// Stands between a client and a server on this machine, and cuts the line as a bad network does: after some
/// bytes of each of the first connections, in the middle of whatever is said. Or it holds up what it is told
/// to.
class CuttingProxy : public QObject {
    Q_OBJECT
  public:
    explicit CuttingProxy(quint16 port)
        : port_(port) {
        connect(&server_, &QTcpServer::newConnection, this, &CuttingProxy::accept);
        server_.listen(QHostAddress::LocalHost);
    }

    qint64 bytesUntilCut = 0;  ///< from the client
    int cutsLeft = 0;
    int cuts = 0;       ///< so far
    QByteArray heldUp;  ///< what is said in one piece with this gets no further; empty: nothing
    int holding = 0;    ///< how often that was so
    quint16 port() const { return server_.serverPort(); }

  private:
    void accept() {
        while (auto* client = server_.nextPendingConnection()) {
            client->setParent(this);
            auto* upstream = new QTcpSocket(client);
            upstream->connectToHost(QHostAddress::LocalHost, port_);
            connect(client, &QTcpSocket::readyRead, upstream, [=, this, seen = qint64{0}]() mutable {
                const QByteArray bytes = client->readAll();
                seen += bytes.size();
                if (cutsLeft > 0 && seen > bytesUntilCut) {
                    --cutsLeft;
                    ++cuts;
                    upstream->abort();
                    return client->abort();
                }
                if (!heldUp.isEmpty() && bytes.contains(heldUp)) {
                    ++holding;
                    return;
                }
                upstream->write(bytes);
            });
            connect(upstream, &QTcpSocket::readyRead, client, [=] { client->write(upstream->readAll()); });
            connect(upstream, &QTcpSocket::disconnected, client, &QTcpSocket::disconnectFromHost);
            connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
        }
    }

    quint16 port_;
    QTcpServer server_;
};

}  // namespace stepwell::test
