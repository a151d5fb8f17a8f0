#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <string>

namespace stepwell::engine::http {

/// The head of a request as it is passed on: for this connection alone, with the address of the client, and
/// without what only the engine may say.
std::string forwardedHead(const boost::beast::http::request<boost::beast::http::string_body>& message,
                          const std::string& clientAddress);

}  // namespace stepwell::engine::http
