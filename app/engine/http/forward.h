#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstdint>
#include <string>

namespace stepwell::engine::http {

/// Of the other end, an IPv4 one always in that form; empty when the connection is gone.
std::string addressOf(const boost::asio::ip::tcp::socket& client);

/// Whether a request is passed on as one that asks for a WebSocket.
bool asksForWebSocket(const boost::beast::http::request<boost::beast::http::string_body>& message);

/// The head of a request as it is passed on: for this connection alone, with the address of the client, and
/// without what only the engine may say.
/// `name` is what the other end is to call the request, 0 for none.
std::string forwardedHead(const boost::beast::http::request<boost::beast::http::string_body>& message,
                          const std::string& clientAddress, std::int64_t name);

}  // namespace stepwell::engine::http
