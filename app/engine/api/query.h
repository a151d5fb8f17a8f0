#pragma once

#include "app/engine/http/message.h"
#include "models/api/error.h"
#include "models/api/time.h"

#include <cstdint>
#include <optional>
#include <string_view>

/// Query parameters. Every error is a 400 that names the parameter and what it may be.
namespace stepwell::engine::rest {

api::Result<std::int64_t> numberQuery(const http::Request& request, std::string_view name,
                                      std::int64_t fallback, std::int64_t least, std::int64_t most);
/// Nothing when the parameter is absent.
api::Result<std::optional<api::Time>> timeQuery(const http::Request& request, std::string_view name);
api::Result<bool> flagQuery(const http::Request& request, std::string_view name);

/// Opaque cursor around a row key.
std::string cursorOf(std::int64_t key);
api::Result<std::optional<std::int64_t>> cursorQuery(const http::Request& request);

}  // namespace stepwell::engine::rest
