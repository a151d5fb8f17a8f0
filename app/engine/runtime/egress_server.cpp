#include "app/engine/runtime/egress_server.h"

#include "app/engine/runtime/egress_session.h"
#include "app/engine/runtime/unix_acceptor.h"

#include <algorithm>

namespace stepwell::engine {

namespace asio = boost::asio;

namespace {

using Protocol = asio::local::stream_protocol;

class Listener : public EgressServer {
  public:
    Listener(asio::io_context& io, EgressContext context)
        : m_acceptor(io, [this](Protocol::socket socket) { add(std::move(socket)); })
        , m_context(std::make_shared<EgressContext>(std::move(context))) {}
    ~Listener() override;

    boost::system::error_code open(const std::filesystem::path& socket) { return m_acceptor.open(socket); }

  private:
    void add(Protocol::socket socket);

    UnixAcceptor m_acceptor;
    std::shared_ptr<EgressContext> m_context;
    std::vector<std::weak_ptr<EgressSession>> m_sessions;
};

Listener::~Listener() {
    for (const auto& weak : m_sessions)
        if (const auto session = weak.lock()) session->close();
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
    return std::unique_ptr<EgressServer>(std::move(listener));
}

}  // namespace stepwell::engine
