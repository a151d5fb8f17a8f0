#include "app/engine/runtime/egress_session.h"

#include "app/engine/runtime/egress_headers.h"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>

#include <atomic>
#include <cstdio>

namespace stepwell::engine {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

namespace {

constexpr auto originHeader = "x-stepwell-origin";
constexpr auto failureHeader = "x-stepwell-failure";  // the driver makes an exception of such an answer
constexpr std::size_t longestReportedUrl = 4096;
constexpr std::uint32_t mostHeaderBytes = 256 << 10;

std::string text(beast::string_view view) {
    return {view.data(), view.size()};
}

std::int64_t nextReportId() {
    static std::atomic<std::int64_t> last{0};
    return ++last;
}

/// Carries what the pool's thread tells over to the session's thread. A session that is gone hears nothing.
class Relay : public TransferListener {
  public:
    Relay(std::weak_ptr<EgressSession> session, boost::asio::any_io_executor executor)
        : m_session(std::move(session))
        , m_executor(std::move(executor)) {}

    void onHead(OutboundHead head) override {
        tell([head = std::move(head)](EgressSession& session) mutable { session.onHead(std::move(head)); });
    }
    void onBody() override {
        tell([](EgressSession& session) { session.onBody(); });
    }
    void onEnd(std::string error) override {
        tell([error = std::move(error)](EgressSession& session) { session.onEnd(error); });
    }

  private:
    template <class Action>
    void tell(Action action) {
        asio::post(m_executor, [weak = m_session, action = std::move(action)]() mutable {
            if (const auto session = weak.lock()) action(*session);
        });
    }

    std::weak_ptr<EgressSession> m_session;
    boost::asio::any_io_executor m_executor;
};

}  // namespace

EgressSession::EgressSession(Socket socket, std::shared_ptr<EgressContext> context)
    : m_socket(std::move(socket))
    , m_context(std::move(context)) {}

void EgressSession::close() {
    if (m_closed) return;
    m_closed = true;
    if (m_transfer) m_transfer->cancel();
    reportEnd("cancelled: the code that made the request is gone");
    beast::error_code ignored;
    m_socket.close(ignored);
}

void EgressSession::readRequest() {
    m_parser.emplace();
    m_parser->header_limit(mostHeaderBytes);
    m_parser->body_limit(static_cast<std::uint64_t>(m_context->largestBody));
    http::async_read_header(
        m_socket, m_buffer, *m_parser,
        [self = shared_from_this()](beast::error_code error, std::size_t) { self->onHeader(error); });
}

void EgressSession::onHeader(beast::error_code error) {
    if (m_closed) return;
    if (error && error != http::error::body_limit) return close();
    m_report = {};
    m_report.id = nextReportId();
    const auto& request = m_parser->get();
    m_report.method = text(request.method_string());
    m_report.url = text(request.target()).substr(0, longestReportedUrl);
    const auto origin = request[originHeader];
    readOrigin({origin.data(), origin.size()}, m_report);
    reportStart();
    if (error) return onRequest(error);
    enterGate();
}

/// The body is read when the turn has come: what waits costs little memory.
void EgressSession::enterGate() {
    m_ticket =
        m_context->lane->enter([weak = weak_from_this(), turn = m_turn, executor = m_socket.get_executor()] {
            asio::post(executor, [weak, turn] {
                const auto self = weak.lock();
                if (!self || self->m_closed || self->m_turn != turn) return;
                beast::error_code ignored;
                self->m_socket.cancel(ignored);  // ends the watch
                self->readBody();
            });
        });
    m_crowded = !m_ticket;
    if (m_crowded || m_ticket->admitted()) return readBody();
    watchWaitingClient();
}

void EgressSession::readBody() {
    http::async_read(
        m_socket, m_buffer, *m_parser,
        [self = shared_from_this()](beast::error_code error, std::size_t) { self->onRequest(error); });
}

void EgressSession::onRequest(beast::error_code error) {
    if (m_closed) return;
    if (error && error != http::error::body_limit) return close();
    const auto& request = m_parser->get();
    m_report.requestBytes = static_cast<std::int64_t>(request.body().size());
    if (error == http::error::body_limit)
        return refuse(413, "The request body is larger than the limit of " +
                               std::to_string(m_context->largestBody >> 20) + " MiB");
    if (m_crowded)
        return refuse(503,
                      "Too many requests of this Worker wait for their turn already: start fewer at once");
    const auto url = request.target();
    if (request.method() == http::verb::connect)
        return refuse(501, "Raw TCP connections of user code are not supported by Stepwell: use fetch()");
    if (request.find(http::field::upgrade) != request.end())
        return refuse(501, "Outbound WebSockets of user code are not supported by Stepwell: use fetch()");
    if (!url.starts_with("http://") && !url.starts_with("https://"))
        return refuse(501, "Only http and https URLs can be fetched");
    awaitDurable();
}

/// The code may have been told results of steps that are not on the disk yet. Were the power to go out, it
/// would never have been told, so nobody outside may hear of them before.
void EgressSession::awaitDurable() {
    m_context->whenDurable([self = shared_from_this(), turn = m_turn](bool durable) {
        asio::post(self->m_socket.get_executor(), [self, turn, durable] {
            if (self->m_closed || self->m_turn != turn) return;
            if (durable) return self->perform();
            self->refuse(503, "The engine has stopped working, for its disk failed: nothing was sent");
        });
    });
}

void EgressSession::perform() {
    auto& message = m_parser->get();
    OutboundRequest request;
    request.method = text(message.method_string());
    request.url = text(message.target());
    for (const auto& field : message) {
        const auto name = text(field.name_string());
        if (isHopByHop(name) || beast::iequals(name, originHeader)) continue;
        if (field.name() == http::field::host || field.name() == http::field::content_length) continue;
        if (field.name() == http::field::expect) continue;
        request.headers.emplace_back(name, text(field.value()));
    }
    request.hasBody = !message.body().empty() || message.find(http::field::content_length) != message.end();
    request.body = std::move(message.body());
    request.largestAnswer = m_context->largestBody;
    m_headSent = m_ended = false;
    m_error.clear();
    m_transfer = m_context->pool.start(std::move(request),
                                       std::make_shared<Relay>(weak_from_this(), m_socket.get_executor()));
    watchClient();
}

EgressSession::ClientState EgressSession::lookAtClient() {
    char byte = 0;
    const auto got = ::recv(m_socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got == 0) return ClientState::gone;
    return got > 0 ? ClientState::speaks : ClientState::waits;
}

/// Bytes of the body may lie in the socket, so only a hang-up tells.
void EgressSession::watchWaitingClient() {
    m_socket.async_wait(Socket::wait_error,
                        [self = shared_from_this(), turn = m_turn](beast::error_code error) {
                            if (!error && !self->m_closed && self->m_turn == turn) self->close();
                        });
}

/// A client that closes the connection while it waits has given up. The wait may end for an event that was
/// seen before; it also keeps the session alive, so there is always one.
void EgressSession::watchClient() {
    m_socket.async_wait(Socket::wait_read,
                        [self = shared_from_this(), turn = m_turn](beast::error_code error) {
                            if (error || self->m_closed || self->m_turn != turn) return;
                            switch (self->lookAtClient()) {
                            case ClientState::gone:
                                return self->close();
                            case ClientState::waits:
                                return self->watchClient();
                            case ClientState::speaks:
                                return self->watchWaitingClient();
                            }
                        });
}

void EgressSession::onHead(OutboundHead head) {
    if (m_closed || m_headSent) return;
    // Only the engine says that a request failed: a server that claims so is not believed.
    std::erase_if(head.headers,
                  [](const auto& header) { return beast::iequals(header.first, failureHeader); });
    AnswerFraming framing;
    auto bytes = answerHead(head, m_parser->get().method() == http::verb::head, framing);
    m_report.status = head.status;
    m_hasBody = framing.hasBody;
    m_chunked = framing.chunked;
    m_headSent = true;
    write(std::move(bytes));
}

void EgressSession::onEnd(const std::string& error) {
    if (m_closed || m_ended) return;
    m_ended = true;
    m_error = error;
    pump();
}

void EgressSession::write(std::string bytes) {
    m_isWriting = true;
    m_writing = std::move(bytes);
    asio::async_write(m_socket, asio::buffer(m_writing),
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                          self->m_isWriting = false;
                          if (self->m_closed) return;
                          if (error) return self->close();
                          self->pump();
                      });
}

void EgressSession::pump() {
    if (m_closed || m_isWriting || !m_transfer) return;
    auto bytes = m_transfer->take();
    if (!bytes.empty()) {
        m_report.responseBytes += static_cast<std::int64_t>(bytes.size());
        if (!m_hasBody) return pump();
        if (!m_chunked) return write(std::move(bytes));
        std::array<char, 24> size{};
        std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
        return write(size.data() + bytes + "\r\n");
    }
    if (m_ended) finishAnswer();
}

void EgressSession::finishAnswer() {
    reportEnd(m_error);
    if (!m_error.empty()) {
        m_transfer.reset();
        // With the head out, only a broken connection can tell the code that the body is not whole.
        if (m_headSent) return close();
        return answer(502, "Stepwell could not fetch " + m_report.url + ": " + m_error, true);
    }
    if (m_chunked && m_hasBody) {
        m_chunked = false;
        return write("0\r\n\r\n");
    }
    m_transfer.reset();
    nextRequest();
}

void EgressSession::refuse(int status, const std::string& why) {
    reportEnd(why);
    answer(status, why, false);
}

void EgressSession::answer(int status, const std::string& body, bool keepAlive) {
    OutboundHead head;
    head.status = status;
    head.headers = {{"content-type", "text/plain; charset=utf-8"},
                    {failureHeader, "1"},
                    {"content-length", std::to_string(body.size())}};
    AnswerFraming framing;
    const bool toHead = m_parser->get().method() == http::verb::head;
    m_writing = answerHead(head, toHead, framing) + (framing.hasBody ? body : std::string{});
    asio::async_write(m_socket, asio::buffer(m_writing),
                      [self = shared_from_this(), keepAlive](beast::error_code error, std::size_t) {
                          if (self->m_closed) return;
                          if (error || !keepAlive) return self->close();
                          self->nextRequest();
                      });
}

void EgressSession::nextRequest() {
    ++m_turn;
    beast::error_code ignored;
    m_socket.cancel(ignored);  // ends the watch for a client that goes away
    readRequest();
}

void EgressSession::reportStart() {
    m_started = std::chrono::steady_clock::now();
    m_report.start = std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now());
    m_reported = false;
    m_context->report(m_report);
}

void EgressSession::reportEnd(const std::string& error) {
    if (m_reported) return;
    m_reported = true;
    m_ticket.reset();
    m_report.finished = true;
    m_report.error = error;
    m_report.duration =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - m_started);
    m_context->report(m_report);
}

}  // namespace stepwell::engine
