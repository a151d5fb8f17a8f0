#pragma once

#include "app/engine/api/context.h"
#include "app/engine/http/upstream.h"

/// `<script>.workers.localhost`, and the same below the domain of sites: the fetch handlers of Workers.
namespace stepwell::engine::rest {

/// The way to the fetch handler of the Worker whose name in lower case is `name`.
http::Connector workerConnector(Context& context, const std::string& name);

/// A connection to a process as the tunnel takes it.
http::Upstream upstreamOf(HandlerConnection connection);

/// Where the fetch handler of a script is reached.
std::string workerUrl(const std::string& script, const http::Place& place);

}  // namespace stepwell::engine::rest
