#include "app/engine/runtime/asset_server.h"

#include "app/engine/runtime/unix_acceptor.h"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <atomic>
#include <limits>

namespace stepwell::engine {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Socket = asio::local::stream_protocol::socket;

namespace {

constexpr std::uint32_t largestHead = 64 * 1024;

std::string textOf(beast::string_view view) {
    return {view.data(), view.size()};
}

/// Requests of one process that are being answered; the last to let go of a session may be any thread.
using AtOnce = std::shared_ptr<std::atomic<std::size_t>>;

/// One connection; requests come one after the other.
class AssetSession : public std::enable_shared_from_this<AssetSession> {
  public:
    AssetSession(Socket socket, std::shared_ptr<AssetServer::OnAsset> onAsset, AtOnce atOnce)
        : m_socket(std::move(socket))
        , m_onAsset(std::move(onAsset))
        , m_atOnce(std::move(atOnce)) {}
    ~AssetSession() { settle(); }
    AssetSession(const AssetSession&) = delete;
    AssetSession& operator=(const AssetSession&) = delete;

    void read() {
        m_parser.emplace();
        m_parser->header_limit(largestHead);
        m_parser->body_limit(std::numeric_limits<std::uint64_t>::max());
        http::async_read_header(m_socket, m_buffer, *m_parser,
                                [self = shared_from_this()](beast::error_code error, std::size_t) {
                                    if (error) return self->close();
                                    self->readBody();
                                });
    }

    void close() {
        beast::error_code ignored;
        m_socket.close(ignored);
    }

  private:
    /// No file takes a body: it is read to be thrown away.
    void readBody() {
        if (m_parser->is_done()) return ask();
        auto& body = m_parser->get().body();
        body.data = m_scratch.data();
        body.size = m_scratch.size();
        http::async_read(m_socket, m_buffer, *m_parser,
                         [self = shared_from_this()](beast::error_code error, std::size_t) {
                             if (error && error != http::error::need_buffer) return self->close();
                             self->readBody();
                         });
    }

    void ask() {
        const auto& message = m_parser->get();
        const auto header = [&](http::field name) -> std::optional<std::string> {
            const auto found = message.find(name);
            return found == message.end() ? std::nullopt : std::optional(textOf(found->value()));
        };
        AssetAsk ask;
        ask.method = textOf(message.method_string());
        ask.target = textOf(message.target());
        ask.host = header(http::field::host).value_or("");
        ask.ifNoneMatch = header(http::field::if_none_match);
        ask.range = header(http::field::range);
        ask.ifRange = header(http::field::if_range);
        ask.authorized = message.count(http::field::authorization) > 0;
        m_headOnly = message.method() == http::verb::head;
        if (*m_atOnce >= AssetServer::mostAtOnce)
            return write({503, {}, "Too many requests to env.ASSETS at once.\n", 0, {}});
        ++*m_atOnce;
        m_counted = true;
        (*m_onAsset)(std::move(ask), [self = shared_from_this()](AssetReply reply) {
            asio::post(self->m_socket.get_executor(),
                       [self, given = std::move(reply)]() mutable { self->write(std::move(given)); });
        });
    }

    void write(AssetReply reply) {
        const auto size = reply.next ? reply.bytes : reply.body.size();
        m_out = "HTTP/1.1 " + std::to_string(reply.status) + ' ' +
                textOf(http::obsolete_reason(static_cast<http::status>(reply.status))) + "\r\n";
        for (const auto& [name, value] : reply.headers)
            m_out += name + ": " + value + "\r\n";
        if (reply.status != 304) m_out += "Content-Length: " + std::to_string(size) + "\r\n";
        m_out += "\r\n";
        if (!m_headOnly) m_out += reply.body;
        m_next = m_headOnly ? nullptr : std::move(reply.next);
        m_left = reply.bytes;
        send();
    }

    void send() {
        asio::async_write(m_socket, asio::buffer(m_out),
                          [self = shared_from_this()](beast::error_code error, std::size_t) {
                              if (error) return self->close();
                              self->goOn();
                          });
    }

    void goOn() {
        if (!m_next || m_left == 0) {
            m_next = nullptr;
            settle();
            return read();
        }
        m_next([self = shared_from_this()](std::string part) {
            asio::post(self->m_socket.get_executor(), [self, given = std::move(part)]() mutable {
                if (given.empty() || given.size() > self->m_left) return self->close();
                self->m_left -= given.size();
                self->m_out = std::move(given);
                self->send();
            });
        });
    }

    /// What was asked is answered.
    void settle() {
        if (std::exchange(m_counted, false)) --*m_atOnce;
    }

    Socket m_socket;
    std::shared_ptr<AssetServer::OnAsset> m_onAsset;
    beast::flat_buffer m_buffer;
    std::optional<http::request_parser<http::buffer_body>> m_parser;
    std::array<char, 16 * 1024> m_scratch{};
    std::string m_out;
    std::function<void(std::function<void(std::string)>)> m_next;
    std::uint64_t m_left = 0;
    bool m_headOnly = false;
    AtOnce m_atOnce;
    bool m_counted = false;
};

class UnixAssetServer : public AssetServer {
  public:
    UnixAssetServer(asio::io_context& io, OnAsset onAsset)
        : m_acceptor(io, [this](Socket socket) { add(std::move(socket)); })
        , m_onAsset(std::make_shared<OnAsset>(std::move(onAsset))) {}
    ~UnixAssetServer() override {
        for (const auto& session : m_sessions)
            if (const auto open = session.lock()) open->close();
    }
    UnixAssetServer(const UnixAssetServer&) = delete;
    UnixAssetServer& operator=(const UnixAssetServer&) = delete;

    boost::system::error_code open(const std::filesystem::path& socket) { return m_acceptor.open(socket); }

  private:
    void add(Socket socket) {
        std::erase_if(m_sessions, [](const auto& session) { return session.expired(); });
        if (m_sessions.size() >= 2 * mostAtOnce) return;  // even refusals are bounded
        auto session = std::make_shared<AssetSession>(std::move(socket), m_onAsset, m_atOnce);
        m_sessions.push_back(session);
        session->read();
    }

    UnixAcceptor m_acceptor;
    std::shared_ptr<OnAsset> m_onAsset;
    AtOnce m_atOnce = std::make_shared<std::atomic<std::size_t>>(0);
    std::vector<std::weak_ptr<AssetSession>> m_sessions;
};

}  // namespace

api::Result<std::unique_ptr<AssetServer>>
AssetServer::listen(asio::io_context& io, const std::filesystem::path& socket, OnAsset onAsset) {
    auto server = std::make_unique<UnixAssetServer>(io, std::move(onAsset));
    if (const auto error = server->open(socket))
        return api::fail(500, api::code::internal,
                         "Cannot listen on the socket " + socket.string() + ": " + error.message());
    return std::unique_ptr<AssetServer>(std::move(server));
}

}  // namespace stepwell::engine
