#include "app/engine/store/durable_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace stepwell::engine {

DurableFile::DurableFile(const std::filesystem::path& path, int flags)
    : m_fd(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}

DurableFile::~DurableFile() {
    if (m_fd >= 0) ::close(m_fd);
}

bool DurableFile::write(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto written = ::write(m_fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool DurableFile::sync() const {
    return ::fsync(m_fd) == 0;
}

bool syncFolder(const std::filesystem::path& dir) {
    const DurableFile folder(dir, O_RDONLY | O_DIRECTORY);
    return folder.valid() && folder.sync();
}

tl::unexpected<api::Error> unwritten(const std::filesystem::path& path) {
    const int reason = errno;
    const auto folder = path.parent_path().string();
    std::string text;
    if (reason == ENOSPC)
        text = "The disk with the folder " + folder +
               " is full: nothing of this request was stored. Make room there and try again.";
    else if (reason == EDQUOT)
        text = "The quota of the disk with the folder " + folder +
               " is used up: nothing of this request was stored. Remove files there, or get a larger quota, "
               "and try again.";
    else
        text =
            "Could not write " + path.string() + ": " + std::strerror(reason) +
            ". Nothing of this request was stored. See to the disk and to the rights of the folder, and try "
            "again.";
    return api::fail(507, api::code::storage, std::move(text));
}

}  // namespace stepwell::engine
