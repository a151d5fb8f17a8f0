#pragma once

#include <QByteArray>
#include <QTcpServer>

#include <functional>

class QTcpSocket;

namespace stepwell::test {

/// A loopback HTTP server that tells a handler the target of each request and answers 204. Requests have no
/// bodies.
class HttpSink : public QTcpServer {
  public:
    using Handler = std::function<void(const QByteArray& target)>;
    explicit HttpSink(Handler handler);

    /// "http://127.0.0.1:PORT", listening from construction on.
    QString url() const;

  private:
    void serve(QTcpSocket& socket);
    Handler handler_;
};

}  // namespace stepwell::test
