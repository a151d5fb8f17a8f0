#pragma once

#include "app/engine/runtime/curl_pool.h"
#include "app/engine/runtime/runtime.h"

#include <boost/asio/io_context.hpp>

namespace stepwell::engine {

/// Where the requests of user code come out: an HTTP server on a Unix socket that takes absolute-form
/// requests and has them performed by the pool. All calls and reports on the thread of `io`.
class EgressServer {
  public:
    using Report = std::function<void(OutboundReport)>;

    /// Listens on `socket` (its path must fit into a socket address). Errors name the socket.
    static api::Result<std::unique_ptr<EgressServer>> listen(boost::asio::io_context& io,
                                                             const std::filesystem::path& socket,
                                                             CurlPool& pool, std::int64_t largestBody,
                                                             Report report);
    virtual ~EgressServer() = default;  ///< cancels what is on its way and reports its end
};

}  // namespace stepwell::engine
