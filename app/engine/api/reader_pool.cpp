#include "app/engine/api/reader_pool.h"

namespace stepwell::engine::rest {

ReaderPool::ReaderPool(std::size_t threads, ReaderFactory factory)
    : factory_(std::move(factory))
    , readers_(threads)
    , pool_(threads) {}

void ReaderPool::post(Job job) {
    pool_.post([this, run = std::move(job)](std::size_t thread) { run(readerOf(thread)); });
}

api::Result<Reader*> ReaderPool::readerOf(std::size_t thread) {
    auto& reader = readers_[thread];
    if (!reader) {
        auto opened = factory_();
        if (!opened) return tl::unexpected(opened.error());
        reader = std::move(*opened);
    }
    return reader.get();
}

}  // namespace stepwell::engine::rest
