#pragma once

#include "app/engine/pages/archive_bytes.h"
#include "models/api/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The part of POSIX tar (ustar) that archives of projects are made of: plain files with names of at most 100
/// bytes.
namespace stepwell::engine::pages {

/// The head of a file of `size` bytes, of at most 8 GiB - 1.
std::string tarHead(std::string_view name, std::uint64_t size);
/// What follows the bytes of a file, up to the next head.
std::string tarPadding(std::uint64_t size);
/// What ends an archive.
std::string tarEnd();

struct TarFile {
    std::string name;
    std::uint64_t from = 0;  ///< where its bytes begin in the archive
    std::uint64_t size = 0;  ///< bytes; they all lie within the archive
};

/// Reads an archive from its front.
class TarReader {
  public:
    /// The archive outlives this.
    explicit TarReader(ArchiveBytes& archive)
        : m_archive(archive) {}
    /// The next plain file; nothing at the end. Error 400, with the name of the entry, when the archive is
    /// broken or cut off, or when an entry is a link, a device or named as if it were elsewhere.
    api::Result<std::optional<TarFile>> next();
    /// The bytes of a file, until anything else is read of the archive.
    api::Result<std::string_view> bytesOf(const TarFile& file) {
        return m_archive.read(file.from, file.size);
    }

  private:
    std::uint64_t rest() const { return m_archive.size() - m_at; }

    ArchiveBytes& m_archive;
    std::uint64_t m_at = 0;  ///< that were read
    std::string m_name;      ///< of the last entry, as it can be shown
};

}  // namespace stepwell::engine::pages
