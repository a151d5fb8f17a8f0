#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace stepwell::engine::http {

/// A few threads and one queue. Jobs are bounded by their source: every job belongs to an open connection.
class ThreadPool {
  public:
    /// A job learns which thread runs it (0 ... threads-1), so that it can use what belongs to that thread.
    using Job = std::function<void(std::size_t thread)>;

    explicit ThreadPool(std::size_t threads);
    /// Finishes the jobs that run, drops those that wait, joins.
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    /// Thread-safe.
    void post(Job job);
    std::size_t size() const { return threads_.size(); }

  private:
    void work(std::size_t index);

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> jobs_;   ///< guarded by mutex_
    bool stopping_ = false;  ///< guarded by mutex_
    std::vector<std::thread> threads_;
};

}  // namespace stepwell::engine::http
