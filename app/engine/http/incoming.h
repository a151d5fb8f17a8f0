#pragma once

#include "app/engine/http/message.h"
#include "app/engine/http/network.h"

#include <boost/beast/http/message.hpp>

namespace stepwell::engine::http {

/// A request as handlers see it, without params and body.
Request requestOf(const boost::beast::http::request_header<>& message);

/// Who sent it, with `peer` at the other end of the connection.
Caller callerOf(const boost::beast::http::request_header<>& message, const Caller& peer,
                const std::vector<Network>& trusted);

/// What to say of a request that cannot be read; nothing when the connection is gone.
std::optional<Response> answerTo(const boost::system::error_code& failed, std::size_t headLimit);

/// Where a body ends is known of plain and chunked ones. What to say of another coding: a proxy before us may
/// find the end elsewhere, and what is behind it would be taken for the next request.
std::optional<Response> unknownCoding(const boost::beast::http::request_header<>& message);

bool hasBody(const boost::beast::http::request_header<>& message);

/// The client waits for a word before it sends the body.
bool expectsContinue(const boost::beast::http::request_header<>& message);

}  // namespace stepwell::engine::http
