#pragma once

#include "app/engine/api/context.h"

namespace stepwell::engine::rest {

/// Queries run on `threads`, which must end before the engine does. The route asks for the token by itself,
/// since it answers outside of the envelope also where it refuses.
void addGraphqlRoute(http::Router& router, Context& context, http::ThreadPool& threads,
                     const std::string& token);

}  // namespace stepwell::engine::rest
