#pragma once

#include "models/client/client.h"

#include <atomic>
#include <functional>

namespace stepwell::client {

/// Work was stopped by whoever wanted it.
inline constexpr int stoppedCode = 19010;

/// Has `send` send a request, whose answer goes to the callback that it is given, and blocks until it is
/// there or `stop` is set: then it fails with stoppedCode within some 20 ms, what is under way is the
/// caller's to end, and a late answer goes nowhere. Nothing is sent when `stop` is set already. Any thread
/// but the client's.
api::Result<Response> awaitAnswer(const std::atomic<bool>& stop, const std::function<void(Callback)>& send);

}  // namespace stepwell::client
