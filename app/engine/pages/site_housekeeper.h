#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace stepwell::engine::pages {

/// A thread that does a job piece by piece, rests a moment after each so that others get their turn, and
/// waits when there is nothing left. The handle stops and joins it.
class SiteHousekeeper {
  public:
    struct Job {
        std::function<bool()> piece;                          ///< whether there is more to do
        std::function<std::chrono::milliseconds()> interval;  ///< from one look to the next without a `wake`
    };
    explicit SiteHousekeeper(Job job);
    ~SiteHousekeeper();
    SiteHousekeeper(const SiteHousekeeper&) = delete;
    SiteHousekeeper& operator=(const SiteHousekeeper&) = delete;

    /// There may be something to do. Thread-safe.
    void wake();

  private:
    void run();

    Job m_job;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_woken = true;      ///< guarded by m_mutex
    bool m_stopping = false;  ///< guarded by m_mutex
    std::thread m_thread;     ///< last: it uses the others
};

}  // namespace stepwell::engine::pages
