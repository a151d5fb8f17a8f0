#include "app/engine/runtime/control_channel.h"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

namespace stepwell::engine {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using Local = asio::local::stream_protocol;

constexpr std::size_t largestFrame = 256UL * 1024;
constexpr std::size_t largestIncoming = 32UL * 1024 * 1024;
constexpr std::chrono::milliseconds connectInterval{4};

/// Where a frame may end: not inside a UTF-8 sequence.
std::size_t frameEnd(std::string_view text) {
    if (text.size() <= largestFrame) return text.size();
    std::size_t end = largestFrame;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return end;
}

class WebSocketChannel final : public ControlChannel, public std::enable_shared_from_this<WebSocketChannel> {
  public:
    WebSocketChannel(asio::io_context& io, std::filesystem::path socket, Handlers handlers)
        : m_path(std::move(socket)), m_handlers(std::move(handlers)), m_io(io), m_retry(io),
          m_stream(std::make_unique<Stream>(io)) {}

    void connect() {
        m_stream->next_layer().async_connect(Local::endpoint(m_path.string()), [self = shared_from_this()](auto error) {
            if (self->m_closed) return;
            error ? self->connectLater() : self->handshake();
        });
    }

    void send(std::string_view lines) override {
        m_pending += lines;
        if (m_connected) write();
    }

    void close() override {
        m_closed = true;
        m_handlers = {};
        m_retry.cancel();
        beast::error_code ignored;
        m_stream->next_layer().close(ignored);
    }

  private:
    using Stream = websocket::stream<Local::socket>;

    void connectLater() {
        m_stream = std::make_unique<Stream>(m_io);
        m_retry.expires_after(connectInterval);
        m_retry.async_wait([self = shared_from_this()](auto error) {
            if (!error && !self->m_closed) self->connect();
        });
    }

    void handshake() {
        m_stream->read_message_max(largestIncoming);
        m_stream->auto_fragment(false);
        m_stream->text(true);
        m_stream->async_handshake("stepwell", "/", [self = shared_from_this()](auto error) {
            if (self->m_closed) return;
            if (error) return self->lose("handshake failed: " + error.message());
            self->m_connected = true;
            self->read();
            self->write();
            if (self->m_handlers.connected) self->m_handlers.connected();
        });
    }

    void read() {
        m_stream->async_read(m_buffer, [self = shared_from_this()](auto error, std::size_t) {
            if (self->m_closed) return;
            if (error) return self->lose(error.message());
            self->take();
            if (!self->m_closed) self->read();
        });
    }

    void take() {
        const auto data = m_buffer.cdata();
        m_tail.append(static_cast<const char*>(data.data()), data.size());
        m_buffer.consume(m_buffer.size());
        const auto end = m_tail.rfind('\n');
        if (end == std::string::npos) return;
        std::string lines = m_tail.substr(0, end + 1);
        m_tail.erase(0, end + 1);
        m_handlers.lines(std::move(lines));
    }

    void write() {
        if (m_writing || m_pending.empty()) return;
        m_writing = true;
        const auto end = frameEnd(m_pending);
        m_frame.assign(m_pending, 0, end);
        m_pending.erase(0, end);
        m_stream->async_write(asio::buffer(m_frame), [self = shared_from_this()](auto error, std::size_t) {
            self->m_writing = false;
            if (self->m_closed) return;
            if (error) return self->lose(error.message());
            self->write();
        });
    }

    void lose(const std::string& reason) {
        const auto lost = std::move(m_handlers.lost);
        close();
        if (lost) lost(reason);
    }

    std::filesystem::path m_path;
    Handlers m_handlers;
    asio::io_context& m_io;
    asio::steady_timer m_retry;
    std::unique_ptr<Stream> m_stream;
    beast::flat_buffer m_buffer;
    std::string m_tail;     ///< the unfinished last line
    std::string m_pending;  ///< to be written
    std::string m_frame;    ///< being written
    bool m_connected = false;
    bool m_writing = false;
    bool m_closed = false;
};

}  // namespace

std::shared_ptr<ControlChannel> ControlChannel::open(asio::io_context& io, std::filesystem::path socket, Handlers handlers) {
    auto channel = std::make_shared<WebSocketChannel>(io, std::move(socket), std::move(handlers));
    channel->connect();
    return channel;
}

}  // namespace stepwell::engine
