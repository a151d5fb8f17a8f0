#pragma once

#include "app/engine/http/message.h"
#include "models/api/error.h"

#include <functional>
#include <memory>

namespace stepwell::engine::http {

/// Where a request is passed on to, connection and all.
struct Upstream {
    int socket = -1;  ///< a connected stream socket; whoever gets the upstream owns it
    /// Calls back, from any thread, with the reason when the process behind it has ended.
    std::function<void(std::function<void(std::string)>)> whenGone;
    std::shared_ptr<void> lease;  ///< kept until the tunnel ends
};
/// Finds the upstream of a request; answers once, from any thread.
using Connector = std::function<void(std::function<void(api::Result<Upstream>)>)>;

/// An error as a page for people.
Response errorPage(const api::Error& error);

}  // namespace stepwell::engine::http
