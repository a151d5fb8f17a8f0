#include "app/engine/api/body_file.h"

#include <sys/statvfs.h>

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace stepwell::engine::rest {

namespace fs = std::filesystem;

namespace {

/// Where files are made that need a name for a moment: it is emptied when the engine starts.
constexpr auto passing = "run";

/// 507 of a folder, with the reason in `errno`.
tl::unexpected<api::Error> unwrittenIn(const fs::path& folder) {
    return unwritten(folder / passing);
}

}  // namespace

api::Result<std::shared_ptr<http::BodySink>> BodyFile::make(const fs::path& folder, std::uint64_t announced,
                                                            http::ThreadPool& threads) {
    struct statvfs disk {};
    // Where it cannot be asked, writing finds out.
    if (announced > 0 && ::statvfs(folder.c_str(), &disk) == 0 &&
        announced / disk.f_frsize >= disk.f_bavail) {
        errno = ENOSPC;
        return unwrittenIn(folder);
    }
    return std::shared_ptr<BodyFile>(new BodyFile(folder, threads));
}

void BodyFile::take(std::string part, std::function<void(api::Result<void>)> done) {
    m_threads.post([self = shared_from_this(), bytes = std::move(part), done = std::move(done)](std::size_t) {
        done(self->write(bytes));
    });
}

/// Not every file system has files that never had a name.
void BodyFile::open() {
    m_file = std::make_unique<DurableFile>(m_folder, O_TMPFILE | O_RDWR);
    if (m_file->valid() || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) return;
    static std::atomic<int> counter{0};
    const auto path =
        m_folder / passing / ("body-" + std::to_string(::getpid()) + '-' + std::to_string(++counter));
    std::error_code ignored;
    fs::create_directories(path.parent_path(), ignored);
    m_file = std::make_unique<DurableFile>(path, O_CREAT | O_EXCL | O_RDWR);
    if (m_file->valid()) ::unlink(path.c_str());
}

api::Result<void> BodyFile::write(std::string_view part) {
    if (!m_file) open();
    if (!m_file->valid() || !m_file->write(part)) return unwrittenIn(m_folder);
    m_bytes += part.size();
    return {};
}

}  // namespace stepwell::engine::rest
