#pragma once

#include "app/engine/http/exchange.h"
#include "app/engine/http/session.h"

namespace stepwell::engine::http {

/// The end of an exchange that the client is at. io thread only.
class ExchangeEnd {
  public:
    virtual ~ExchangeEnd() = default;
    virtual void answer(Response response) = 0;
    /// From then on the answer is a stream of events, or a WebSocket; false when it cannot be any more.
    virtual bool beginStream() = 0;
    virtual bool beginWebSocket(WebSocketForm form) = 0;
    // Of a stream: see EventStream.
    virtual bool isStreaming() const = 0;
    virtual void push(std::string_view bytes) = 0;
    virtual std::size_t queued() const = 0;
    virtual void watch(std::function<void()> drained, std::function<void()> closed) = 0;
    virtual void close() = 0;
    virtual void finish() = 0;
};

/// An exchange whose answer finds its way back from any thread, as long as there is somebody to take it.
ExchangePtr makeExchange(Request request, std::weak_ptr<ExchangeEnd> end, std::weak_ptr<Loop> loop,
                         Watch watch);

}  // namespace stepwell::engine::http
