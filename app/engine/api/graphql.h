#pragma once

#include "app/engine/api/context.h"

namespace stepwell::engine::rest {

/// Queries run on `threads`, which must end before the engine does.
void addGraphqlRoute(http::Router& router, Context& context, http::ThreadPool& threads);

}  // namespace stepwell::engine::rest
