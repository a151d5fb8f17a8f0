#include "app/engine/runtime/unix_acceptor.h"

namespace stepwell::engine {

namespace asio = boost::asio;

UnixAcceptor::UnixAcceptor(asio::io_context& io, OnConnection onConnection)
    : m_acceptor(io)
    , m_pause(io)
    , m_onConnection(std::move(onConnection)) {}

UnixAcceptor::~UnixAcceptor() {
    boost::system::error_code ignored;
    m_acceptor.close(ignored);
}

boost::system::error_code UnixAcceptor::open(const std::filesystem::path& socket) {
    boost::system::error_code error;
    m_acceptor.open(Protocol(), error);
    if (!error) m_acceptor.bind(Protocol::endpoint(socket.string()), error);
    if (!error) m_acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error) accept();
    return error;
}

void UnixAcceptor::accept() {
    m_acceptor.async_accept(
        [this, alive = std::weak_ptr(m_alive)](boost::system::error_code error, Protocol::socket socket) {
            if (alive.expired() || error == asio::error::operation_aborted) return;
            if (error) return acceptLater();
            m_onConnection(std::move(socket));
            accept();
        });
}

/// Out of descriptors, most likely: trying again at once would only burn time.
void UnixAcceptor::acceptLater() {
    m_pause.expires_after(std::chrono::milliseconds(100));
    m_pause.async_wait([this, alive = std::weak_ptr(m_alive)](boost::system::error_code error) {
        if (!error && !alive.expired()) accept();
    });
}

}  // namespace stepwell::engine
