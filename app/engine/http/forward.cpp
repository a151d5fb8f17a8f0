#include "app/engine/http/forward.h"

#include "app/engine/http/incoming.h"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <array>

namespace stepwell::engine::http {

namespace beast = boost::beast;

namespace {

bool isDropped(beast::string_view name, bool upgrades) {
    constexpr std::array<const char*, 8> dropped = {"connection", "keep-alive",       "proxy-connection",
                                                    "expect",     "cf-connecting-ip", "te",
                                                    "trailer",    "http2-settings"};
    constexpr beast::string_view ours = "x-stepwell-";
    if (name.size() >= ours.size() && beast::iequals(name.substr(0, ours.size()), ours)) return true;
    if (!upgrades && beast::iequals(name, "upgrade")) return true;
    return std::any_of(dropped.begin(), dropped.end(),
                       [&](const char* other) { return beast::iequals(name, other); });
}

void append(std::string& out, beast::string_view text) {
    out.append(text.data(), text.size());
}

}  // namespace

std::string addressOf(const boost::asio::ip::tcp::socket& client) {
    boost::system::error_code error;
    const auto end = client.remote_endpoint(error);
    return error ? std::string() : plainAddress(end.address().to_string());
}

bool asksForWebSocket(const beast::http::request_header<>& message) {
    return beast::iequals(message[beast::http::field::upgrade], "websocket");
}

std::optional<api::Error> hindrance(const beast::http::request_header<>& message) {
    if (!message.target().starts_with('/'))
        return api::Error{400, api::code::noRoute, "The path of the request is not valid."};
    if (asksForWebSocket(message) && hasBody(message))
        return api::Error{400, api::code::badBody,
                          "A request for a WebSocket cannot have a body: send it without."};
    return std::nullopt;
}

std::string forwardedHead(const beast::http::request_header<>& message, const Caller& client,
                          std::int64_t name) {
    const bool upgrades = asksForWebSocket(message);
    std::string head;
    append(head, message.method_string());
    head += ' ';
    append(head, message.target());
    head += " HTTP/1.1\r\n";
    for (const auto& field : message) {
        if (isDropped(field.name_string(), upgrades)) continue;
        append(head, field.name_string());
        head += ": ";
        append(head, field.value());
        head += "\r\n";
    }
    head += upgrades ? "Connection: Upgrade\r\n" : "Connection: close\r\n";
    head += "CF-Connecting-IP: " + client.address + "\r\n";
    // The runtime takes the scheme of the URL from it, and nobody else can set it.
    if (client.secure) head += "x-stepwell-proto: https\r\n";
    head += R"(x-stepwell-cf: {"colo":"LOCAL","httpProtocol":"HTTP/1.1","clientTcpRtt":0)";
    // The driver takes it out again before user code sees the rest.
    if (name != 0) head += R"(,"stepwellRequest":)" + std::to_string(name);
    head += "}\r\n\r\n";
    return head;
}

}  // namespace stepwell::engine::http
