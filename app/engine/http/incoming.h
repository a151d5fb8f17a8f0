#pragma once

#include "app/engine/http/message.h"

#include <boost/beast/http/message.hpp>

namespace stepwell::engine::http {

/// A request as handlers see it, without params and body.
Request requestOf(const boost::beast::http::request_header<>& message);

/// The client waits for a word before it sends the body.
bool expectsContinue(const boost::beast::http::request_header<>& message);

}  // namespace stepwell::engine::http
