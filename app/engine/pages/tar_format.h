#pragma once

#include "models/api/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The part of POSIX tar (ustar) that archives of projects are made of: plain files with names of at most 100
/// bytes. No I/O.
namespace stepwell::engine::pages {

/// The head of a file of `size` bytes, of at most 8 GiB - 1.
std::string tarHead(std::string_view name, std::uint64_t size);
/// What follows the bytes of a file, up to the next head.
std::string tarPadding(std::uint64_t size);
/// What ends an archive.
std::string tarEnd();

struct TarFile {
    std::string name;
    std::string_view bytes;  ///< within the archive
};

/// Reads an archive from its front.
class TarReader {
  public:
    explicit TarReader(std::string_view archive)
        : m_rest(archive) {}
    /// The next plain file; nothing at the end. Error 400, with the name of the entry, when the archive is
    /// broken or cut off, or when an entry is a link, a device or named as if it were elsewhere.
    api::Result<std::optional<TarFile>> next();

  private:
    std::string_view m_rest;
    std::string m_name;  ///< of the last entry, as it can be shown
};

}  // namespace stepwell::engine::pages
