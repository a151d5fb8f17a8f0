#include "app/engine/server.h"

#include "app/engine/api/rest_server.h"

namespace stepwell::engine {

api::Result<std::unique_ptr<Server>> Server::start(Engine& engine, ServerOptions options) {
    return rest::startServer(engine, std::move(options),
                             [path = engine.databasePath()] { return Reader::open(path); });
}

}  // namespace stepwell::engine
