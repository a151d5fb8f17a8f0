#include "app/engine/http/tunnel.h"

#include "app/engine/http/session.h"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <unistd.h>

namespace stepwell::engine::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t chunk = 64 * 1024;
/// The end of a process is seen a moment after the end of its connections.
constexpr std::chrono::seconds longestInquest{3};

}  // namespace

Response errorPage(const api::Error& error) {
    Response response;
    response.status = error.http;
    response.contentType = "text/plain; charset=utf-8";
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = error.message + "\n";
    return response;
}

Tunnel::Tunnel(asio::ip::tcp::socket& client, std::string head, bool expectsContinue, Ends ends)
    : m_client(client)
    , m_upstream(client.get_executor())
    , m_patience(client.get_executor())
    , m_up(std::move(head))
    , m_ends(std::move(ends))
    , m_expectsContinue(expectsContinue) {}

std::function<void(api::Result<Upstream>)> Tunnel::opener(std::weak_ptr<Tunnel> tunnel,
                                                          std::weak_ptr<Loop> loop) {
    return [tunnel = std::move(tunnel), loop = std::move(loop)](api::Result<Upstream> upstream) {
        const auto running = loop.lock();
        if (!running) {
            if (upstream) ::close(upstream->socket);
            return;
        }
        auto found = std::make_shared<api::Result<Upstream>>(std::move(upstream));
        asio::post(running->io, [tunnel, found] {
            const auto self = tunnel.lock();
            if (self && !self->m_closed) return self->open(std::move(*found));
            if (*found) ::close((*found)->socket);
        });
    };
}

void Tunnel::open(api::Result<Upstream> upstream) {
    if (!upstream) return refuse(upstream.error());
    m_held = std::move(*upstream);
    error_code error;
    m_upstream.assign(asio::local::stream_protocol(), m_held.socket, error);
    if (error) {
        ::close(m_held.socket);
        return refuse({502, api::code::unavailable, "Cannot talk to the Worker: " + error.message() + "."});
    }
    watchUpstream();
    readUpstream();
    if (!std::exchange(m_expectsContinue, false)) return writeUpstream(m_up.size());
    static constexpr std::string_view goOn = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(m_client, asio::buffer(goOn),
                      [self = shared_from_this()](error_code failed, std::size_t) {
                          if (self->m_closed) return;
                          if (failed) return self->finish(self->m_ends.broken);
                          self->writeUpstream(self->m_up.size());
                      });
}

void Tunnel::watchUpstream() {
    if (!m_held.whenStuck) return;
    m_held.whenStuck([weak = weak_from_this(), executor = m_upstream.get_executor()] {
        asio::post(executor, [weak] {
            const auto self = weak.lock();
            if (self && !self->m_answered)
                self->refuse({503, api::code::unavailable, "The Worker has not yielded for a while."});
        });
    });
}

void Tunnel::readClient() {
    m_up.resize(chunk);
    m_client.async_read_some(asio::buffer(m_up),
                             [self = shared_from_this()](error_code error, std::size_t bytes) {
                                 if (self->m_closed) return;
                                 if (error) return self->finish(self->m_ends.broken);
                                 self->writeUpstream(bytes);
                             });
}

void Tunnel::writeUpstream(std::size_t bytes) {
    asio::async_write(m_upstream, asio::buffer(m_up.data(), bytes),
                      [self = shared_from_this()](error_code error, std::size_t) {
                          // An upstream that takes no more may still have an answer: its end is read.
                          if (self->m_closed || error) return;
                          self->readClient();
                      });
}

void Tunnel::readUpstream() {
    m_down.resize(chunk);
    m_upstream.async_read_some(asio::buffer(m_down),
                               [self = shared_from_this()](error_code error, std::size_t bytes) {
                                   if (self->m_closed) return;
                                   if (error) return self->upstreamEnded();
                                   self->writeClient(bytes);
                               });
}

void Tunnel::writeClient(std::size_t bytes) {
    m_answered = true;
    asio::async_write(m_client, asio::buffer(m_down.data(), bytes),
                      [self = shared_from_this()](error_code error, std::size_t) {
                          if (self->m_closed) return;
                          if (error) return self->finish(self->m_ends.broken);
                          self->readUpstream();
                      });
}

void Tunnel::upstreamEnded() {
    if (m_answered) return finish(m_ends.answered);
    m_held.whenGone(
        [weak = weak_from_this(), executor = m_upstream.get_executor()](const std::string& reason) {
            asio::post(executor, [weak, reason] {
                if (const auto self = weak.lock()) self->refuse({502, api::code::unavailable, reason});
            });
        });
    m_patience.expires_after(longestInquest);
    m_patience.async_wait([weak = weak_from_this()](error_code error) {
        const auto self = weak.lock();
        if (error || !self) return;
        self->refuse({502, api::code::unavailable, "The Worker closed the connection without an answer."});
    });
}

void Tunnel::refuse(api::Error error) {
    if (m_closed) return;
    const auto tell = m_ends.refuse;
    end(PassedOn::unanswered);
    tell(errorPage(error));
}

void Tunnel::finish(const std::function<void()>& how) {
    const auto tell = how;
    end(m_answered ? PassedOn::answered : PassedOn::brokenOff);
    tell();
}

void Tunnel::end(PassedOn how) {
    if (const auto tell = std::exchange(m_held.whenOver, nullptr)) tell(how);
    close();
}

void Tunnel::close() {
    if (m_closed) return;
    m_closed = true;
    if (const auto tell = std::exchange(m_held.whenOver, nullptr))
        tell(m_answered ? PassedOn::answered : PassedOn::brokenOff);
    error_code ignored;
    m_upstream.close(ignored);
    m_patience.cancel();
    // What the session was asked to do with the client's socket ends too, and finds the tunnel closed.
    m_client.cancel(ignored);
    m_held.lease.reset();
}

}  // namespace stepwell::engine::http
