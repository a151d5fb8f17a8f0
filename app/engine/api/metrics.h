#pragma once

#include "app/engine/engine.h"
#include "app/engine/http/listener.h"

#include <cstdint>
#include <string>

namespace stepwell::engine::rest {

/// Memory of this process, 0 when the system does not tell.
std::int64_t residentBytes();

/// Prometheus text of GET /metrics.
std::string metricsText(const EngineHealth& health, const http::Traffic& traffic, int streams);

}  // namespace stepwell::engine::rest
