#pragma once

#include "app/engine/http/public_address.h"
#include "app/engine/http/shared_body.h"
#include "app/engine/http/text.h"
#include "models/api/error.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepwell::engine::access {
struct Identity;
}

namespace stepwell::engine::http {

/// Takes the body of a request that need not fit into memory, one part after the other.
class BodySink {
  public:
    virtual ~BodySink() = default;
    /// On the io thread; no other part comes before `done` was called, once, from any thread. After an error
    /// the client is told of it, and no more comes.
    virtual void take(std::string part, std::function<void(api::Result<void>)> done) = 0;
};

enum class Method { get, head, post, put, patch, remove, options, other };
std::string_view toString(Method method);

/// A request as handlers see it: decoded, bounded, already admitted.
struct Request {
    Method method = Method::get;
    std::vector<std::string> path;    ///< segments, percent-decoded; a trailing slash leaves no trace
    Pairs query;                      ///< in order
    std::vector<std::string> params;  ///< what the placeholders of the route matched, in order
    std::string remote;      ///< address of the client, behind proxies that are trusted; "" when it has gone
    bool secure = false;     ///< the client speaks TLS
    bool wellFormed = true;  ///< false: the target could not be decoded; it never reaches a handler
    std::string host;
    Place place;  ///< where sites and Workers are for this client; of requests to the API
    std::optional<std::string> origin;
    std::string credential;  ///< bearer token or API key; wiped by the guard
    std::shared_ptr<const access::Identity>
        identity;  ///< who asks, as the guard found out; null: nobody known
    std::string contentType;
    std::string lastEventId;
    bool upgrade = false;  ///< asks for a WebSocket
    std::string target;    ///< as it was sent, path and query
    // Headers that decide how something is sent; nothing when absent.
    std::optional<std::string> ifNoneMatch, range, ifRange, accept, acceptEncoding;
    bool authorized = false;  ///< has an Authorization header
    std::string body;
    std::shared_ptr<BodySink> sink;  ///< has all of the body, which was too long for `body`

    /// First value of a query parameter.
    std::optional<std::string_view> queryValue(std::string_view name) const;
};

/// A body that comes in parts, so that it need not fit into memory.
struct LongBody {
    std::uint64_t bytes = 0;
    /// Called on the io thread, for one part after the other. It calls `done` once, from any thread; with an
    /// empty part when the rest is not there: the connection is then closed.
    std::function<void(std::function<void(std::string)> done)> next;
};

enum class HeaderSet {
    api,   ///< content type, and that nothing is to be kept or guessed at
    given  ///< those of the response alone, and what frames the message
};

struct Response {
    int status = 200;
    std::string contentType = "application/json";
    std::string body;
    Pairs headers;
    HeaderSet headerSet = HeaderSet::api;
    std::shared_ptr<LongBody> longBody;  ///< instead of `body`
    SharedStretch shared;                ///< instead of `body`
    std::string made = {};               ///< id of what the request created; not sent
};

}  // namespace stepwell::engine::http
