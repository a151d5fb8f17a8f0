#include "app/engine/http/tunnel.h"

#include "app/engine/http/session.h"

#include <boost/asio/completion_condition.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <charconv>
#include <unistd.h>

namespace stepwell::engine::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t chunk = 64 * 1024;
/// The end of a process is seen a moment after the end of its connections.
constexpr std::chrono::seconds longestInquest{3};
/// Of an upstream that was asked for a WebSocket and does not switch protocols.
constexpr std::chrono::seconds longestSilence{30};
constexpr std::string_view switched = "HTTP/1.1 101";

/// 0 when a status line begins otherwise. The runtime writes the whole head at once.
int statusOf(std::string_view answer) {
    constexpr std::string_view version = "HTTP/1.1 ";
    int status = 0;
    if (answer.size() < switched.size() || !answer.starts_with(version)) return 0;
    std::from_chars(answer.data() + version.size(), answer.data() + switched.size(), status);
    return status;
}

}  // namespace

Response errorPage(const api::Error& error) {
    Response response;
    response.status = error.http;
    response.contentType = "text/plain; charset=utf-8";
    response.headers.emplace_back("Cache-Control", "no-store");
    if (error.http == 503) response.headers.emplace_back("Retry-After", "5");
    response.body = error.message + "\n";
    return response;
}

Tunnel::Tunnel(Connection& client, std::weak_ptr<Loop> loop, Opening opening, Ends ends)
    : m_client(client)
    , m_loop(std::move(loop))
    , m_upstream(client.get_executor())
    , m_patience(client.get_executor())
    , m_up(std::move(opening.head))
    , m_rest(std::move(opening.rest))
    , m_ends(std::move(ends))
    , m_upgrade(opening.upgrades ? Upgrade::asked : Upgrade::none)
    , m_expectsContinue(opening.expectsContinue)
    , m_bodyLeft(opening.body - std::min<std::uint64_t>(opening.body, m_rest.size())) {
    if (opening.chunked) m_chunks.emplace().see(m_rest);
    if (!opening.upgrades) m_up += std::exchange(m_rest, {});
}

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
        return refuse({503, api::code::unavailable, "Cannot talk to the Worker: " + error.message() + "."});
    }
    watchUpstream();
    if (m_upgrade == Upgrade::asked) return askUpgrade();
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
    m_held.whenStuck([weak = weak_from_this(), loop = m_loop] {
        if (const auto running = loop.lock())
            asio::post(running->io, [weak] {
                const auto self = weak.lock();
                if (self && !self->m_answered)
                    self->refuse({502, api::code::unavailable, "The Worker has not yielded for a while."});
            });
    });
}

void Tunnel::askUpgrade() {
    asio::async_write(m_upstream, asio::buffer(m_up), [self = shared_from_this()](error_code, std::size_t) {
        // One that takes no more may still have an answer.
        if (!self->m_closed) self->readStatus();
    });
    watchClient();
}

/// Notices that the client goes away without taking anything from it. One that does not wait for the answer
/// could not be seen to go: it does not keep the upstream for long.
void Tunnel::watchClient() {
    if (!m_rest.empty()) return limitSilence();
    if (m_client.hasUnread()) return limitSilence();
    m_client.socket().async_wait(asio::ip::tcp::socket::wait_read,
                                 [self = shared_from_this()](error_code error) {
                                     if (self->m_closed || self->m_upgrade != Upgrade::asked) return;
                                     error_code failed;
                                     if (error || self->m_client.socket().available(failed) == 0)
                                         return self->finish(self->m_ends.broken);
                                     self->limitSilence();
                                 });
}

void Tunnel::readStatus() {
    m_down.resize(chunk);
    asio::async_read(m_upstream, asio::buffer(m_down), asio::transfer_at_least(switched.size()),
                     [self = shared_from_this()](error_code error, std::size_t bytes) {
                         if (self->m_closed) return;
                         if (error && bytes == 0) return self->upstreamEnded();
                         self->onStatus(bytes);
                     });
}

void Tunnel::onStatus(std::size_t bytes) {
    const bool agreed = std::string_view(m_down).substr(0, bytes).starts_with(switched);
    m_upgrade = agreed ? Upgrade::none : Upgrade::refused;
    if (agreed) m_spoken = PaceClock::now();
    writeClient(bytes);
    if (!agreed) return refuseUpgrade();
    m_patience.cancel();
    if (m_rest.empty()) return readClient();
    m_up = std::exchange(m_rest, {});
    writeUpstream(m_up.size());
}

/// One answer is left to pass on. The upstream gets nothing more, and learns that there is no next request.
void Tunnel::refuseUpgrade() {
    m_rest.clear();
    error_code ignored;
    m_upstream.shutdown(asio::local::stream_protocol::socket::shutdown_send, ignored);
    dropClient();
}

void Tunnel::dropClient() {
    m_up.resize(chunk);
    m_client.async_read_some(asio::buffer(m_up), [self = shared_from_this()](error_code error, std::size_t) {
        if (self->m_closed) return;
        if (error) return self->finish(self->m_ends.broken);
        self->dropClient();
    });
}

void Tunnel::limitSilence() {
    m_patience.expires_after(longestSilence);
    m_patience.async_wait([weak = weak_from_this()](error_code error) {
        const auto self = weak.lock();
        if (error || !self || self->m_closed) return;
        self->finish(self->m_answered ? self->m_ends.answered : self->m_ends.broken);
    });
}

void Tunnel::readClient() {
    m_up.resize(chunk);
    if (awaitsBody()) m_bodyPace.wait(PaceClock::now());
    m_client.async_read_some(asio::buffer(m_up),
                             [self = shared_from_this()](error_code error, std::size_t bytes) {
                                 if (self->m_closed) return;
                                 self->countBody(bytes);
                                 if (self->m_spoken) self->m_spoken = PaceClock::now();
                                 if (error) return self->finish(self->m_ends.broken);
                                 self->writeUpstream(bytes);
                             });
}

void Tunnel::countBody(std::size_t bytes) {
    if (!awaitsBody()) return;
    m_bodyPace.got(bytes, PaceClock::now());
    if (m_chunks) m_chunks->see(std::string_view(m_up).substr(0, bytes));
    m_bodyLeft -= std::min<std::uint64_t>(m_bodyLeft, bytes);
}

Late Tunnel::late(PaceTime now, const PaceLimits& limits) const {
    if (m_writingSince && now - *m_writingSince > limits.write) return Late::write;
    if (m_spoken && now - *m_spoken > limits.silence) return Late::silence;
    return awaitsBody() && !m_answered && m_bodyPace.isLate(now, limits) ? Late::body : Late::no;
}

void Tunnel::giveUp() {
    const auto self = shared_from_this();  // the session lets go of it meanwhile
    const auto tell = m_ends.refuse;
    end(PassedOn::brokenOff);
    tell(
        errorPage({408, api::code::badBody, "The body of the request arrives too slowly. Send it at once."}));
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
                                   if (self->m_spoken) self->m_spoken = PaceClock::now();
                                   self->writeClient(bytes);
                               });
}

void Tunnel::writeClient(std::size_t bytes) {
    if (!std::exchange(m_answered, true)) m_status = statusOf(std::string_view(m_down).substr(0, bytes));
    if (m_upgrade == Upgrade::refused) limitSilence();
    m_writingSince = PaceClock::now();
    asio::async_write(m_client, asio::buffer(m_down.data(), bytes),
                      [self = shared_from_this()](error_code error, std::size_t) {
                          self->m_writingSince.reset();
                          if (self->m_closed) return;
                          if (error) return self->finish(self->m_ends.broken);
                          self->readUpstream();
                      });
}

void Tunnel::upstreamEnded() {
    if (m_answered) return finish(m_ends.answered);
    m_held.whenGone([weak = weak_from_this(), loop = m_loop](const std::string& reason) {
        if (const auto running = loop.lock())
            asio::post(running->io, [weak, reason] {
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
    if (const auto tell = std::exchange(m_held.whenOver, nullptr)) tell(how, m_status);
    close();
}

void Tunnel::close() {
    if (m_closed) return;
    m_closed = true;
    if (const auto tell = std::exchange(m_held.whenOver, nullptr))
        tell(m_answered ? PassedOn::answered : PassedOn::brokenOff, m_status);
    error_code ignored;
    m_upstream.close(ignored);
    m_patience.cancel();
    // What the session was asked to do with the client's socket ends too, and finds the tunnel closed.
    m_client.cancel();
    m_held.lease.reset();
}

}  // namespace stepwell::engine::http
