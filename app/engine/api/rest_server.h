#pragma once

#include "app/engine/api/reader_pool.h"
#include "app/engine/http/router.h"
#include "app/engine/pages/service.h"
#include "app/engine/server.h"

namespace stepwell::engine::rest {

/// A server whose routes can be looked at, by whoever walks through all of them.
class RoutedServer : public Server {
  public:
    virtual const http::Router& router() const = 0;
};

/// A server on any engine and any kind of reader; `Server::start` is this with the readers of the engine's
/// database and the sites beside it. Without `sites` there are none.
api::Result<std::unique_ptr<RoutedServer>> startServer(Engine& engine, ServerOptions options,
                                                       ReaderFactory readers,
                                                       std::unique_ptr<pages::Service> sites = nullptr);

}  // namespace stepwell::engine::rest
