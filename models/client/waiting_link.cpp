#include "models/client/waiting_link.h"

#include <condition_variable>

namespace stepwell::client {

namespace {

constexpr std::chrono::milliseconds stopCheck{20};

/// An answer on its way from the client's thread.
struct Pending {
    std::mutex mutex;
    std::condition_variable arrived;
    std::optional<api::Result<Response>> answer;  ///< guarded by mutex
};

}  // namespace

WaitingLink::WaitingLink(Trust trust, LinkPolicy policy, std::shared_ptr<const std::atomic<bool>> stop)
    : m_stop(std::move(stop))
    , m_link(std::move(trust), policy) {}

api::Result<Response> WaitingLink::ask(Request request, Progress progress) {
    if (*m_stop) return api::fail(0, stoppedCode, "Cancelled.");
    const auto pending = std::make_shared<Pending>();
    m_link.send(
        std::move(request),
        [pending](api::Result<Response> answer) {
            {
                const std::lock_guard lock(pending->mutex);
                pending->answer = std::move(answer);
            }
            pending->arrived.notify_one();
        },
        std::move(progress));
    std::unique_lock lock(pending->mutex);
    while (!pending->answer) {
        if (*m_stop) return api::fail(0, stoppedCode, "Cancelled.");
        pending->arrived.wait_for(lock, stopCheck);
    }
    return std::move(*pending->answer);
}

}  // namespace stepwell::client
