#include "app/engine/runtime/control_channel.h"

#include <boost/asio/buffer.hpp>

namespace stepwell::engine {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

namespace {

/// Much smaller than what the driver takes: it works on the first frame of a turn, and answers, while the
/// rest is on its way. With frames of 256 KiB the core and the driver waited for one another in turns.
constexpr std::size_t largestFrame = 16 << 10;
constexpr std::size_t largestIncomingFrame = 1 << 20;
/// A driver that sends more without a line feed is broken.
constexpr std::size_t largestLine = 64 << 20;

}  // namespace

std::size_t framePrefix(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text.size();
    std::size_t length = most;
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80U)
        --length;
    return length;
}

ControlChannel::ControlChannel(asio::io_context& io, Events events)
    : m_stream(io)
    , m_events(std::move(events)) {}

bool ControlChannel::connect(const std::string& path) {
    beast::error_code error;
    auto& socket = m_stream.next_layer();
    socket.connect(asio::local::stream_protocol::endpoint(path), error);
    if (error) {
        socket.close(error);
        return false;
    }
    m_stream.read_message_max(largestIncomingFrame);
    m_stream.auto_fragment(false);
    m_stream.text(true);
    m_stream.async_handshake("stepwell", "/", [self = shared_from_this()](beast::error_code result) {
        self->onHandshake(result);
    });
    return true;
}

void ControlChannel::onHandshake(beast::error_code error) {
    if (m_closed) return;
    if (error) return fail("handshake failed: " + error.message());
    m_open = true;
    m_events.onOpen();
    read();
    writeNext();
}

void ControlChannel::read() {
    m_stream.async_read(m_buffer, [self = shared_from_this()](beast::error_code error, std::size_t) {
        if (self->m_closed) return;
        if (error) return self->fail(error.message());
        self->onFrame();
        if (!self->m_closed) self->read();
    });
}

void ControlChannel::onFrame() {
    const auto data = m_buffer.data();
    const std::string_view frame(static_cast<const char*>(data.data()), data.size());
    const auto end = frame.rfind('\n');
    if (end == std::string_view::npos) {
        m_rest += frame;
        m_buffer.consume(frame.size());
        if (m_rest.size() > largestLine) fail("a line of the driver is longer than 64 MiB");
        return;
    }
    std::string lines = std::move(m_rest);
    lines += frame.substr(0, end + 1);
    m_rest.assign(frame.substr(end + 1));
    m_buffer.consume(frame.size());
    m_events.onLines(std::move(lines));
}

void ControlChannel::send(std::string lines) {
    if (m_closed) return;
    if (m_pending.empty())
        m_pending = std::move(lines);
    else
        m_pending += lines;
    writeNext();
}

void ControlChannel::writeNext() {
    if (!m_open || m_isWriting || m_closed) return;
    if (m_written == m_writing.size()) {
        m_writing.clear();
        m_writing.swap(m_pending);
        m_written = 0;
    }
    if (m_writing.empty()) return;
    const auto rest = std::string_view(m_writing).substr(m_written);
    m_frame = framePrefix(rest, largestFrame);
    m_isWriting = true;
    m_stream.async_write(asio::buffer(rest.data(), m_frame),
                         [self = shared_from_this()](beast::error_code error, std::size_t) {
                             self->m_isWriting = false;
                             if (self->m_closed) return;
                             if (error) return self->fail(error.message());
                             self->m_written += self->m_frame;
                             self->writeNext();
                         });
}

void ControlChannel::close() {
    m_closed = true;
    m_events = {};
    beast::error_code ignored;
    m_stream.next_layer().close(ignored);
}

void ControlChannel::fail(const std::string& why) {
    if (m_closed) return;
    const auto onClosed = std::move(m_events.onClosed);
    close();
    onClosed(why);
}

}  // namespace stepwell::engine
