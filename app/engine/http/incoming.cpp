#include "app/engine/http/incoming.h"

#include "app/engine/http/envelope.h"
#include "app/engine/http/guards.h"
#include "app/engine/http/router.h"
#include "app/engine/http/text.h"
#include "app/engine/http/wire.h"

#include <boost/beast/http/error.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

namespace stepwell::engine::http {

namespace beast = boost::beast;
using beast::http::field;

namespace {

Method methodOf(beast::http::verb verb) {
    switch (verb) {
    case beast::http::verb::get:
        return Method::get;
    case beast::http::verb::head:
        return Method::head;
    case beast::http::verb::post:
        return Method::post;
    case beast::http::verb::put:
        return Method::put;
    case beast::http::verb::patch:
        return Method::patch;
    case beast::http::verb::delete_:
        return Method::remove;
    case beast::http::verb::options:
        return Method::options;
    default:
        return Method::other;
    }
}

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

/// Several fields of one name mean the same as one with commas.
std::string joined(const beast::http::request_header<>& message, beast::string_view name) {
    std::string all;
    const auto range = message.equal_range(name);
    for (auto at = range.first; at != range.second; ++at) {
        if (!all.empty()) all += ',';
        all += view(at->value());
    }
    return all;
}

}  // namespace

Caller callerOf(const beast::http::request_header<>& message, const Caller& peer,
                const std::vector<Network>& trusted) {
    if (trusted.empty()) return peer;
    return callerBehind(peer, joined(message, "X-Forwarded-For"), joined(message, "X-Forwarded-Proto"),
                        trusted);
}

Request requestOf(const beast::http::request_header<>& message) {
    Request request;
    request.method = methodOf(message.method());
    parseTarget(view(message.target()), request);
    // Two Host headers are a way to be one server for a proxy and another one for us.
    if (message.count(field::host) == 1) request.host = view(message[field::host]);
    if (message.count(field::origin) > 0) request.origin = joined(message, "Origin");
    request.credential = bearerToken(view(message[field::authorization]));
    if (request.credential.empty()) request.credential = view(message["X-Auth-Key"]);
    request.contentType = view(message[field::content_type]);
    request.lastEventId = view(message["Last-Event-ID"]);
    request.target = view(message.target());
    for (const auto& [name, value] :
         {std::pair{field::if_none_match, &request.ifNoneMatch}, std::pair{field::range, &request.range},
          std::pair{field::if_range, &request.ifRange}, std::pair{field::accept, &request.accept},
          std::pair{field::accept_encoding, &request.acceptEncoding}})
        if (const auto header = message.find(name); header != message.end()) *value = view(header->value());
    request.authorized = message.count(field::authorization) > 0;
    request.upgrade = beast::websocket::is_upgrade(message);
    return request;
}

std::optional<Response> answerTo(const boost::system::error_code& failed, std::size_t headLimit) {
    using beast::http::error;
    if (failed == error::header_limit || failed == error::buffer_overflow)
        return failure(
            {431, api::code::badBody,
             "The header of the request is larger than the limit of " + sizeText(headLimit) + "."});
    const bool malformed = failed.category() == make_error_code(error::bad_method).category();
    if (!malformed || failed == error::end_of_stream || failed == error::partial_message) return std::nullopt;
    return failure({400, api::code::badBody, "The request is not valid HTTP/1.1: " + failed.message() + "."});
}

std::optional<Response> unknownCoding(const beast::http::request_header<>& message) {
    const auto coding = joined(message, "Transfer-Encoding");
    if (message.count(field::transfer_encoding) == 0 || equalsIgnoringCase(coding, "chunked"))
        return std::nullopt;
    return failure({501, api::code::badBody,
                    "The Transfer-Encoding of the request is none that is known here. Send the body plain or "
                    "chunked."});
}

bool hasBody(const beast::http::request_header<>& message) {
    const auto length = message.find(field::content_length);
    return message.count(field::transfer_encoding) > 0 ||
           (length != message.end() && beast::string_view(length->value()) != "0");
}

bool expectsContinue(const beast::http::request_header<>& message) {
    return beast::iequals(message[field::expect], "100-continue");
}

}  // namespace stepwell::engine::http
