#pragma once

#include "app/engine/http/message.h"

#include <string>

/// Answers that a connection gives by itself, and how any answer looks on the wire.
namespace stepwell::engine::http {

/// Status line and header fields, up to and with the empty line.
std::string headOf(const Response& response, bool keepAlive);

/// "16 GiB", "1.5 MiB", "16384 bytes".
std::string sizeText(std::size_t bytes);

/// 413, naming the limit.
Response tooLarge(std::size_t limit);

/// 408; `part` is "header" or "body".
Response tooSlow(std::string_view part);

/// 400 for a plain request where TLS is spoken.
Response speaksTls();

/// 500 for a request whose handler failed.
Response crashed();

}  // namespace stepwell::engine::http
