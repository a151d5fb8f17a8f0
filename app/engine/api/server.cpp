#include "app/engine/server.h"

#include "app/engine/access/database.h"
#include "app/engine/api/rest_server.h"
#include "app/engine/api/unique.h"

namespace stepwell::engine {

api::Result<std::unique_ptr<Server>> Server::start(Engine& engine, ServerOptions options) {
    if (options.accessFile.empty())
        options.accessFile = engine.databasePath().parent_path() / access::databaseName;
    pages::ServiceOptions siteOptions;
    siteOptions.dataDir = engine.databasePath().parent_path();
    siteOptions.newUuid = rest::newUuid;
    siteOptions.now = [] { return std::chrono::floor<api::Milliseconds>(std::chrono::system_clock::now()); };
    siteOptions.onWarning = options.onWarning;
    siteOptions.sitesDomain = options.sitesDomain;
    auto sites = pages::Service::open(std::move(siteOptions));
    if (!sites) return tl::unexpected(sites.error());
    return rest::startServer(
        engine, std::move(options), [path = engine.databasePath()] { return Reader::open(path); },
        std::move(*sites));
}

}  // namespace stepwell::engine
