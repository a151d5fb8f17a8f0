#pragma once

#include "models/client/client.h"

#include <chrono>
#include <optional>
#include <string>

namespace stepwell::client {

/// What a server says of the requests that it still takes: `Ratelimit: "default";r=50;t=30` beside
/// `Ratelimit-Policy: "default";q=100;w=60` (IETF draft-ietf-httpapi-ratelimit-headers, as Cloudflare sends
/// it).
struct ToldQuota {
    int remaining = 0;                                ///< r
    std::chrono::seconds resets{0};                   ///< t: from now until all of them are back
    std::optional<int> allowed = {};                  ///< q
    std::optional<std::chrono::seconds> window = {};  ///< w
    friend bool operator==(const ToldQuota&, const ToldQuota&) = default;
};

/// The quota with the least left, where there are several; nothing: the server does not tell, or not
/// readably.
std::optional<ToldQuota> toldQuota(const Response& response);

}  // namespace stepwell::client
