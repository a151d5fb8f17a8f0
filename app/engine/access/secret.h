#pragma once

#include <string>
#include <string_view>

/// The tokens themselves, and what is kept of them.
namespace stepwell::engine::access {

/// How every API token begins, so that people and scanners know one when they see it.
inline constexpr std::string_view tokenPrefix = "stepwell_";

/// A new token: the prefix and 256 random bits in hex.
std::string newSecret();
/// A new id: 32 hex digits.
std::string newId();
/// SHA-256, 32 bytes. Tokens have too much entropy to be guessed from it, so that it needs no salt and no
/// slowness.
std::string hashOf(std::string_view secret);

}  // namespace stepwell::engine::access
