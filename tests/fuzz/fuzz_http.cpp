// Requests as they come from the socket: what the parser lets through is decoded, judged, and passed on.
#include "app/engine/api/query.h"
#include "app/engine/http/forward.h"
#include "app/engine/http/guards.h"
#include "app/engine/http/incoming.h"
#include "app/engine/http/router.h"

#include <boost/beast/http.hpp>

#include <cstdlib>

using namespace stepwell::engine;
namespace beast = boost::beast;

namespace {

constexpr std::uint32_t headLimit = 16 * 1024;
constexpr std::uint64_t bodyLimit = 1024 * 1024;

/// What is passed on is one head, and nothing of the request can end it early.
void checkForwarded(const std::string& head) {
    if (head.find("\r\n\r\n") != head.size() - 4) std::abort();
}

void judge(const http::Request& request) {
    const http::HostGuard guard("127.0.0.1", {}, "sites.example.org");
    guard.allowsHost(request.host);
    if (request.origin) guard.allowsOrigin(*request.origin);
    guard.workerOf(request.host);
    static_cast<void>(http::PublicAddress().placeFor(request.host, request.secure).urlOf("a.localhost"));
    if (!request.wellFormed) return;
    for (const auto& segment : request.path)
        if (segment.find('\0') != std::string::npos) std::abort();
    http::Router router;
    router.add(http::Method::get, "/client/v4/accounts/{account}/workflows/{name}", access::need::anyone, 0,
               {});
    router.find(request.method, request.path);
    router.allowed(request.path);
    static_cast<void>(rest::numberQuery(request, "page", 1, 1, 100));
    static_cast<void>(rest::timeQuery(request, "date_start"));
    static_cast<void>(rest::flagQuery(request, "simple"));
    static_cast<void>(rest::cursorQuery(request));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    beast::http::request_parser<beast::http::string_body> parser;
    parser.header_limit(headLimit);
    parser.body_limit(bodyLimit);
    parser.eager(true);
    boost::asio::const_buffer rest(data, size);
    beast::error_code error;
    while (rest.size() > 0 && !parser.is_done()) {
        const auto taken = parser.put(rest, error);
        if (error || taken == 0) break;
        rest += taken;
    }
    if (!parser.is_header_done()) return 0;
    const auto& message = parser.get();
    http::expectsContinue(message);
    judge(http::requestOf(message));
    if (message.target().starts_with('/'))
        checkForwarded(http::forwardedHead(message, {"127.0.0.1", true}, 0));
    return 0;
}
