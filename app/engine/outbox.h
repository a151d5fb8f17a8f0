#pragma once

#include "app/engine/core/actions.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace stepwell::engine {

/// Keeps what turns want told until they are durable. The core commits without waiting for the disk and goes
/// on, and so does the user code in its sandbox; a thread of the outbox syncs, all turns at once that have
/// come meanwhile, and then delivers. When nobody waits for an answer, syncs are some milliseconds apart, for
/// each costs time that user code could have. Nobody outside can tell it from an engine that
/// syncs each commit: what could be lost is known to nobody who would be left. (External synchrony:
/// Nightingale, Veeraraghavan, Chen, Flinn, "Rethink the Sync", OSDI 2006.)
class Outbox {
  public:
    struct Parts {
        /// Makes durable what was committed before the call; false, with a reason, when the disk does not.
        std::function<bool(std::string& error)> sync;
        /// Tells what a turn wanted told, turn by turn. `error`: nobody knows whether the turn is stored.
        std::function<void(Actions told, const std::string& error)> deliver;
        /// The first sync has failed, and there will be no other.
        std::function<void()> onFailure;
    };

    /// The parts are called on a thread of the outbox. What was committed earlier is synced first.
    explicit Outbox(Parts parts);
    ~Outbox();
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    /// A turn is about to be committed. Core thread, as `put`.
    void announce();
    /// The turn has been committed, or has failed. Waits while too many are not durable yet.
    void put(Actions told);
    /// Calls `then`, on any thread or at once, when all that readers of the database have seen by now is
    /// durable; with false when it will never be. Any thread.
    void whenDurable(std::function<void(bool durable)> then);
    /// Why nothing is stored any more, if so. Any thread.
    std::string error() const;
    /// Delivers what is left and ends the thread.
    void stop();

  private:
    static constexpr std::int64_t mostGathered = 32;  ///< turns of one sync when nobody waits for it
    static constexpr std::int64_t mostAhead = 64;     ///< turns that the core may be ahead of the disk
    struct Waiting {
        std::int64_t turn;
        std::function<void(bool)> then;
    };

    void run();
    bool isFull() const { return m_put - m_synced >= mostGathered; }
    std::vector<Waiting> takeReady();

    Parts m_parts;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;  ///< a turn was put, or it is time to stop
    std::condition_variable m_room;     ///< turns have been synced
    std::vector<Actions> m_held;        ///< guarded by m_mutex, as the rest
    std::vector<Waiting> m_waiting;
    std::int64_t m_announced = 1;
    std::int64_t m_put = 1;  ///< the first stands for what was there before
    std::int64_t m_synced = 0;
    bool m_isAwaited = true;  ///< somebody waits for the next sync
    std::string m_error;
    bool m_stopping = false;
    std::thread m_thread;
};

}  // namespace stepwell::engine
