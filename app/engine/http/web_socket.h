#pragma once

#include "app/engine/http/connection.h"
#include "app/engine/http/exchange.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>

#include <functional>
#include <memory>
#include <string_view>

namespace stepwell::engine::http {

/// A connection after its upgrade: text messages to the client, one for each write. Of what the client says
/// only that it is there counts: pings keep the connection, a close ends it. io thread only.
class WebSocket {
  public:
    using Request = boost::beast::http::request<boost::beast::http::empty_body>;
    struct Events {
        std::function<void()> drained;  ///< everything written is out
        std::function<void()> closed;   ///< once, also when the upgrade failed
    };

    /// `stream` belongs to whatever `owner` keeps alive; it is let go of when this is destroyed.
    static std::shared_ptr<WebSocket> create(Connection& stream, std::shared_ptr<void> owner, Events events,
                                             WebSocketForm form);
    virtual ~WebSocket() = default;

    virtual void accept(const Request& request) = 0;
    virtual void write(std::string_view message) = 0;
    virtual std::size_t queued() const = 0;  ///< bytes
    /// Says good-bye when everything written is out.
    virtual void finish() = 0;
};

}  // namespace stepwell::engine::http
