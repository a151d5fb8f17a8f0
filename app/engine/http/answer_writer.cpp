#include "app/engine/http/answer_writer.h"

#include "app/engine/http/session.h"

#include <boost/asio/post.hpp>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace stepwell::engine::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// An answer that is not longer goes out with its head in one record of TLS.
constexpr std::size_t oneRecord = 16 * 1024;

}  // namespace

AnswerWriter::AnswerWriter(Connection& connection, Pace& pace, std::weak_ptr<Loop> loop, Done done)
    : m_connection(connection)
    , m_pace(pace)
    , m_loop(std::move(loop))
    , m_done(std::move(done)) {}

void AnswerWriter::writeHead(std::string head, const std::shared_ptr<void>& owner) {
    m_head = std::move(head);
    writeParts({}, owner);
}

void AnswerWriter::write(std::string head, Response response, const std::shared_ptr<void>& owner) {
    m_head = std::move(head);
    m_body = std::move(response.body);
    m_shared = std::move(response.shared);
    m_long = std::move(response.longBody);
    m_longSent = 0;
    m_sent = 0;
    if (m_shared && m_shared.body->descriptor() >= 0 && m_shared.bytes >= SharedBody::leastInFile &&
        !m_connection.isSecure()) {
        m_pace.wait(Pace::Wait::write, PaceClock::now());
        return sendFile(owner);
    }
    writeParts(m_shared ? m_shared.view() : std::string_view(m_body), owner);
}

void AnswerWriter::writeParts(std::string_view body, const std::shared_ptr<void>& owner) {
    const auto then = [this, owner](error_code error, std::size_t) { onWritten(error, owner); };
    if (m_connection.isSecure() && m_head.size() + body.size() <= oneRecord) {
        m_head += body;
        return writeWhole(m_connection, m_pace, asio::const_buffer(asio::buffer(m_head)), then);
    }
    const std::array<asio::const_buffer, 2> parts = {asio::buffer(m_head),
                                                     asio::const_buffer(body.data(), body.size())};
    writeWhole(m_connection, m_pace, parts, then);
}

/// The head, held back until the body follows, and the body out of its file, as far as the socket takes them;
/// then waits for it to take more.
void AnswerWriter::sendFile(const std::shared_ptr<void>& owner) {
    auto& socket = m_connection.socket();
    error_code error;
    if (!socket.native_non_blocking()) socket.native_non_blocking(true, error);
    if (error || sendSome(error)) return onWritten(error, owner);
    socket.async_wait(Connection::Socket::wait_write, [this, owner](error_code failed) {
        if (m_closed) return;
        if (failed) return onWritten(failed, owner);
        sendFile(owner);
    });
}

/// False when the socket takes nothing more for now.
bool AnswerWriter::sendSome(error_code& error) {
    const int socket = m_connection.socket().native_handle();
    const auto all = m_head.size() + m_shared.bytes;
    while (m_sent < all) {
        ssize_t sent = 0;
        if (m_sent < m_head.size()) {
            sent = ::send(socket, m_head.data() + m_sent, m_head.size() - m_sent, MSG_MORE | MSG_NOSIGNAL);
        } else {
            const auto within = m_sent - m_head.size();
            auto from = static_cast<off_t>(m_shared.from + within);
            sent = ::sendfile(socket, m_shared.body->descriptor(), &from, m_shared.bytes - within);
        }
        if (sent > 0) {
            m_sent += static_cast<std::size_t>(sent);
            m_pace.progress(0, PaceClock::now());
            continue;
        }
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno == EAGAIN) return false;
        error = sent == 0 ? error_code(asio::error::broken_pipe)
                          : error_code(errno, boost::system::system_category());
        return true;
    }
    return true;
}

void AnswerWriter::onWritten(error_code error, const std::shared_ptr<void>& owner) {
    if (m_closed) return;
    m_pace.nothing();
    m_body.clear();
    m_shared = {};
    if (!error && continueLong(owner)) return;
    m_long.reset();
    m_done(error);
}

/// Asks for the next part of a body that comes in parts; false when nothing is left of it.
bool AnswerWriter::continueLong(const std::shared_ptr<void>& owner) {
    if (!m_long || m_longSent >= m_long->bytes) return false;
    m_long->next([this, weak = std::weak_ptr<void>(owner), loop = m_loop](std::string part) {
        if (const auto still = loop.lock())
            asio::post(still->io, [this, weak, text = std::move(part)]() mutable {
                if (const auto held = weak.lock()) writePart(std::move(text), held);
            });
    });
    return true;
}

void AnswerWriter::writePart(std::string part, const std::shared_ptr<void>& owner) {
    if (m_closed) return;
    if (part.empty()) return onWritten(asio::error::eof, owner);
    m_longSent += part.size();
    m_body = std::move(part);
    writeWhole(m_connection, m_pace, asio::const_buffer(asio::buffer(m_body)),
               [this, owner](error_code error, std::size_t) { onWritten(error, owner); });
}

}  // namespace stepwell::engine::http
