#pragma once

#include "app/engine/api/context.h"
#include "app/engine/http/upstream.h"

/// `<script>.workers.localhost`: the fetch handlers of Workers.
namespace stepwell::engine::rest {

/// The way to the fetch handler of the Worker whose name in lower case is `name`.
http::Connector workerConnector(Context& context, const std::string& name);

/// A connection to a process as the tunnel takes it.
http::Upstream upstreamOf(HandlerConnection connection);

/// Where the fetch handler of a script is reached, for a client that reaches the API as `apiHost`.
std::string workerUrl(const std::string& script, std::string_view apiHost);

}  // namespace stepwell::engine::rest
