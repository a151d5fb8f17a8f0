#pragma once

#include "app/engine/runtime/runtime.h"

#include <boost/asio/io_context.hpp>

namespace stepwell::engine {

/// Where the code of a site gets its files (env.ASSETS): an HTTP server on a Unix socket that only one
/// process can reach. Used on the thread of `io`.
class AssetServer {
  public:
    /// Requests of one process that are answered at once; more are answered 503.
    static constexpr std::size_t mostAtOnce = 256;
    using OnAsset = std::function<void(AssetAsk ask, std::function<void(AssetReply)> answer)>;

    /// Listens on `socket` (its path must fit into a socket address). Errors name the socket.
    static api::Result<std::unique_ptr<AssetServer>>
    listen(boost::asio::io_context& io, const std::filesystem::path& socket, OnAsset onAsset);
    virtual ~AssetServer() = default;  ///< ends its connections; late answers go nowhere
};

}  // namespace stepwell::engine
