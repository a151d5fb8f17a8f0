#include "app/engine/runtime/call_server.h"

#include "app/engine/runtime/unix_acceptor.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>

namespace stepwell::engine {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Socket = asio::local::stream_protocol::socket;

namespace {

/// The module that calls sends a few MiB at once; what is larger does not come from it.
constexpr std::uint64_t largestBody = 32ULL << 20;

class CallSession : public std::enable_shared_from_this<CallSession> {
  public:
    CallSession(Socket socket, std::shared_ptr<CallServer::OnCall> onCall)
        : m_socket(std::move(socket))
        , m_onCall(std::move(onCall)) {}

    void read() {
        m_parser.emplace();
        m_parser->body_limit(largestBody);
        http::async_read(m_socket, m_buffer, *m_parser,
                         [self = shared_from_this()](beast::error_code error, std::size_t) {
                             if (error) return self->close();
                             self->call();
                         });
    }

    void close() {
        beast::error_code ignored;
        m_socket.close(ignored);
    }

  private:
    void call() {
        (*m_onCall)(std::move(m_parser->get().body()), [self = shared_from_this()](CallAnswer answer) {
            asio::post(self->m_socket.get_executor(),
                       [self, given = std::move(answer)]() mutable { self->write(std::move(given)); });
        });
    }

    void write(CallAnswer answer) {
        m_response = {};
        m_response.result(static_cast<unsigned>(answer.status));
        m_response.set(http::field::content_type, "application/json");
        m_response.body() = std::move(answer.body);
        m_response.prepare_payload();
        http::async_write(m_socket, m_response,
                          [self = shared_from_this()](beast::error_code error, std::size_t) {
                              if (error) return self->close();
                              self->read();
                          });
    }

    Socket m_socket;
    std::shared_ptr<CallServer::OnCall> m_onCall;
    beast::flat_buffer m_buffer;
    std::optional<http::request_parser<http::string_body>> m_parser;
    http::response<http::string_body> m_response;
};

class UnixCallServer : public CallServer {
  public:
    UnixCallServer(asio::io_context& io, OnCall onCall)
        : m_acceptor(io, [this](Socket socket) { add(std::move(socket)); })
        , m_onCall(std::make_shared<OnCall>(std::move(onCall))) {}
    ~UnixCallServer() override {
        for (const auto& session : m_sessions)
            if (const auto open = session.lock()) open->close();
    }
    UnixCallServer(const UnixCallServer&) = delete;
    UnixCallServer& operator=(const UnixCallServer&) = delete;

    boost::system::error_code open(const std::filesystem::path& socket) { return m_acceptor.open(socket); }

  private:
    void add(Socket socket) {
        std::erase_if(m_sessions, [](const auto& session) { return session.expired(); });
        auto session = std::make_shared<CallSession>(std::move(socket), m_onCall);
        m_sessions.push_back(session);
        session->read();
    }

    UnixAcceptor m_acceptor;
    std::shared_ptr<OnCall> m_onCall;
    std::vector<std::weak_ptr<CallSession>> m_sessions;
};

}  // namespace

api::Result<std::unique_ptr<CallServer>>
CallServer::listen(asio::io_context& io, const std::filesystem::path& socket, OnCall onCall) {
    auto server = std::make_unique<UnixCallServer>(io, std::move(onCall));
    if (const auto error = server->open(socket))
        return api::fail(500, api::code::internal,
                         "Cannot listen on the socket " + socket.string() + ": " + error.message());
    return std::unique_ptr<CallServer>(std::move(server));
}

}  // namespace stepwell::engine
