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

/// Answers with `response` and the slice as its body, read on `threads` in parts of 256 KiB as the client
/// takes them. When the file cannot be opened the answer is an error page that says so. Any thread.
void respondWithFile(const http::ExchangePtr& exchange, http::Response response, FileSlice slice,
                     http::ThreadPool& threads);

}  // namespace stepwell::engine::rest
