#pragma once

#include "app/engine/http/thread_pool.h"
#include "app/engine/store/reader.h"

#include <functional>
#include <memory>
#include <vector>

namespace stepwell::engine::rest {

using ReaderFactory = std::function<api::Result<std::unique_ptr<Reader>>()>;

/// Threads that answer reads, each with a connection of its own to the database, opened with its first job.
class ReaderPool {
  public:
    /// A job gets the thread's reader, or why there is none.
    using Job = std::function<void(const api::Result<Reader*>&)>;
    ReaderPool(std::size_t threads, ReaderFactory factory);
    /// Thread-safe.
    void post(Job job);

  private:
    api::Result<Reader*> readerOf(std::size_t thread);

    ReaderFactory factory_;
    std::vector<std::unique_ptr<Reader>> readers_;  ///< each touched by its thread alone
    http::ThreadPool pool_;                         ///< last: joined before the readers go
};

}  // namespace stepwell::engine::rest
