#pragma once

#include "app/engine/http/message.h"
#include "app/engine/http/thread_pool.h"
#include "app/engine/store/durable_file.h"

#include <filesystem>
#include <memory>

namespace stepwell::engine::rest {

/// The body of a request as a file without a name: it goes with this, and nothing is left of it when the
/// engine ends, whatever way. One part is written at a time; read it when all of it is there.
class BodyFile final : public http::BodySink, public std::enable_shared_from_this<BodyFile> {
  public:
    /// For `announced` bytes (0: it is not known how many) on the disk of `folder`, written by `threads`.
    /// Error 507, with the folder, when there is not as much room.
    static api::Result<std::shared_ptr<http::BodySink>>
    make(const std::filesystem::path& folder, std::uint64_t announced, http::ThreadPool& threads);

    void take(std::string part, std::function<void(api::Result<void>)> done) override;

    const DurableFile& file() const { return *m_file; }
    std::uint64_t bytes() const { return m_bytes; }

  private:
    BodyFile(std::filesystem::path folder, http::ThreadPool& threads)
        : m_folder(std::move(folder))
        , m_threads(threads) {}
    api::Result<void> write(std::string_view part);
    void open();

    std::filesystem::path m_folder;
    http::ThreadPool& m_threads;
    std::unique_ptr<DurableFile> m_file;
    std::uint64_t m_bytes = 0;
};

}  // namespace stepwell::engine::rest
