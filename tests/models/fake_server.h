#pragma once

#include <QHash>
#include <QHostAddress>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>

#include <functional>

namespace stepwell::test {

/// A request as the server saw it.
struct SeenRequest {
    QByteArray method;
    QByteArray target;
    QHash<QByteArray, QByteArray> headers;  ///< names in lower case
    QByteArray body;
    int connection = 0;  ///< number of the connection it came on, from 1
};

/// An HTTP server of a few lines on a free loopback port, on the thread of the test: it answers what the test
/// says and remembers what it was asked. Connections stay open, as a real server keeps them.
class FakeServer : public QObject {
    Q_OBJECT
  public:
    struct Answer {
        int status = 200;
        QByteArray body = "{}";
        QByteArray type = "application/json";
        QByteArray headers = {};  ///< more of them, each with its line break
        bool stream = false;      ///< sends the head and `body`, then leaves the connection open for `push`
        bool silent = false;      ///< never answers
        bool breakOff = false;    ///< closes without a word
    };

    explicit FakeServer(QObject* parent = nullptr)
        : QObject(parent) {
        connect(&m_server, &QTcpServer::newConnection, this, &FakeServer::accept);
        m_server.listen(QHostAddress::LocalHost);
    }

    std::function<Answer(const SeenRequest&)> handler = [](const SeenRequest&) { return Answer{}; };
    QList<SeenRequest> seen;

    std::string origin() const { return "http://127.0.0.1:" + std::to_string(m_server.serverPort()); }
    std::string apiBase() const { return origin() + "/client/v4"; }
    int connectionCount() const { return m_connections; }

    /// Requests whose target contains `part`.
    QList<SeenRequest> to(const QByteArray& part) const {
        QList<SeenRequest> result;
        for (const auto& request : seen)
            if (request.target.contains(part)) result.append(request);
        return result;
    }

    /// Sends more on the newest stream; ends it when `bytes` is empty.
    void push(const QByteArray& bytes) {
        if (!m_stream) return;
        if (bytes.isEmpty())
            m_stream->disconnectFromHost();
        else
            m_stream->write(bytes);
        m_stream->flush();
    }
    bool hasStream() const { return m_stream && m_stream->state() == QAbstractSocket::ConnectedState; }

    /// Refuses connections from now on and closes those there are.
    void stop() {
        m_server.close();
        for (auto* socket : findChildren<QTcpSocket*>())
            socket->abort();
    }

    static QByteArray success(const QByteArray& result, const QByteArray& info = {}) {
        auto text = "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":" + result;
        if (!info.isEmpty()) text += ",\"result_info\":" + info;
        return text + "}";
    }
    static QByteArray failure(int code, const QByteArray& message) {
        return "{\"success\":false,\"errors\":[{\"code\":" + QByteArray::number(code) + ",\"message\":\"" +
               message + "\"}],\"messages\":[\"as a text\"],\"result\":null}";
    }

  private:
    void accept() {
        while (auto* socket = m_server.nextPendingConnection()) {
            socket->setParent(this);
            const int number = ++m_connections;
            connect(socket, &QTcpSocket::readyRead, this, [this, socket, number] { read(socket, number); });
            connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
                m_rest.remove(socket);
                socket->deleteLater();
            });
        }
    }

    void read(QTcpSocket* socket, int number) {
        auto& rest = m_rest[socket];
        rest += socket->readAll();
        for (SeenRequest request; take(rest, request); request = {}) {
            request.connection = number;
            seen.append(request);
            reply(socket, handler(request));
            if (!m_rest.contains(socket)) return;
        }
    }

    static bool take(QByteArray& rest, SeenRequest& request) {
        const auto headEnd = rest.indexOf("\r\n\r\n");
        if (headEnd < 0) return false;
        const auto lines = rest.left(headEnd).split('\n');
        const auto first = lines.front().trimmed().split(' ');
        request.method = first.value(0);
        request.target = first.value(1);
        for (const auto& line : lines.mid(1)) {
            const auto colon = line.indexOf(':');
            request.headers.insert(line.left(colon).trimmed().toLower(), line.mid(colon + 1).trimmed());
        }
        const auto length = request.headers.value("content-length", "0").toLongLong();
        if (rest.size() < headEnd + 4 + length) return false;
        request.body = rest.mid(headEnd + 4, length);
        rest.remove(0, headEnd + 4 + length);
        return true;
    }

    void reply(QTcpSocket* socket, const Answer& answer) {
        if (answer.silent) return;
        if (answer.breakOff) return socket->abort();
        QByteArray head = "HTTP/1.1 " + QByteArray::number(answer.status) +
                          " X\r\nContent-Type: " + answer.type + "\r\n" + answer.headers;
        head += answer.stream ? QByteArray("Connection: close\r\n\r\n")
                              : "Content-Length: " + QByteArray::number(answer.body.size()) + "\r\n\r\n";
        socket->write(head + answer.body);
        socket->flush();
        if (answer.stream) m_stream = socket;
    }

    QTcpServer m_server;
    QHash<QTcpSocket*, QByteArray> m_rest;
    QPointer<QTcpSocket> m_stream;
    int m_connections = 0;
};

}  // namespace stepwell::test
