#pragma once

#include "models/api/error.h"

#include <filesystem>
#include <string_view>

namespace stepwell::engine {

/// A file descriptor that closes itself. One thread. What fails says why in `errno`.
class DurableFile {
  public:
    /// `flags` as for open(2); a file that is made is its owner's alone.
    DurableFile(const std::filesystem::path& path, int flags);
    ~DurableFile();
    DurableFile(const DurableFile&) = delete;
    DurableFile& operator=(const DurableFile&) = delete;

    int descriptor() const { return m_fd; }
    bool valid() const { return m_fd >= 0; }
    bool write(std::string_view bytes) const;
    bool sync() const;  ///< what was written is on the disk on return

  private:
    int m_fd;
};

/// Makes the names in a folder durable.
bool syncFolder(const std::filesystem::path& dir);

/// The error of a file that could not be written, with the reason in `errno`: 507, also when the disk is not
/// full.
tl::unexpected<api::Error> unwritten(const std::filesystem::path& path);

}  // namespace stepwell::engine
