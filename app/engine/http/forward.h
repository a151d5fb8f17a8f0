#pragma once

#include "app/engine/http/network.h"
#include "models/api/error.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace stepwell::engine::http {

/// Of the other end, an IPv4 one always in that form; empty when the connection is gone.
std::string addressOf(const boost::asio::ip::tcp::socket& client);

/// Whether a request is passed on as one that asks for a WebSocket.
bool asksForWebSocket(const boost::beast::http::request_header<>& message);

/// Why a request of this kind is not passed on, if it is not.
std::optional<api::Error> hindrance(const boost::beast::http::request_header<>& message);

/// The head of a request as it is passed on: for this connection alone, with the address of the client, and
/// without what only the engine may say.
/// `name` is what the other end is to call the request, 0 for none.
std::string forwardedHead(const boost::beast::http::request_header<>& message, const Caller& client,
                          std::int64_t name);

}  // namespace stepwell::engine::http
