#include "app/engine/runtime/egress_server.h"

#include "app/engine/runtime/egress_session.h"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>

namespace stepwell::engine {

namespace asio = boost::asio;

namespace {

using Protocol = asio::local::stream_protocol;

class Listener : public EgressServer {
  public:
    Listener(asio::io_context& io, EgressContext context)
        : m_acceptor(io)
        , m_pause(io)
        , m_context(std::make_shared<EgressContext>(std::move(context))) {}
    ~Listener() override;

    boost::system::error_code open(const std::filesystem::path& socket);
    void accept();

  private:
    void acceptLater();
    void add(Protocol::socket socket);

    Protocol::acceptor m_acceptor;
    asio::steady_timer m_pause;
    std::shared_ptr<EgressContext> m_context;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);  ///< a handler that runs late finds it gone
    std::vector<std::weak_ptr<EgressSession>> m_sessions;
};

Listener::~Listener() {
    boost::system::error_code ignored;
    m_acceptor.close(ignored);
    for (const auto& weak : m_sessions)
        if (const auto session = weak.lock()) session->close();
}

boost::system::error_code Listener::open(const std::filesystem::path& socket) {
    boost::system::error_code error;
    m_acceptor.open(Protocol(), error);
    if (!error) m_acceptor.bind(Protocol::endpoint(socket.string()), error);
    if (!error) m_acceptor.listen(asio::socket_base::max_listen_connections, error);
    return error;
}

void Listener::accept() {
    m_acceptor.async_accept(
        [this, alive = std::weak_ptr(m_alive)](boost::system::error_code error, Protocol::socket socket) {
            if (alive.expired() || error == asio::error::operation_aborted) return;
            if (error) return acceptLater();
            add(std::move(socket));
            accept();
        });
}

/// Out of descriptors, most likely: trying again at once would only burn time.
void Listener::acceptLater() {
    m_pause.expires_after(std::chrono::milliseconds(100));
    m_pause.async_wait([this, alive = std::weak_ptr(m_alive)](boost::system::error_code error) {
        if (!error && !alive.expired()) accept();
    });
}

void Listener::add(Protocol::socket socket) {
    m_sessions.erase(
        std::remove_if(m_sessions.begin(), m_sessions.end(), [](const auto& weak) { return weak.expired(); }),
        m_sessions.end());
    auto session = std::make_shared<EgressSession>(std::move(socket), m_context);
    m_sessions.push_back(session);
    session->start();
}

}  // namespace

api::Result<std::unique_ptr<EgressServer>>
EgressServer::listen(asio::io_context& io, const std::filesystem::path& socket, EgressContext context) {
    auto listener = std::make_unique<Listener>(io, std::move(context));
    if (const auto error = listener->open(socket))
        return api::fail(500, api::code::internal,
                         "Cannot listen on the socket " + socket.string() + ": " + error.message());
    listener->accept();
    return std::unique_ptr<EgressServer>(std::move(listener));
}

}  // namespace stepwell::engine
