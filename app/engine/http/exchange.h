#pragma once

#include "app/engine/http/message.h"

#include <functional>
#include <memory>

namespace stepwell::engine::http {

/// The open end of an answer of server-sent events, or of a WebSocket. Every call, and every callback, is on
/// the io thread.
class EventStream {
  public:
    virtual ~EventStream() = default;
    /// Queues bytes; over a WebSocket, one text message. A client that leaves more than 1 MiB unread is
    /// dropped.
    virtual void write(std::string_view bytes) = 0;
    virtual std::size_t queued() const = 0;  ///< bytes that the socket has not taken yet
    /// `drained` after the queue became empty; `closed` once, when the client is gone.
    virtual void watch(std::function<void()> drained, std::function<void()> closed) = 0;
    virtual void close() = 0;
    /// Closes when everything queued is out.
    virtual void finish() = 0;
};

/// What somebody besides the client is told of an exchange.
struct Watch {
    /// The answer, once, on the io thread; also when nobody is there any more to take it.
    std::function<void(const Response&)> answered;
    /// The answer is an open stream; it can be closed from here, on the io thread.
    std::function<void(std::function<bool()> isOpen, std::function<void()> close)> streaming;
};

/// How the server's end of a WebSocket speaks.
struct WebSocketForm {
    enum class Clients { byTheRule, unmasked };
    std::string protocol;                  ///< the one that is chosen of those offered; empty: none
    Clients clients = Clients::byTheRule;  ///< whether frames without a mask are taken
};

/// One request and the way to answer it. It may be carried to any thread; it is answered exactly once, and
/// when it is dropped unanswered the client gets an error 500.
class Exchange {
  public:
    explicit Exchange(Request request)
        : request_(std::move(request)) {}
    virtual ~Exchange() = default;
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    const Request& request() const { return request_; }
    /// The body, for a handler that keeps it. Once.
    std::string takeBody() { return std::move(request_.body); }

    /// Thread-safe. `make` runs on the io thread, there before this returns.
    virtual void respondWith(std::function<Response()> make) = 0;
    void respond(Response response) {
        respondWith([answer = std::move(response)]() mutable { return std::move(answer); });
    }
    /// Answers 200 with `text/event-stream`. On the io thread only; nothing when the client is gone.
    virtual std::shared_ptr<EventStream> openStream() = 0;
    /// The same over a WebSocket, for a request with `upgrade`.
    virtual std::shared_ptr<EventStream> openWebSocket(WebSocketForm form) = 0;
    std::shared_ptr<EventStream> openWebSocket() { return openWebSocket({}); }

  private:
    Request request_;
};

using ExchangePtr = std::shared_ptr<Exchange>;
/// Called on the io thread: hand over what takes time and return.
using Handler = std::function<void(ExchangePtr)>;

}  // namespace stepwell::engine::http
