#include "models/client/await_answer.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

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

api::Result<Response> awaitAnswer(const std::atomic<bool>& stop, const std::function<void(Callback)>& send) {
    if (stop) return api::fail(0, stoppedCode, "Cancelled.");
    const auto pending = std::make_shared<Pending>();
    send([pending](api::Result<Response> answer) {
        {
            const std::lock_guard lock(pending->mutex);
            pending->answer = std::move(answer);
        }
        pending->arrived.notify_one();
    });
    std::unique_lock lock(pending->mutex);
    while (!pending->answer) {
        if (stop) return api::fail(0, stoppedCode, "Cancelled.");
        pending->arrived.wait_for(lock, stopCheck);
    }
    return std::move(*pending->answer);
}

}  // namespace stepwell::client
