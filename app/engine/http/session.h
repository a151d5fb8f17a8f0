#pragma once

#include "app/engine/http/listener.h"
#include "app/engine/http/tunnel_room.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <atomic>

namespace stepwell::engine::http {

/// The event loop; kept apart so that a late answer from another thread can see whether it still exists.
struct Loop {
    boost::asio::io_context io{1};
};

class Session;

/// Counted on the io thread, read from any.
struct Troubles {
    std::atomic<std::uint64_t> handshakes{0}, slowHeads{0}, slowBodies{0}, stalled{0};
};

/// What a session needs of its listener. Only used on the io thread while that runs.
struct SessionHost {
    Dispatcher* dispatcher = nullptr;
    const ListenerOptions* options = nullptr;
    std::weak_ptr<Loop> loop;
    std::function<void(const Session*)> closed;
    std::function<void(int status)> answered;
    std::shared_ptr<boost::asio::ssl::context> tls;  ///< of connections that begin now; null: there is no TLS
    Troubles troubles;
    TunnelRoom tunnels;
    int uploads = 0;  ///< bodies above `largeBody` being read or handled
    bool draining = false;
};

/// One connection: reads a request, has it handled, writes the answer, reads the next. Requests that arrive
/// before an answer is out wait in the buffer, so answers keep the order of pipelined requests. io thread
/// only.
class Session {
  public:
    static std::shared_ptr<Session> create(boost::asio::ip::tcp::socket socket, SessionHost& host);
    virtual ~Session() = default;
    virtual void start() = 0;
    /// Instead of `start`: answers before anything was asked, and closes. Not with TLS.
    virtual void turnAway(Response response) = 0;
    virtual const std::string& address() const = 0;  ///< of the other end
    /// Ends what takes too long.
    virtual void tick(PaceTime now) = 0;
    /// Closes now when nothing is being answered, else after the answer.
    virtual void drain() = 0;
    virtual void close() = 0;
};

}  // namespace stepwell::engine::http
