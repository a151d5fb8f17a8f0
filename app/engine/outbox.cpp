#include "app/engine/outbox.h"

#include <algorithm>
#include <utility>

namespace stepwell::engine {

namespace {
using Clock = std::chrono::steady_clock;
/// Between syncs that nobody waits for.
constexpr std::chrono::milliseconds gathering{2};
}  // namespace

Outbox::Outbox(Parts parts)
    : m_parts(std::move(parts))
    , m_thread([this] { run(); }) {}

Outbox::~Outbox() {
    stop();
}

void Outbox::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    if (m_thread.joinable()) m_thread.join();
}

void Outbox::announce() {
    const std::lock_guard lock(m_mutex);
    m_announced = m_put + 1;
}

void Outbox::put(Actions told) {
    std::unique_lock lock(m_mutex);
    const bool isFirst = m_put == m_synced;
    m_isAwaited = m_isAwaited || !told.replies.empty();
    m_held.push_back(std::move(told));
    m_announced = ++m_put;
    if (isFirst || m_isAwaited || isFull()) m_changed.notify_one();
    m_room.wait(lock, [this] { return m_put - m_synced <= mostAhead; });
}

void Outbox::whenDurable(std::function<void(bool)> then) {
    std::unique_lock lock(m_mutex);
    const bool failed = !m_error.empty();
    if (!failed && m_synced < m_announced) {
        m_waiting.push_back({m_announced, std::move(then)});
        m_isAwaited = true;
        m_changed.notify_one();
        return;
    }
    lock.unlock();
    then(!failed);
}

std::string Outbox::error() const {
    const std::lock_guard lock(m_mutex);
    return m_error;
}

void Outbox::run() {
    std::unique_lock lock(m_mutex);
    for (Clock::time_point last;; last = Clock::now()) {
        m_changed.wait(lock, [this] { return m_stopping || m_put > m_synced; });
        m_changed.wait_until(lock, last + gathering,
                             [this] { return m_stopping || m_isAwaited || isFull(); });
        if (m_put == m_synced) return;
        // Who waits for a turn that is being committed still waits for it.
        m_isAwaited = m_announced > m_put;
        const auto turn = m_put;
        auto held = std::exchange(m_held, {});
        auto error = m_error;
        const bool failedBefore = !error.empty();
        lock.unlock();
        if (!failedBefore && !m_parts.sync(error) && error.empty()) error = "unknown error";
        lock.lock();
        m_synced = turn;
        m_error = error;
        const auto ready = takeReady();
        m_room.notify_all();
        lock.unlock();
        if (!error.empty() && !failedBefore) m_parts.onFailure();
        for (const auto& waiting : ready)
            waiting.then(error.empty());
        for (auto& told : held)
            m_parts.deliver(std::move(told), error);
        lock.lock();
    }
}

/// Those that wait for nothing any more; after a failure, all of them. With m_mutex locked.
std::vector<Outbox::Waiting> Outbox::takeReady() {
    const auto split = std::stable_partition(m_waiting.begin(), m_waiting.end(), [this](const auto& waiting) {
        return m_error.empty() && waiting.turn > m_synced;
    });
    std::vector<Waiting> ready(std::make_move_iterator(split), std::make_move_iterator(m_waiting.end()));
    m_waiting.erase(split, m_waiting.end());
    return ready;
}

}  // namespace stepwell::engine
