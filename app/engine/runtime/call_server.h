#pragma once

#include "app/engine/runtime/runtime.h"

#include <boost/asio/io_context.hpp>

namespace stepwell::engine {

/// Where calls of user code to the engine come out (workflow bindings): an HTTP server on a Unix socket that
/// only one process can reach, so that whoever calls is known. Used on the thread of `io`.
class CallServer {
  public:
    /// `answer` may be called from any thread, once.
    using OnCall = std::function<void(std::string body, std::function<void(CallAnswer)> answer)>;

    /// Listens on `socket` (its path must fit into a socket address). Errors name the socket.
    static api::Result<std::unique_ptr<CallServer>>
    listen(boost::asio::io_context& io, const std::filesystem::path& socket, OnCall onCall);
    virtual ~CallServer() = default;  ///< ends its connections; late answers go nowhere
};

}  // namespace stepwell::engine
