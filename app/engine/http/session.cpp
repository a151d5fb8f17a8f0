#include "app/engine/http/session.h"

#include "app/engine/http/answer_writer.h"
#include "app/engine/http/connection.h"
#include "app/engine/http/departure.h"
#include "app/engine/http/envelope.h"
#include "app/engine/http/forward.h"
#include "app/engine/http/growing_body.h"
#include "app/engine/http/incoming.h"
#include "app/engine/http/pace.h"
#include "app/engine/http/session_exchange.h"
#include "app/engine/http/tunnel.h"
#include "app/engine/http/web_socket.h"
#include "app/engine/http/wire.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <limits>

namespace stepwell::engine::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using beast::http::field;
using boost::system::error_code;

namespace {

constexpr std::size_t bufferLimit = 256 * 1024;
/// What a body that goes elsewhere has in memory at once.
constexpr std::size_t partBytes = 1024 * 1024;
constexpr std::size_t streamLimit = 1024 * 1024;

class TcpSession final : public Session, public ExchangeEnd, public std::enable_shared_from_this<TcpSession> {
  public:
    TcpSession(asio::ip::tcp::socket socket, SessionHost& host)
        : host_(host)
        , stream_(std::move(socket), host.tls)
        , writer_(stream_, pace_, host.loop, [this](error_code error) { onAnswered(error); })
        , buffer_(bufferLimit) {
        error_code ignored;
        stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
        peer_ = {addressOf(stream_.socket()), stream_.isSecure()};
    }

    const std::string& address() const override { return peer_.address; }

    void start() override {
        if (!stream_.isSecure()) return readHead(Pace::Wait::firstHead);
        state_ = State::idle;
        pace_.wait(Pace::Wait::handshake, PaceClock::now());
        stream_.handshake([self = shared_from_this()](error_code error) {
            if (self->state_ == State::closed) return;
            if (error) {
                ++self->host_.troubles.handshakes;
                return self->stream_.isSecure() ? self->close() : self->refuse(speaksTls());
            }
            self->readHead(Pace::Wait::firstHead);
        });
    }

    void turnAway(Response response) override { refuse(std::move(response)); }

    void tick(PaceTime now) override {
        const auto& limits = host_.options->pace;
        const auto late = tunnel_ ? tunnel_->late(now, limits) : pace_.late(now, limits, hasBegun());
        if (late == Late::no) return;
        if (late == Late::head || late == Late::body) return giveUpReading(late);
        if (late == Late::handshake) ++host_.troubles.handshakes;
        if (late == Late::write) ++host_.troubles.stalled;
        close();
    }

    void drain() override {
        keepAlive_ = false;
        if (state_ == State::idle || state_ == State::streaming || state_ == State::lingering) close();
    }

    void close() override {
        if (state_ == State::closed) return;
        state_ = State::closed;
        releaseUpload();
        closeTunnel();
        writer_.close();
        stream_.close();
        const auto self = shared_from_this();
        if (auto notify = std::exchange(onClosed_, nullptr)) notify();
        onDrained_ = nullptr;
        socket_.reset();  // it holds on to this session
        host_.closed(this);
    }

    void answer(Response response) override {
        if (state_ != State::handling) return;
        state_ = State::writing;
        releaseUpload();
        host_.answered(response.status);
        keepAlive_ = keepAlive_ && !host_.draining;
        auto head = headOf(response, keepAlive_);
        if (headOnly_) return writer_.writeHead(std::move(head), shared_from_this());
        writer_.write(std::move(head), std::move(response), shared_from_this());
    }

    // --- server-sent events
    bool beginStream() override {
        if (state_ != State::handling) return false;
        state_ = State::streaming;
        host_.answered(200);
        pending_ = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
                   "X-Accel-Buffering: no\r\nConnection: close\r\n\r\n";
        awaitEnd();
        flush();
        return true;
    }

    bool beginWebSocket(WebSocketForm form) override {
        if (state_ != State::handling) return false;
        state_ = State::streaming;
        host_.answered(101);
        socket_ = WebSocket::create(stream_, shared_from_this(),
                                    {[this] {
                                         if (const auto notify = onDrained_) notify();
                                     },
                                     [this] { close(); }},
                                    std::move(form));
        socket_->accept(WebSocket::Request(parser_->get().base()));
        return true;
    }

    void finish() override {
        if (!socket_) return close();
        socket_->finish();
    }

    void push(std::string_view bytes) override {
        if (state_ != State::streaming) return;
        if (socket_) {
            socket_->write(bytes);
            if (queued() > streamLimit) close();
            return;
        }
        pending_ += bytes;
        if (queued() > streamLimit) return close();
        flush();
    }

    std::size_t queued() const override {
        return socket_ ? socket_->queued() : pending_.size() + body_.size();
    }

    void watch(std::function<void()> drained, std::function<void()> closed) override {
        onDrained_ = std::move(drained);
        onClosed_ = std::move(closed);
    }

    bool isStreaming() const override { return state_ == State::streaming; }

  private:
    enum class State { idle, reading, handling, writing, streaming, tunnelling, lingering, closed };
    using Parser = beast::http::request_parser<GrowingBody>;

    void send(std::string_view bytes, void (TcpSession::*then)(error_code, std::size_t)) {
        writeWhole(stream_, pace_, asio::const_buffer(bytes.data(), bytes.size()),
                   beast::bind_front_handler(then, shared_from_this()));
    }

    /// Whether anything of the request is here: the parser takes whole lines out of the buffer.
    bool hasBegun() const { return buffer_.size() > 0 || (parser_ && parser_->got_some()); }

    void readHead(Pace::Wait what = Pace::Wait::nextHead) {
        state_ = State::idle;
        if (host_.draining) return close();
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(host_.options->headLimit));
        // The limit of the body depends on the route, which is not known yet.
        parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
        pace_.wait(what, PaceClock::now());
        beast::http::async_read_header(stream_, buffer_, *parser_,
                                       beast::bind_front_handler(&TcpSession::onHead, shared_from_this()));
    }

    void onHead(error_code error, std::size_t) {
        if (state_ == State::closed) return;
        pace_.nothing();
        if (late_ != Late::no) return refuseLate();
        if (error) return onReadError(error);
        state_ = State::reading;
        const auto& message = parser_->get();
        keepAlive_ = message.keep_alive();
        headOnly_ = message.method() == beast::http::verb::head;
        request_ = requestOf(message);
        auto caller = callerOf(message, peer_, host_.options->trustedProxies);
        request_.remote = std::move(caller.address);
        request_.secure = caller.secure;
        if (auto refused = unknownCoding(message)) return refuse(std::move(*refused));
        admission_ = host_.dispatcher->admit(request_);
        if (admission_.later) return decideLater();
        proceed();
    }

    void decideLater() {
        const auto later = std::exchange(admission_.later, nullptr);
        later([weak = weak_from_this(), loop = host_.loop](Admission admission) {
            const auto still = loop.lock();
            if (!still) return;
            asio::post(still->io, [weak, decided = std::move(admission)]() mutable {
                const auto self = weak.lock();
                if (!self || self->state_ != State::reading) return;
                self->admission_ = std::move(decided);
                self->proceed();
            });
        });
    }

    void proceed() {
        if (admission_.connect) return passOn();
        limitBody();
        if (parser_->is_done()) return dispatch();
        const bool waits = expectsContinue(parser_->get());
        if (unread_ || (waits && admission_.refusal)) return refuse(*admission_.refusal);
        if (waits) return sendContinue();
        readBody();
    }

    /// From here on the bytes of this connection are the tunnel's.
    void passOn() {
        const auto& message = parser_->get();
        const auto connect = std::exchange(admission_.connect, nullptr);
        const bool upgrades = asksForWebSocket(message);
        const auto& limits = *host_.options;
        auto why = host_.tunnels.hindrance(request_.remote, limits.tunnels, limits.tunnelsPerAddress);
        if (!why) why = hindrance(message);
        if (why) {
            if (admission_.unconnected) admission_.unconnected(why->http);
            return refuse(errorPage(*why));
        }
        state_ = State::tunnelling;
        host_.tunnels.enter(request_.remote);
        Tunnel::Opening opening{
            forwardedHead(message, {request_.remote, request_.secure}, admission_.passedAs),
            beast::buffers_to_string(buffer_.data()),
            upgrades,
            expectsContinue(message),
            parser_->content_length().value_or(0),
            parser_->chunked()};
        buffer_.clear();
        tunnel_ = std::make_shared<Tunnel>(stream_, host_.loop, std::move(opening), tunnelEnds());
        connect(Tunnel::opener(tunnel_, host_.loop));
    }

    Tunnel::Ends tunnelEnds() {
        const auto on = [weak = weak_from_this()](auto act) {
            return [weak, act] {
                if (const auto self = weak.lock()) act(*self);
            };
        };
        return {[weak = weak_from_this()](Response response) {
                    const auto self = weak.lock();
                    if (!self) return;
                    self->closeTunnel();
                    self->answerInstead(std::move(response));
                },
                on([](TcpSession& session) {
                    session.closeTunnel();
                    session.linger();
                }),
                on([](TcpSession& session) { session.close(); })};
    }

    /// The upstream has no answer: `response` says why. That others keep the engine busy lets nobody past the
    /// code of a site, which may be what protects its files.
    void answerInstead(Response response) {
        const bool failed = response.status == upstreamFailed;
        if (!failed || !admission_.otherwise || hasBody(parser_->get())) return refuse(std::move(response));
        keepAlive_ = false;
        admission_.handler = std::move(admission_.otherwise);
        dispatch();
    }

    void closeTunnel() {
        if (!tunnel_) return;
        host_.tunnels.leave(request_.remote);
        std::exchange(tunnel_, nullptr)->close();
    }

    /// Sets what the parser may read, and refuses at once what is announced to be larger.
    void limitBody() {
        // A refused request is read to its end, if that is near, so that the connection stays usable.
        const auto limit = admission_.refusal ? host_.options->largeBody : admission_.bodyLimit;
        const auto announced = parser_->content_length().value_or(0);
        unread_ = announced > limit;
        if (unread_ && !admission_.refusal) admission_.refusal = tooLarge(limit);
        if (!admission_.refusal && !parser_->is_done() && limit > host_.options->largeBody) takeUpload();
        if (!admission_.refusal && !parser_->is_done() && admission_.sink) openSink();
        // Once a length within the limit is announced, the parser needs no limit of its own.
        parser_->body_limit(limit);
        parser_->eager(true);
        limit_ = limit;
    }

    void takeUpload() {
        if (host_.uploads >= host_.options->uploads) {
            admission_.refusal =
                failure({503, api::code::unavailable, "Too many uploads at once; try again in a moment."});
            unread_ = true;
            return;
        }
        ++host_.uploads;
        holdsUpload_ = true;
    }

    void openSink() {
        const auto length = parser_->content_length();
        if (length && *length <= partBytes) return;
        auto opened = admission_.sink(length.value_or(0));
        if (opened) {
            sink_ = std::move(*opened);
            return;
        }
        admission_.refusal = failure(opened.error());
        unread_ = true;
    }

    void releaseUpload() {
        if (std::exchange(holdsUpload_, false)) --host_.uploads;
    }

    void sendContinue() { send("HTTP/1.1 100 Continue\r\n\r\n", &TcpSession::onContinue); }

    void onContinue(error_code error, std::size_t) {
        if (error) return close();
        readBody();
    }

    void readBody() {
        if (state_ == State::closed) return;
        pace_.wait(Pace::Wait::body, PaceClock::now());
        beast::http::async_read_some(stream_, buffer_, *parser_,
                                     beast::bind_front_handler(&TcpSession::onBody, shared_from_this()));
    }

    void onBody(error_code error, std::size_t bytes) {
        if (state_ == State::closed) return;
        pace_.progress(bytes, PaceClock::now());
        pace_.nothing();
        if (late_ != Late::no) return refuseLate();
        if (error) return onReadError(error);
        goOnReading();
    }

    void goOnReading() {
        // Of what is refused nothing is kept: strangers could fill the memory with it.
        if (admission_.refusal) parser_->get().body().clear();
        if (sink_ && handOn()) return;
        if (!parser_->is_done()) return readBody();
        dispatch();
    }

    /// Hands the next part of a long body to where it goes; false when there is nothing to hand on yet. The
    /// client waits meanwhile.
    bool handOn() {
        auto& part = parser_->get().body();
        const bool isLast = parser_->is_done() && request_.sink && !part.empty();
        if (part.size() < partBytes && !isLast) return false;
        request_.sink = sink_;
        sink_->take(std::exchange(part, {}),
                    [weak = weak_from_this(), loop = host_.loop](api::Result<void> taken) {
                        const auto still = loop.lock();
                        if (!still) return;
                        asio::post(still->io, [weak, outcome = std::move(taken)] {
                            const auto self = weak.lock();
                            if (!self || self->state_ != State::reading) return;
                            if (!outcome) return self->refuse(failure(outcome.error()));
                            self->goOnReading();
                        });
                    });
        return true;
    }

    /// The read that is under way ends, and its handler refuses.
    void giveUpReading(Late late) {
        ++(late == Late::head ? host_.troubles.slowHeads : host_.troubles.slowBodies);
        if (tunnel_) return tunnel_->giveUp();
        late_ = late;
        pace_.nothing();
        stream_.cancel();
    }

    void refuseLate() { refuse(tooSlow(late_ == Late::head ? "header" : "body")); }

    void onReadError(error_code error) {
        if (error == beast::http::error::body_limit)
            return refuse(admission_.refusal ? *admission_.refusal : tooLarge(limit_));
        if (auto response = answerTo(error, host_.options->headLimit)) return refuse(std::move(*response));
        close();
    }

    /// Answers while the rest of the request is still on its way.
    void refuse(Response response) {
        keepAlive_ = false;
        unread_ = true;
        state_ = State::handling;
        answer(std::move(response));
    }

    void dispatch() {
        state_ = State::handling;
        pace_.nothing();
        if (admission_.refusal) return answer(std::move(*admission_.refusal));
        request_.body = std::move(parser_->get().body());
        sink_.reset();
        const auto exchange =
            makeExchange(std::move(request_), weak_from_this(), host_.loop, std::move(admission_.watch));
        try {
            admission_.handler(exchange);
        } catch (const std::exception&) {
            // Through the exchange, which answers only once: the handler may have passed it on.
            exchange->respondWith([] { return crashed(); });
        }
    }

    void onAnswered(error_code error) {
        if (error) return close();
        if (unread_ || (!keepAlive_ && stream_.isSecure())) return linger();
        if (!keepAlive_) return close();
        readHead();
    }

    void linger() {
        state_ = State::lingering;
        unread_ = false;
        pace_.wait(Pace::Wait::linger, PaceClock::now());
        std::make_shared<Departure>(stream_, shared_from_this(), [this] { close(); })->begin();
    }

    /// A client of events sends nothing; the read ends when it goes away.
    void awaitEnd() {
        scratch_.resize(1024);
        stream_.async_read_some(asio::buffer(scratch_),
                                [self = shared_from_this()](error_code error, std::size_t) {
                                    if (error || self->state_ != State::streaming) return self->close();
                                    self->awaitEnd();
                                });
    }

    void flush() {
        if (!body_.empty() || pending_.empty()) return;
        body_.swap(pending_);
        send(body_, &TcpSession::onFlushed);
    }

    void onFlushed(error_code error, std::size_t) {
        body_.clear();
        if (state_ != State::streaming) return;
        pace_.nothing();
        if (error) return close();
        flush();
        if (queued() > 0) return;
        if (const auto notify = onDrained_) notify();
    }

    SessionHost& host_;
    Connection stream_;
    Pace pace_;
    AnswerWriter writer_;
    Late late_ = Late::no;  ///< why the request is read no further
    beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    State state_ = State::idle;
    Caller peer_;
    Request request_;
    Admission admission_;
    std::shared_ptr<BodySink> sink_;  ///< for the body, should it be long
    std::size_t limit_ = 0;
    bool keepAlive_ = false;
    bool headOnly_ = false;
    bool unread_ = false;  ///< the body, or the rest of it, was left on the wire
    bool holdsUpload_ = false;
    std::string body_;     ///< events that are being written
    std::string pending_;  ///< those that wait for `body_` to be out
    std::string scratch_;
    std::shared_ptr<WebSocket> socket_;
    std::shared_ptr<Tunnel> tunnel_;
    std::function<void()> onDrained_;
    std::function<void()> onClosed_;
};

}  // namespace

std::shared_ptr<Session> Session::create(asio::ip::tcp::socket socket, SessionHost& host) {
    return std::make_shared<TcpSession>(std::move(socket), host);
}

}  // namespace stepwell::engine::http
