#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stepwell::engine::rest {

/// A random UUID (version 4) from the system's random source.
std::string newUuid();

/// Lowercase hex SHA-256.
std::string sha256(std::string_view bytes);

}  // namespace stepwell::engine::rest
