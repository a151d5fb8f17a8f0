#pragma once

#include "app/engine/http/listener.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>

namespace stepwell::engine::http {

/// The event loop; kept apart so that a late answer from another thread can see whether it still exists.
struct Loop {
    boost::asio::io_context io{1};
};

class Session;

/// What a session needs of its listener. Only used on the io thread while that runs.
struct SessionHost {
    Dispatcher* dispatcher = nullptr;
    const ListenerOptions* options = nullptr;
    std::weak_ptr<Loop> loop;
    std::function<void(const Session*)> closed;
    std::function<void(int status)> answered;
    int tunnels = 0;
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
    /// Closes now when nothing is being answered, else after the answer.
    virtual void drain() = 0;
    virtual void close() = 0;
};

}  // namespace stepwell::engine::http
