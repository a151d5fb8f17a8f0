#pragma once

#include "app/engine/api/context.h"

namespace stepwell::engine::rest {

/// Queries run on `threads`, those of one request on all that are free; `threads` must end before the engine
/// does.
void addGraphqlRoute(http::Router& router, Context& context, http::ThreadPool& threads);

}  // namespace stepwell::engine::rest
