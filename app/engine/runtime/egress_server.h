#pragma once

#include "app/engine/runtime/curl_pool.h"
#include "app/engine/runtime/egress_gate.h"

#include <boost/asio/io_context.hpp>

namespace stepwell::engine {

/// What the requests of one process share.
struct EgressContext {
    CurlPool& pool;
    std::shared_ptr<EgressGate::Lane> lane;
    std::int64_t largestBody;  ///< bytes
    std::function<void(OutboundReport)> report;
    /// See RuntimeListener::whenDurable.
    std::function<void(std::function<void(bool durable)> then)> whenDurable;
};

/// Where the requests of user code come out: an HTTP server on a Unix socket that takes absolute-form
/// requests and has them performed by the pool. All calls and reports on the thread of `io`.
class EgressServer {
  public:
    /// Listens on `socket` (its path must fit into a socket address). Errors name the socket.
    static api::Result<std::unique_ptr<EgressServer>>
    listen(boost::asio::io_context& io, const std::filesystem::path& socket, EgressContext context);
    virtual ~EgressServer() = default;  ///< cancels what is on its way and reports its end
};

}  // namespace stepwell::engine
