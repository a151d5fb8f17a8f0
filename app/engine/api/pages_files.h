#pragma once

#include "app/engine/http/exchange.h"
#include "app/engine/http/thread_pool.h"
#include "app/engine/pages/site_bodies.h"
#include "app/engine/store/durable_file.h"

#include <filesystem>

namespace stepwell::engine::rest {

/// A slice of a file as the body of an answer.
struct FileSlice {
    std::filesystem::path path;
    std::uint64_t from = 0;
    std::uint64_t bytes = 0;
    std::shared_ptr<const void> held;         ///< keeps the file there until it is open
    std::shared_ptr<const DurableFile> file;  ///< when it is open already
    pages::BodyName whole{};                  ///< what this is a slice of; all of it when that is compressed
    pages::SiteBodies* bodies = nullptr;  ///< may have it in memory, and is given what was read; may be null
};

/// Gives `response` the slice as its body and hands it to `done`, once: at once on this thread when it is in
/// memory, else from one of `threads`, where it is read in parts of 256 KiB as they are taken. When the file
/// cannot be opened it is an error page that says so. Any thread.
void readFileInto(http::Response response, FileSlice slice, http::ThreadPool& threads,
                  std::function<void(http::Response)> done);
/// Answers with that.
void respondWithFile(const http::ExchangePtr& exchange, http::Response response, FileSlice slice,
                     http::ThreadPool& threads);

}  // namespace stepwell::engine::rest
