#pragma once

#include "app/engine/http/message.h"
#include "models/api/error.h"

#include <functional>
#include <memory>

namespace stepwell::engine::http {

/// How a request that was passed on ended.
enum class PassedOn {
    answered,    ///< by the upstream, at least in part
    unanswered,  ///< the upstream went away without a word
    brokenOff    ///< the client went away before anything was answered
};

/// Where a request is passed on to, connection and all.
struct Upstream {
    int socket = -1;  ///< a connected stream socket; whoever gets the upstream owns it
    /// Calls back, from any thread, with the reason when the process behind it has ended.
    std::function<void(std::function<void(std::string)>)> whenGone;
    /// May be empty: calls back, from any thread and perhaps several times, while the process computes
    /// without end. A request that has no answer by then is refused.
    std::function<void(std::function<void()>)> whenStuck;
    std::shared_ptr<void> lease;  ///< kept until the tunnel ends
    /// May be empty; called once, on the io thread, with the status of the answer; 0: there was none.
    std::function<void(PassedOn, int status)> whenOver;
};
/// The status of errors that are the upstream's own: a Worker that does not start, ends or never yields.
/// Other errors say that the engine cannot pass anything on now.
constexpr int upstreamFailed = 502;

/// Finds the upstream of a request; answers once, from any thread.
using Connector = std::function<void(std::function<void(api::Result<Upstream>)>)>;

/// An error as a page for people.
Response errorPage(const api::Error& error);

}  // namespace stepwell::engine::http
