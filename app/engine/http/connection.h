#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/role.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace stepwell::engine::http {

/// The bytes of one client, with or without TLS around them: an AsyncStream of Boost.Asio. Whether there is
/// TLS costs one branch an operation, so that everything above is compiled once. It sets no time limits. io
/// thread only; one read and one write at a time.
class Connection {
  public:
    using Socket = boost::asio::ip::tcp::socket;
    using executor_type = Socket::executor_type;
    using TlsContext = boost::asio::ssl::context;

    /// Without `tls` the bytes go as they are.
    Connection(Socket socket, std::shared_ptr<TlsContext> tls)
        : m_socket(std::move(socket))
        , m_context(std::move(tls)) {
        if (m_context) m_tls.emplace(m_socket, *m_context);
    }

    executor_type get_executor() { return m_socket.get_executor(); }
    /// What carries the bytes; reading or writing it directly is past TLS.
    Socket& socket() { return m_socket; }
    const Socket& socket() const { return m_socket; }
    bool isSecure() const { return m_tls.has_value(); }
    /// Bytes that were received and decrypted, but not read.
    bool hasUnread() { return m_tls && SSL_pending(m_tls->native_handle()) > 0; }

    template <class Buffers, class Handler>
    void async_read_some(const Buffers& buffers, Handler&& handler) {
        if (m_tls)
            m_tls->async_read_some(buffers, std::forward<Handler>(handler));
        else
            m_socket.async_read_some(buffers, std::forward<Handler>(handler));
    }

    template <class Buffers, class Handler>
    void async_write_some(const Buffers& buffers, Handler&& handler) {
        if (m_tls)
            m_tls->async_write_some(buffers, std::forward<Handler>(handler));
        else
            m_socket.async_write_some(buffers, std::forward<Handler>(handler));
    }

    /// Of the server. Only with TLS. A client whose first byte is that of a plain request gets an error
    /// `no_protocol_option`, and the connection has no TLS any more, so that it can be told.
    template <class Handler>
    void handshake(Handler handler) {
        m_socket.async_wait(Socket::wait_read, [this, handler](boost::system::error_code error) mutable {
            if (error) return handler(error);
            if (!isPlainRequest())
                return m_tls->async_handshake(boost::asio::ssl::stream_base::server, std::move(handler));
            m_tls.reset();
            handler(boost::asio::error::make_error_code(boost::asio::error::no_protocol_option));
        });
    }

    /// Says that nothing more comes, and waits until the other end says so too. Only with TLS.
    template <class Handler>
    void shutdown(Handler&& handler) {
        m_tls->async_shutdown(std::forward<Handler>(handler));
    }

    /// What is under way ends with `operation_aborted`.
    void cancel() {
        boost::system::error_code ignored;
        m_socket.cancel(ignored);
    }

    void close() {
        boost::system::error_code ignored;
        m_socket.shutdown(Socket::shutdown_both, ignored);
        m_socket.close(ignored);
    }

  private:
    /// A method begins with a letter, and no record of TLS does. There is something to read.
    bool isPlainRequest() {
        char first = 0;
        boost::system::error_code error;
        m_socket.receive(boost::asio::buffer(&first, 1), Socket::message_peek, error);
        return !error && first >= 'A' && first <= 'Z';
    }

    Socket m_socket;
    std::shared_ptr<TlsContext> m_context;
    std::optional<boost::asio::ssl::stream<Socket&>> m_tls;
};

// How Beast ends a WebSocket on it.

inline void beast_close_socket(Connection& connection) {
    connection.close();
}

inline void teardown(boost::beast::role_type, Connection& connection, boost::system::error_code& error) {
    error = {};
    connection.close();
}

/// The session says good-bye to TLS and TCP.
template <class Handler>
void async_teardown(boost::beast::role_type, Connection& connection, Handler&& handler) {
    boost::asio::post(connection.get_executor(), [done = std::forward<Handler>(handler)]() mutable {
        done(boost::system::error_code());
    });
}

}  // namespace stepwell::engine::http
