#pragma once

#include "app/engine/http/exchange.h"
#include "app/engine/http/thread_pool.h"

#include <filesystem>

namespace stepwell::engine::rest {

/// A slice of a file as the body of an answer.
struct FileSlice {
    std::filesystem::path path;
    std::uint64_t from = 0;
    std::uint64_t bytes = 0;
    std::shared_ptr<const void> held;  ///< keeps the file there until it is open
};

/// Gives `response` the slice as its body, read on `threads` in parts of 256 KiB as they are taken, and hands
/// it to `done`, once, on one of these threads. When the file cannot be opened it is an error page that says
/// so. Any thread.
void readFileInto(http::Response response, FileSlice slice, http::ThreadPool& threads,
                  std::function<void(http::Response)> done);
/// Answers with that.
void respondWithFile(const http::ExchangePtr& exchange, http::Response response, FileSlice slice,
                     http::ThreadPool& threads);

}  // namespace stepwell::engine::rest
