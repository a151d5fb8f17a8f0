#pragma once

#include <chrono>
#include <string>

namespace stepwell::client {

/// The public key that the TLS server of `url` shows, whoever signed it, as "sha256//BASE64"; empty when
/// there is none. Sends no request and no secret. Blocks for at most `patience`; any thread.
std::string serverKeyOf(const std::string& url, std::chrono::milliseconds patience);

}  // namespace stepwell::client
