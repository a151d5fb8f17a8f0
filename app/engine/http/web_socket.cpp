#include "app/engine/http/web_socket.h"

#include "app/engine/http/frame_reader.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <array>
#include <deque>

namespace stepwell::engine::http {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

namespace {

/// Bytes of a message of the client: it has nothing to say.
constexpr std::size_t largestIncoming = 4 * 1024;
constexpr std::chrono::seconds longestGoodBye{10};

class BeastWebSocket final : public WebSocket, public std::enable_shared_from_this<BeastWebSocket> {
  public:
    BeastWebSocket(Connection& stream, std::shared_ptr<void> owner, Events events, WebSocketForm form)
        : m_socket(stream)
        , m_owner(std::move(owner))
        , m_events(std::move(events))
        , m_deadline(stream.get_executor())
        , m_protocol(std::move(form.protocol))
        , m_unmasked(form.clients == WebSocketForm::Clients::unmasked) {
        // Asks a silent client whether it is there.
        if (!m_unmasked)
            m_socket.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
        m_socket.read_message_max(largestIncoming);
        m_socket.text(true);
    }

    void accept(const Request& request) override {
        m_request = request;
        chooseProtocol();
        m_socket.async_accept(m_request, [self = shared_from_this()](error_code error) {
            if (error) return self->end();
            self->m_open = true;
            if (self->m_unmasked)
                self->readUnmasked();
            else
                self->read();
            self->flush();
        });
    }

    void write(std::string_view message) override {
        m_messages.emplace_back(message);
        m_queued += message.size();
        flush();
    }

    std::size_t queued() const override { return m_queued; }

    void finish() override {
        m_finishing = true;
        m_deadline.expires_after(longestGoodBye);
        m_deadline.async_wait([weak = weak_from_this()](error_code error) {
            const auto self = weak.lock();
            if (!error && self) self->end();
        });
        flush();
    }

  private:
    /// One that the client does not offer would make it give up.
    void chooseProtocol() {
        const auto name = beast::http::field::sec_websocket_protocol;
        beast::http::token_list offered(m_request[name]);
        if (m_protocol.empty() || !offered.exists(m_protocol)) return;
        m_socket.set_option(websocket::stream_base::decorator(
            [name, chosen = m_protocol](websocket::response_type& response) { response.set(name, chosen); }));
    }

    void read() {
        m_socket.async_read(m_incoming, [self = shared_from_this()](error_code error, std::size_t) {
            if (error) return self->end();
            self->m_incoming.clear();
            self->read();
        });
    }

    /// Past the stream, which would not take such frames; nothing else reads then.
    void readUnmasked() {
        m_socket.next_layer().async_read_some(
            boost::asio::buffer(m_raw), [self = shared_from_this()](error_code error, std::size_t bytes) {
                if (error || !self->m_open) return self->end();
                bool over = false;
                self->m_frames.read({self->m_raw.data(), bytes},
                                    [&](FrameReader::Frame frame, const std::string& payload) {
                                        if (frame == FrameReader::Frame::ping) return self->pong(payload);
                                        over = true;
                                    });
                if (over) return self->end();
                self->readUnmasked();
            });
    }

    void pong(const std::string& payload) {
        if (m_finishing || std::exchange(m_ponging, true))
            return;  // the newest need not be answered when one is under way
        m_socket.async_pong({payload.data(), payload.size()}, [self = shared_from_this()](error_code) {
            self->m_ponging = false;
            self->flush();
        });
    }

    void flush() {
        if (!m_open || m_busy) return;
        if (m_messages.empty()) {
            if (m_finishing && !m_ponging) sayGoodBye();
            return;
        }
        m_busy = true;
        m_socket.async_write(boost::asio::buffer(m_messages.front()),
                             [self = shared_from_this()](error_code error, std::size_t) {
                                 self->m_busy = false;
                                 if (error) return self->end();
                                 self->m_queued -= self->m_messages.front().size();
                                 self->m_messages.pop_front();
                                 self->flush();
                                 if (self->m_queued == 0 && self->m_events.drained) self->m_events.drained();
                             });
    }

    void sayGoodBye() {
        m_busy = true;
        if (m_unmasked) {
            static constexpr std::string_view normalClose = "\x88\x02\x03\xe8";
            return boost::asio::async_write(
                m_socket.next_layer(), boost::asio::buffer(normalClose),
                [self = shared_from_this()](error_code, std::size_t) { self->end(); });
        }
        m_socket.async_close(websocket::close_code::normal,
                             [self = shared_from_this()](error_code) { self->end(); });
    }

    /// What is under way still uses the stream, so its owner stays as long as this does.
    void end() {
        m_open = false;
        m_deadline.cancel();
        if (const auto closed = std::exchange(m_events, {}).closed) closed();
    }

    websocket::stream<Connection&> m_socket;
    std::shared_ptr<void> m_owner;
    Events m_events;
    Request m_request;
    beast::flat_buffer m_incoming;
    std::deque<std::string> m_messages;  ///< the first is being written while busy
    std::size_t m_queued = 0;
    bool m_open = false;
    bool m_busy = false;
    bool m_finishing = false;
    boost::asio::steady_timer m_deadline;  ///< for the client to take what is left and the good-bye
    const std::string m_protocol;
    const bool m_unmasked;
    bool m_ponging = false;
    FrameReader m_frames;
    std::array<char, 1024> m_raw{};
};

}  // namespace

std::shared_ptr<WebSocket> WebSocket::create(Connection& stream, std::shared_ptr<void> owner, Events events,
                                             WebSocketForm form) {
    return std::make_shared<BeastWebSocket>(stream, std::move(owner), std::move(events), std::move(form));
}

}  // namespace stepwell::engine::http
