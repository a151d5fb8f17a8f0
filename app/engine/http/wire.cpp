#include "app/engine/http/wire.h"

#include "app/engine/http/envelope.h"

namespace stepwell::engine::http {

namespace {

std::string_view reasonOf(int status) {
    switch (status) {
    case 200:
        return "OK";
    case 204:
        return "No Content";
    case 206:
        return "Partial Content";
    case 301:
        return "Moved Permanently";
    case 302:
        return "Found";
    case 303:
        return "See Other";
    case 304:
        return "Not Modified";
    case 307:
        return "Temporary Redirect";
    case 308:
        return "Permanent Redirect";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 406:
        return "Not Acceptable";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 413:
        return "Payload Too Large";
    case 416:
        return "Range Not Satisfiable";
    case 426:
        return "Upgrade Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 501:
        return "Not Implemented";
    case 503:
        return "Service Unavailable";
    case 507:
        return "Insufficient Storage";
    default:
        return status < 500 ? "Error" : "Internal Server Error";
    }
}

std::uint64_t bodyBytes(const Response& response) {
    if (response.longBody) return response.longBody->bytes;
    return response.shared ? response.shared.bytes : response.body.size();
}

constexpr std::size_t usualHead = 512;

void addField(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string headOf(const Response& response, bool keepAlive) {
    std::string head;
    head.reserve(usualHead);
    head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(1, ' ');
    head.append(reasonOf(response.status)).append("\r\n");
    const bool given = response.headerSet == HeaderSet::given;
    if (response.status != 204 && response.status != 304) {
        if (!given) addField(head, "Content-Type", response.contentType);
        addField(head, "Content-Length", std::to_string(bodyBytes(response)));
    }
    for (const auto& [name, value] : response.headers)
        addField(head, name, value);
    if (!given) head += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
    head += keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return head;
}

std::string sizeText(std::size_t bytes) {
    constexpr std::size_t half = 512 * 1024;
    constexpr std::size_t gibibyte = 2048 * half;
    if (bytes >= gibibyte && bytes % gibibyte == 0) return std::to_string(bytes / gibibyte) + " GiB";
    if (bytes < 2 * half || bytes % half != 0) return std::to_string(bytes) + " bytes";
    const auto halves = bytes / half;
    return std::to_string(halves / 2) + (halves % 2 == 1 ? ".5 MiB" : " MiB");
}

Response tooLarge(std::size_t limit) {
    return failure({413, api::code::tooLarge,
                    "The request body is larger than the limit of " + sizeText(limit) +
                        " for this route. Nothing was changed."});
}

Response tooSlow(std::string_view part) {
    return failure({408, api::code::badBody,
                    "The " + std::string(part) + " of the request arrives too slowly. Send it at once."});
}

Response speaksTls() {
    return failure(
        {400, api::code::badBody,
         "This port speaks TLS, and the request came without: begin the address with https:// instead of "
         "http://."});
}

Response crashed() {
    return failure({500, api::code::internal,
                    "The request was dropped by an internal error. Nothing is known of its outcome."});
}

}  // namespace stepwell::engine::http
